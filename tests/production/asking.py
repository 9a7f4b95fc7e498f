"""What the tests of the production engine ask with: one small world, either tier."""

from __future__ import annotations

import json

from production import (
    Authorizer,
    Entities,
    EvaluationError,
    PolicySet,
    Request,
    Response,
    Uid,
    Value,
    parse_expression,
)
from production.language.nodes import Constant
from production.serving.server import Tier

TIERS: tuple[Tier, ...] = ("machine", "generated")

WORLD = [
    {
        "uid": {"type": "User", "id": "a"},
        "attrs": {
            "n": 1,
            "r": {"x": 1},
            "s": [1, 2],
            "name": "bob",
            "u": {"__entity": {"type": "User", "id": "zz"}},
        },
        "parents": [{"type": "Group", "id": "g1"}],
        "tags": {"t": "v", "n": 5},
    },
    {"uid": {"type": "Group", "id": "g1"}, "attrs": {}, "parents": [{"type": "Group", "id": "g2"}]},
]
"""The store of spec 02 §7."""

QUESTION = {
    "principal": {"type": "User", "id": "a"},
    "action": {"type": "Action", "id": "view"},
    "resource": {"type": "Doc", "id": "d"},
    "context": {"yes": True, "one": 1, "word": "w", "set": [1, 2], "record": {"a": {"b": 2}}},
}


def world() -> Entities:
    return Entities.from_json(json.dumps(WORLD))


def question() -> Request:
    return Request.from_dict(QUESTION)


def literal(text: str) -> Uid:
    """The uid of an entity literal."""
    node = parse_expression(text)
    assert isinstance(node, Constant)
    assert isinstance(node.value, Uid)
    return node.value


def value_of(expression: str, tier: Tier) -> Value | str:
    """The value of an expression in the world, or the kind of its error after an `!`."""
    authorizer = Authorizer(PolicySet(), world(), tier=tier)
    try:
        return authorizer.evaluate(parse_expression(expression), question())
    except EvaluationError as error:
        return f"!{error.kind}"


def answer_to(policies: str, tier: Tier) -> Response:
    return Authorizer(PolicySet.from_text(policies), world(), tier=tier).authorize(question())
