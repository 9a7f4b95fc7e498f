"""The same bug has one name, another bug another; agreement is judged in three ways."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from drt.diagnosis.features import case_features, policy_count
from drt.diagnosis.located import Located, PolicyStatus
from drt.diagnosis.rule import Aspect, Form, Rule, Step, Whole
from drt.diagnosis.signature import alike, signature
from drt.engines.base import BaseEngine
from drt.model.case import Case, Request, Source
from drt.model.divergence import Divergence, Kind
from drt.model.outcome import (
    Accepted,
    Authorized,
    Crashed,
    Evaluated,
    ExceededBudget,
    Failed,
    Outcome,
    Printed,
    Rejected,
    Unsupported,
    Validated,
)
from drt.oracles.agreement import engines_agree

LESS = Case(Source("permit(principal, action, resource) when { 0 < 1 };"))
MORE = Case(Source("permit(principal, action, resource) when { 7 < 3 };"))


def divergence(kind: Kind, first: Outcome, second: Outcome, law: str = "engines_agree") -> Divergence:
    return Divergence(law, kind, "request 0", (("reference", first), ("production", second)), 0)


ALLOW, DENY = Authorized("allow", ("policy0",)), Authorized("deny")
ERRS = Authorized("deny", (), (("policy0", "overflow"),))


def test_direction_literals_and_target_are_no_part_of_a_signature() -> None:
    name = signature(divergence("decision", ALLOW, DENY), LESS)

    assert name == signature(divergence("decision", DENY, ALLOW), MORE)
    assert name == signature(
        divergence("value", Evaluated("true"), Evaluated("false")),
        replace(LESS, policies=Source(""), expressions=("5 < 1",)),
    )
    assert name == "answers differ | <, long"


@pytest.mark.parametrize(
    ("found", "case"),
    [
        (divergence("decision", ALLOW, ERRS), LESS),
        (divergence("decision", ERRS, ALLOW), LESS),
        (divergence("crash", ALLOW, Crashed("KeyError", ("production.like:match",))), LESS),
        (divergence("rejection", ALLOW, Rejected("request")), LESS),
        (divergence("budget", ALLOW, ExceededBudget("time")), LESS),
        (divergence("decision", ALLOW, DENY, law="policy_order_is_irrelevant"), LESS),
        (
            divergence("decision", ALLOW, DENY),
            Case(Source("permit(principal, action, resource) when { 0 <= 1 };")),
        ),
        (
            divergence("decision", ALLOW, DENY),
            Case(Source("permit(principal, action, resource) when { 0 < true };")),
        ),
        (divergence("decision", ALLOW, DENY), Case(Source(""))),
    ],
)
def test_another_bug_has_another_signature(found: Divergence, case: Case) -> None:
    assert signature(found, case) != signature(divergence("decision", ALLOW, DENY), LESS)


def test_a_crash_is_the_same_wherever_the_case_comes_from() -> None:
    crash = divergence("crash", ALLOW, Crashed("KeyError", ("production.like:match",), "one message"))
    again = divergence("crash", DENY, Crashed("KeyError", ("production.like:match",), "another"))

    assert signature(crash, LESS) == signature(again, Case(Source("")))


def test_a_reduction_may_lose_errors_but_not_slip() -> None:
    two = Authorized("deny", (), (("policy0", "overflow"), ("policy1", "type")))
    keeps = alike(divergence("decision", ALLOW, two))

    assert keeps(divergence("erring", DENY, ERRS))
    assert keeps(divergence("decision", ALLOW, DENY))
    assert not keeps(divergence("rejection", ALLOW, Rejected("request")))
    assert not keeps(divergence("decision", ERRS, ALLOW))
    assert not keeps(divergence("crash", ALLOW, Crashed("KeyError")))
    assert not keeps(divergence("erring", DENY, Authorized("deny", (), (("policy0", "extension"),))))


TEXT = """@a permit(principal is A in ?principal, action in [Action::"x"], resource)
when { context has b && principal like "x*" && !(1 > 2) && [context["y"]].contains(ip("::")) && {c: A::"q"}
== {} };"""
AS_JSON = """{"templates": {"policy0": {"effect": "permit",
 "principal": {"op": "is", "entity_type": "A", "in": {"slot": "?principal"}},
 "action": {"op": "in", "entities": [{"type": "Action", "id": "x"}]}, "resource": {"op": "All"},
 "conditions": [{"kind": "when", "body": {"&&": {"left": {"has": {"left": {"Var": "context"}, "attr": "b"}},
  "right": {"like": {"left": {"Var": "principal"}, "pattern": ["Wildcard"]}}}}}],
 "annotations": {"a": null}}}, "staticPolicies": {}, "templateLinks": []}"""


def test_features_are_what_the_text_uses() -> None:
    words = "! && .contains() == > access annotation entity has ip() like long record slot"
    scopes = ["scope in", "scope is", "scope ["]
    assert case_features(Case(Source(TEXT))) == tuple(sorted([*words.split(), "string", "set", *scopes]))


def test_json_has_the_words_of_the_text() -> None:
    found = set(case_features(Case(Source(AS_JSON, "json"))))

    assert found <= set(case_features(Case(Source(TEXT))))
    assert {"&&", "has", "like", "slot", "scope is", "scope [", "annotation"} <= found


def test_features_of_any_text_and_of_entities() -> None:
    assert case_features(Case(Source("\ufeff )) {{ [ \x00 ?"), "no json", None, (), ('"',))) is not None
    entities = '[{"uid": {}, "attrs": {"a": 1}, "parents": [{}, {}], "tags": {"t": 1}}, {"uid": {}}]'
    assert {"entity twice", "two parents", "entity attrs", "entity tags", "entity parents"} <= set(
        case_features(Case(Source(""), entities))
    )


def test_policies_are_counted_in_both_syntaxes() -> None:
    assert policy_count(Case(Source(TEXT + "forbid(principal, action, resource);"))) == 2
    assert policy_count(Case(Source(AS_JSON, "json"))) == 1
    assert policy_count(Case(Source("{", "json"))) == 0


class Says(BaseEngine):
    """An engine that gives fixed answers: to loading, or to every request and expression."""

    version = "1"

    def __init__(self, name: str, load: Any = None, response: Any = ALLOW, value: Any = None) -> None:
        self.name = name
        self.loading, self.response, self.value = load, response, value or Evaluated("1")

    def load(self, case: Case) -> Any:
        return self.loading or self

    def authorize(self, request: Request) -> Any:
        return self.response

    def evaluate(self, expression: str, request: Request) -> Any:
        return self.value


ASKED = Case(Source(""), requests=(Request("{}"), Request("{ }")), expressions=("1",))
CRASH = Crashed("KeyError", ("m:f",))


@pytest.mark.parametrize(
    ("first", "second", "kinds"),
    [
        ({}, {}, set()),
        ({}, {"response": DENY}, {"decision"}),
        ({"response": ERRS}, {"response": DENY}, {"erring"}),
        ({"response": ERRS}, {"response": Authorized("deny", (), (("policy0", "type"),))}, {"error-kind"}),
        ({}, {"response": Authorized("allow", ("policy1",))}, {"determining"}),
        ({}, {"value": Evaluated("true")}, {"value"}),
        ({}, {"value": Failed("type")}, {"value"}),
        ({"value": Failed("arity")}, {"value": Failed("type")}, {"error-kind"}),
        ({"value": Failed("type")}, {"value": Failed("type")}, set()),
        ({}, {"load": Rejected("policies")}, {"rejection"}),
        ({"load": Rejected("schema")}, {"load": Rejected("policies")}, {"rejection"}),
        ({"load": Rejected("link", "x")}, {"load": Rejected("link", "y")}, set()),
        ({}, {"response": Rejected("request")}, {"rejection"}),
        ({}, {"load": CRASH}, {"crash"}),
        ({"load": CRASH}, {"load": CRASH}, {"crash"}),
        ({}, {"response": CRASH}, {"crash"}),
        ({}, {"response": ExceededBudget("time")}, {"budget"}),
        ({}, {"load": ExceededBudget("memory")}, {"budget"}),
        ({"load": ExceededBudget("time")}, {"load": ExceededBudget("time")}, set()),
        ({}, {"load": Unsupported("tags")}, set()),
        ({}, {"response": Unsupported("tags")}, set()),
    ],
)
def test_agreement_has_three_answers(first: dict[str, Any], second: dict[str, Any], kinds: set[str]) -> None:
    checked = engines_agree(ASKED, [Says("one", **first), Says("two", **second)])

    assert {found.kind for found in checked.divergences} == kinds
    assert len(checked.divergences) <= 2
    assert (checked.inconclusive != ()) == any(
        isinstance(answer, Unsupported) or (isinstance(answer, ExceededBudget) and first == second)
        for answer in (*first.values(), *second.values())
    )


def test_what_is_counted() -> None:
    checked = engines_agree(ASKED, [Says("one", response=ERRS), Says("two", response=ERRS)])

    assert checked.decisions == 2
    assert checked.comparisons == 5
    assert sorted(checked.events) == sorted(["accepted", *["deny", "erring", "error:overflow", "value"] * 2])


def test_of_three_engines_the_one_that_cannot_is_left_out() -> None:
    engines = [Says("one"), Says("two", load=Unsupported("links")), Says("three", response=DENY)]
    checked = engines_agree(ASKED, engines)

    assert checked.inconclusive == ("unsupported:links",)
    assert {tuple(name for name, _ in found.answers) for found in checked.divergences} == {("one", "three")}
    assert Accepted() == Accepted("", "detail is for people")


BY_RULE = [
    ("expression", Rule("`>=`"), Evaluated("1"), Evaluated("2"), "answers differ at `<`"),
    ("expression", Rule(Form.NEGATION), Failed("overflow"), Evaluated("2"), "production answer, reference overflow at arithmetic"),
    ("expression", Rule(Form.NEGATION), Failed("type"), Evaluated("2"), "production answer, reference type at negation"),
    ("expression", Rule(Form.ATTRIBUTE_ACCESS), Evaluated("1"), Evaluated("2"), "answers differ at attribute access"),
    ("policy", Rule(Whole.SLOTS, Aspect.LINKING), ALLOW, DENY, "answers differ at linking: the slots of a template"),
    ("typing", Rule("`*`", Aspect.LEVEL), Validated(True), Validated(False), "verdicts differ at a level"),
    ("typing", Rule("`*`"), Validated(True), Validated(False), "verdicts differ at typing arithmetic"),
    ("typing", Rule("`ip`"), Validated(True), Validated(False), "verdicts differ at typing a constructor of an extension type"),
    ("typing", Rule("`||`", Aspect.GRANT), Validated(True), Validated(False), "verdicts differ at typing what `||` grants"),
    ("typing", Rule("empty_set", Aspect.ERROR), Validated(True), Validated(False), "verdicts differ at typing the error empty_set"),
    ("reading", Rule("`ip`", Aspect.READING), Accepted("1"), Accepted("2"), "answers differ at `ip`"),
    ("reading", Rule("`ip`", Aspect.READING_JSON), Accepted("1"), Accepted("2"), "answers differ at reading JSON: `ip`"),
    ("reading", Rule("a name", Aspect.READING), Accepted("1"), Rejected("policies"), "production rejected, reference accepted at reading a name"),
    ("reading", Rule("policies", Aspect.FORMATTING), Printed("1"), Printed("2"), "answers differ at formatting: policies"),
    ("authorizer", Rule(Step.DECISION.value[1]), ALLOW, DENY, "production deny, reference allow at the authorizer | erring permit, satisfied permit"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "rule", "first", "second", "name"), BY_RULE)
def test_the_bucket_of_a_located_divergence(
    kind: Kind, rule: Rule, first: Outcome, second: Outcome, name: str
) -> None:
    found = divergence("decision", first, second)
    met = frozenset({PolicyStatus("type", "permit"), PolicyStatus("satisfied", "permit")})
    at = Located(kind, rule, "", "", "satisfied permit, type permit", found.answers, statuses=met)  # type: ignore[arg-type]

    assert signature(found, LESS, at) == name


def test_a_law_that_compares_no_engines_names_the_bucket_of_a_reading() -> None:
    found = divergence("document", Accepted("1"), Accepted("2"), law="json_round_trips")
    at = Located("reading", Rule(Form.RECORD, Aspect.WRITING_JSON), "", "", "", found.answers)

    assert signature(found, LESS, at) == "json_round_trips at writing JSON: record"
