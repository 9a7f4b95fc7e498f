"""Warnings (spec 08 §4, §8): each kind, its near misses, and the texts that are looked at."""

from __future__ import annotations

import pytest

from reference.json.policies import parse_policy_set
from reference.policy_set import Link, from_bodies
from reference.schema.reader import read_schema
from reference.text.parser import parse_policies
from reference.validation.messages import explain
from reference.validation.policies import validate, validate_set
from reference.validation.problems import Caution, WarningKind
from reference.values import EntityUid

SCHEMA = read_schema(
    """
entity Group; entity User in [Group] {name: String}; entity Doc tags String;
action idle;
action view appliesTo {principal: User, resource: Doc};
"""
)
RLO = "\u202e"


def cautions(text: str) -> tuple[Caution, ...]:
    (body,) = parse_policies(text)
    return validate(body, SCHEMA).cautions


def texts(condition: str) -> set[tuple[WarningKind, str | None]]:
    found = cautions(f"permit(principal, action, resource) when {{ {condition} }};")
    return {(caution.kind, caution.text) for caution in found if caution.text is not None}


@pytest.mark.parametrize(
    ("condition", "kind", "text"),
    [
        (f'principal.name == "a{RLO}"', "bidi_string", f"a{RLO}"),
        ('principal.name == "a\\u{2066}"', "bidi_string", "a\u2066"),
        ('principal.name == "раypal"', "mixed_script_string", "раypal"),
        ('principal.name == "\\u{e000}"', "mixed_script_string", "\ue000"),
        (f'principal == User::"a{RLO}"', "bidi_identifier", f"a{RLO}"),
        ('principal == User::"a\\tb"', "confusable_identifier", "a\tb"),
        ('principal == User::"ａ"', "confusable_identifier", "ａ"),
        ('principal == User::"раypal"', "mixed_script_identifier", "раypal"),
        ('context has "раypal"', "mixed_script_identifier", "раypal"),
        ('{"раypal": 1} == {"раypal": 2}', "mixed_script_identifier", "раypal"),
        ('false && principal["раypal"] == 1', "mixed_script_identifier", "раypal"),
        ('resource.hasTag("раypal")', "mixed_script_string", "раypal"),
        ('resource.hasTag("x") && resource.getTag("раypal") == ""', "mixed_script_string", "раypal"),
        ('ip("раypal").isIpv4()', "mixed_script_string", "раypal"),
        ('principal.name like "раypal*"', "mixed_script_string", "раypal*"),
        ('principal.name like "а\u0301"', "mixed_script_string", "а\\u{301}"),
        ('principal.name like "а\\t"', "mixed_script_string", "а\\t"),
    ],
)
def test_texts_that_may_mislead(condition: str, kind: WarningKind, text: str) -> None:
    assert texts(condition) == {(kind, text)}


@pytest.mark.parametrize(
    "condition",
    [
        'principal.name == "paypal"',
        'principal.name == "при вет"',
        'principal.name == "漢字かな 1!"',
        'principal.name == "a\\t\\u{0}"',
        'principal.name == "€ ° ² 😀"',
        'principal == User::"say_hello"',
        'principal == User::"héllo_’·"',
        f'principal.name like "a{RLO}"',
        'principal.name like "a\\u{e000}"',
        'principal.name like "а*\\*"',
    ],
)
def test_texts_that_do_not(condition: str) -> None:
    assert texts(condition) == set()


@pytest.mark.parametrize(
    "text",
    [
        '@id("раypal") permit(principal, action, resource);',
        '@note("\u202e") permit(principal, action, resource);',
        "// раypal \u202e\npermit(principal, action, resource);",
    ],
)  # fmt: skip
def test_annotations_and_comments_are_not_looked_at(text: str) -> None:
    assert cautions(text) == ()


def test_a_path_of_attributes_is_looked_at_name_by_name() -> None:
    document = (
        '{"staticPolicies": {"p": {"effect": "permit", "principal": {"op": "All"}, "action": {"op": "All"}, '
        '"resource": {"op": "All"}, "conditions": [{"kind": "when", "body": '
        '{"has": {"left": {"Var": "context"}, "attr": ["a", "\\u0440a"]}}}]}}, '
        '"templates": {}, "templateLinks": []}'
    )
    verdicts = validate_set(parse_policy_set(document), SCHEMA)
    found = [(c.kind, c.text) for c in verdicts["p"].cautions if c.text is not None]
    assert found == [("mixed_script_identifier", "рa")]


def test_a_text_counts_once_per_use_and_names_the_first_odd_character() -> None:
    condition = 'principal == User::"x²" || principal == User::"x²" || principal.name == "x²"'
    found = [c for c in cautions(f"permit(principal, action, resource) when {{ {condition} }};") if c.text]
    assert [(c.kind, c.text, c.character) for c in found] == [("confusable_identifier", "x²", "²")]


