"""Cedar expressions that never err, and what SQL's three values become in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from drt.symbolic.filters.sql import UnreadableSql
from reference.schema.types import Type
from reference.syntax import And, Binary, Expr, Lit, Or, Unary
from reference.values import FALSE as NO
from reference.values import TRUE as YES
from reference.values import Bool, EntityUid

TRUE = Lit(YES)
FALSE = Lit(NO)


@dataclass(frozen=True, slots=True)
class Condition:
    """Where SQL is true and where it is false; NULL elsewhere.

    `false` is None where only an ancestor that is there could tell false from NULL: Cedar has no such test.
    """

    true: Expr
    false: Expr | None


@dataclass(frozen=True, slots=True)
class OnlyAncestor:
    """The only ancestor that an entity has of a type; no expression of Cedar has it as its value."""

    entity: Expr
    entity_type: str
    type: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """A value wherever a guard is true."""

    guard: Expr
    value: Expr | OnlyAncestor


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value of SQL, by alternatives of which at most one guard is true; NULL where none is.

    `type` is None if there are literals alone, which have the type of what they are compared with.
    """

    type: Type | None
    alternatives: tuple[Alternative, ...] = ()
    literals: tuple[tuple[Expr, str | int | bool], ...] = ()

    @property
    def ancestors(self) -> bool:
        """Whether the value is an ancestor somewhere."""
        return any(isinstance(one.value, OnlyAncestor) for one in self.alternatives)

    @property
    def defined(self) -> Expr:
        """Where the value is not NULL."""
        return either(*(one.guard for one in self.alternatives), *(guard for guard, _ in self.literals))


def both(*parts: Expr) -> Expr:
    """Conjoin."""
    kept = _kept(parts, TRUE)
    return FALSE if FALSE in kept else reduce(And, kept) if kept else TRUE


def either(*parts: Expr) -> Expr:
    """Disjoin."""
    kept = _kept(parts, FALSE)
    return TRUE if TRUE in kept else reduce(Or, kept) if kept else FALSE


def _kept(parts: Iterable[Expr], neutral: Lit) -> list[Expr]:
    return [part for part in parts if part != neutral]


def negated(part: Expr) -> Expr:
    """Negate."""
    match part:
        case Lit(Bool(truth)):
            return FALSE if truth else TRUE
        case Unary("!", inner):
            return inner
        case _:
            return Unary("!", part)


def equal(left: Expr, right: Expr) -> Expr:
    """Compare; a comparison with a boolean literal is the other side, or its negation."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Lit) and isinstance(one.value, Bool):
            return other if one.value == YES else negated(other)
    if isinstance(left, Lit) and isinstance(right, Lit) and not isinstance(left.value, EntityUid):
        return TRUE if left == right else FALSE
    return Binary("==", left, right)


def swapped(condition: Condition) -> Condition:
    """Return where a negation is true and where it is false; raise `UnreadableSql`."""
    if condition.false is None:
        raise UnreadableSql("a condition on an ancestor is negated, or used as a value, without `coalesce`")
    return Condition(condition.false, condition.true)


def conjunction(parts: Iterable[Condition]) -> Condition:
    """Return where `AND` is true and where it is false."""
    listed = list(parts)
    falses = [part.false for part in listed if part.false is not None]
    return Condition(
        both(*(part.true for part in listed)), either(*falses) if len(falses) == len(listed) else None
    )


def disjunction(parts: Iterable[Condition]) -> Condition:
    """Return where `OR` is true and where it is false."""
    listed = list(parts)
    falses = [part.false for part in listed if part.false is not None]
    return Condition(
        either(*(part.true for part in listed)), both(*falses) if len(falses) == len(listed) else None
    )
