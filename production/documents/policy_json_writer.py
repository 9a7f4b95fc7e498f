"""Policies and expressions as JSON (spec 06): canonical text, any depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..language.arguments import instance_of
from ..language.deep_stack import at_any_depth
from ..language.nodes import (
    Attribute,
    Binary,
    Call,
    Constant,
    Expression,
    Has,
    If,
    Is,
    Like,
    Node,
    RecordOf,
    SetOf,
    Unary,
    Variable,
    postorder,
)
from ..language.policies import ActionScope, Link, Policy, Scope, Slot
from ..language.uids import Uid
from ..text.json_writer import write_json
from .value_json import uid_json


@at_any_depth
def expression_json(node: Node) -> str:
    """Return the canonical JSON text of an expression."""
    instance_of(node, Expression, "an expression")
    return write_json(expression_data(node))


def policy_set_json(
    statics: Mapping[str, Policy], templates: Mapping[str, Policy], links: Mapping[str, Link]
) -> str:
    """Return the canonical JSON text of a policy set."""
    return write_json(
        {
            "staticPolicies": {name: policy_data(policy) for name, policy in statics.items()},
            "templates": {name: policy_data(policy) for name, policy in templates.items()},
            "templateLinks": [
                {
                    "templateId": link.template_id,
                    "newId": link_id,
                    "values": {slot: uid_json(uid) for slot, uid in link.values.items()},
                }
                for link_id, link in links.items()
            ],
        }
    )


def policy_data(policy: Policy) -> dict[str, Any]:
    """Return a policy or template as a JSON object."""
    data: dict[str, Any] = {
        "effect": policy.effect,
        "principal": _scope(policy.principal),
        "action": _action_scope(policy.action),
        "resource": _scope(policy.resource),
        "conditions": [
            {"kind": condition.kind, "body": expression_data(condition.body)}
            for condition in policy.conditions
        ],
    }
    if policy.annotations:
        data["annotations"] = dict(policy.annotations)
    return data


def _operand(entity: Uid | Slot | None) -> dict[str, Any]:
    if isinstance(entity, Slot):
        return {"slot": entity.name}
    return {} if entity is None else {"entity": uid_json(entity)}


def _scope(scope: Scope) -> dict[str, Any]:
    if scope.op != "is":
        return {"op": scope.op, **_operand(scope.entity)}
    data: dict[str, Any] = {"op": "is", "entity_type": scope.type_name}
    if scope.entity is not None:
        data["in"] = _operand(scope.entity)
    return data


def _action_scope(scope: ActionScope) -> dict[str, Any]:
    if scope.op == "All":
        return {"op": "All"}
    if len(scope.entities) == 1:
        return {"op": scope.op, "entity": uid_json(scope.entities[0])}
    return {"op": scope.op, "entities": [uid_json(entity) for entity in scope.entities]}


def expression_data(root: Node) -> Any:
    """Return an expression as a JSON object."""
    done: list[Any] = []
    for node in postorder(root):
        base = len(done) - len(node.children)
        done[base:] = [_form(node, done[base:])]
    return done[0]


def _form(node: Node, operands: list[Any]) -> Any:
    match node:
        case Constant(value):
            return {"Value": {"__entity": uid_json(value)} if isinstance(value, Uid) else value}
        case Variable(name):
            return {"Var": name}
        case Binary(op):
            return {op: {"left": operands[0], "right": operands[1]}}
        case Unary(op):
            return {op: {"arg": operands[0]}}
        case Attribute(name=name):
            return {".": {"left": operands[0], "attr": name}}
        case Has(path=path):
            return _has(operands[0], path)
        case Like(pattern=pattern):
            elements: list[Any] = []
            for element in pattern:
                if element is None:
                    elements.append("Wildcard")
                else:
                    elements.extend({"Literal": character} for character in element)
            return {"like": {"left": operands[0], "pattern": elements}}
        case Is(type_name=type_name):
            body = {"left": operands[0], "entity_type": type_name}
            if len(operands) == 2:
                body["in"] = operands[1]
            return {"is": body}
        case If():
            return {"if-then-else": dict(zip(("if", "then", "else"), operands, strict=True))}
        case SetOf():
            return {"Set": operands}
        case RecordOf(names=names):
            return {"Record": dict(zip(names, operands, strict=True))}
        case Call(function=function):
            return {function: operands}


def _has(target: Any, path: tuple[str, ...]) -> Any:
    """Return plain and extended `has`; a path of one name is the plain form (spec 06 §3)."""
    return {"has": {"left": target, "attr": path[0] if len(path) == 1 else list(path)}}
