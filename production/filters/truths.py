"""Where a condition is true and where it is false, as formulas."""

from __future__ import annotations

from dataclasses import dataclass

from .formulas import Formula


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Where a condition is true, where it is false, and whether it errs nowhere else."""

    true: Formula
    false: Formula
    total: bool
    exact: bool = True
    """Whether no part of it stands for something else."""


def swapped(truth: Truth) -> Truth:
    """Return the negation of a condition."""
    return Truth(truth.false, truth.true, truth.total, truth.exact)
