"""Texts that scenarios write: the spellings of trees, and cedarpy as witness that every text is legal."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from generators.draw.syntax import (
    PRINCIPAL,
    TRUE,
    Binary,
    Call,
    Condition,
    Expr,
    GetAttr,
    Has,
    If,
    Is,
    Like,
    Lit,
    Policy,
    RecordLit,
    SetLit,
    Uid,
    Unary,
)
from generators.faults.breaks import _ENTITY_BREAKS, _SCHEMA_BREAKS
from generators.printing.policy_json import expression_json, policy_json, policy_set_json
from generators.printing.policy_text import print_expression, print_policies
from generators.printing.spelling import OddSpelling, quote
from tests.generators.samples import drawn

ONE, NEGATIVE = Lit(1), Lit(-1)

PLAIN: list[tuple[Expr, str]] = [
    (Binary("==", Binary("==", ONE, ONE), TRUE), "(1 == 1) == true"),
    (Binary("-", ONE, Binary("-", ONE, ONE)), "1 - (1 - 1)"),
    (Binary("-", Binary("-", ONE, ONE), ONE), "1 - 1 - 1"),
    (Binary("*", Binary("+", ONE, ONE), ONE), "(1 + 1) * 1"),
    (Binary("||", Binary("&&", TRUE, TRUE), TRUE), "true && true || true"),
    (Binary("&&", TRUE, Binary("||", TRUE, TRUE)), "true && (true || true)"),
    (Binary("&&", TRUE, Binary("&&", TRUE, TRUE)), "true && (true && true)"),
    (Unary("neg", ONE), "-(1)"),
    (Unary("neg", NEGATIVE), "-((-1))"),
    (Unary("neg", PRINCIPAL), "-principal"),
    (Unary("neg", Unary("neg", PRINCIPAL)), "-(-principal)"),
    (Binary("-", ONE, NEGATIVE), "1 - -1"),
    (GetAttr(NEGATIVE, "a"), "(-1).a"),
    (GetAttr(PRINCIPAL, "if"), 'principal["if"]'),
    (GetAttr(GetAttr(PRINCIPAL, "a"), ""), 'principal.a[""]'),
    (Unary("!", Unary("!", TRUE)), "!!true"),
    (Unary("!", Binary("in", PRINCIPAL, PRINCIPAL)), "!(principal in principal)"),
    (Binary("&&", If(TRUE, TRUE, TRUE), TRUE), "(if true then true else true) && true"),
    (If(TRUE, TRUE, Binary("&&", TRUE, TRUE)), "if true then true else true && true"),
    (Has(PRINCIPAL, ("a", "b")), "principal has a.b"),
    (Has(PRINCIPAL, ("a b",)), 'principal has "a b"'),
    (Has(PRINCIPAL, ("a b", "if")), 'principal has "a b" && principal["a b"] has "if"'),
    (Unary("!", Has(PRINCIPAL, ("a", "if"))), '!(principal has a && principal.a has "if")'),
    (Like(Lit("x"), ("a*", None, "\\")), r'"x" like "a\**\\"'),
    (Is(PRINCIPAL, "A::B", Lit(Uid("C", "d"))), 'principal is A::B in C::"d"'),
    (Call("ip", (Lit("::1"),)), 'ip("::1")'),
    (Call("isInRange", (Call("ip", (Lit("::1"),)), PRINCIPAL)), 'ip("::1").isInRange(principal)'),
    (Unary("isEmpty", SetLit((ONE,))), "[1].isEmpty()"),
    (Binary("contains", SetLit((ONE,)), ONE), "[1].contains(1)"),
    (RecordLit((("a", ONE), ("if", ONE))), '{a: 1, "if": 1}'),
]


@pytest.mark.parametrize(("expr", "text"), PLAIN, ids=[text for _, text in PLAIN])
def test_plain_spelling_has_the_parentheses_the_grammar_needs(expr: Expr, text: str) -> None:
    assert print_expression(expr) == text


def test_strings_are_quoted_with_the_escapes_of_the_language() -> None:
    assert quote('a"\\\n\r\t\0\x01é*') == r'"a\"\\\n\r\t\0\u{1}é*"'
    assert quote("*", pattern=True) == r'"\*"'


def test_an_odd_spelling_differs_and_is_the_same_again() -> None:
    policies = [policy for sample in drawn("typed", 20) for policy in sample.policies]
    texts = {print_policies(policies, OddSpelling(number)) for number in range(1, 6)}
    assert len(texts) == 5
    assert print_policies(policies, OddSpelling(3)) == print_policies(policies, OddSpelling(3))


@pytest.mark.parametrize(
    "profile", ["typed", "untyped", "hostile-text", "templates", "unfit-scopes", "type-errors", "odd-scripts"]
)
def test_cedarpy_reads_the_same_policies_from_text_and_from_json(profile: str) -> None:
    """The text printer, odd spellings included, and the JSON printer write the same trees (spec 06 §4)."""
    cedarpy = pytest.importorskip("cedarpy")
    for sample in drawn(profile, 60):
        for text in (print_policies(sample.policies), print_policies(sample.policies, OddSpelling(7))):
            from_text = _normal(json.loads(cedarpy.policies_to_json_str(text)))
            assert from_text == _normal(policy_set_json(sample.policies))


def _normal(document: Any) -> Any:
    """A policy-set document without the sugar that text does not keep: extended `has`, runs of literals."""
    if isinstance(document, list):
        return [_normal(item) for item in document]
    if not isinstance(document, dict):
        return document
    match document:
        case {"has": {"left": left, "attr": [*attrs]}}:
            return _normal(_expanded(left, attrs))
        case {"like": {"left": left, "pattern": pattern}}:
            pieces: list[Any] = []
            for piece in pattern:
                pieces += [piece] if piece == "Wildcard" else [{"Literal": char} for char in piece["Literal"]]
            return {"like": {"left": _normal(left), "pattern": pieces}}
        case _:
            return {key: _normal(value) for key, value in document.items()}


def _expanded(left: Any, attrs: list[str]) -> Any:
    """Spec 01 §5: `e has a.b` is `e has a && e.a has b`."""
    chain = {"has": {"left": left, "attr": attrs[0]}}
    for attr, below in pairwise(attrs):
        left = {".": {"left": left, "attr": attr}}
        chain = {"&&": {"left": chain, "right": {"has": {"left": left, "attr": below}}}}
    return chain


def test_odd_json_means_the_same() -> None:
    """Other forms of the same policies, entities and requests get the same answers from cedarpy."""
    cedarpy = pytest.importorskip("cedarpy")
    different = 0
    for sample in drawn("untyped", 80):
        answers = []
        for spelling in (0, 1, 2):
            spelled = replace(sample, spelling=spelling)
            policies = cedarpy.PolicySet.from_json_str(spelled.policies_json(links=True))
            requests = [json.loads(text) for text in spelled.request_texts()]
            plain = [_with_short_uids(request) for request in requests]
            found = cedarpy.is_authorized_batch(plain, policies, spelled.entities_text())
            answers.append([(each.decision, sorted(each.diagnostics.reasons)) for each in found])
        assert answers[1:] == answers[:1] * 2
        different += (
            replace(sample, spelling=1).policies_json() != replace(sample, spelling=0).policies_json()
        )
    assert different > 40


def _with_short_uids(request: dict[str, Any]) -> dict[str, Any]:
    """A request with uids in the one form that cedarpy's own reader knows."""
    for variable in ("principal", "action", "resource"):
        uid = request[variable].get("__entity", request[variable])
        request[variable] = {"type": uid["type"], "id": uid["id"]}
    return request


