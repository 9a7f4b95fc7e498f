"""What the type checker says of an expression, and how a rule asks it about the operands.

A rule is a generator: `yield (operand, capabilities)` is the judgement on an operand under capabilities.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TypeVar

from reference.schema import Schema
from reference.syntax import Expr, Lit, Var
from reference.validation.capabilities import NONE, Capabilities, Expressions
from reference.validation.environments import Environment
from reference.validation.types import Type
from reference.values import Value


class IllTyped(Exception):
    """No rule gives the expression a type; `expr` is the innermost expression at fault."""

    def __init__(self, message: str, expr: Expr | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.expr = expr


@dataclass(frozen=True, slots=True)
class Typed:
    """A core expression with its type; `parts` are its operands as far as they can be reached."""

    expr: Expr
    type: Type
    parts: tuple[Typed, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """`grants` holds as well wherever the expression was true."""

    typed: Typed
    grants: Capabilities = NONE

    @property
    def type(self) -> Type:
        return self.typed.type


Result = TypeVar("Result")

Asking = Generator[tuple[Expr, Capabilities], Judgement, Result]
"""Something worked out by asking for judgements."""

Rule = Asking[Judgement]


@dataclass(frozen=True, slots=True)
class Setting:
    """What stays the same while one policy is checked in one environment."""

    schema: Schema
    environment: Environment
    permissive: bool = False
    expressions: Expressions = field(default_factory=Expressions)

    def literal(self, expr: Expr) -> Value | None:
        """The value of a literal; `action` counts as one, as the environment knows the exact action."""
        match expr:
            case Lit(value):
                return value
            case Var("action"):
                return self.environment.action
            case _:
                return None
