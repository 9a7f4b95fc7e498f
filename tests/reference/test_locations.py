"""Where expressions stand in a policy text, and how that is shown (reference/locations.py)."""

from __future__ import annotations

import json

import pytest

from reference.expression_printer import print_expression
from reference.locations import locate
from reference.parser import parse_policies
from reference.schema_reader import read_schema
from reference.syntax import walk
from reference.templates import from_bodies
from reference.validation.messages import explain
from reference.validation.policies import validate_set
from tests.shared_material import shared_folder

TEXT = """permit(principal, action, resource) when {
  true && !(-(1) == 2) &&
\tprincipal.age.b > [1, {"a": context}].c
};
@id("é") forbid(principal == ?principal, action, resource)
  unless { principal has a.b }
  when { if 1 < 2 then resource in [principal] else "x" like "*" };
"""


def places(text: str) -> dict[str, tuple[int, int] | None]:
    """The place of every sub-expression, by its printed text."""
    policies = {f"policy{number}": body for number, body in enumerate(parse_policies(text))}
    located = locate(text, policies)
    return {
        print_expression(expr): located.place(policy_id, expr)
        for policy_id, body in policies.items()
        for clause in body.clauses
        for expr in walk(clause.body)
    }


def test_lines_and_columns() -> None:
    found = places(TEXT)
    assert found["true"] == (2, 3)
    assert found["!(-(1) == 2)"] == (2, 11)
    assert found["2"] == (7, 17)
    assert found["principal.age.b"] == (3, 2)
    assert found["principal.age.b > [1, {a: context}].c"] == (3, 2)
    assert found["{a: context}"] == (3, 24)
    assert found["principal has a.b"] == (6, 12)
    assert found['"x" like "*"'] == (7, 53)


def test_a_problem_is_shown_in_its_text() -> None:
    schema = read_schema(
        "entity User {name: String}; action view appliesTo {principal: User, resource: User};"
    )
    text = "permit(principal, action, resource)\n\twhen { true\n && principal.nam == 1 };\npermit(principal is Usr, action, resource);"
    policies = from_bodies(parse_policies(text))
    lines = "\n".join(explain(validate_set(policies, schema), locate(text, policies.static))).split("\n")
    assert lines[0].startswith("error in `policy0`, line 3, column 5: User has no attribute 'nam'")
    assert lines[1:3] == ["   && principal.nam == 1 };", "      ^"]
    assert lines[3].startswith("error in `policy1`, line 4, column 8: the entity type Usr is not declared")
    assert lines[4:6] == ["  permit(principal is Usr, action, resource);", "         ^"]
    assert lines[6].startswith("warning for `policy1`, line 4, column 1: no action of the schema applies")


SCHEMA = read_schema(
    "entity User in [User] {boss: User, n: String};"
    "action view appliesTo {principal: User, resource: User, context: {u: User}};"
)


def headlines(text: str, level: int | None = None) -> list[str]:
    """Every error and warning with its place, without the texts that explain it."""
    policies = from_bodies(parse_policies(text))
    located = locate(text, {**policies.static, **policies.templates})
    lines = "\n".join(explain(validate_set(policies, SCHEMA, level=level), located)).split("\n")
    return [line.split(":")[0] for line in lines if line.startswith(("error", "warning"))]


@pytest.mark.parametrize("empty", ["action in []", "action in ([])"])
def test_an_empty_list_moves_no_other_place(empty: str) -> None:
    text = f"permit(principal, {empty}, resource);\n@a permit(principal, action, resource)\nwhen {{ false }};"
    assert headlines(text + "permit(principal, action, resource) when { 1 };") == [
        "error in `policy0`, line 1, column 19",
        "warning for `policy0`, line 1, column 1",
        "warning for `policy1`, line 2, column 1",
        "error in `policy2`, line 3, column 59",
    ]


