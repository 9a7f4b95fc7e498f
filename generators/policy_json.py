"""Writes policies as policy-set JSON (spec 06)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generators.syntax import (
    ActionConstraint,
    Binary,
    Call,
    Constraint,
    Expr,
    GetAttr,
    Has,
    If,
    Is,
    Like,
    Link,
    Lit,
    Policy,
    RecordLit,
    SetLit,
    Slot,
    Uid,
    Unary,
    Var,
    policy_ids,
)

Json = Any
"""A JSON value in Python's own kinds."""


def policy_set_json(policies: Sequence[Policy], links: Sequence[Link] = ()) -> Json:
    """A policy set under the ids that its text would give it, with these links in it."""
    static: dict[str, Json] = {}
    templates: dict[str, Json] = {}
    for id_, policy in zip(policy_ids(tuple(policies)), policies, strict=True):
        (templates if policy.slots else static)[id_] = policy_json(policy)
    made = [
        {
            "templateId": link.template,
            "newId": link.new_id,
            "values": {slot: uid_json(uid) for slot, uid in link.values},
        }
        for link in links
    ]
    return {"staticPolicies": static, "templates": templates, "templateLinks": made}


def policy_json(policy: Policy) -> Json:
    """One policy object (spec 06 §2)."""
    document: dict[str, Json] = {
        "effect": policy.effect,
        "principal": constraint_json(policy.principal),
        "action": action_constraint_json(policy.action),
        "resource": constraint_json(policy.resource),
        "conditions": [{"kind": c.kind, "body": expression_json(c.body)} for c in policy.conditions],
    }
    if policy.annotations:
        document["annotations"] = dict(policy.annotations)
    return document


def uid_json(uid: Uid) -> Json:
    return {"type": uid.type, "id": uid.id}


def constraint_json(constraint: Constraint) -> Json:
    entity = constraint.entity
    target: dict[str, Json] = {}
    if isinstance(entity, Slot):
        target = {"slot": entity.name}
    elif entity is not None:
        target = {"entity": uid_json(entity)}
    match constraint.op:
        case "":
            return {"op": "All"}
        case "is":
            return {"op": "is", "entity_type": constraint.type}
        case "is in":
            return {"op": "is", "entity_type": constraint.type, "in": target}
        case op:
            return {"op": op, **target}


def action_constraint_json(constraint: ActionConstraint) -> Json:
    match constraint.op:
        case "":
            return {"op": "All"}
        case "in []" if len(constraint.actions) != 1:
            return {"op": "in", "entities": [uid_json(uid) for uid in constraint.actions]}
        case "in []":
            return {"op": "in", "entity": uid_json(constraint.actions[0])}
        case op:
            return {"op": op, "entity": uid_json(constraint.actions[0])}


def expression_json(expr: Expr) -> Json:
    """One expression (spec 06 §3)."""
    match expr:
        case Lit(Uid() as uid):
            return {"Value": {"__entity": uid_json(uid)}}
        case Lit(value):
            return {"Value": value}
        case Var(name):
            return {"Var": name}
        case Unary(op, arg):
            return {op: {"arg": expression_json(arg)}}
        case Binary(op, left, right):
            return {op: {"left": expression_json(left), "right": expression_json(right)}}
        case GetAttr(left, attr):
            return {".": {"left": expression_json(left), "attr": attr}}
        case Has(left, attrs):
            return {
                "has": {"left": expression_json(left), "attr": attrs[0] if len(attrs) == 1 else list(attrs)}
            }
        case Like(left, pattern):
            pieces = ["Wildcard" if piece is None else {"Literal": piece} for piece in pattern]
            return {"like": {"left": expression_json(left), "pattern": pieces}}
        case Is(left, type_name, None):
            return {"is": {"left": expression_json(left), "entity_type": type_name}}
        case Is(left, type_name, container) if container is not None:
            container_json = expression_json(container)
            return {"is": {"left": expression_json(left), "entity_type": type_name, "in": container_json}}
        case If(condition, then, otherwise):
            parts = zip(("if", "then", "else"), (condition, then, otherwise), strict=True)
            return {"if-then-else": {word: expression_json(part) for word, part in parts}}
        case SetLit(items):
            return {"Set": [expression_json(item) for item in items]}
        case RecordLit(items):
            return {"Record": {key: expression_json(item) for key, item in items}}
        case Call(name, args):
            return {name: [expression_json(arg) for arg in args]}
    raise AssertionError(expr)
