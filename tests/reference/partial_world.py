"""One schema, and short ways to what partial evaluation makes of conditions under it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from reference.json.policy_writer import expression_to_json
from reference.partial.request import PartialRequest
from reference.partial.request_reader import read_partial_request
from reference.partial.residuals import ERROR, expression
from reference.partial.response import PartialResponse, partially_authorize
from reference.partial.store import PartialEntities
from reference.partial.store_reader import read_partial_entities
from reference.policy_set import from_bodies
from reference.schema.reader import read_schema
from reference.support.traversal import fold, rebuild
from reference.syntax import Expr, GetAttr, Var
from reference.text.parser import parse_expression, parse_policies

SCHEMA_TEXT = """
entity Group in [Group];
entity User in [Group] {
  name: String, age?: Long, manager?: User, rec: { a: Long, to?: User }, groups: Set<Group>
} tags Long;
entity Doc { owner: User, pub: Bool, level: Long, color?: Color };
entity Color enum ["red", "blue"];
entity Robot { serial: Long };
action all;
action view in [all] appliesTo {
  principal: User, resource: Doc, context: { mfa: Bool, n?: Long, who?: User, color?: Color, rec?: { a: Long } }
};
action paint in [all] appliesTo { principal: [User, Robot], resource: [Doc, Color], context: {} };
action noop;
"""
SCHEMA = read_schema(SCHEMA_TEXT, "cedar")

REQUEST: Mapping[str, Any] = {
    "principal": {"type": "User", "id": "a"},
    "action": {"type": "Action", "id": "view"},
    "resource": {"type": "Doc"},
}
ANN = {
    "uid": {"type": "User", "id": "a"},
    "attrs": {"name": "ann", "manager": {"type": "User", "id": "b"}, "rec": {"a": 1}, "groups": []},
    "parents": [{"type": "Group", "id": "g"}],
    "tags": {"k": 7},
}
G = {"uid": {"type": "Group", "id": "g"}, "attrs": {}, "parents": [{"type": "Group", "id": "h"}]}
H = {"uid": {"type": "Group", "id": "h"}, "attrs": {}, "parents": []}
STORE = [ANN, G, H]


def entities(*documents: Any) -> PartialEntities:
    return read_partial_entities(json.dumps(documents), SCHEMA)


def request(**changes: Any) -> PartialRequest:
    return read_partial_request(json.dumps({**REQUEST, **changes}), SCHEMA)


def respond(policies: str, store: Any = STORE, **changes: Any) -> PartialResponse:
    policy_set = from_bodies(parse_policies(policies))
    return partially_authorize(policy_set, request(**changes), entities(*store), SCHEMA)


def residual(condition: str, store: Any = STORE, **changes: Any) -> Any:
    """The residual of a condition as JSON."""
    response = respond(f"permit(principal, action, resource) when {{ {condition} }};", store, **changes)
    return expression_to_json(expression(response.policies["policy0"].residual))


def written(text: str) -> Any:
    """An expression as JSON, in which `context.ERROR` is the residual that always errs."""
    return expression_to_json(fold(parse_expression(text), _with_errors))


def _with_errors(node: Expr, parts: Sequence[Expr]) -> Expr:
    match node:
        case GetAttr(Var("context"), "ERROR"):
            return ERROR
        case _:
            return rebuild(node, parts)