def test_policy_json_writes_the_forms_of_the_format() -> None:
    body = Binary("!=", GetAttr(PRINCIPAL, "a"), Lit(Uid("A", "x")))
    policy = Policy("permit", conditions=(Condition("unless", body),), annotations=(("k", None), ("l", "")))
    assert policy_json(policy) == {
        "effect": "permit",
        "principal": {"op": "All"},
        "action": {"op": "All"},
        "resource": {"op": "All"},
        "conditions": [
            {
                "kind": "unless",
                "body": {
                    "!=": {
                        "left": {".": {"left": {"Var": "principal"}, "attr": "a"}},
                        "right": {"Value": {"__entity": {"type": "A", "id": "x"}}},
                    }
                },
            }
        ],
        "annotations": {"k": None, "l": ""},
    }
    assert expression_json(Has(PRINCIPAL, ("a b", "if"))) == {
        "has": {"left": {"Var": "principal"}, "attr": ["a b", "if"]}
    }
    assert expression_json(Has(PRINCIPAL, ("a",))) == {"has": {"left": {"Var": "principal"}, "attr": "a"}}


@pytest.mark.parametrize(
    "profile",
    [
        *("typed", "dangling", "one-type-error", "templates", "hostile-text", "implied", "untyped"),
        *("unfit-scopes", "type-errors", "odd-scripts"),
    ],
)
def test_cedarpy_takes_every_document(profile: str) -> None:
    """Policies, both schema forms and entities load: without the schema, and with it where they conform."""
    cedarpy = pytest.importorskip("cedarpy")
    for sample in drawn(profile, 80):
        cedarpy.PolicySet.from_str(sample.policies_text())
        text_schema = cedarpy.Schema.from_str(sample.schema_text())
        json_schema = cedarpy.Schema.from_json_str(sample.schema_json())
        entities = sample.entities_text()
        cedarpy.Entities.from_json_str(entities)
        if profile == "untyped":
            continue
        request = _with_short_uids(json.loads(sample.request_texts()[0]))
        for schema in (text_schema, json_schema):
            [answer] = cedarpy.is_authorized_batch(
                [request], "permit(principal,action,resource);", entities, schema
            )
            assert answer.allowed, answer.diagnostics.errors


