"""The search where texts, documents, writers and validators part."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from drt.assess.planted.defects import DEFECTS
from drt.assess.planted.engines import Fault, Planted
from drt.assess.planted.faulty_engines import GreedyStar
from drt.assess.planted.faulty_validators import (
    EitherGrantsAll,
    FirstEnvironmentOnly,
    IsIsFalse,
    LevelTooGenerous,
)
from drt.diagnosis import localise
from drt.diagnosis.minimal_value import blamed
from drt.diagnosis.places import parting, place_name, token_name
from drt.diagnosis.signature import alike, outcome_classes, signature
from drt.engines import build
from drt.engines.base import BaseEngine
from drt.engines.guard import Guarded
from drt.engines.reference_engine import ReferenceEngine
from drt.model import guide
from drt.model.case import Case, Request, Source
from drt.model.divergence import Divergence
from drt.model.outcome import Accepted, Outcome, Printed, Rejected
from drt.model.question import ReadEntities, ReadPolicies
from drt.model.records import to_json
from drt.oracles.agreement import engines_agree
from drt.oracles.reading import readers_agree
from drt.oracles.roundtrips import formatting_keeps_everything, printing_round_trips
from drt.oracles.schemas import schema_translations_mean_the_same
from drt.oracles.validation import levels_are_enough, validators_agree
from drt.oracles.wildcard import wildcard_matches_definition
from reference.text import expression_builder

REFERENCE = Guarded(build("reference"))
BY_NAME = {defect.name: defect for defect in DEFECTS}
SCHEMA = Source(
    "entity R; entity U { r: R, m?: Long }; entity V;"
    ' action "x" appliesTo { principal: [U, V], resource: R, context: {} };'
)


def search(case: Case, other: Any, oracle: Any) -> Any:
    engines = [REFERENCE, Guarded(other)]
    [found, *_] = oracle(case, engines).divergences
    return localise(case, engines, found)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "the end"),
        ('"a" == 1', "a string"),
        ('"not closed', "a string"),
        ("\\q", "an escape"),
        ("like 1", "`like`"),
        ("like::A", "`like`"),
        ("when::A", "a name"),
        ("somebody", "a name"),
        ("12a", "a number"),
        ("?principal", "a slot"),
        ("&& b", "`&&`"),
        ("§", "an odd character"),
        ("// all", "a blank"),
    ],
)
def test_tokens_have_names(text: str, name: str) -> None:
    assert token_name(text) == name


@pytest.mark.parametrize(
    ("left", "right", "name"),
    [
        ({"conditions": [{"kind": "unless"}]}, {"conditions": [{"kind": "when"}]}, "the clause `unless`"),
        ({"!": {"arg": {"Value": True}}}, {"Value": True}, "`!`"),
        ({"Value": "a"}, {"Value": "b"}, "a string literal"),
        ({"isEmpty": {"arg": {"Value": -1}}}, {"neg": {"arg": {"isEmpty": {}}}}, "`-` before `isEmpty`"),
        ({"!": {"arg": {"neg": {"arg": {}}}}}, {"!": {"arg": {"Var": "context"}}}, "`!` before `-`"),
        ({"Value": 1}, {"Value": True}, "an integer literal"),
        ({"like": {"left": {}, "pattern": []}}, {"like": {"left": {}, "pattern": [1]}}, "the pattern of `like`"),
        ({"is": {"left": 1, "in": {}}}, {"is": {"left": 1}}, "`is`"),
        ([{"uid": 1, "tags": {"attrs": 1}}], [{"uid": 1, "tags": {"attrs": 2}}], "tags"),
        ([{"uid": 1, "parents": [1]}], [{"uid": 1, "parents": []}], "the parents of an entity"),
        (
            {"attrs": {"tags": {"__extn": {"fn": "ip", "arg": "::"}}}},
            {"attrs": {"tags": {"__extn": {"fn": "ip", "arg": "::1"}}}},
            "`ip`",
        ),
        ({"context": {"attributes": {"tags": {"required": True}}}},
         {"context": {"attributes": {"tags": {"required": False}}}}, "whether an attribute is required"),
    ],
)  # fmt: skip
def test_places_of_documents_have_names(left: Any, right: Any, name: str) -> None:
    found = parting(left, right)
    assert found is not None
    path, *values = found
    assert place_name(path, *values) == name
    assert parting(left, left) is None


def test_kinds_are_not_confused_where_documents_part() -> None:
    assert parting({"a": 1}, {"a": True}) == (("a",), 1, True)
    assert parting([1], [1, 2]) == ((), [1], [1, 2])
    assert parting({"a": 1, "b": 2}, {"a": 1}) == (("b",), 2, None)


def test_the_innermost_value_is_blamed() -> None:
    def has_no_null(text: str) -> bool:
        return "null" not in text

    assert blamed('[{"a": [1, {"b": null}]}]', has_no_null) == ((0, "a", 1, "b"), None)
    assert blamed('{"a" :  1}', lambda text: "  " not in text) == ((), {"a": 1})
    assert blamed("[null, null]", has_no_null) is None
    assert blamed("no JSON", has_no_null) is None


def test_a_value_of_the_entities_that_one_reader_refuses_is_shown() -> None:
    entities = '[{"uid": {"type": "A", "id": "a"}, "attrs": {"b": 1, "a": [null]}, "parents": []}]'

    class Lenient(BaseEngine):
        name = "lenient"
        version = "0"

        def read_entities(self, text: str, schema: Any) -> Any:
            return REFERENCE.ask(ReadEntities(text.replace("null", "true"), schema))

    engines = [REFERENCE, Guarded(Lenient())]  # type: ignore[arg-type]  # it has what is asked here
    said = tuple((one.name, one.ask(ReadEntities(entities, None))) for one in engines)
    assert isinstance(said[0][1], Rejected)
    assert isinstance(said[1][1], Accepted)
    divergence = Divergence("readers_agree", "rejection", "entities", said)
    case = Case(Source(""), entities)
    found = localise(case, engines, divergence)
    assert found is not None
    assert (found.rule, found.text) == ("reading null in JSON", "null")
    name = signature(divergence, case, found)
    assert name == "lenient accepted, reference rejected at reading null in JSON"


def test_what_is_printed_wrongly_is_named() -> None:
    text = 'permit(principal, action, resource) when { {"odd key": 1} == {} } unless { true };'
    keys = BY_NAME["PrintedKeys"].make()
    found = search(Case(Source(text)), keys, printing_round_trips)
    assert found.rule in ("writing record", "writing `==`")
    found = search(Case(Source(text)), BY_NAME["PrintedUnless"].make(), printing_round_trips)
    assert found.rule == "writing the clause `unless`"


def test_of_formatting_the_gravest_loss_is_named() -> None:
    text = "permit(principal, action, resource) when {\n//\n true };"
    found = search(Case(Source(text)), BY_NAME["FormatLosesComment"].make(), formatting_keeps_everything)
    assert found.rule == "formatting: comments"


def test_of_a_pattern_reading_and_matching_are_told_apart() -> None:
    lost = BY_NAME["StarEscapeLost"].make()
    found = search(Case(Source(""), expressions=(r'"a" like "\*"',)), lost, wildcard_matches_definition)
    assert found.rule == "reading the pattern of `like`"
    case = Case(Source(""), expressions=('"bb" like "*b"',))
    found = search(case, GreedyStar(), wildcard_matches_definition)
    assert (found.rule, found.source) == ("`like`", "spec 02 §4.8")
    assert [operand for operand, _ in found.operands] == ['"bb"']


def test_an_escape_in_a_string_is_named() -> None:
    unescape = expression_builder.unescape
    lost = Planted(
        Fault({(expression_builder, "unescape"): lambda raw: unescape(raw.replace("\\x", "\\\\x"))})
    )
    text = 'permit(principal, action, resource) when { {"\\x41": 1} == {} };'
    engines = [REFERENCE, Guarded(lost)]
    said = tuple((one.name, one.ask(ReadPolicies(Source(text)))) for one in engines)
    found = localise(Case(Source(text)), engines, Divergence("readers_agree", "document", "policies", said))
    assert found is not None
    assert (found.rule, found.said) == ("reading an escape", 'in "\\x41"')


def test_a_link_is_blamed_where_its_plain_policy_is_sound() -> None:
    template = "permit(principal == ?principal, action, resource == ?resource);"
    link = (
        "policy0",
        "mine",
        (("?principal", '{"type":"U","id":"a"}'), ("?resource", '{"type":"R","id":"b"}')),
    )
    request = Request(
        '{"principal":{"type":"U","id":"a"},"action":{"type":"Action","id":"x"},"resource":{"type":"R","id":"b"}}'
    )
    case = Case(Source(template), requests=(request,), links=(link,))
    found = search(case, BY_NAME["SlotsSwapped"].make(), engines_agree)
    assert (found.rule, found.place) == ("linking: the slots of a template", "mine")


class NotLost(ReferenceEngine):
    """The reference that reads `unless` as `when` where it was printed with four spaces before it."""

    def read_policies(self, policies: Source) -> Any:
        return super().read_policies(replace(policies, text=policies.text.replace("\nunless", "\nwhen")))


def test_a_parser_that_misreads_what_is_printed_is_said_to_read() -> None:
    found = search(Case(Source("permit(principal, action, resource) unless { true };")), NotLost("misreads"),
                   printing_round_trips)  # fmt: skip
    assert found.rule == "reading the clause `unless`"


class Particular(ReferenceEngine):
    """The reference, which neither reads `"all"` in JSON nor a `-` in text."""

    def read_policies(self, policies: Source) -> Any:
        if '"all"' in policies.text or (policies.format == "cedar" and "-" in policies.text):
            return Rejected("policies", "unheard of")
        return super().read_policies(policies)


def test_what_is_refused_of_a_printed_text_is_sought_in_that_text() -> None:
    condition = {"kind": "when", "body": {"neg": {"arg": {"Value": True}}}}
    policy = {"effect": "permit", **{key: {"op": "all"} for key in ("principal", "action", "resource")}}
    policies = {"staticPolicies": {"a": {**policy, "conditions": [condition]}}}
    text = json.dumps({**policies, "templates": {}, "templateLinks": []})

    found = search(Case(Source(text, "json")), Particular("particular"), printing_round_trips)

    assert found.rule == "reading `-` before `true`"


class MidnightOff(ReferenceEngine):
    """The reference with all datetimes of entities a millisecond late."""

    def read_entities(self, entities: str, schema: Source | None) -> Any:
        answer = super().read_entities(entities, schema)
        assert isinstance(answer, Accepted)
        return replace(answer, canonical=re.sub(r'"(-?\d+)ms"', r'"\g<1>1ms"', answer.canonical))


def test_a_value_is_named_by_the_function_in_the_input() -> None:
    value = {"__extn": {"fn": "datetime", "arg": "2024-01-01T00:00:00-2359"}}
    entities = json.dumps([{"uid": {"type": "U", "id": "u"}, "attrs": {"d": value}, "parents": []}])
    found = search(Case(Source(""), entities), MidnightOff("late"), readers_agree)
    assert found.rule == "reading `datetime`"


def validated(text: str) -> Case:
    return Case(Source(text), schema=SCHEMA)


def test_the_rule_that_decides_a_type_is_named() -> None:
    text = "permit(principal is U, action, resource) when { 0 };"
    found = search(validated(text), IsIsFalse(), validators_agree)
    assert (found.kind, found.rule) == ("typing", "`is`")


def test_a_scope_in_dispute_is_named_before_what_stands_in_it() -> None:
    text = 'permit(principal is V, action == Action::"x", resource is V) when { resource == principal };'
    found = search(validated(text), BY_NAME["WarningIsError"].make(), validators_agree)
    assert found.rule == "the scope's types"


def test_what_grants_a_capability_is_named_not_what_needs_it() -> None:
    text = (
        "permit(principal is U, action, resource)"
        " when { principal has m || principal.r == resource } when { principal.m == 1 };"
    )
    found = search(validated(text), EitherGrantsAll(), validators_agree)
    assert (found.rule, found.text) == ("what `||` grants", "principal has m || principal.r == resource")


def test_a_forgotten_kind_of_request_is_named() -> None:
    text = "permit(principal is V, action, resource) when { 0 };"
    found = search(validated(text), FirstEnvironmentOnly(), validators_agree)
    assert found.rule == "the kinds of requests that a policy is checked for"


def test_levels_are_named() -> None:
    text = "permit(principal is U, action, resource) when { principal.r == resource };"
    case = replace(validated(text), entities="[]")
    found = search(case, LevelTooGenerous(), levels_are_enough)
    assert found.rule == "the level of attribute access"


def test_a_schema_that_is_read_differently_is_to_blame_for_its_verdicts() -> None:
    text = "permit(principal is U, action, resource) when { principal.m == 1 };"
    found = search(validated(text), BY_NAME["EveryAttributeRequired"].make(), validators_agree)
    assert found.rule == "reading whether an attribute is required"


def test_a_verdict_is_that_on_the_disputed_policies() -> None:
    """A further policy that is invalid to all is no part of the difference, and may be reduced away."""
    disputed = "permit(principal is V, action, resource) when { 0 };"
    engines = [REFERENCE, Guarded(FirstEnvironmentOnly())]
    [two, *_] = validators_agree(
        validated(f'{disputed} permit(principal, action, resource) when {{ "" }};'), engines
    ).divergences
    [one, *_] = validators_agree(validated(disputed), engines).divergences
    assert outcome_classes(two) == outcome_classes(one)
    assert alike(two)(one)


def test_names_of_places_are_json() -> None:
    text = "permit(principal is V, action, resource) when { 0 };"
    found = search(validated(text), FirstEnvironmentOnly(), validators_agree)
    assert json.loads(json.dumps(to_json(found.record)))["kind"] == "typing"


class Untranslating(ReferenceEngine):
    """Translates every schema into one that nobody can read."""

    def translate_schema(self, source: Source, to: str) -> Outcome:
        return Printed("entity")


def test_what_a_translation_loses_is_cited_by_the_property_of_translations() -> None:
    engines = [Guarded(Untranslating())]
    case = Case(Source(""), schema=Source("entity A;"))
    [divergence, *_] = schema_translations_mean_the_same(case, engines).divergences

    found = localise(case, engines, divergence)

    assert found is not None
    assert guide.quote(found.source, str(found.rule)).startswith("J4: Cedar-syntax schema → JSON")
