"""Obligations that are decided by trying: the first failure, if any, is the counterexample."""

from __future__ import annotations

from collections.abc import Iterable

import z3

from drt.proofs.theorem import Counterexample, Goal


def tried(name: str, failures: Iterable[str]) -> Goal:
    """Make an obligation that holds if nothing fails.

    An answer of the engines that cannot even be read is a failure as well.
    """
    try:
        failure = next(iter(failures), None)
    except Exception as error:  # whatever the engines answer, the row must say something
        failure = f"an answer cannot be read: {type(error).__name__}: {error}"
    decode = None if failure is None else lambda _: Counterexample(failure, True)
    return Goal(name, z3.BoolVal(failure is None), (), decode)
