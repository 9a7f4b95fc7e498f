"""Tables of targets by name: `module:attribute`, so that a plugin can bring its own."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from drt.model.divergence import Oracle
from drt.model.errors import InputProblem
from drt.model.saved_case import SavedCase
from drt.oracles.agreement import engines_agree
from drt.targets.target import Target

TARGETS = "drt.symbolic.targets:TARGETS"
"""The table of all targets. It is named, not imported: the analyser that judges some of them stands above."""


def target_table(where: str = TARGETS) -> dict[str, Target]:
    """Return the table of targets at `module:attribute`; raises `InputProblem` where there is none."""
    name, _, attribute = where.partition(":")
    try:
        table: dict[str, Target] = getattr(import_module(name), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise InputProblem(f"there is no table of targets at {where!r}: {error}") from None
    return table


def law_of(saved: SavedCase, targets: Mapping[str, Target]) -> Oracle:
    """Return the law of the target that found a case; agreement of the engines where none of these did."""
    target = targets.get(str(saved.origin.get("target", "")))
    return engines_agree if target is None else target.oracle
