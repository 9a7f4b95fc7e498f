"""The eleven queries (spec 10 §6): a property of one policy, two policies, one set or two sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from drt.model.question import PropertyName
from drt.symbolic.compiler import Compiled
from drt.symbolic.terms import Term, and_, eq, implies, not_, or_

QueryName = PropertyName


@dataclass(frozen=True, slots=True)
class Response:
    """What one side does with an input: a policy fails or matches, a set allows."""

    failing: bool = False
    holding: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A query: how many sides it has, whether a side is one policy, and its property.

    `property` is over terms: `error` of the first side, and per side whether it matches or allows.
    `violated` is its negation over concrete responses.
    """

    name: QueryName
    sides: int
    single: bool
    property: Callable[[Term, Sequence[Term]], Term]
    violated: Callable[[Sequence[Response]], bool]


def _more(responses: Sequence[Response]) -> bool:
    return responses[0].holding and not responses[1].holding


def _both(responses: Sequence[Response]) -> bool:
    return responses[0].holding and responses[1].holding


def _unlike(responses: Sequence[Response]) -> bool:
    return responses[0].holding != responses[1].holding


QUERIES: Mapping[QueryName, Query] = {
    query.name: query
    for query in (
        Query("never-errors", 1, True, lambda error, _: not_(error), lambda r: r[0].failing),
        Query("always-matches", 1, True, lambda _, m: m[0], lambda r: not r[0].holding),
        Query("never-matches", 1, True, lambda _, m: not_(m[0]), lambda r: r[0].holding),
        Query("matches-equivalent", 2, True, lambda _, m: eq(m[0], m[1]), _unlike),
        Query("matches-implies", 2, True, lambda _, m: implies(m[0], m[1]), _more),
        Query("matches-disjoint", 2, True, lambda _, m: not_(and_(m[0], m[1])), _both),
        Query("always-allows", 1, False, lambda _, a: a[0], lambda r: not r[0].holding),
        Query("always-denies", 1, False, lambda _, a: not_(a[0]), lambda r: r[0].holding),
        Query("equivalent", 2, False, lambda _, a: eq(a[0], a[1]), _unlike),
        Query("implies", 2, False, lambda _, a: implies(a[0], a[1]), _more),
        Query("disjoint", 2, False, lambda _, a: not_(and_(a[0], a[1])), _both),
    )
}
assert set(QUERIES) == set(get_args(QueryName))


def allows(policies: Sequence[Compiled]) -> Term:
    """Return whether a set allows: some permit matches and no forbid does (spec 10 §4.2)."""
    permitted = or_(*(policy.matches for policy in policies if policy.effect == "permit"))
    forbidden = or_(*(policy.matches for policy in policies if policy.effect == "forbid"))
    return and_(permitted, not_(forbidden))
