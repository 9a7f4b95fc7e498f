from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from drt.engines.check_names import CHECKS, IN_A_RUN
from drt.engines.declared import Asked, _checks, differences, explanation, held
from drt.model.case import Case, PartialInput, Request, Source, Store
from drt.model.divergence import Divergence
from drt.model.outcome import Accepted, Authorized, Rejected

EXPLAINED = [
    ("policy JSON accepted", '{"Value": {"__extn": {"fn": "nope", "arg": "a"}}}', "unknown function name"),
    ("policy JSON accepted", '{"unknown": [{"Value": 1}]}', "the name unknown"),
    ("policies accepted", "permit(principal, action, resource) when { unknown(1) };", "the function unknown"),
    ("policy JSON accepted", '{"principal": {"op": "All", "x": 1, "x": 2}}', "repeated keys"),
    ("policy JSON accepted", '{"principal": ["All"]}', "positional policy JSON"),
    ("policy JSON accepted", '{"effect": {"permit": null}}', "a word written as an object"),
    ("entities accepted", '[["uid", {}, []]]', "positional uid or entity"),
    ("entities accepted", '[{"uid": ["User", "a"], "attrs": {}, "parents": []}]', "positional uid or entity"),
    ("entities accepted under a schema", '[{"parents": [["User", "a"]]}]', "positional uid or entity"),
    ("schema accepted", '{"": {"entityTypes": {"A": []}, "actions": {}}}', "positional schema JSON"),
    ("schema accepted", '{"": {"actions": {"a": {"memberOf": [["b"]]}}}}', "positional schema JSON"),
    ("schema accepted", "entity A {a: Nope, a: Long};", "an attribute"),
    (
        "schema accepted",
        'entity A {"a b"?: Long, c: { d: Long }, "a b": Long};',
        "an attribute",
    ),
]


def test_every_difference_has_a_reason_and_a_source_in_the_guide() -> None:
    assert differences()
    for difference in differences():
        assert difference.reason
        assert difference.source.startswith("spec ")
        assert difference.checks
        assert CHECKS.issuperset(difference.checks)


@pytest.mark.parametrize(("check", "text", "name"), EXPLAINED)
def test_a_declared_difference_explains_its_texts(check: str, text: str, name: str) -> None:
    found = explanation(Asked("any"), check, "accept", text)

    assert found is not None
    assert found.name.startswith(name)


@pytest.mark.parametrize(
    ("check", "text"),
    [
        ("policy JSON accepted", '{"Value": {"__extn": {"fn": "decimal", "arg": "nope"}}}'),
        ("policy JSON accepted", '{"principal": {"op": "All"}, "conditions": [{"kind": "when"}]}'),
        ("policies accepted", "permit(principal, action, resource) when { context.unknown };"),
        ("entities accepted", '[{"uid": {"type": "A", "id": "a"}, "attrs": {"x": [[]]}, "parents": []}]'),
        ("schema accepted", "entity A {a: Long, b: {a: Long}}; entity B {a: Long};"),
        ("schema accepted", '{"": {"entityTypes": {}, "actions": {"a": {"memberOf": []}}}}'),
    ],
)
def test_ordinary_texts_are_not_excused(check: str, text: str) -> None:
    assert explanation(Asked("any"), check, "accept", text) is None


def test_an_engine_that_takes_what_was_recorded_as_refused_is_not_excused() -> None:
    assert explanation(Asked("any"), "policies accepted", "reject", "unknown(1)") is None


def test_an_excuse_for_one_engine_is_none_for_another() -> None:
    document = '{"isIpv4": []}'

    assert (
        explanation(Asked("cedarpy"), "policy JSON to text", "refused or readable text", document) is not None
    )
    assert (
        explanation(Asked("reference"), "policy JSON to text", "refused or readable text", document) is None
    )


def test_a_run_checks_by_the_names_that_it_is_said_to() -> None:
    partial = PartialInput("{}", Store("[]", "partial"))
    more = {"requests": (Request("{}"),), "expressions": ("1",), "partials": (partial,)}
    cases = [Case(Source("", form), schema=Source(""), **more) for form in ("cedar", "json")]

    assert {check for case in cases for check, _ in _checks(case)} == set(IN_A_RUN)
    guide = (Path(__file__).parents[3] / "docs" / "plug-in-an-engine.md").read_text()
    assert [check for check in IN_A_RUN if f"`{check}`" not in guide] == []


OLD, NEW = Asked("cedarpy", "4.12.2"), Asked("cedarpy", "4.13.0")
NO_ACTION = "for policy `policy0`, unable to find an applicable action given the policy scope constraints"


