"""Judgements of the type checker, and the checker that rules work with.

A rule judges its operands, requires a sort of each, and gives the type. What fails is reported and has the
type Unknown, which fits everywhere: so one mistake is one error, and the rest is checked as well.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field

from reference.schema.schema import Schema
from reference.schema.types import (
    DATETIME,
    DURATION,
    LONG,
    UNKNOWN,
    EntityType,
    LongType,
    RecordType,
    SetType,
    StringType,
    Type,
    UnknownType,
    describe,
    is_boolean,
)
from reference.syntax import Expr, Lit, Var
from reference.validation.capabilities import NONE, Capabilities, Expressions
from reference.validation.environments import Environment
from reference.validation.problems import ErrorKind, Problem
from reference.values import Value


@dataclass(frozen=True, slots=True)
class Typed:
    """An expression with its type; `parts` are its operands as far as they can be reached.

    The parts of sugar are those of what it stands for.
    """

    expr: Expr
    type: Type
    parts: tuple[Typed, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """A typed expression; the capabilities that it grants hold wherever it was true."""

    typed: Typed
    grants: Capabilities = NONE

    @property
    def type(self) -> Type:
        """The type of the expression."""
        return self.typed.type


@dataclass(frozen=True, slots=True)
class Sort:
    """A requirement on the type of an operand."""

    name: str
    holds: Callable[[Type], bool]


BOOLEAN = Sort("Bool", is_boolean)
NUMBER = Sort("Long", lambda t: isinstance(t, LongType))
TEXT = Sort("String", lambda t: isinstance(t, StringType))
ENTITY = Sort("an entity", lambda t: isinstance(t, EntityType))
OBJECT = Sort("an entity or a record", lambda t: isinstance(t, EntityType | RecordType))
SET = Sort("a set", lambda t: isinstance(t, SetType))
ORDERED = Sort("Long, datetime or duration", lambda t: t in (LONG, DATETIME, DURATION))


@dataclass(slots=True)
class Checker(ABC):
    """One policy in one environment: what stays the same while it is checked, and the errors so far.

    `failures` counts errors, and literals without a type, whose errors the reference checks report.
    `asks_mode` becomes true once a rule asks for the mode. Law: a check that never asks has the same result
    in both modes.
    """

    schema: Schema
    environment: Environment
    is_permissive: bool = False
    expressions: Expressions = field(default_factory=Expressions)
    problems: dict[tuple[ErrorKind, int], Problem] = field(default_factory=dict)
    failures: int = 0
    asks_mode: bool = False

    @property
    def permissive(self) -> bool:
        """Whether the mode is permissive."""
        self.asks_mode = True
        return self.is_permissive

    @abstractmethod
    def judge(self, expr: Expr, known: Capabilities) -> Judgement:
        """Return the judgement on an expression under capabilities."""

    def report(self, kind: ErrorKind, message: str, expr: Expr) -> Type:
        """Report an error, once for each kind and expression; what failed has the type Unknown."""
        problem = Problem(kind, message, expr, self.environment)
        self.problems.setdefault((kind, id(expr)), problem)
        return self.fail()

    def fail(self) -> Type:
        """Give up on an expression without a report of its own."""
        self.failures += 1
        return UNKNOWN

    def expect(self, operand: Typed, sort: Sort, place: Expr | None = None) -> Type:
        """Compute the type of an operand, which must be of a sort; one of another sort is reported."""
        if isinstance(operand.type, UnknownType) or sort.holds(operand.type):
            return operand.type
        message = f"expected {sort.name}, found {describe(operand.type)}"
        return self.report("unexpected_type", message, place or operand.expr)

    def literal(self, expr: Expr) -> Value | None:
        """Return a literal's value; `action` counts as one, as the environment knows the exact action."""
        match expr:
            case Lit(value):
                return value
            case Var("action"):
                return self.environment.action
            case _:
                return None
