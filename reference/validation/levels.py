"""Levels (spec 08 §9): how many rounds of fetching entities, starting from the request, a policy needs.

Works on typed expressions, from which the unreachable parts are gone. `level` is the least level at which an
expression may stand anywhere; `reach` is about one that is dereferenced, which must lead back to the request.
The specification asks the same for a given number of rounds; all its conditions only grow easier with more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

from reference.syntax import Binary, GetAttr, HasAttr, If, Lit, RecordOf, Var
from reference.trampoline import Task, run
from reference.validation.judgement import Typed
from reference.validation.types import EntityType
from reference.values import EntityUid

Level = float
"""A number of rounds; infinite where no number is enough."""

Path = tuple[str, "Path"] | None
"""Attributes still to be taken from a record, outermost first."""


@dataclass(frozen=True, slots=True)
class Reached:
    """`rounds` fetch the entity; `level` is what other parts looked at on the way need by themselves."""

    rounds: Level
    level: Level = 0

    def further(self) -> Reached:
        """What the entity holds, one round later."""
        return Reached(self.rounds + 1, self.level)

    def needed(self) -> Level:
        """The level of an expression that looks into the entity."""
        return max(self.rounds + 1, self.level)


FROM_THE_REQUEST = Reached(0)
UNREACHABLE = Reached(inf)


def least_level(typed: Typed, action: EntityUid) -> Level:
    """The least level at which the expression is valid in an environment with this action."""
    return run(_Levels(action).level(typed))


@dataclass(slots=True)
class _Levels:
    action: EntityUid
    levels: dict[int, Level] = field(default_factory=dict)
    reached: dict[int, Reached] = field(default_factory=dict)

    def level(self, typed: Typed) -> Task[Level]:
        if id(typed) not in self.levels:
            self.levels[id(typed)] = yield self._level(typed)
        return self.levels[id(typed)]

    def _level(self, typed: Typed) -> Task[Level]:
        match typed.expr, typed.parts:
            case Binary("in" | "hasTag" | "getTag"), (left, right):
                reached: Reached = yield self.reach(left)
                beside: Level = yield self.level(right)
                return max(reached.needed(), beside)
            case ((HasAttr() | GetAttr()), (operand,)) if isinstance(operand.type, EntityType):
                reached = yield self.reach(operand)
                return reached.needed()
            case _, parts:
                highest: Level = yield self.highest(parts)
                return highest

    def highest(self, parts: tuple[Typed, ...]) -> Task[Level]:
        """The highest level that any of the parts needs."""
        highest: Level = 0
        for part in parts:
            level: Level = yield self.level(part)
            highest = max(highest, level)
        return highest

    def reach(self, typed: Typed) -> Task[Reached]:
        if id(typed) not in self.reached:
            self.reached[id(typed)] = yield self._reach(typed, None)
        return self.reached[id(typed)]

    def _reach(self, typed: Typed, path: Path) -> Task[Reached]:
        """How the entity at `path` in the value of the expression is reached."""
        match typed.expr, typed.parts:
            case Var(), _:
                return FROM_THE_REQUEST
            case Lit(uid), _ if uid == self.action:
                return FROM_THE_REQUEST
            case If(), (condition, *branches):
                level: Level = yield self.level(condition)
                rounds: Level = 0
                for branch in branches:
                    reached: Reached = yield self._reach(branch, path)
                    rounds, level = max(rounds, reached.rounds), max(level, reached.level)
                return Reached(rounds, level)
            case GetAttr(), (operand,) if isinstance(operand.type, EntityType):
                reached = yield self.reach(operand)
                return reached.further()
            case GetAttr(_, attr), (operand,):
                reached = yield self._reach(operand, (attr, path))
                return reached
            case Binary("getTag"), (operand, tag):
                reached = yield self.reach(operand)
                level = yield self.level(tag)
                return Reached(reached.rounds + 1, max(reached.level, level))
            case RecordOf(pairs), parts if path is not None:
                attr, rest = path
                fields = dict(zip((key for key, _ in pairs), parts, strict=True))
                reached = yield self._reach(fields[attr], rest)
                level = yield self.highest(parts)
                return Reached(reached.rounds, max(reached.level, level))
            case _:
                return UNREACHABLE