@pytest.mark.parametrize(
    ("check", "text", "answer"),
    [
        ("verdict", "", f"[policy0] {NO_ACTION}\n[policy1] {NO_ACTION}"),
        ("strict verdict per policy", "", f"[policy0] unrecognized action `a`\n[policy0] {NO_ACTION}"),
        ("text to JSON", "", 'at $.body: {"has": {"attr": ["a", "b"]}} against {"&&": {}}'),
        ("invalid policies", "principal has rec.opt", ""),
        ("verdict", "", "error parsing schema: unexpected token `external`"),
    ],
)
def test_an_old_version_is_excused_until_it_is_replaced(check: str, text: str, answer: str) -> None:
    assert explanation(OLD, check, "anything", text, answer) is not None
    assert explanation(Asked("reference", "0.1"), check, "anything", text, answer) is None
    newer = Asked("cedarpy", "4.14.0")
    assert explanation(newer, check, "anything", text, answer) is None


def test_the_version_in_which_a_cause_ends_is_not_excused() -> None:
    assert explanation(NEW, "verdict", "valid", "", NO_ACTION) is None
    assert explanation(Asked("cedarpy", "4.9"), "verdict", "valid", "", NO_ACTION) is not None
    assert explanation(Asked("cedarpy", "unknown"), "verdict", "valid", "", NO_ACTION) is None


def test_an_error_beside_the_declared_one_is_not_excused() -> None:
    answer = f"[policy0] {NO_ACTION}\n[policy0] unexpected type: expected Bool but saw Long"

    assert explanation(OLD, "verdict", "valid", "", answer) is None


@pytest.mark.parametrize(
    ("entities", "name"),
    [
        ('[{"uid": {"type": "A", "id": "b", "id": "a"}}]', "repeated keys in a partial request or store"),
        ('[{"uid": {"type": "A", "id": "a"}}]', None),
    ],
)
def test_repeated_keys_of_a_partial_store_are_lost_before_the_crate_gets_it(
    entities: str, name: str | None
) -> None:
    answers = (("production", Rejected("request")), ("cedar-rust", Rejected("entities")))
    divergence = Divergence("partial_responses_agree", "rejection", "partially_authorize 0", answers)
    case = Case(Source(""), partials=(PartialInput("{}", Store(entities, "partial")),))

    found = held(Asked("cedar-rust", "4.14.1"), case, [divergence])
    assert (None if found is None else found.name) == name
    assert held(Asked("production", "1"), case, [divergence]) is None


UNWRITTEN = "The following entities have shapes that cannot be converted to Cedar schema syntax: [A]"


@pytest.mark.parametrize(
    ("details", "name"),
    [
        ((UNWRITTEN,), "a shape that is a common type is not written"),
        (("There are name collisions: [A]",), None),
        ((UNWRITTEN, "There are name collisions: [A]"), None),
    ],
)
def test_a_shape_that_cannot_be_written_excuses_nothing_else(
    details: tuple[str, ...], name: str | None
) -> None:
    divergences = [
        Divergence(
            "schema_translations_mean_the_same",
            "law",
            "translation",
            (("cedar-rust", Accepted("")), ("cedar-rust, to cedar", Rejected("schema", detail))),
        )
        for detail in details
    ]
    schema = {"": {"entityTypes": {"A": {"shape": {"type": "C"}}}, "actions": {}}}
    case = Case(Source(""), schema=Source(json.dumps(schema), "json"))

    found = held(Asked("cedar-rust", "4.14.1"), case, divergences)
    assert (None if found is None else found.name) == name
    written = replace(case, schema=Source("entity A;"))
    assert held(Asked("cedar-rust", "4.14.1"), written, divergences) is None
    assert held(Asked("production", "1"), case, divergences) is None


@pytest.mark.parametrize(
    ("principal", "declared"),
    [
        (r'"U::\"a\ufe0f\""', True),
        ('"U::\\"a\ufe0f\\""', True),
        ('"U::\\"a\U000e0100\\""', True),
        ('"U::\\"a\\""', False),
        ('{"type": "U", "id": "a\ufe0f"}', False),
    ],
)
def test_characters_that_a_newer_rust_does_not_escape_excuse_a_crate_that_takes_them(
    principal: str, declared: bool
) -> None:
    answers = (("production", Rejected("request")), ("cedar-rust", Authorized("deny")))
    divergence = Divergence("engines_agree", "rejection", "request 0", answers, request=0)
    case = Case(Source(""), requests=(Request(f'{{"principal": {principal}}}'),))

    found = held(Asked("cedar-rust", "4.14.1"), case, [divergence])
    assert (found is not None) == declared
    assert held(Asked("cedar-go", "1.9.2"), case, [divergence]) is None