def test_cedarpy_refuses_broken_schemas() -> None:
    """In Cedar syntax and in JSON, but for repeated declarations, which are one key of a JSON object."""
    cedarpy = pytest.importorskip("cedarpy")
    seen: set[str] = set()
    for sample in drawn("broken-schema", 200):
        seen.update(sample.intended_misfits)
        with pytest.raises(ValueError):
            cedarpy.Schema.from_str(sample.schema_text())
        if not any("repeated" in misfit for misfit in sample.intended_misfits):
            with pytest.raises(ValueError):
                cedarpy.Schema.from_json_str(sample.schema_json())
    assert seen >= {f"broken-schema:{name}" for name in _SCHEMA_BREAKS}


def test_cedarpy_refuses_broken_entities() -> None:
    cedarpy = pytest.importorskip("cedarpy")
    seen: set[str] = set()
    for sample in drawn("broken-entities", 200):
        request = _with_short_uids(json.loads(sample.request_texts()[0]))
        broken = [misfit for misfit in sample.intended_misfits if misfit.startswith("broken-entities")]
        seen.update(broken)
        policies, schema = "permit(principal,action,resource);", cedarpy.Schema.from_str(sample.schema_text())
        try:
            [answer] = cedarpy.is_authorized_batch([request], policies, sample.entities_text(), schema)
            assert not (broken and answer.allowed)
        except ValueError:
            assert broken
    assert seen == {f"broken-entities:{name}" for name in _ENTITY_BREAKS}


def test_cedarpy_takes_every_expression() -> None:
    cedarpy = pytest.importorskip("cedarpy")
    for profile in ("expressions", "untyped-expressions"):
        for sample in drawn(profile, 60):
            for text in sample.expressions():
                cedarpy.PolicySet.from_str(f"permit(principal, action, resource) when {{ {text}\n }};")


def test_implied_values_are_bare_where_explicit_ones_are_escaped() -> None:
    assert any('"__extn"' in sample.entities_text() for sample in drawn("typed", 30))
    assert any('"__entity"' in sample.entities_text() for sample in drawn("typed", 30))
    for sample in drawn("implied", 30):
        text = replace(sample, spelling=0).entities_text()
        assert '"__entity"' not in text
        assert '"fn": "ip"' not in text


def test_action_entities_stand_in_the_entity_document_with_their_groups() -> None:
    nested = 0
    for sample in drawn("typed", 40):
        document = json.loads(replace(sample, spelling=0).entities_text())
        listed = {(entity["uid"]["type"], entity["uid"]["id"]): entity["parents"] for entity in document}
        for action in sample.schema.actions:
            parents = listed[action.uid.type, action.uid.id]
            assert parents == [{"type": uid.type, "id": uid.id} for uid in action.parents]
            nested += bool(parents)
    assert nested > 10