@pytest.mark.parametrize(
    ("scope", "line", "column"),
    [
        ('principal, action, resource in\n Nada::"x"', 2, 2),
        ('principal ==\n Nada::"x", action, resource', 2, 2),
        ("\n principal is Nada, action, resource", 2, 2),
        ('principal is User in\n (Nada::"x"), action, resource', 2, 3),
        ('principal is\n Nada in User::"a", action, resource', 1, 8),
        ("principal is Nada in\n ?principal, action, resource", 1, 8),
        ('principal,\n action == Action::"nope", resource', 2, 12),
        ('principal,\n action in [Action::"view",\n Action::"nope"], resource', 3, 2),
    ],
)
def test_errors_of_the_scope_stand_there(scope: str, line: int, column: int) -> None:
    (error,) = [each for each in headlines(f"permit({scope});") if each.startswith("error")]
    assert error == f"error in `policy0`, line {line}, column {column}"


@pytest.mark.parametrize(
    ("text", "level", "columns"),
    [
        ("permit(principal in User::\"a\", action, resource);", 0, [8]),
        ("permit(principal, action, resource) when { true && principal.boss == resource };", 0, [52]),
        ("permit(principal, action, resource) when { true && principal.boss.boss == resource };", 0, [52]),
        ("permit(principal, action, resource) when { principal.boss == context.u.boss };", 0, [44, 62]),
        ("permit(principal, action, resource) when { [true || principal.boss.boss.n has n].isEmpty() };", 0, []),
        ("permit(principal, action, resource) when { context.u == resource && context.u has boss.n };", 1, [69]),
        ("permit(principal, action, resource) when { context.u == resource && context.u has boss.n };", 0, [69]),
        ("permit(principal, action, resource) when { 1 < 2 && principal.boss is User in resource };", 1, [53]),
    ],
)  # fmt: skip
def test_violations_of_a_level_stand_where_it_is_needed(text: str, level: int, columns: list[int]) -> None:
    expected = [f"error in `policy0`, line 1, column {column}" for column in columns]
    assert headlines(text, level) == expected
    assert headlines(text, level + 3) == []


def test_a_long_line_is_cut_around_the_caret() -> None:
    text = f"permit(principal, action, resource) when {{ {'true && ' * 5_000}1 }};"
    (body,) = parse_policies(text)
    located = locate(text, {"policy0": body})
    place = located.place("policy0", body.clauses[0].body.right)  # type: ignore[union-attr]
    assert place == (1, text.index("1 }") + 1)
    shown, caret = located.caret(*place).split("\n")
    assert len(shown) <= 110
    assert shown[caret.index("^")] == "1"


def test_deep_texts_are_located() -> None:
    text = f"permit(principal, action, resource) when {{ context{'.a' * 10_000} }};"
    (body,) = parse_policies(text)
    assert locate(text, {"policy0": body}).place("policy0", body.clauses[0].body) == (
        1,
        text.index("context") + 1,
    )


@pytest.mark.shared
def test_every_expression_of_recorded_policies_has_a_place() -> None:
    path = shared_folder("conformance", "extra", "validator", "validator.jsonl")
    for line in path.read_text("utf-8").splitlines():
        text = json.loads(line)["policy"]
        policies = {f"policy{number}": body for number, body in enumerate(parse_policies(text))}
        located = locate(text, policies)
        for body in policies.values():
            for clause in body.clauses:
                missing = [e for e in walk(clause.body) if id(e) not in located.expressions]
                assert missing == [], text


def test_an_excerpt_has_no_carriage_return() -> None:
    text = "permit(principal, action, resource)\r\nwhen { \t1 }\r\n;"
    (body,) = parse_policies(text)
    assert locate(text, {"policy0": body}).caret(2, 9) == "  when {  1 }\n          ^"
    assert locate(text, {"policy0": body}).caret(1, 1) == "  permit(principal, action, resource)\n  ^"
    stray = "permit(principal, action, resource)\rwhen { 1 };"
    assert locate(stray, {"policy0": body}).caret(1, 44) == f"  {stray.replace(chr(13), ' ')}\n{' ' * 45}^"
