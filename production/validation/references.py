"""Reference checks (spec 08 §3): every type, enumerated id and action that a policy names is declared.

One walk over a policy's conditions, unreached code included; it also notes which variables they mention:
that decides how many environments really differ for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from production.names import is_action_type
from production.nodes import Constant, Is, Node, Variable, postorder
from production.policies import Policy, Slot
from production.schema_errors import near_name
from production.schema_model import SchemaModel
from production.typed_values import unlisted
from production.uids import Uid


@dataclass(frozen=True, slots=True)
class Mentioned:
    """The variables that conditions mention (`action` also for any action literal), and what is wrong."""

    variables: frozenset[str]
    problems: tuple[str, ...]


def mentioned(policy: Policy, model: SchemaModel) -> Mentioned:
    """What the policy's scope and conditions name."""
    problems: dict[str, None] = {}
    variables: set[str] = set()
    for uid in _scope_uids(policy):
        _note(problems, undeclared(uid, model))
    for scope in (policy.principal, policy.resource):
        if scope.type_name is not None:
            _note(problems, undeclared_type(scope.type_name, model))
    for body in policy.expressions():
        for node in postorder(body):
            _look_at(node, model, variables, problems)
    return Mentioned(frozenset(variables), tuple(problems))


def _look_at(node: Node, model: SchemaModel, variables: set[str], problems: dict[str, None]) -> None:
    if isinstance(node, Variable):
        variables.add(node.name)
    elif isinstance(node, Constant):
        if isinstance(node.value, Uid):
            _note(problems, undeclared(node.value, model))
            if is_action_type(node.value.type):
                variables.add("action")
    elif isinstance(node, Is):
        _note(problems, undeclared_type(node.type_name, model))


def _note(problems: dict[str, None], problem: str | None) -> None:
    if problem:
        problems[problem] = None


def _scope_uids(policy: Policy) -> Iterator[Uid]:
    for scope in (policy.principal, policy.resource):
        if scope.entity is not None and not isinstance(scope.entity, Slot):
            yield scope.entity
    yield from policy.action.entities


def undeclared(uid: Uid, model: SchemaModel) -> str | None:
    """What is wrong with an entity literal, or `None`."""
    if is_action_type(uid.type):
        if (uid.type, uid.id) in model.actions:
            return None
        known = (f"{type_name}::{action_id}" for type_name, action_id in model.actions)
        return f"unrecognized action {uid!r}{near_name(f'{uid.type}::{uid.id}', known)}"
    return undeclared_type(uid.type, model) or unlisted(uid, model)


def undeclared_type(name: str, model: SchemaModel) -> str | None:
    """What is wrong with an entity type name, or `None`; any action type passes (spec 08 §3)."""
    if name in model.entity_types or is_action_type(name):
        return None
    return f"unrecognized entity type {name}{near_name(name, model.entity_types)}"
