"""Levels (spec 08 §9): rounds of fetching entities that a policy needs, from the request on.

Works on typed expressions, from which the unreachable parts are gone. `level` is the least level at which an
expression may stand anywhere; `reach` is about one that is dereferenced, which must lead back to the request.
The specification asks the same for a given number of rounds; all its conditions only grow easier with more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

from reference.schema.types import EntityType
from reference.support.traversal import walk
from reference.syntax import (
    Binary,
    Expr,
    GetAttr,
    HasAttr,
    If,
    Lit,
    RecordOf,
    Var,
)
from reference.validation.judgement import Typed
from reference.values import EntityUid

Level = float
"""A number of rounds; infinite where no number is enough."""

Path = tuple[str, "Path"] | None
"""Attributes still to be taken from a record, outermost first."""


@dataclass(frozen=True, slots=True)
class Reached:
    """An entity reached in some rounds; `level` is the need of other parts on the way."""

    rounds: Level
    level: Level = 0

    def further(self) -> Reached:
        """Return what the entity holds, one round later."""
        return Reached(self.rounds + 1, self.level)

    def needed(self) -> Level:
        """Return the level of an expression that looks into the entity."""
        return max(self.rounds + 1, self.level)


FROM_THE_REQUEST = Reached(0)
UNREACHABLE = Reached(inf)


def levels_above(limit: int, typed: Typed, expr: Expr, action: EntityUid) -> list[tuple[Expr, Level]]:
    """List the innermost expressions that need a higher level than `limit`, each with the level it needs.

    `typed` is `expr` in an environment with this action. A part that sugar stands for is not written: its
    place is the sugar.
    """
    levels = _Levels(action)
    if levels.level(typed) <= limit:
        return []
    found: dict[int, tuple[Expr, Level]] = {}
    written = {id(node) for node in walk(expr)}
    seen: set[int] = set()
    waiting = [(typed, expr)]
    while waiting:
        part, around = waiting.pop()
        place = part.expr if id(part.expr) in written else around
        inner = [each for each in part.parts if levels.level(each) > limit]
        waiting += [(each, place) for each in reversed(inner) if id(each) not in seen]
        seen.update(map(id, inner))
        if not inner:
            _, needed = found.get(id(place), (place, 0))
            found[id(place)] = place, max(needed, levels.level(part))
    return list(found.values())


@dataclass(slots=True)
class _Levels:
    action: EntityUid
    levels: dict[int, Level] = field(default_factory=dict)
    reached: dict[int, Reached] = field(default_factory=dict)

    def level(self, typed: Typed) -> Level:
        if id(typed) not in self.levels:
            self.levels[id(typed)] = self._level(typed)
        return self.levels[id(typed)]

    def _level(self, typed: Typed) -> Level:
        match typed.expr, typed.parts:
            case Binary("in" | "hasTag" | "getTag"), (left, right):
                return max(self.reach(left).needed(), self.level(right))
            case ((HasAttr() | GetAttr()), (operand,)) if isinstance(operand.type, EntityType):
                return self.reach(operand).needed()
            case _, parts:
                return self.highest(parts)

    def highest(self, parts: tuple[Typed, ...]) -> Level:
        """Return the highest level that any of the parts needs."""
        highest: Level = 0
        for part in parts:
            highest = max(highest, self.level(part))
        return highest

    def reach(self, typed: Typed) -> Reached:
        if id(typed) not in self.reached:
            self.reached[id(typed)] = self._reach(typed, None)
        return self.reached[id(typed)]

    def _reach(self, typed: Typed, path: Path) -> Reached:
        """How the entity at `path` in the value of the expression is reached."""
        match typed.expr, typed.parts:
            case Var(), _:
                return FROM_THE_REQUEST
            case Lit(uid), _ if uid == self.action:
                return FROM_THE_REQUEST
            case If(), (condition, *branches):
                rounds: Level = 0
                level = self.level(condition)
                for branch in branches:
                    reached = self._reach(branch, path)
                    rounds, level = max(rounds, reached.rounds), max(level, reached.level)
                return Reached(rounds, level)
            case GetAttr(), (operand,) if isinstance(operand.type, EntityType):
                return self.reach(operand).further()
            case GetAttr(_, attr), (operand,):
                return self._reach(operand, (attr, path))
            case Binary("getTag"), (operand, tag):
                reached = self.reach(operand)
                return Reached(reached.rounds + 1, max(reached.level, self.level(tag)))
            case RecordOf(pairs), parts if path is not None:
                attr, rest = path
                fields = dict(zip((key for key, _ in pairs), parts, strict=True))
                reached = self._reach(fields[attr], rest)
                return Reached(reached.rounds, max(reached.level, self.highest(parts)))
            case _:
                return UNREACHABLE
