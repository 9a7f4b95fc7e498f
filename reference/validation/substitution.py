"""Policies with other entities in the place of their literals (spec 13 §2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from reference.errors import InputError
from reference.names import is_action_type
from reference.policies import (
    ActionConstraint,
    ActionEquals,
    ActionIn,
    Anything,
    Body,
    Equals,
    OfTypeWithin,
    ScopeConstraint,
    Within,
)
from reference.schema.schema import uid_text
from reference.support.traversal import fold, rebuild
from reference.syntax import Expr, Lit
from reference.values import EntityUid

Substitution = Mapping[EntityUid, EntityUid]


def substitute(body: Body, substitution: Substitution) -> Body:
    """Return the policy with entity literals replaced, all at once.

    Raises:
        InputError: part `policies`, if an entity that is no action would stand in the action scope.
    """
    clauses = [replace(clause, body=_in_expression(clause.body, substitution)) for clause in body.clauses]
    return replace(
        body,
        principal=_in_scope(body.principal, substitution),
        action=_in_actions(body.action, substitution),
        resource=_in_scope(body.resource, substitution),
        clauses=tuple(clauses),
    )


def _in_expression(expr: Expr, substitution: Substitution) -> Expr:
    def rule(node: Expr, parts: Sequence[Expr]) -> Expr:
        match node:
            case Lit(EntityUid() as uid):
                return Lit(substitution.get(uid, uid))
            case _:
                return rebuild(node, parts)

    return fold(expr, rule)


def _in_scope(constraint: ScopeConstraint, substitution: Substitution) -> ScopeConstraint:
    match constraint:
        case Equals(EntityUid() as uid) | Within(EntityUid() as uid) | OfTypeWithin(_, EntityUid() as uid):
            return replace(constraint, target=substitution.get(uid, uid))
        case _:
            return constraint


def _in_actions(constraint: ActionConstraint, substitution: Substitution) -> ActionConstraint:
    match constraint:
        case Anything():
            return constraint
        case ActionEquals(uid):
            return ActionEquals(*_actions([uid], substitution))
        case ActionIn(listed):
            return ActionIn(tuple(_actions(listed, substitution)))


def _actions(listed: Iterable[EntityUid], substitution: Substitution) -> Iterator[EntityUid]:
    for uid in listed:
        new = substitution.get(uid, uid)
        if not is_action_type(new.type):
            raise InputError("policies", f"{uid_text(new)} is no action and cannot stand in the action scope")
        yield new
