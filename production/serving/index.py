"""An index over the entities in policies' scopes.

Law (index): the rules found for a principal and a resource are exactly those whose scope entities hold for
them, so every one that is not found has a false scope and is neither satisfied nor does it err. A rule with
an entity on both sides is filed under the principal, if it names both exactly, or else under the rarer one,
so that many rules about one entity do not meet in one place; there it goes by the entity of the other side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, TypeAlias

from ..execution.operations import Above
from ..language.uids import Uid
from .compiled_shapes import Shape, shape_of
from .rules import Rule

Side = Literal["principal", "resource"]
_FEW: Final = 6
_SIDES: Final[tuple[Side, ...]] = ("principal", "resource")


@dataclass(slots=True, eq=False)
class Entry:
    """A rule in the index, by its number in the policy set.

    Once resolved it has the shape of what is left to do when it is found.
    """

    number: int
    rule: Rule
    shape: Shape | None = None

    def resolve(self) -> Shape:
        """Return the shape, found when first asked for."""
        if self.shape is None:
            policy = self.rule.policy
            principal, resource = policy.principal.type_name, policy.resource.type_name
            self.shape = shape_of(principal, resource, policy.code.instructions)
        return self.shape


class Key(NamedTuple):
    """The constraint of one side of a scope: to be this entity (`is_equal`), or to be it or below it."""

    is_equal: bool
    entity: Uid

    def holds(self, uid: Uid, above: Above) -> bool:
        """Return whether an entity fits."""
        return uid is self.entity or (not self.is_equal and self.entity in above[uid])


Entries: TypeAlias = tuple[Entry, ...]
Finder: TypeAlias = Callable[[Uid, Uid], Entries]
Table: TypeAlias = dict[Uid, Entries]


def key_of(rule: Rule, side: Side) -> Key | None:
    """Return what a rule asks of this side, if it names an entity there."""
    entity = rule.principal if side == "principal" else rule.resource
    if entity is None:
        return None
    scope = rule.policy.principal if side == "principal" else rule.policy.resource
    return Key(scope.op == "==", entity)


@dataclass(frozen=True, slots=True)
class Tables:
    """Rules by what they ask of one side: nothing, to be an entity, to be it or below it."""

    rest: Entries
    equal: Table
    below: Table
    keys: frozenset[Uid]
    """Those of `below`: an intersection of two frozen sets goes through the smaller one."""

    def find(self, uid: Uid, above: Above) -> Entries:
        """Return the rules that an entity fits."""
        found = self.rest + self.equal.get(uid, ())
        if self.keys:
            below = self.below
            if uid in below:
                found += below[uid]
            for ancestor in self.keys & above[uid]:
                found += below[ancestor]
        return found


def tabled(entries: Iterable[Entry], side: Side) -> Tables:
    """Return rules by what they ask of a side."""
    rest: list[Entry] = []
    equal: dict[Uid, list[Entry]] = {}
    below: dict[Uid, list[Entry]] = {}
    for entry in entries:
        key = key_of(entry.rule, side)
        if key is None:
            rest.append(entry)
        else:
            (equal if key.is_equal else below).setdefault(key.entity, []).append(entry)
    return Tables(
        tuple(rest),
        {uid: tuple(bucket) for uid, bucket in equal.items()},
        {uid: tuple(bucket) for uid, bucket in below.items()},
        frozenset(below),
    )


@dataclass(slots=True, eq=False)
class Place:
    """The rules filed under one entity; many are put into tables by the other side."""

    entries: Entries
    other: Side
    _tables: Tables | None = None

    @property
    def is_tabled(self) -> bool:
        """Whether there are enough entries for tables."""
        return len(self.entries) > _FEW

    @property
    def tables(self) -> Tables:
        """The entries by the other side, made when first asked for."""
        if self._tables is None:
            self._tables = tabled(self.entries, self.other)
        return self._tables

    def find(self, uid: Uid, above: Above) -> Entries:
        """Return the entries that an entity on the other side fits."""
        if self.is_tabled:
            return self.tables.find(uid, above)
        keys = ((entry, key_of(entry.rule, self.other)) for entry in self.entries)
        return tuple([entry for entry, key in keys if key is None or key.holds(uid, above)])


@dataclass(slots=True, eq=False)
class SideIndex:
    """Rules by the entity that one side of the request must be (`equal`) or be below (`below`)."""

    equal: dict[Uid, Place] = field(default_factory=dict)
    below: dict[Uid, Place] = field(default_factory=dict)
    keys: frozenset[Uid] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.equal or self.below)

    def places(self, uid: Uid, above: Above) -> list[Place]:
        """Return the places that an entity and its ancestors lead to."""
        found = []
        place = self.equal.get(uid)
        if place is not None:
            found.append(place)
        if self.keys:
            below = self.below
            if uid in below:
                found.append(below[uid])
            found += [below[ancestor] for ancestor in self.keys & above[uid]]
        return found


@dataclass(slots=True, eq=False)
class ScopeIndex:
    """Rules with an entity in the scope, each filed under one of the two sides."""

    principal: SideIndex = field(default_factory=SideIndex)
    resource: SideIndex = field(default_factory=SideIndex)

    def finder(self, above: Above) -> Finder:
        """Return the function from a principal and a resource to the rules whose scope entities hold."""
        by_principal, by_resource = self.principal, self.resource

        def find(principal: Uid, resource: Uid) -> Entries:
            found: Entries = ()
            for place in by_principal.places(principal, above):
                found += place.find(resource, above)
            for place in by_resource.places(resource, above):
                found += place.find(principal, above)
            return found

        return find


def build_index(rules: Iterable[tuple[int, Rule]]) -> ScopeIndex:
    """Return the index over these numbered rules, each of which has an entity in its scope."""
    entries = [Entry(number, rule) for number, rule in rules]
    options = [[(side, key) for side in _SIDES if (key := key_of(entry.rule, side))] for entry in entries]
    crowd = Counter(option for each in options for option in each)
    filed: dict[tuple[Side, Key], list[Entry]] = {}
    for entry, each in zip(entries, options, strict=True):
        is_pair = len(each) == 2 and each[0][1].is_equal and each[1][1].is_equal
        filed.setdefault(each[0] if is_pair else min(each, key=crowd.__getitem__), []).append(entry)
    index = ScopeIndex()
    for (side, key), bucket in filed.items():
        other: Side = "resource" if side == "principal" else "principal"
        of_side = index.principal if side == "principal" else index.resource
        (of_side.equal if key.is_equal else of_side.below)[key.entity] = Place(tuple(bucket), other)
    for of_side in (index.principal, index.resource):
        of_side.keys = frozenset(of_side.below)
    return index
