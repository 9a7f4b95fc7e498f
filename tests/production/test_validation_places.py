"""Problems of validation are reported with their place in the text."""

from __future__ import annotations

from random import Random

import pytest

from production import PolicyError, PolicySet, Schema
from production.language.extensions import CONSTRUCTORS
from production.language.nodes import Call, Constant, If, Node, RecordOf, SetOf, Unary, Variable, postorder
from production.language.strings import quoted
from production.language.uids import Uid, uid
from production.text.parser import parse_policies
from production.validation.positions import Places
from production.validation.scopes import scope_conditions
from tests.production import random_policies

SCHEMA = Schema.from_cedar(
    "entity Doc; entity User { age: Long, name?: String };"
    'action "view" appliesTo { principal: User, resource: Doc, context: { ok: Bool } };'
)


def refusal(text: str) -> str:
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
    message = refusal(text)
    assert place in message.split("\n")[0]
    line, pointer = message.split("\n")[1:3]
    assert line.startswith("  " + caret)
    assert pointer.strip() == "^"
    assert f"column {len(pointer) - 2}" in message


def test_a_better_name_is_suggested_and_the_expression_named() -> None:
    message = refusal("permit(principal, action, resource) when { principal.agee > 3 };")
    assert "`principal.agee`" in message
    assert "age" in message


def test_without_the_text_there_is_no_place() -> None:
    policies = PolicySet.from_text("permit(principal, action, resource) when { principal.agee > 3 };")
    assert "line" not in SCHEMA.validate(policies).report()


def test_a_long_line_is_not_shown() -> None:
    message = refusal(f"permit(principal, action, resource) when {{ {'true && ' * 40}principal.agee > 3 }};")
    assert "^" not in message
    assert "line 1, column" in message


def placed(text: str, schema: Schema = SCHEMA, level: int | None = None) -> list[tuple[int, int, str, str]]:
    """Line, column, kind and expression of each problem."""
    found = schema.validate(PolicySet.from_text(text), level=level).placed(text)
    assert all(one.place is not None for one in found.problems)
    return [
        (one.place.line, one.place.column, one.kind, one.expression)
        for one in found.problems
        if one.place is not None
    ]


def faults_of(condition: str) -> list[tuple[int, int]]:
    """The places of the errors of a condition, its first line being line 1, its first column column 1."""
    found = placed(f"permit(principal, action, resource) when {{\n{condition}\n}};")
    return [(line - 1, column) for line, column, _, _ in found]


@pytest.mark.parametrize(
    ("condition", "places"),
    [
        ('principal has name && principal.name == "x" ||\n principal.name == "y"', [(2, 2)]),
        ("(false && principal.nope == 1) ||\n principal.nope == 2", [(2, 2)]),
        ("principal.nope == 1 &&\n principal.nope == 2", [(1, 1), (2, 2)]),
        ("principal + 1 == 2 ||\n 1 + principal == 2 || principal", [(1, 1), (2, 6), (2, 24)]),
        ("context.ok && 1 +\n context.ok - context.ok == 2", [(2, 2), (2, 15)]),
        ("principal", [(1, 1)]),
    ],
)
def test_repeated_expressions_have_places_of_their_own(condition: str, places: list[tuple[int, int]]) -> None:
    assert faults_of(condition) == places


