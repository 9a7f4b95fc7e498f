"""Rules of one environment by the entities in their scopes (spec 09 §10.1), for requests that may lack ids.

Law (table): a rule that is not found has a scope constraint that is false for every completion of the
request, so its residual is `false`. Finding looks at no rule that it does not return.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeAlias, TypeVar

from ..language.uids import Uid

T = TypeVar("T")
ScopeOp: TypeAlias = Literal["==", "in"]
Constraint: TypeAlias = tuple[ScopeOp, Uid] | None
"""What a rule asks of one side: to be an entity, or to be it or below it; or nothing."""


@dataclass(frozen=True, slots=True)
class KnownSide:
    """What is known of the principal or the resource: the uid, and of that the ancestors."""

    uid: Uid | None
    ancestors: frozenset[Uid] | None


@dataclass(slots=True, eq=False)
class SideTable(Generic[T]):
    """Things by what they ask of one side."""

    rest: T
    equal: dict[Uid, T] = field(default_factory=dict)
    below: dict[Uid, T] = field(default_factory=dict)

    def place(self, constraint: Constraint, make: Callable[[], T]) -> T:
        """Return the thing for a constraint, made when first asked for."""
        if constraint is None:
            return self.rest
        operator, uid = constraint
        table = self.equal if operator == "==" else self.below
        if uid not in table:
            table[uid] = make()
        return table[uid]

    def found(self, side: KnownSide) -> Iterator[T]:
        """Yield what an entity may fit."""
        yield self.rest
        if side.uid is None:
            yield from self.equal.values()
            yield from self.below.values()
            return
        if side.uid in self.equal:
            yield self.equal[side.uid]
        below = self.below
        if side.ancestors is None:
            yield from below.values()
            return
        if side.uid in below:
            yield below[side.uid]
        ancestors = side.ancestors
        if len(ancestors) < len(below):
            yield from (below[uid] for uid in ancestors if uid in below)
        else:
            yield from (found for uid, found in below.items() if uid in ancestors)


class ScopeTable(Generic[T]):
    """Rules by both sides; made by principal and by resource first, whichever a request knows."""

    def __init__(self, rules: Iterable[tuple[T, Constraint, Constraint]]) -> None:
        self._rules = tuple(rules)
        self._by_principal: SideTable[SideTable[list[T]]] | None = None
        self._by_resource: SideTable[SideTable[list[T]]] | None = None

    def found(self, principal: KnownSide, resource: KnownSide) -> Iterator[T]:
        """Yield the rules whose scope may hold."""
        if principal.uid is None and resource.uid is not None:
            if self._by_resource is None:
                rules = self._rules
                self._by_resource = _tabled((rule, second, first) for rule, first, second in rules)
            table, outer, inner = self._by_resource, resource, principal
        else:
            if self._by_principal is None:
                self._by_principal = _tabled(self._rules)
            table, outer, inner = self._by_principal, principal, resource
        for sides in table.found(outer):
            for rules_found in sides.found(inner):
                yield from rules_found


def _tabled(rules: Iterable[tuple[T, Constraint, Constraint]]) -> SideTable[SideTable[list[T]]]:
    def make_inner() -> SideTable[list[T]]:
        return SideTable([])

    def make_list() -> list[T]:
        return []

    table: SideTable[SideTable[list[T]]] = SideTable(SideTable([]))
    for rule, outer, inner in rules:
        table.place(outer, make_inner).place(inner, make_list).append(rule)
    return table
