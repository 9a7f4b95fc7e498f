"""The coverage bins of the language: operator, kinds of operands, outcome.

Owns the set of bins that exist, so that coverage has a denominator. A bin is a text `operator|kinds|outcome`,
as `drt.coverage.observation` reports it; what cannot occur is listed with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from generators.language import KINDS, LANGUAGE, TRUTH, Operator

SCOPES = (
    *(
        f"{variable} {form}"
        for variable in ("principal", "resource")
        for form in ("== entity", "in entity", "== ?slot", "in ?slot", "is", "is in entity", "is in ?slot")
    ),
    "action ==",
    "action in […]",
)

UNREACHABLE = {
    "unlinked-slot": "only linked policies are evaluated, and expressions have no slots (spec 04 §1)",
    "recursion-limit": "neither engine has a limit but that of reading (spec 01 §4.3)",
}
"""Error kinds that no case can show, and why."""


def bins() -> frozenset[str]:
    """Return every bin that the language allows."""
    return frozenset(_bins())


def _bins() -> Iterator[str]:
    for row in LANGUAGE:
        yield from _bins_of(row)
    for scope in SCOPES:
        yield from (f"{scope}||{outcome}" for outcome in TRUTH)
    for variable in ("principal", "action", "resource"):
        yield f"{variable} unconstrained||true"


def _bins_of(row: Operator) -> Iterator[str]:
    if not row.takes:
        yield f"{row.name}|…|value"
        return
    for kinds in _evaluated(row):
        for outcome in row.takes.get(kinds, ("type",)):
            yield f"{row.name}|{','.join(kinds)}|{outcome}"
    if row.extension:
        yield f"{row.name}|…|arity"


def _evaluated(row: Operator) -> Iterator[tuple[str, ...]]:
    """Yield the kinds of the operands that may be evaluated; a lazy operator may stop at its first."""
    if not row.lazy:
        yield from product(KINDS, repeat=row.arity)
        return
    continuing = {kinds[0] for kinds in row.takes if len(kinds) > 1}
    for kind in KINDS:
        if (kind,) in row.takes or kind not in continuing:
            yield (kind,)
    yield from product(continuing, KINDS)