def test_the_first_kind_that_fits_is_the_only_one() -> None:
    assert texts(f'principal == User::"р²a{RLO}"') == {("bidi_identifier", f"р²a{RLO}")}
    assert texts('principal == User::"р²a"') == {("confusable_identifier", "р²a")}
    assert texts(f'principal.name == "рa{RLO}"') == {("bidi_string", f"рa{RLO}")}


def test_warnings_about_texts_stand_beside_errors() -> None:
    (body,) = parse_policies('permit(principal, action, resource) when { principal.name == "рa" && 1 };')
    verdict = validate(body, SCHEMA)
    assert not verdict.valid
    assert verdict.warns("mixed_script_string")


@pytest.mark.parametrize(
    ("scope", "kinds"),
    [
        ("principal, action, resource", set()),
        ("principal is Doc, action, resource", {"no_applicable_action", "impossible_policy"}),
        ('principal == Group::"g", action, resource', {"no_applicable_action", "impossible_policy"}),
        ('principal, action == Action::"idle", resource', {"no_applicable_action", "impossible_policy"}),
        ("principal is Doc, action in [], resource", {"no_applicable_action", "impossible_policy"}),
        ("principal == ?principal, action, resource", set()),
        ("principal is Doc in ?principal, action, resource", {"no_applicable_action", "impossible_policy"}),
    ],
)
def test_scopes(scope: str, kinds: set[str]) -> None:
    assert {caution.kind for caution in cautions(f"permit({scope});")} == kinds


def test_no_applicable_action_skips_no_other_check() -> None:
    (body,) = parse_policies("permit(principal, action in [], resource) when { principal.nope == 1 };")
    strict, permissive = validate(body, SCHEMA), validate(body, SCHEMA, permissive=True)
    assert {problem.kind for problem in strict.problems} == {"empty_set", "unsafe_attribute_access"}
    assert permissive.valid
    assert strict.warns("no_applicable_action")
    assert permissive.warns("no_applicable_action")


def test_a_link_is_judged_by_its_filled_scope() -> None:
    policies = from_bodies(parse_policies("permit(principal == ?principal, action, resource);"))
    for name, warned in (("User", False), ("Doc", True), ("Group", True)):
        link = Link("policy0", {"?principal": EntityUid(name, "рa")})
        verdicts = validate_set(policies.link("made", link), SCHEMA)
        assert verdicts["policy0"].cautions == ()
        expected = ["no_applicable_action"] if warned else []
        assert [caution.kind for caution in verdicts["made"].cautions] == expected


def test_an_undeclared_action_in_a_list_leaves_no_action() -> None:
    found = validate_set(
        from_bodies(
            parse_policies('permit(principal, action in [Action::"view", Action::"nope"], resource);')
        ),
        SCHEMA,
    )["policy0"]
    assert {problem.kind for problem in found.problems} == {"unrecognized_action"}
    assert found.warns("no_applicable_action")


def test_an_incomplete_schema_gives_one_error_and_no_warning() -> None:
    incomplete = read_schema(
        "external entity User; entity Doc; action view appliesTo {principal: Doc, resource: User};"
    )
    policies = from_bodies(
        parse_policies(
            'permit(principal, action in [], resource) when { "рa" + 1 };'
            "permit(principal == ?principal, action, resource);"
        )
    ).link("made", Link("policy1", {"?principal": EntityUid("Nope", "a")}))
    verdicts = validate_set(policies, incomplete)
    for name in ("policy0", "policy1"):
        assert [problem.kind for problem in verdicts[name].problems] == ["incomplete_schema"]
        assert "`User`" in verdicts[name].problems[0].message
        assert verdicts[name].cautions == ()
    assert verdicts["made"].valid
    assert validate_set(from_bodies(()), incomplete) == {}


def test_warnings_as_sentences() -> None:
    text = 'permit(principal is Doc, action, resource) when { principal == User::"x²" };'
    lines = list(explain(validate_set(from_bodies(parse_policies(text)), SCHEMA)))
    assert len(lines) == 3
    assert all(line.startswith("warning for `policy0`") for line in lines)


@pytest.mark.parametrize(
    ("condition", "impossible"),
    [
        ("principal.nam == 1", False),
        ("principal.nam == 1 && false", False),
        ("false && principal.nam == 1", True),
        ("principal has nam && principal.nam == 1", True),
        ("1 + true == 2 || false", False),
    ],
)
def test_a_policy_with_a_type_error_is_not_called_impossible(condition: str, impossible: bool) -> None:
    (body,) = parse_policies(f"permit(principal, action, resource) when {{ {condition} }};")
    verdict = validate(body, SCHEMA)
    assert verdict.valid == impossible
    assert verdict.warns("impossible_policy") == impossible


def test_a_type_error_in_one_of_two_environments_is_enough() -> None:
    schema = read_schema(
        "entity U, R; entity V {a: Long}; action x appliesTo {principal: [U, V], resource: R};"
    )
    for scope, impossible in (("", False), (" is V", True)):
        text = f"permit(principal{scope}, action, resource) when {{ principal.a == 1 && false }};"
        (body,) = parse_policies(text)
        assert validate(body, schema).warns("impossible_policy") == impossible
