"""Problems of validation are told with their place in the text."""

from __future__ import annotations

import pytest

from production import PolicySet, Schema

SCHEMA = Schema.from_cedar(
    "entity Doc; entity User { age: Long, name?: String };"
    'action "view" appliesTo { principal: User, resource: Doc, context: { ok: Bool } };'
)


def told(text: str) -> str:
    return SCHEMA.validate(PolicySet.from_text(text)).report(text)


@pytest.mark.parametrize(
    ("text", "place", "caret"),
    [
        ("permit(principal, action, resource)\nwhen { principal.agee > 3 };", "line 2, column 8", "when { principal"),
        ("// one\r\npermit(principal, action, resource) when { true };\r\n"
         "permit(principal, action, resource)\r\n  when { 1 ==  ( context.ok ) };", "line 4, column 10", "  when { 1 =="),
        ("permit(principal, action, resource) when { (principal).name == \"x\" };", "line 1, column 45", "permit("),
        ("permit(principal is Doc, action, resource);", "line 1, column 1", "permit("),
        ("@id(\"a;b\") permit(principal, action, resource) when { true };\n"
         "forbid(principal, action, resource) when { false };", "line 2, column 1", "forbid("),
    ],
)  # fmt: skip
def test_a_problem_has_its_line_column_and_caret(text: str, place: str, caret: str) -> None:
    said = told(text)
    assert place in said.split("\n")[0]
    line, pointer = said.split("\n")[1:3]
    assert line.startswith("  " + caret)
    assert pointer.strip() == "^"
    assert f"column {len(pointer) - 2}" in said


def test_a_better_name_is_suggested_and_the_expression_named() -> None:
    said = told("permit(principal, action, resource) when { principal.agee > 3 };")
    assert "`principal.agee`" in said
    assert "age" in said


def test_without_the_text_there_is_no_place() -> None:
    policies = PolicySet.from_text("permit(principal, action, resource) when { principal.agee > 3 };")
    assert "line" not in SCHEMA.validate(policies).report()


def test_a_long_line_is_not_shown() -> None:
    said = told(f"permit(principal, action, resource) when {{ {'true && ' * 40}principal.agee > 3 }};")
    assert "^" not in said
    assert "line 1, column" in said
