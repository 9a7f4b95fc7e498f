"""Small scopes: every operator in every context, every rule of a document broken once, in a fixed order."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from generators.language import LANGUAGE, OPERATORS
from generators.walk import documents, operators


def test_every_operator_is_walked_in_every_context_once() -> None:
    groups = operators.groups()
    policies = [line for group in groups for line in group.policies().split("\n")]

    assert {(group.operator, group.context) for group in groups} == {
        (row.name, context) for row in LANGUAGE for context in operators.CONTEXTS
    }
    assert len(set(policies)) > 80_000
    assert all(len(set(group.expressions)) == len(group.expressions) for group in groups)
    assert groups == operators.groups()


def test_a_new_operator_is_walked_without_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operators, "LANGUAGE", (replace(OPERATORS["+"], name="/", form="{0} / {1}"),))

    groups = operators.groups()

    assert {group.operator for group in groups} == {"/"}
    assert "(context.long) / (principal)" in {one for group in groups for one in group.expressions}


def test_operands_of_every_kind_that_may_fit_are_all_there() -> None:
    found = {one for group in operators.groups() if group.operator == "in" for one in group.expressions}

    assert {
        f"({one}) in ({other})" for one in operators.OPERANDS["entity"] for other in operators.OPERANDS["set"]
    } <= found


def test_a_document_breaks_at_each_of_its_values() -> None:
    broken = list(documents.broken_json({"a": [1]}))

    assert len(broken) == len(set(broken))
    assert {"{}", '{"a": []}', '{"a": [1, 1]}', '{"a": [null]}', '{"a": "x"}', '{"a": [1], "a": [1]}'} <= set(
        broken
    )
    assert broken[0] == json.dumps({"a": [1]})


def test_a_text_breaks_at_each_of_its_tokens() -> None:
    broken = set(documents.broken_text("a b"))

    assert {"a b", "b", "a", "a a b", "a b b", "b a", "; b", "; a b", "a ;", "a ; b"} <= broken
