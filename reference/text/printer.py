"""Policies to Cedar text in one canonical form, which reads back to the same policies (spec 01 §7, 06 §4)."""

from __future__ import annotations

from collections.abc import Iterable

from reference.policies import (
    ActionConstraint,
    ActionEquals,
    ActionIn,
    Anything,
    Body,
    Clause,
    Equals,
    OfType,
    OfTypeWithin,
    ScopeConstraint,
    Within,
)
from reference.policy_set import PolicySet
from reference.syntax import Slot
from reference.text.expression_printer import print_expression, print_uid
from reference.text.pieces import quoted
from reference.values import EntityUid


def print_plain_policies(policies: PolicySet) -> str:
    """Write the static policies, then the links as the policies that they stand for; no templates.

    Raises:
        InputError: part `policies`, for an expression that has no text.
    """
    return _separate(print_body(body) for body in policies.plain().values())


def print_policies_and_templates(policies: PolicySet) -> str:
    """Write static policies and templates; links cannot be said in text and are left out.

    Raises:
        InputError: part `policies`, for an expression that has no text.
    """
    return _separate(print_body(body) for body in (*policies.static.values(), *policies.templates.values()))


def print_body(body: Body) -> str:
    """One policy or template.

    Raises:
        InputError: part `policies`, for an expression that has no text.
    """
    annotations = [_annotation(key, value) for key, value in body.annotations]
    scope = ", ".join(
        (_scope("principal", body.principal), _action(body.action), _scope("resource", body.resource))
    )
    clauses = [_clause(clause) for clause in body.clauses]
    return "\n".join([*annotations, f"{body.effect}({scope})", *clauses]) + ";"


def _separate(texts: Iterable[str]) -> str:
    return "\n\n".join(texts)


def _annotation(key: str, value: str | None) -> str:
    return f"@{key}" if value is None else f"@{key}({quoted(value)})"


def _scope(variable: str, constraint: ScopeConstraint) -> str:
    match constraint:
        case Anything():
            return variable
        case Equals(target):
            return f"{variable} == {_target(target)}"
        case Within(target):
            return f"{variable} in {_target(target)}"
        case OfType(type_name):
            return f"{variable} is {type_name}"
        case OfTypeWithin(type_name, target):
            return f"{variable} is {type_name} in {_target(target)}"


def _action(constraint: ActionConstraint) -> str:
    match constraint:
        case Anything():
            return "action"
        case ActionEquals(uid):
            return f"action == {print_uid(uid)}"
        case ActionIn((uid,)):
            return f"action in {print_uid(uid)}"
        case ActionIn(uids):
            return f"action in [{', '.join(print_uid(uid) for uid in uids)}]"


def _target(target: EntityUid | Slot) -> str:
    return target.name if isinstance(target, Slot) else print_uid(target)


def _clause(clause: Clause) -> str:
    return f"{clause.kind} {{ {print_expression(clause.body)} }}"
