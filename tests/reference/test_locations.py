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
    assert lines[3].startswith("error in `policy1`, line 4, column 1: the entity type Usr is not declared")
    assert lines[4:6] == ["  permit(principal is Usr, action, resource);", "  ^"]
    assert lines[6].startswith("warning for `policy1`, line 4, column 1: no action of the schema applies")


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
