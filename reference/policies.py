"""Policies: effect, scope, clauses; and a policy as one boolean expression (spec 01 §5, 04 §1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from reference.syntax import And, Binary, Expr, Is, Lit, SetOf, Slot, SlotName, Unary, Var, Variable
from reference.values import TRUE, EntityUid

Effect = Literal["permit", "forbid"]
ScopeVariable = Literal["principal", "resource"]


@dataclass(frozen=True, slots=True)
class Anything:
    """No constraint."""


@dataclass(frozen=True, slots=True)
class Equals:
    """`== E`, or `== ?slot` in a template."""

    target: EntityUid | Slot


@dataclass(frozen=True, slots=True)
class Within:
    """`in E`, or `in ?slot` in a template."""

    target: EntityUid | Slot


@dataclass(frozen=True, slots=True)
class OfType:
    """`is T`."""

    type: str


@dataclass(frozen=True, slots=True)
class OfTypeWithin:
    """`is T in E`, or `is T in ?slot` in a template."""

    type: str
    target: EntityUid | Slot


@dataclass(frozen=True, slots=True)
class ActionEquals:
    """`action == A`."""

    action: EntityUid


@dataclass(frozen=True, slots=True)
class ActionIn:
    """`action in [A, B]`, in source order with duplicates; `action in A` is the list of one."""

    actions: tuple[EntityUid, ...]


ScopeConstraint = Anything | Equals | Within | OfType | OfTypeWithin
ActionConstraint = Anything | ActionEquals | ActionIn


@dataclass(frozen=True, slots=True)
class Clause:
    """A `when` or `unless` clause."""

    kind: Literal["when", "unless"]
    body: Expr


@dataclass(frozen=True, slots=True)
class Body:
    """A static policy or a template without its id.

    `annotations` are `(key, value)` in source order with distinct keys; the value None is an annotation
    without one, which means the empty string.
    """

    effect: Effect
    annotations: tuple[tuple[str, str | None], ...]
    principal: ScopeConstraint
    action: ActionConstraint
    resource: ScopeConstraint
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A static or linked policy as the authorizer sees it."""

    id: str
    effect: Effect
    condition: Expr


@dataclass(frozen=True, slots=True)
class Policies:
    """An unordered collection of policies with distinct ids."""

    members: tuple[Policy, ...]

    def __iter__(self) -> Iterator[Policy]:
        return iter(self.members)

    def where(self, test: Callable[[Policy], bool]) -> Policies:
        """Select the policies that pass a test."""
        return Policies(tuple([policy for policy in self.members if test(policy)]))

    def is_empty(self) -> bool:
        """Return whether there are no policies."""
        return not self.members

    def ids(self) -> frozenset[str]:
        """Collect the ids."""
        return frozenset([policy.id for policy in self.members])


def slots(body: Body) -> frozenset[SlotName]:
    """Return the slots that the scope uses; a body with any is a template."""
    targets = (_target(body.principal), _target(body.resource))
    return frozenset(target.name for target in targets if isinstance(target, Slot))


def condition(body: Body) -> Expr:
    """Put a policy into one expression: `principal && action && resource && clauses`, nested to the right."""
    scope = (
        scope_condition("principal", body.principal),
        action_condition(body.action),
        scope_condition("resource", body.resource),
    )
    return conjunction([*scope, *[clause_condition(clause) for clause in body.clauses]])


def conjunction(tests: Sequence[Expr]) -> Expr:
    """Return the expressions, at least one, joined by `&&` and nested to the right."""
    *others, joined = tests
    for test in reversed(others):
        joined = And(test, joined)
    return joined


def scope_condition(variable: ScopeVariable, constraint: ScopeConstraint) -> Expr:
    """Return the meaning of the constraint on principal or resource."""
    match constraint:
        case Anything():
            return Lit(TRUE)
        case Equals(target):
            return Binary("==", Var(variable), _operand(target))
        case Within(target):
            return Binary("in", Var(variable), _operand(target))
        case OfType(type_name):
            return Is(Var(variable), type_name)
        case OfTypeWithin(type_name, target):
            return And(Is(Var(variable), type_name), Binary("in", Var(variable), _operand(target)))


def action_condition(constraint: ActionConstraint) -> Expr:
    """Return the meaning of the constraint on the action."""
    action: Variable = "action"
    match constraint:
        case Anything():
            return Lit(TRUE)
        case ActionEquals(uid):
            return Binary("==", Var(action), Lit(uid))
        case ActionIn(uids):
            return Binary("in", Var(action), SetOf(tuple(Lit(uid) for uid in uids)))


def clause_condition(clause: Clause) -> Expr:
    """Put a clause into an expression that must be true."""
    match clause.kind:
        case "when":
            return clause.body
        case "unless":
            return Unary("!", clause.body)


def _operand(target: EntityUid | Slot) -> Expr:
    return target if isinstance(target, Slot) else Lit(target)


def _target(constraint: ScopeConstraint) -> EntityUid | Slot | None:
    match constraint:
        case Equals(target) | Within(target) | OfTypeWithin(_, target):
            return target
        case Anything() | OfType():
            return None
