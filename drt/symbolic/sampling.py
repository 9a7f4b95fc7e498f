"""Random inputs of a schema: small tables, closed hierarchies, constants of the policies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from drt.symbolic.interpreter import Interpretation
from drt.symbolic.meaning import LEAST, MOST, overflows
from drt.symbolic.sorts import (
    BoolSort,
    EntitySort,
    IpSort,
    NumberSort,
    RecordSort,
    SetSort,
    Sort,
    StringSort,
    sort_of,
)
from drt.symbolic.store import Store
from drt.symbolic.terms import Symbol, Term, below
from reference.extensions.ipaddr import IpAddr
from reference.schema.schema import StandardEntityType
from reference.validation.environments import Environment
from reference.values import EntityUid

OWN = 2
"""Entities of each type that no policy names."""


@dataclass(slots=True)
class Sampler:
    """The sampler of one environment; `constants` are those of the policies, by sort."""

    store: Store
    environment: Environment
    constants: Mapping[Sort, Sequence[Any]]
    random: Random
    tables: dict[Symbol, dict[tuple[object, ...], object]] = field(default_factory=dict)

    def sample(self) -> Interpretation:
        """Draw values for every function of the request and the store."""
        self.tables = {}
        self._fill(Symbol("request", "principal"), EntitySort(self.environment.principal), ())
        self._fill(Symbol("request", "resource"), EntitySort(self.environment.resource), ())
        self._fill(Symbol("request", "context"), sort_of(self.environment.context), ())
        entities = [uid for name in sorted(self.store.schema.entity_types) for uid in self._pool(name)]
        for uid in entities:
            self._entity(uid)
        self._hierarchy(entities)
        return Interpretation(self.store.members, self.tables)

    def _entity(self, uid: EntityUid) -> None:
        self._fill(Symbol("attribute", uid.type), self.store.attribute_sort(uid.type), (uid,))
        tags = self.store.tag_sort(uid.type)
        if tags is None:
            return
        for key in dict.fromkeys(self._value(StringSort()) for _ in range(3)):
            if self.random.random() < 0.6:
                self._set(Symbol("has-tag", uid.type), (uid, key), True)
                self._fill(Symbol("tag", uid.type), tags, (uid, key))

    def _hierarchy(self, entities: Sequence[EntityUid]) -> None:
        """Draw parents among the entities that come later in a random order; close upward."""
        order = list(entities)
        self.random.shuffle(order)
        above: dict[EntityUid, set[EntityUid]] = {}
        for place in reversed(range(len(order))):
            uid = order[place]
            found: set[EntityUid] = set()
            for parent in order[place + 1 :]:
                if parent.type in self._parent_types(uid) and self.random.random() < 0.35:
                    found |= {parent, *above[parent]}
            above[uid] = found
            for name in self.store.ancestor_types(uid.type):
                members = frozenset(one for one in found if one.type == name)
                self._set(Symbol("ancestors", uid.type, ancestor=name), (uid,), members)

    def _parent_types(self, uid: EntityUid) -> frozenset[str]:
        declared = self.store.schema.entity_types.get(uid.type)
        return declared.parents if isinstance(declared, StandardEntityType) else frozenset()

    def _fill(self, symbol: Symbol, sort: Sort, arguments: tuple[object, ...]) -> None:
        if not isinstance(sort, RecordSort):
            self._set(symbol, arguments, self._value(sort))
            return
        for one in sort.fields:
            inner = replace(symbol, path=(*symbol.path, one.name))
            if not one.required:
                self._set(replace(inner, presence=True), arguments, self.random.random() < 0.7)
            self._fill(inner, one.sort, arguments)

    def _set(self, symbol: Symbol, arguments: tuple[object, ...], value: object) -> None:
        self.tables.setdefault(symbol, {})[arguments] = value

    def _pool(self, name: str) -> Sequence[EntityUid]:
        """List the entities of a type: the members, or a few of its own and those that policies name."""
        if name in self.store.members:
            return [EntityUid(name, one) for one in self.store.members[name]]
        named = [one for one in self.constants.get(EntitySort(name), ()) if isinstance(one, EntityUid)]
        return list(dict.fromkeys([*named, *(EntityUid(name, f"e{number}") for number in range(OWN))]))

    def _value(self, sort: Sort) -> Any:
        """Draw a value: mostly one that the policies have, or one beside it."""
        match sort:
            case BoolSort():
                return self.random.random() < 0.5
            case EntitySort(name):
                return self.random.choice(self._pool(name))
            case SetSort(element):
                return frozenset(self._value(element) for _ in range(self.random.randrange(4)))
            case RecordSort(fields):
                chosen = (one for one in fields if one.required or self.random.random() < 0.5)
                return tuple((one.name, self._value(one.sort)) for one in chosen)
        known = self.constants.get(sort, ())
        value = self.random.choice(known) if known and self.random.random() < 0.7 else self._fresh(sort)
        return self._beside(sort, value) if self.random.random() < 0.3 else value

    def _fresh(self, sort: Sort) -> Any:
        match sort:
            case NumberSort():
                return self.random.choice((0, 1, -1, 2, 7, LEAST, MOST, self.random.randrange(-100, 100)))
            case StringSort():
                return self.random.choice(("", "a", "ab", "*", "x"))
            case IpSort():
                return self.random.choice(ADDRESSES)
        raise AssertionError(f"no values of {sort}")

    def _beside(self, sort: Sort, value: Any) -> Any:
        match sort, value:
            case NumberSort(), int():
                moved = value + self.random.choice((1, -1))
                return value if overflows(moved) else moved
            case StringSort(), str():
                return value + "a"
            case _:
                return value


ADDRESSES = (
    IpAddr(4, 0, 32),
    IpAddr(4, 127 << 24 | 1, 32),
    IpAddr(4, 10 << 24, 8),
    IpAddr(4, 224 << 24 | 5, 30),
    IpAddr(6, 1, 128),
    IpAddr(6, 0xFF00 << 112, 9),
    IpAddr(6, 0, 0),
)


def constants_of(roots: Iterable[Term]) -> dict[Sort, list[Any]]:
    """Gather the constants of terms and the texts of patterns, by sort."""
    found: dict[Sort, dict[Any, None]] = {}
    for term in below(roots):
        for sort, value in _constants(term):
            found.setdefault(sort, {})[value] = None
    return {sort: list(values) for sort, values in found.items()}


def _constants(term: Term) -> Iterator[tuple[Sort, Any]]:
    match term.op, term.payload:
        case "const", frozenset() as elements:
            assert isinstance(term.sort, SetSort)
            yield from ((term.sort.element, element) for element in elements)
        case "const", value:
            yield term.sort, value
        case "like", tuple() as pattern:
            yield StringSort(), "".join(one if isinstance(one, str) else "" for one in pattern)
