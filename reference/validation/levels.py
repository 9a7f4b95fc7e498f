"""Levels (spec 08 §9): how many rounds of fetching entities, starting from the request, a policy may need.

Works on typed expressions, from which the unreachable parts are gone. `check` is about an expression
anywhere, `target` about one that is dereferenced: it must lead back to the request within the rounds left.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reference.syntax import Binary, GetAttr, HasAttr, If, Lit, RecordOf, Var
from reference.trampoline import Task, run
from reference.validation.judgement import Typed
from reference.validation.types import EntityType
from reference.values import EntityUid

Path = tuple[str, "Path"] | None
"""Attributes still to be taken from a record, outermost first."""


def within_level(typed: Typed, level: int, action: EntityUid) -> bool:
    """Whether the expression needs at most `level` rounds in an environment with this action."""
    return run(_Check(level, action).check(typed))


@dataclass(slots=True)
class _Check:
    level: int
    action: EntityUid
    checked: dict[int, bool] = field(default_factory=dict)

    def check(self, typed: Typed) -> Task[bool]:
        if id(typed) not in self.checked:
            self.checked[id(typed)] = yield self._check(typed)
        return self.checked[id(typed)]

    def _check(self, typed: Typed) -> Task[bool]:
        match typed.expr, typed.parts:
            case Binary("in" | "hasTag" | "getTag"), (left, right):
                return (
                    self.level > 0 and (yield self.target(left, self.level - 1)) and (yield self.check(right))
                )
            case ((HasAttr() | GetAttr()), (operand,)) if isinstance(operand.type, EntityType):
                return bool(self.level > 0 and (yield self.target(operand, self.level - 1)))
            case _, parts:
                return bool((yield self.check_all(parts)))

    def check_all(self, parts: tuple[Typed, ...]) -> Task[bool]:
        for part in parts:
            if not (yield self.check(part)):
                return False
        return True

    def target(self, typed: Typed, left: int, path: Path = None) -> Task[bool]:
        """Whether the expression (or what is at `path` in it) is reached with `left` further rounds."""
        match typed.expr, typed.parts:
            case Var(), _:
                return True
            case Lit(uid), _:
                return uid == self.action
            case If(), (condition, *branches):
                if not (yield self.check(condition)):
                    return False
                for branch in branches:
                    if not (yield self.target(branch, left, path)):
                        return False
                return True
            case GetAttr(), (operand,) if isinstance(operand.type, EntityType):
                return bool(left > 0 and (yield self.target(operand, left - 1)))
            case GetAttr(_, attr), (operand,):
                return bool((yield self.target(operand, left, (attr, path))))
            case Binary("getTag"), (operand, tag):
                reached = left > 0 and (yield self.target(operand, left - 1))
                return bool(reached and (yield self.check(tag)))
            case RecordOf(pairs), parts if path is not None:
                attr, rest = path
                fields = dict(zip((key for key, _ in pairs), parts, strict=True))
                reached = attr in fields and (yield self.target(fields[attr], left, rest))
                return bool(reached and (yield self.check_all(parts)))
            case _:
                return False
