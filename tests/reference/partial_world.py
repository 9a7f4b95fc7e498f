"""One schema, and short ways to what partial evaluation makes of conditions under it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from reference.entities import Entities, Entity
from reference.json.policy_writer import expression_to_json
from reference.json.requests import read_request
from reference.partial.request import PartialRequest
from reference.partial.request_reader import read_partial_request
from reference.partial.residuals import ERROR, expression
from reference.partial.response import PartialResponse, partially_authorize
from reference.partial.store import PartialEntities
from reference.partial.store_reader import read_partial_entities
from reference.policy_set import from_bodies
from reference.request import Request
from reference.schema.reader import read_schema
from reference.support.traversal import fold, rebuild
from reference.syntax import Expr, GetAttr, Var
from reference.text.parser import parse_expression, parse_policies
from reference.validation.typed_entities import read_entities_under
from reference.values import EntityUid

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
BOB = {
    "uid": {"type": "User", "id": "b"},
    "attrs": {"name": "bob", "age": 3, "rec": {"a": 1}, "groups": []},
    "parents": [],
}
DOCS = [
    {
        "uid": {"type": "Doc", "id": name},
        "attrs": {"owner": {"type": "User", "id": owner}, "pub": pub, "level": level},
        "parents": [],
    }
    for name, owner, pub, level in (("d", "a", True, 1), ("e", "b", False, 2), ("f", "gone", False, 3))
]


def concrete_store(*documents: Any) -> Entities:
    return read_entities_under(json.dumps(documents), SCHEMA)


CONCRETE = concrete_store(*STORE, BOB, *DOCS)
NAMELESS_BOB = Entity(EntityUid("User", "b"), {}, frozenset(), {})


def without(*ids: str) -> Entities:
    """The concrete store without some entities."""
    return Entities({uid: entity for uid, entity in CONCRETE.by_uid.items() if uid.id not in ids})


POLICIES = """
permit(principal, action == Action::"view", resource) when { resource.pub };
permit(principal, action, resource is Doc) when { resource.owner == principal };
permit(principal, action == Action::"view", resource)
  when { principal in Group::"h" && context.mfa && resource.level > 1 };
permit(principal, action == Action::"view", resource) when { resource.owner.name == "bob" };
forbid(principal, action == Action::"view", resource) when { resource.level * 9223372036854775807 < 0 };
forbid(principal, action == Action::"view", resource) when { principal has age && principal.age > 5 };
forbid(principal, action, resource) when { 1 + 9223372036854775807 == 0 };
forbid(principal, action == Action::"view", resource)
  when { !context.mfa && [ip("::ffff:102:304"), ip("::1")].contains(ip("::1")) && resource.level == 3 };
"""
SET = from_bodies(parse_policies(POLICIES))


def completion(**changes: Any) -> Request:
    """A concrete request."""
    resource = {"type": "Doc", "id": "d"}
    return read_request(json.dumps({**REQUEST, "resource": resource, "context": {"mfa": True}, **changes}))


def requests() -> Iterator[tuple[Request, dict[str, Any]]]:
    """Concrete requests, each with the ways to leave parts of it unknown."""
    for principal, resource, mfa in product(("a", "b", "gone"), ("d", "e", "f", "gone"), (True, False)):
        p, r = {"type": "User", "id": principal}, {"type": "Doc", "id": resource}
        concrete = completion(principal=p, resource=r, context={"mfa": mfa})
        for known in product((True, False), repeat=3):
            yield (
                concrete,
                {
                    "principal": p if known[0] else {"type": "User"},
                    "resource": r if known[1] else {"type": "Doc"},
                    **({"context": {"mfa": mfa}} if known[2] else {}),
                },
            )


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