@pytest.mark.parametrize(
    ("condition", "places"),
    [
        ('true && principal["nope"] == 3', [(1, 9)]),
        ('true && {"n": 1}.m == 1', [(1, 9)]),
        ('true && {b: 1, "a": ((2))}.m == 1', [(1, 9)]),
        ('true && {"b": {c: 1}, "a": (2)}', [(1, 9)]),
        (r'true && "\u{61}" + 1 == 2', [(1, 9)]),
        (r'true && ip("\x31x").isIpv4()', [(1, 9)]),
        (r'true && ip ( ("\x31x") ).isIpv4()', [(1, 9)]),
        ('true && ip().isIpv4()', [(1, 9)]),
        ("true && [] == []", [(1, 9), (1, 15)]),
        ("true && [((1))].contains(true)", [(1, 9)]),
        ("true && (if context.ok then 1 else true) == 1", [(1, 10)]),
        ("true && (if ((context).ok) then (if context.ok then 1 else true) else 1) == 1", [(1, 34)]),
        ("true && !!( !principal.age )", [(1, 14)]),
        ("true && - - principal == 1", [(1, 13)]),
        ("true && - -1", [(1, 9)]),
        ("true && - 1", [(1, 9)]),
        ("true && ([1]).isEmpty().a", [(1, 10)]),
        ("true // principal\n && principal\n.nope", [(2, 5)]),
        ("true && principal is Nope in Doc::\"é\"", [(1, 9)]),
        ("true && Nope\n::\n\"\\u{e9}\" == principal", [(1, 9)]),
    ],
)  # fmt: skip
def test_the_spelling_of_an_expression_does_not_matter(condition: str, places: list[tuple[int, int]]) -> None:
    assert faults_of(condition) == places


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ('permit(principal == Nope::"x",\n action, resource) when {\nprincipal == Nope::"x" };',
         [(1, 21), (3, 14)]),
        ('permit(principal is Nope,\n action == Action::"vie", resource in ((Nope\n::"y")));',
         [(1, 8), (2, 12), (2, 41)]),
        ('permit(principal, action in [Action::"view",\nAction::"vieww"], resource is Doc in Nope::"x");',
         [(2, 1), (2, 38)]),
        ('permit(principal, action in (Action::"no"), resource in Nope::"x");', [(1, 30), (1, 57)]),
        ('permit(principal in ?principal, action in [(Action::"no")], resource == ?resource);', [(1, 45)]),
    ],
)  # fmt: skip
def test_an_entity_of_the_scope_has_its_own_place(text: str, places: list[tuple[int, int]]) -> None:
    found = [(line, column) for line, column, kind, _ in placed(text) if kind.startswith("unrecognized")]
    assert found == places


def test_a_list_of_actions_has_its_own_place() -> None:
    schema = Schema.from_cedar(
        "entity E; action a appliesTo { principal: E, resource: E };"
        "namespace N { action b appliesTo { principal: E, resource: E }; }"
    )
    text = 'permit(principal, action in\n [Action::"a", N::Action::"b"], resource);'
    assert placed(text, schema)[0][:3] == (2, 2, "incompatible_types")
    empty = "permit(principal, action in\n [], resource);"
    assert placed(empty, schema)[0][:3] == (2, 2, "empty_set")


def test_a_warning_stands_at_the_first_expression_with_its_text() -> None:
    text = 'permit(principal == User::"say_һello",\n action, resource) when {\n "a\u0430" like "*" || "a\u0430" == "b" };'
    assert placed(text) == [
        (3, 2, "mixed_script_string", '"a\u0430"'),
        (1, 21, "mixed_script_identifier", 'User::"say_һello"'),
    ]


def test_a_level_error_stands_at_the_innermost_expression_beyond_the_level() -> None:
    schema = Schema.from_cedar(
        'entity User { boss: User, ok: Bool };action "view" appliesTo { principal: User, resource: User };'
    )
    text = "permit(principal, action, resource) when {\n principal.boss.ok &&\n resource.boss.boss.ok };"
    assert placed(text, schema, level=2) == [(3, 2, "level_violation", "resource.boss.boss.ok")]
    assert placed(text, schema, level=1) == [(2, 2, "level_violation", "principal.boss.ok")]
    assert placed(text, schema, level=3) == []


def test_what_does_not_print_is_replaced_in_the_line_and_keeps_the_column() -> None:
    text = 'permit(principal, action, resource) when {\n\t"\u202e" == "b" || principal };'
    assert f'\n   "\ufffd" == "b" || principal }};\n  {" " * 15}^' in refusal(text)


