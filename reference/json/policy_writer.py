"""Policies to JSON (spec 06): the way back from syntax, for trees of any depth."""

from __future__ import annotations

from collections.abc import Sequence

from reference.json.document import Json
from reference.json.entities import uid_to_json
from reference.policies import (
    ActionConstraint,
    ActionEquals,
    ActionIn,
    Anything,
    Body,
    Equals,
    OfType,
    OfTypeWithin,
    ScopeConstraint,
    Within,
)
from reference.policy_set import PolicySet
from reference.support.traversal import fold
from reference.syntax import (
    And,
    Binary,
    Call,
    Expr,
    GetAttr,
    HasAttr,
    HasPath,
    If,
    Is,
    IsIn,
    Like,
    Lit,
    Or,
    Pattern,
    RecordOf,
    SetOf,
    Slot,
    Star,
    Unary,
    Var,
)
from reference.values import Bool, EntityUid, Long, String


def policy_set_to_json(policies: PolicySet) -> Json:
    """Write the document of a policy set."""
    return {
        "staticPolicies": {policy_id: body_to_json(body) for policy_id, body in policies.static.items()},
        "templates": {policy_id: body_to_json(body) for policy_id, body in policies.templates.items()},
        "templateLinks": [
            {
                "templateId": link.template_id,
                "newId": new_id,
                "values": {slot: uid_to_json(uid) for slot, uid in link.values.items()},
            }
            for new_id, link in policies.links.items()
        ],
    }


def body_to_json(body: Body) -> Json:
    """One policy or template; annotations only if there are any."""
    json: dict[str, Json] = {
        "effect": body.effect,
        "principal": _scope(body.principal),
        "action": _action(body.action),
        "resource": _scope(body.resource),
        "conditions": [
            {"kind": clause.kind, "body": expression_to_json(clause.body)} for clause in body.clauses
        ],
    }
    if body.annotations:
        json["annotations"] = dict(body.annotations)
    return json


def expression_to_json(expr: Expr) -> Json:
    """Write the JSON of an expression."""
    return fold(expr, _rule)


def _scope(constraint: ScopeConstraint) -> Json:
    match constraint:
        case Anything():
            return {"op": "All"}
        case Equals(target):
            return {"op": "==", **_target(target)}
        case Within(target):
            return {"op": "in", **_target(target)}
        case OfType(type_name):
            return {"op": "is", "entity_type": type_name}
        case OfTypeWithin(type_name, target):
            return {"op": "is", "entity_type": type_name, "in": _target(target)}


def _target(target: EntityUid | Slot) -> dict[str, Json]:
    return {"slot": target.name} if isinstance(target, Slot) else {"entity": uid_to_json(target)}


def _action(constraint: ActionConstraint) -> Json:
    match constraint:
        case Anything():
            return {"op": "All"}
        case ActionEquals(uid):
            return {"op": "==", "entity": uid_to_json(uid)}
        case ActionIn((uid,)):
            return {"op": "in", "entity": uid_to_json(uid)}
        case ActionIn(uids):
            return {"op": "in", "entities": [uid_to_json(uid) for uid in uids]}


def _rule(expr: Expr, parts: Sequence[Json]) -> Json:
    match expr:
        case Lit(Bool(value)) | Lit(Long(value)) | Lit(String(value)):
            return {"Value": value}
        case Lit(EntityUid() as uid):
            return {"Value": {"__entity": uid_to_json(uid)}}
        case Var(name):
            return {"Var": name}
        case Slot(slot):
            return {"Slot": slot}
        case If():
            return {"if-then-else": dict(zip(("if", "then", "else"), parts, strict=True))}
        case And():
            return _binary("&&", parts)
        case Or():
            return _binary("||", parts)
        case Binary(op):
            return _binary(op, parts)
        case Unary(operator):
            return {operator: {"arg": parts[0]}}
        case SetOf():
            return {"Set": list(parts)}
        case RecordOf(fields):
            return {"Record": {key: part for (key, _), part in zip(fields, parts, strict=True)}}
        case Call(function):
            return {function: list(parts)}
        case _:
            return _test(expr, parts)


def _test(expr: Expr, parts: Sequence[Json]) -> Json:
    match expr:
        case GetAttr(_, attr):
            return {".": {"left": parts[0], "attr": attr}}
        case HasAttr(_, attr):
            return {"has": {"left": parts[0], "attr": attr}}
        case HasPath(_, path):
            return {"has": {"left": parts[0], "attr": list(path)}}
        case Is(_, type_name):
            return {"is": {"left": parts[0], "entity_type": type_name}}
        case IsIn(_, type_name):
            return {"is": {"left": parts[0], "entity_type": type_name, "in": parts[1]}}
        case Like(_, pattern):
            return {"like": {"left": parts[0], "pattern": _pattern(pattern)}}
        case _:
            raise AssertionError("not a form with operands of its own")


def _binary(op: str, parts: Sequence[Json]) -> Json:
    return {op: {"left": parts[0], "right": parts[1]}}


def _pattern(pattern: Pattern) -> Json:
    return ["Wildcard" if isinstance(element, Star) else {"Literal": element} for element in pattern]
