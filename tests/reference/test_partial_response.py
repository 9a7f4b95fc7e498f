"""Partial responses, residual policies and completions (spec 09 §5 to §7)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

import reference
from reference.authorizer import authorize
from reference.entities import Entities, store
from reference.evaluator import Evaluator, evaluate
from reference.extensions.ipaddr import parse
from reference.json.policy_writer import body_to_json, expression_to_json
from reference.partial import response
from reference.partial.errors import Refusal
from reference.partial.residuals import Failing, Known, Open
from reference.partial.response import PartialResponse, ResidualPolicy, partially_authorize
from reference.partial.store import action_store
from reference.partial.values import ip_text, order, value_expression
from reference.policies import Anything, Body, Effect
from reference.response import Decision
from reference.schema.types import BOOL
from reference.syntax import Var
from reference.text.parser import parse_expression
from reference.values import FALSE, TRUE, Value
from tests.reference.partial_world import (
    ANN,
    BOB,
    CONCRETE,
    DOCS,
    NAMELESS_BOB,
    REQUEST,
    SCHEMA,
    SCHEMA_TEXT,
    SET,
    STORE,
    G,
    H,
    completion,
    concrete_store,
    entities,
    request,
    requests,
    respond,
    without,
)  # fmt: skip

# The response


STATES = {
    "true": Known(TRUE, BOOL),
    "false": Known(FALSE, BOOL),
    "error": Failing(BOOL),
    "residual": Open(Var("context"), BOOL),
}


def response_of(states: dict[str, tuple[Effect, str]]) -> PartialResponse:
    policies = {
        name: ResidualPolicy(Body(effect, (), Anything(), Anything(), Anything(), ()), STATES[state])
        for name, (effect, state) in states.items()
    }
    return PartialResponse(policies, request(), action_store(SCHEMA), SCHEMA)


def combinations() -> Iterator[dict[str, tuple[Effect, str]]]:
    """Every combination of the classes of two permits and two forbids."""
    effects: tuple[Effect, ...] = ("permit", "permit", "forbid", "forbid")
    for states in product(STATES, repeat=4):
        yield {f"p{place}": pair for place, pair in enumerate(zip(effects, states, strict=True))}


def possible_decisions(states: dict[str, tuple[Effect, str]]) -> set[Decision]:
    """The decisions of all completions: each residual may come out true, false or erring."""
    possible: set[Decision] = set()
    ends = [("true", "false", "error") if state == "residual" else (state,) for _, state in states.values()]
    for end in product(*ends):
        satisfied = {
            effect for (effect, _), state in zip(states.values(), end, strict=True) if state == "true"
        }
        possible.add("allow" if satisfied == {"permit"} else "deny")
    return possible


def is_right(partial: PartialResponse, states: dict[str, tuple[Effect, str]]) -> bool:
    """A decision is there exactly if all completions have it."""
    possible = possible_decisions(states)
    return possible == ({partial.decision} if partial.decision else {"allow", "deny"})


def test_there_is_a_decision_exactly_if_every_completion_has_it() -> None:
    for states in combinations():
        partial = response_of(states)
        assert is_right(partial, states), states
        true = {
            effect: {n for n, s in states.items() if s == (effect, "true")} for effect in ("permit", "forbid")
        }
        expected = {"allow": true["permit"], "deny": true["forbid"], None: None}[partial.decision]
        assert partial.reason == expected


def test_a_decision_that_forgets_forbids_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def ids(self: PartialResponse, residual_class: str, effect: str) -> frozenset[str]:
        found = IDS(self, residual_class, effect)  # type: ignore[arg-type]
        return frozenset() if (residual_class, effect) == ("residual", "forbid") else found

    monkeypatch.setattr(PartialResponse, "ids", ids)
    assert not all(is_right(response_of(states), states) for states in combinations())


IDS = PartialResponse.ids


# Residual policies


VALUES = [
    ('decimal("-0.5")', '{"decimal": [{"Value": "-0.5000"}]}'),
    ('decimal("1.5")', '{"decimal": [{"Value": "1.5000"}]}'),
    ('ip("10.0.0.1")', '{"ip": [{"Value": "10.0.0.1/32"}]}'),
    ('ip("10.0.0.1/8")', '{"ip": [{"Value": "10.0.0.1/8"}]}'),
    ('duration("-1h")', '{"duration": [{"Value": "-3600000ms"}]}'),
    (
        'datetime("2024-01-01")',
        '{"offset": [{"datetime": [{"Value": "1970-01-01"}]}, {"duration": [{"Value": "1704067200000ms"}]}]}',
    ),
    ('User::"a"', '{"Value": {"__entity": {"type": "User", "id": "a"}}}'),
    ("-7", '{"Value": -7}'),
    ("{b: [], a: {}}", '{"Record": {"a": {"Record": {}}, "b": {"Set": []}}}'),
]

ADDRESSES = {
    "::": "::/128",
    "::1": "::1/128",
    "1::": "1::/128",
    "::FFFF:102:304": "::ffff:102:304/128",
    "2001:0DB8:0:0:1:0:0:1": "2001:db8::1:0:0:1/128",
    "1:0:2:3:4:5:6:7": "1:0:2:3:4:5:6:7/128",
    "1:0:0:2:0:0:0:3/64": "1:0:0:2::3/64",
    "0:1:2:3:4:5:6:7": "0:1:2:3:4:5:6:7/128",
}

ORDERED = [
    "false", "true", "-1", "2", '"Z"', '"a"', 'A::"z"', 'B::A::"a"', 'N::M::A::"x"', 'B::"a"', 'B::"b"', 'A::B::"a"',
    "[]", "[1]", "[1, 2]", "[2]", "{}", "{a: 1}", "{a: 1, b: 1}", "{a: 2}",
]  # fmt: skip


def value(text: str) -> Value:
    return evaluate(parse_expression(text), completion(), store([]))


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_values_have_one_form_and_can_be_read_back(text: str, expected: str) -> None:
    written = value_expression(value(text))
    assert expression_to_json(written) == json.loads(expected)


@pytest.mark.parametrize(("text", "expected"), ADDRESSES.items())
def test_addresses_in_the_short_form(text: str, expected: str) -> None:
    assert ip_text(parse(text)) == expected
    assert parse(expected) == parse(text)


def test_the_order_of_the_elements_of_a_set() -> None:
    elements = [value(text) for text in ORDERED]
    shuffled = elements[1::2] + elements[::2]
    assert sorted(shuffled, key=order) == elements


def test_a_residual_policy_as_json() -> None:
    partial = respond('@id @note("n") forbid(principal, action, resource) unless { resource.pub };')
    assert body_to_json(partial.policies["policy0"].policy()) == {
        "effect": "forbid",
        "annotations": {"id": "", "note": "n"},
        "principal": {"op": "All"},
        "action": {"op": "All"},
        "resource": {"op": "All"},
        "conditions": [
            {"kind": "when", "body": {"!": {"arg": {".": {"left": {"Var": "resource"}, "attr": "pub"}}}}}
        ],
    }


# Completions


ANN_ALONE = {**ANN, "parents": [G["uid"], H["uid"]]}
PARTS = [
    (ANN, G, H),
    (ANN, G, H, BOB, *DOCS),
    (ANN_ALONE,),
    (),
    ({"uid": ANN["uid"], "tags": ANN["tags"]}, G, H),
]


def test_residuals_answer_completions_as_the_policies_do() -> None:
    """Soundness, and monotone decisions: what is decided with less known is the decision."""
    decided = 0
    for concrete, changes in requests():
        expected = authorize(SET.policies(), concrete, CONCRETE)
        for part in PARTS:
            partial = partially_authorize(SET, request(**changes), entities(*part), SCHEMA)
            verdict = partial.reauthorize(concrete, CONCRETE)
            assert (verdict.decision, verdict.determining) == (expected.decision, expected.determining)
            assert verdict.errors.keys() == expected.errors.keys()
            assert partial.decision in (None, expected.decision)
            assert (partial.reason or frozenset()) <= expected.determining
            decided += partial.decision is not None
    assert decided > 10


@pytest.mark.parametrize("defect", ["expression", "ResidualEvaluator"])
def test_residuals_that_answer_otherwise_are_caught(defect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if defect == "expression":
        monkeypatch.setattr(response, "expression", lambda residual: parse_expression("true"))
    else:
        monkeypatch.setattr(response, "ResidualEvaluator", Evaluator)
    with pytest.raises((AssertionError, KeyError)):
        test_residuals_answer_completions_as_the_policies_do()


def changed(part: str) -> Entities:
    """The concrete store in which a part of the principal is another."""
    parts: dict[str, Any] = {
        "attrs": {"attrs": {**ANN["attrs"], "name": "other"}},
        "parents": {"parents": [{"type": "Group", "id": "g"}, {"type": "Group", "id": "other"}]},
        "tags": {"tags": {"k": 8}},
    }
    return concrete_store({**ANN, **parts[part]}, G, H, BOB, *DOCS)


REFUSALS: list[tuple[str, dict[str, Any], Entities]] = [
    ("request", {"context": {}}, without("view", "a")),
    ("request", {"resource": {"type": "Robot", "id": "x"}}, CONCRETE),
    ("entities", {}, Entities({**without("a", "b").by_uid, NAMELESS_BOB.uid: NAMELESS_BOB})),
    ("inconsistent_entities", {}, without("view")),
    ("inconsistent_entities", {"principal": {"type": "User", "id": "z"}}, without("a")),
    ("inconsistent_entities", {}, without("g")),
    ("inconsistent_entities", {}, changed("attrs")),
    ("inconsistent_entities", {}, changed("parents")),
    ("inconsistent_entities", {}, changed("tags")),
    ("inconsistent_request", {"principal": {"type": "User", "id": "z"}}, CONCRETE),
    ("inconsistent_request", {"action": {"type": "Action", "id": "paint"}, "context": {}}, CONCRETE),
    ("inconsistent_request", {"context": {"mfa": False}}, CONCRETE),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "changes", "concrete"), REFUSALS)
def test_the_first_check_of_a_completion_that_fails(kind: str, changes: Any, concrete: Entities) -> None:
    partial = partially_authorize(SET, request(context={"mfa": True}), entities(*STORE), SCHEMA)
    with pytest.raises(Refusal) as refusal:
        partial.reauthorize(completion(**changes), concrete)
    assert (refusal.value.stage, refusal.value.kind) == ("reauthorize", kind)


def test_entities_that_are_not_mentioned_are_free() -> None:
    partial = partially_authorize(SET, request(), entities(*STORE), SCHEMA)
    assert partial.reauthorize(completion(), without("d", "e")).decision == "deny"
    assert partial.reauthorize(completion(), CONCRETE).decision == "allow"


def test_the_small_door() -> None:
    policies, asked = "permit(principal, action, resource) when { resource.pub };", json.dumps(REQUEST)
    partial = reference.partially_authorize(policies, SCHEMA_TEXT, json.dumps(STORE), asked)
    assert partial.decision is None
    assert partial.ids("residual", "permit") == {"policy0"}
    with pytest.raises(reference.Refusal, match="entities: invalid: expected an array"):
        reference.partially_authorize(policies, SCHEMA_TEXT, "{}", asked)