def test_a_place_belongs_to_its_policy() -> None:
    texts = [f"permit(principal, action, resource)\nwhen {{ principal.nope == {n} }};\n" for n in range(300)]
    assert [line for line, *_ in placed("".join(texts))] == [2 * n + 2 for n in range(300)]


def test_links_and_policies_from_elsewhere_have_no_place() -> None:
    text = "permit(principal == ?principal, action, resource) when { principal.nope };"
    policies = PolicySet.from_text(text).link("policy0", "link", {"?principal": uid("Nope", "x")})
    found = SCHEMA.validate(policies)
    assert [(one.policy, one.place is None) for one in found.placed(text).errors] == [
        ("policy0", False), ("link", True),
    ]  # fmt: skip
    assert {one.place for one in found.placed("").problems} == {None}
    assert {one.place for one in found.problems} == {None}


def test_a_text_that_holds_no_policies_is_refused() -> None:
    found = SCHEMA.validate(PolicySet.from_text("permit(principal, action, resource) when { false };"))
    with pytest.raises(PolicyError):
        found.report("permit")


def test_an_action_is_suggested_as_it_is_written() -> None:
    message = refusal('permit(principal, action == Action::"vieww", resource);')
    assert 'unrecognized action Action::"vieww"; did you mean Action::"view"?' in message


def test_an_incomplete_schema_is_named_by_its_external_declarations() -> None:
    policies = PolicySet.from_text("permit(principal, action, resource);")
    schema = Schema.from_json(
        '{"": {"entityTypes": {"A": {"external": true}, "B": {"external": true}}, "actions": {}}}'
    )
    message = schema.validate(policies).report()
    assert "the schema is incomplete: the entity type `A` is external, and 1 more" in message
    action = Schema.from_json('{"": {"entityTypes": {}, "actions": {"v": {"external": true}}}}')
    assert 'incomplete: the action `Action::"v"` is external' in action.validate(policies).report()


def first_token(node: Node, operands: list[str]) -> str:
    """The token that an expression starts with, by its form and the first tokens of its operands."""
    match node:
        case Constant(bool() as value):
            return "true" if value else "false"
        case Constant(int() as value):
            return "-" if value < 0 else str(value)
        case Constant(str() as value):
            return quoted(value)
        case Constant(Uid() as value):
            return value.type.partition("::")[0]
        case Variable(name):
            return name
        case Call(function, _) if function in CONSTRUCTORS:
            return function
        case If():
            return "if"
        case SetOf():
            return "["
        case RecordOf():
            return "{"
        case Unary("!" | "neg" as op, _):
            return "!" if op == "!" else "-"
        case _:
            return operands[0]


@pytest.mark.parametrize("seed", range(40))
def test_every_expression_starts_with_the_token_at_its_place(seed: int) -> None:
    random = Random(seed)
    texts = [random_policies.policy(random) for _ in range(10)]
    text = "\n".join(texts)
    places = Places(text, {f"policy{number}" for number in range(10)})
    for number, one in enumerate(parse_policies(text)):
        bodies = [condition.body for condition in (*scope_conditions(one), *one.conditions)]
        nodes = [node for body in bodies for node in postorder(body)]
        in_scope = sum(1 for condition in scope_conditions(one) for _ in postorder(condition.body))
        finished: list[str] = []
        for site, node in enumerate(nodes):
            count = len(node.children)
            operands = finished[len(finished) - count :]
            del finished[len(finished) - count :]
            token = first_token(node, operands)
            if site < in_scope and isinstance(node, SetOf) and "action in [" not in texts[number]:
                token = operands[0]
            finished.append(token)
            place = places.of(f"policy{number}", site)
            assert place is not None
            assert place.line == number + 1
            assert place.text[place.column - 1 :].startswith(token)
