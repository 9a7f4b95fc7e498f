"""IP ranges: a range is in another exactly if it is at least as long a prefix of the same bits.

Owns the choice of prefix lengths: addresses are symbols, prefixes are tried at and beside the ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import z3

from drt.proofs.defects import Defect
from drt.proofs.explore import explore
from drt.proofs.symbols import is_number, is_truth
from drt.proofs.theorem import Counterexample, Goal, Theorem
from production.language import ipaddrs
from reference.extensions import ipaddr

PREFIXES = {4: (0, 1, 8, 24, 31, 32), 6: (0, 1, 64, 127, 128)}
WIDTH = {4: 32, 6: 128}


def _goals() -> Iterator[Goal]:
    inner, outer = z3.Ints("inner outer")
    for version, prefixes in PREFIXES.items():
        fits = (_has_bits(inner, WIDTH[version]), _has_bits(outer, WIDTH[version]))
        for p in prefixes:
            yield _ends(version, p, inner, fits[0])
        for p, q in product(prefixes, repeat=2):
            step = 2 ** (WIDTH[version] - q)
            meant = z3.And(z3.BoolVal(p >= q), inner / step == outer / step)
            yield _inside((version, version), (p, q), (inner, outer), fits, meant)
    for one, other in ((4, 6), (6, 4)):
        fits = (_has_bits(inner, WIDTH[one]), _has_bits(outer, WIDTH[other]))
        for lengths in product(PREFIXES[one], PREFIXES[other]):
            yield _inside((one, other), lengths, (inner, outer), fits, z3.BoolVal(False))


def _has_bits(address: Any, width: int) -> Any:
    return z3.And(address >= 0, address < 2**width)


def _ends(version: Any, prefix: int, address: Any, fits: Any) -> Goal:
    """Prove the first and the last address of a range."""
    size = 2 ** (WIDTH[version] - prefix)
    first = address - address % size

    def ours(address: Any) -> Any:
        one = ipaddr.IpAddr(version, address, prefix)
        return one.lowest, one.highest

    def theirs(address: Any) -> Any:
        return ipaddrs.IpAddress(version, address, prefix).bounds()

    claim = z3.And(
        *(
            z3.Implies(
                path.condition,
                z3.And(is_number(path.value[0], first), is_number(path.value[1], first + size - 1)),
            )
            for side in (ours, theirs)
            for path in explore(side, [address], assuming=[fits])
        )
    )

    def decode(model: Any) -> Counterexample:
        number = model.eval(address, model_completion=True).as_long()
        right = number - number % size, number - number % size + size - 1
        answers = ours(number), theirs(number)
        description = f"version {version}: the ends of {number:#x}/{prefix} are {right}; reference {answers[0]}, production {answers[1]}"
        return Counterexample(description, any(answer != right for answer in answers))

    return Goal(f"version {version}, the ends of /{prefix}", claim, (fits,), decode)


def _inside(versions: Any, lengths: tuple[int, int], symbols: Any, fits: Any, meant: Any) -> Goal:
    """Prove for which ranges of these versions and lengths the one is in the other."""

    def ours(*addresses: Any) -> Any:
        return ipaddr.is_in_range(*map(ipaddr.IpAddr, versions, addresses, lengths))

    def theirs(*addresses: Any) -> Any:
        one, other = map(ipaddrs.IpAddress, versions, addresses, lengths)
        return one.is_in(other)

    claim = z3.And(
        *(
            z3.Implies(path.condition, is_truth(path.value, meant))
            for side in (ours, theirs)
            for path in explore(side, symbols, assuming=fits)
        )
    )

    def decode(model: Any) -> Counterexample:
        addresses = [model.eval(one, model_completion=True).as_long() for one in symbols]
        right = bool(z3.is_true(model.eval(meant, model_completion=True)))
        answers = ours(*addresses), theirs(*addresses)
        ranges = " in ".join(f"{a:#x}/{n}" for a, n in zip(addresses, lengths, strict=True))
        description = f"versions {versions[0]} and {versions[1]}: {ranges} is {right}; reference {answers[0]}, production {answers[1]}"
        return Counterexample(description, any(answer is not right for answer in answers))

    return Goal(f"versions {versions}, /{lengths[0]} in /{lengths[1]}", claim, fits, decode)


THEOREMS = (
    Theorem(
        "A range is in another if its prefix is as long and has the same bits",
        "In both engines, for all addresses of both versions, never across versions; the ends of a range are exact.",
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
