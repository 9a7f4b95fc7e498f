"""IP ranges: a range is in another exactly if it is at least as long a prefix of the same bits.

Owns the choice of prefix lengths: addresses are symbols, prefixes are tried at and beside the ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import product
from typing import Any

import z3

from drt.proofs.defects import Defect
from drt.proofs.explore import explore
from drt.proofs.symbols import formula
from drt.proofs.theorem import Counterexample, Goal, Theorem

PREFIXES = {4: (0, 1, 8, 24, 31, 32), 6: (0, 1, 64, 127, 128)}
WIDTH = {4: 32, 6: 128}


def _goals() -> Iterator[Goal]:
    reference, production = (
        import_module("reference.extensions.ipaddr"),
        import_module("production.language.ipaddrs"),
    )
    inner, outer = z3.Ints("inner outer")
    for version, prefixes in PREFIXES.items():
        width = WIDTH[version]
        fits = tuple(z3.And(one >= 0, one < 2**width) for one in (inner, outer))
        for p, q in product(prefixes, repeat=2):
            step = 2 ** (width - q)
            meant = z3.And(z3.BoolVal(p >= q), inner / step == outer / step)
            yield _goal(reference, production, (version, version), (p, q), (inner, outer), fits, meant)
    for one, other in ((4, 6), (6, 4)):
        fits = (z3.And(inner >= 0, inner < 2 ** WIDTH[one]), z3.And(outer >= 0, outer < 2 ** WIDTH[other]))
        for p, q in product(PREFIXES[one], PREFIXES[other]):
            never = z3.BoolVal(False)
            yield _goal(reference, production, (one, other), (p, q), (inner, outer), fits, never)


def _goal(
    reference: Any,
    production: Any,
    versions: tuple[int, int],
    lengths: tuple[int, int],
    symbols: Any,
    fits: Any,
    meant: Any,
) -> Goal:
    def ours(addresses: Sequence[Any]) -> Any:
        one, other = (reference.IpAddr(v, a, n) for v, a, n in zip(versions, addresses, lengths, strict=True))
        return reference.is_in_range(one, other)

    def theirs(addresses: Sequence[Any]) -> Any:
        one, other = (
            production.IpAddress(v, a, n) for v, a, n in zip(versions, addresses, lengths, strict=True)
        )
        return one.is_in(other)

    claim = z3.And(
        *(
            z3.Implies(path.condition, formula(path.value) == meant)
            for side in (ours, theirs)
            for path in explore(lambda *both, side=side: side(both), symbols, assuming=fits)
        )
    )

    def decode(model: Any) -> Counterexample:
        addresses = [model.eval(one, model_completion=True).as_long() for one in symbols]
        right = bool(z3.is_true(model.eval(meant, model_completion=True)))
        answer, other = bool(ours(addresses)), bool(theirs(addresses))
        ranges = " in ".join(f"{a:#x}/{n}" for a, n in zip(addresses, lengths, strict=True))
        description = f"versions {versions[0]} and {versions[1]}: {ranges} is {right}; reference {answer}, production {other}"
        return Counterexample(description, answer != right or other != right)

    return Goal(f"versions {versions}, /{lengths[0]} in /{lengths[1]}", claim, fits, decode)


THEOREMS = (
    Theorem(
        "A range is in another if its prefix is as long and has the same bits",
        "In both engines, for all addresses of both versions; never across versions.",
        "Lean Ext: ip range laws",
        "S",
        _goals,
        (
            Defect(
                "only the first address is looked at",
                "production.language.ipaddrs",
                "return other_low <= low and high <= other_high",
                "return other_low <= low <= other_high",
            ),
            Defect(
                "ranges that overlap are in each other",
                "production.language.ipaddrs",
                "return other_low <= low and high <= other_high",
                "return other_low <= high and low <= other_high",
            ),
        ),
        "addresses are symbols; prefix lengths are those at the ends and some between",
        functions=(
            "reference.extensions.ipaddr.is_in_range",
            "reference.extensions.ipaddr.IpAddr.width",
            "reference.extensions.ipaddr.IpAddr.lowest",
            "reference.extensions.ipaddr.IpAddr.highest",
            "production.language.ipaddrs.IpAddress.bounds",
            "production.language.ipaddrs.IpAddress.is_in",
        ),
    ),
)
