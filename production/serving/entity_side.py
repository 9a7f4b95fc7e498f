"""Sides: the rules that the index holds for one entity of a request, in groups that are ready to run.

Law (sides): for a principal and a resource, the groups of the one's side and of the other's hold each rule
that the index finds for the two, once. Law (groups): rules of one shape with the same literals have the same
status, so that one run gives the status of all of them.

Sides are made when an entity is first asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from ..errors import TRUE
from ..execution.operations import Above
from ..language.uids import Uid
from ..language.values import Value
from ..response import Response
from .compiled_shapes import Shape
from .index import Entries, Entry, Place, SideIndex, Table, tabled

_MOST_MERGED: Final = 64
"""Up to so many rules an entity's places are merged into tables of its own; larger places are shared."""
_FEW: Final = 3
"""So many entities are looked up one by one rather than as a set."""
_PLAIN: Final = frozenset((int, str, Uid))


@dataclass(slots=True, eq=False)
class Group:
    """Rules of one status: `function` gives it, once there is one, from a request and the literals."""

    entries: Entries
    shape: Shape
    literals: tuple[Value, ...]
    function: Callable[..., int] | None = None
    alone: Response | None = None
    """The response if only this group applies; there once `function` is `satisfied`."""


Groups: TypeAlias = tuple[Group, ...]


class Side(NamedTuple):
    """The groups of one entity, by what the other side is.

    That is `whatever`; an entity `itself`; an entity that the other one is `below`, as pairs if they are
    `few`, or else with its `keys` as a set; and places too large to be merged.
    """

    whatever: Groups
    itself: dict[Uid, Groups]
    few: tuple[tuple[Uid, Groups], ...]
    below: dict[Uid, Groups]
    keys: frozenset[Uid]
    large: tuple[Place, ...]
    above: frozenset[Uid]
    """The proper ancestors of the entity whose side this is."""


class Grouping:
    """A maker of groups for one server; those of a large place are made once."""

    __slots__ = ("_made", "_removed")

    def __init__(self, removed: frozenset[int]) -> None:
        self._removed = removed
        self._made: dict[int, Groups] = {}

    def side(self, uid: Uid, indexes: Iterable[SideIndex], above: Above) -> Side:
        """Return the side of an entity."""
        merged: list[Entry] = []
        large: list[Place] = []
        for index in indexes:
            for place in index.places(uid, above):
                if len(merged) + len(place.entries) <= _MOST_MERGED:
                    merged += place.entries
                    other = place.other
                else:
                    large.append(place)
        if not merged:
            return Side((), {}, (), {}, frozenset(), tuple(large), above[uid])
        tables = tabled(merged, other)
        itself, below = self._groups(tables.equal), self._groups(tables.below)
        for entity, groups in below.items():
            itself[entity] = itself.get(entity, ()) + groups
        whatever = self._grouped(tables.rest)
        if len(below) <= _FEW:
            few = tuple(below.items())
            return Side(whatever, itself, few, {}, frozenset(), tuple(large), above[uid])
        return Side(whatever, itself, (), below, tables.keys, tuple(large), above[uid])

    def in_place(self, place: Place, uid: Uid, above: frozenset[Uid]) -> Groups:
        """Return the groups of a large place for an entity with these ancestors on the other side."""
        tables = place.tables
        found = self._kept(tables.rest) if tables.rest else ()
        if uid in tables.equal:
            found += self._kept(tables.equal[uid])
        if uid in tables.below:
            found += self._kept(tables.below[uid])
        for ancestor in tables.keys & above:
            found += self._kept(tables.below[ancestor])
        return found

    def _kept(self, entries: Entries) -> Groups:
        """Return the groups of entries in a table of the index, which goes by its address.

        That is the plan keeps it.
        """
        groups = self._made.get(id(entries))
        if groups is None:
            groups = self._made[id(entries)] = self._grouped(entries)
        return groups

    def _groups(self, table: Table) -> dict[Uid, Groups]:
        return {uid: self._grouped(entries) for uid, entries in table.items()}

    def _grouped(self, entries: Iterable[Entry]) -> Groups:
        removed = self._removed
        alike: dict[object, list[Entry]] = {}
        for entry in entries:
            if entry.number not in removed:
                alike.setdefault(_likeness(entry), []).append(entry)
        return tuple([_group(members) for members in alike.values()])


def _likeness(entry: Entry) -> object:
    """Return what is equal for entries whose status is always the same.

    Literals that hold values count by identity.
    """
    shape = entry.resolve()
    literals = entry.rule.policy.code.literals
    if all(value.__class__ in _PLAIN for value in literals):
        return shape, literals
    return shape, id(literals)


def _group(members: list[Entry]) -> Group:
    return Group(tuple(members), members[0].resolve(), members[0].rule.policy.code.literals)


def satisfied(*arguments: object) -> int:
    """Return the function of groups with nothing left to check."""
    return TRUE
