"""Each law catches an engine that breaks it, and acquits the two real ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from drt.diagnosis import localise
from drt.engines import build
from drt.engines.base import BaseSession, answer_by_method
from drt.engines.guard import Guarded
from drt.model.case import Case, Request, Source
from drt.model.divergence import Oracle
from drt.model.outcome import (
    Accepted,
    Authorized,
    Evaluated,
    Outcome,
    Printed,
    Rejected,
    Unwritable,
    canonical_bool,
)
from drt.model.question import Question
from drt.oracles import laws, reading, roundtrips
from drt.oracles.agreement import engines_agree
from drt.oracles.literals import literals_have_their_values
from drt.oracles.wildcard import ANY_REQUEST, matches, question, wildcard_matches_definition

REFERENCE = build("reference")
FORMATTER = build("production")
"""Formats, which the reference does not."""

POLICIES = """permit(principal, action, resource) when { principal in Group::"g" };
@id("x") permit(principal == ?principal, action in [Action::"a", Action::"b"], resource);
forbid(principal, action, resource) when { context.n == 1 };
permit(principal, action, resource) when { [1, 2].contains(context.missing) };
"""
ENTITIES = json.dumps(
    [{"uid": {"type": "User", "id": "u"}, "attrs": {"s": [1, 2]}, "parents": [{"type": "Group", "id": "g"}]}]
)


def request(principal: str, number: int) -> Request:
    return Request(
        json.dumps(
            {
                "principal": {"type": "User", "id": principal},
                "action": {"type": "Action", "id": "a"},
                "resource": {"type": "Doc", "id": "d"},
                "context": {"n": number},
            }
        )
    )


CASE = Case(
    Source(POLICIES),
    ENTITIES,
    requests=(request("u", 0), request("u", 1), request("nobody", 0)),
    links=(("policy1", "link", (("?principal", '{"type": "User", "id": "nobody"}'),)),),
)
TEXT_CASE = replace(CASE, links=(), expressions=("1 + 2", 'principal has "a"'))
LIKES = Case(Source(""), expressions=('"ab" like "a*"', r'"a*" like "a\*"', '"abab" like "*ab"'))


class Planted:
    """The reference with one answer changed: by what it is asked (`load`, a method) or in what it says."""

    name = "planted"
    version = "planted"

    def __init__(
        self,
        load: Callable[[Case], Case] = lambda case: case,
        response: Callable[[Authorized, Case], Outcome] = lambda response, _: response,
        value: Callable[[Outcome], Outcome] = lambda value: value,
        **methods: Callable[[Any], Any],
    ) -> None:
        self.change_load = load
        self.change_response = response
        self.change_value = value
        self.methods = methods

    def load(self, case: Case) -> Any:
        loaded = REFERENCE.load(self.change_load(case))
        if not hasattr(loaded, "authorize"):
            return loaded
        planted = self

        class Loaded(BaseSession):
            def authorize(self, asked: Request) -> Outcome:
                said = loaded.authorize(asked)
                return planted.change_response(said, case) if isinstance(said, Authorized) else said

            def evaluate(self, expression: str, asked: Request) -> Outcome:
                return planted.change_value(loaded.evaluate(expression, asked))

        return Loaded()

    def ask(self, question: Question[Any]) -> Any:
        return answer_by_method(self, question)

    def __getattr__(self, question: str) -> Any:
        method = getattr(FORMATTER if question == "format_policies" else REFERENCE, question)
        change = self.methods.get(question)
        if change is None:
            return method
        return lambda *args, **kwargs: change(method(*args, **kwargs))


def document(case: Case) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(case.policies.text) if case.policies.format == "json" else {}
    return found


def first_static(response: Authorized, case: Case) -> Outcome:
    """Which policy comes first decides what is said to determine."""
    return replace(response, determining=tuple(document(case).get("staticPolicies", {}))[:1])


def many_forbids_allow(response: Authorized, case: Case) -> Outcome:
    text = case.policies.text
    return replace(response, decision="allow") if text.count('"forbid"') > 2 else response


def many_permits_deny(response: Authorized, case: Case) -> Outcome:
    text = case.policies.text
    return replace(response, decision="deny") if text.count('"permit"') > 3 else response


def erring_forgotten_set_denies(response: Authorized, _: Case) -> Outcome:
    return response if response.erring else replace(response, decision="deny", determining=())


def idle_matter(response: Authorized, case: Case) -> Outcome:
    return (
        replace(response, determining=(), decision="deny")
        if case.policies.text.count("effect") < 4
        else response
    )


def alone_is_denied(response: Authorized, case: Case) -> Outcome:
    return Authorized("deny") if case.policies.text.count('"conditions"') < 3 else response


def determining_err(response: Authorized, _: Case) -> Outcome:
    return replace(response, determining=tuple(sorted({*response.determining, *dict(response.erring)})))


def links_dropped(case: Case) -> Case:
    if case.policies.format == "cedar":
        return case
    return replace(case, policies=Source(json.dumps(document(case) | {"templateLinks": []}), "json"))


def group_by_name(case: Case) -> Case:
    return replace(case, entities=case.entities.replace('"g"', '"G"'))


def repeated_sets_break(case: Case) -> Case:
    return replace(case, policies=Source(case.policies.text.replace('{"Value": 1}, {"Value": 2}, ', ""), "json"),
                   entities="[]" if "[1, 2, 1, 2]" in case.entities else case.entities)  # fmt: skip


PLANTED: dict[Oracle, Planted] = {
    laws.policy_order_is_irrelevant: Planted(response=first_static),
    laws.adding_a_forbid_never_allows: Planted(response=many_forbids_allow),
    laws.adding_a_permit_never_denies: Planted(response=many_permits_deny),
    laws.removing_an_erring_policy_changes_no_decision: Planted(response=erring_forgotten_set_denies),
    laws.removing_an_idle_policy_changes_nothing: Planted(response=idle_matter),
    laws.responses_are_composed: Planted(response=alone_is_denied),
    laws.responses_are_well_formed: Planted(response=determining_err),
    laws.linking_equals_writing: Planted(load=links_dropped),
    laws.renaming_changes_nothing: Planted(load=group_by_name),
    laws.repeated_elements_change_nothing: Planted(load=repeated_sets_break),
}


def edited(change: Callable[[str], str]) -> Callable[[Any], Any]:
    """Changes the text of what was read or printed."""

    def edit(answer: Any) -> Any:
        match answer:
            case Accepted(canonical):
                return Accepted(change(canonical))
            case Printed(text):
                return Printed(change(text))
        return answer

    return edit


PLANTED_TEXTS: dict[Oracle, Planted] = {
    reading.readers_agree: Planted(read_policies=edited(lambda text: text.replace("forbid", "permit"))),
    reading.comments_change_nothing: Planted(read_policies=lambda _: Accepted(str(next(COUNTER)))),
    roundtrips.printing_round_trips: Planted(print_policies=edited(lambda text: text.replace("forbid", "permit"))),
    roundtrips.json_round_trips: Planted(read_policies=edited(lambda text: text.replace("forbid", "permit"))),
    roundtrips.printed_links_decide_alike: Planted(print_policies=edited(lambda text: text.replace("forbid", "permit"))),
    roundtrips.formatting_keeps_everything: Planted(format_policies=edited(lambda text: text.replace("// kept", ""))),
    roundtrips.entities_round_trip: Planted(read_entities=edited(lambda text: text.replace('"g"', '"h"'))),
    wildcard_matches_definition: Planted(value=lambda _: Evaluated("true")),
    literals_have_their_values: Planted(value=lambda _: Evaluated("decimal 1.0")),
}  # fmt: skip
COUNTER = iter(range(1_000_000))


def cases_for(oracle: Oracle) -> Case:
    if oracle is literals_have_their_values:
        return replace(LIKES, expressions=('decimal("-0.5")',))
    if oracle is wildcard_matches_definition:
        return replace(LIKES, expressions=(*LIKES.expressions, '"b" like "a"'))
    if oracle is roundtrips.formatting_keeps_everything:
        return replace(TEXT_CASE, policies=Source("// kept\n" + POLICIES))
    return CASE if oracle in PLANTED or oracle is roundtrips.printed_links_decide_alike else TEXT_CASE


EVERY = {**PLANTED, **PLANTED_TEXTS}


@pytest.mark.parametrize("oracle", EVERY, ids=lambda oracle: oracle.name)
def test_the_law_catches_its_planted_defect(oracle: Oracle) -> None:
    engines = [Guarded(REFERENCE), Guarded(EVERY[oracle])]
    found = oracle(cases_for(oracle), engines).divergences

    assert found
    assert {divergence.law for divergence in found} == {oracle.name}
    assert all(divergence.kind != "crash" for divergence in found)


RESERVED = replace(TEXT_CASE, entities=ENTITIES.replace('"s": [1, 2]', '"s": {"__expr": 1, "t": 2}'))


@pytest.mark.parametrize("build_another", [lambda: build("production"), lambda: build("cedarpy")])
def test_what_cannot_be_written_is_agreed_on(build_another: Callable[[], Any]) -> None:
    checked = reading.readers_agree(RESERVED, [Guarded(REFERENCE), Guarded(build_another())])

    assert checked.divergences == ()
    assert checked.events[-1] == "unwritable:entities"


@pytest.mark.parametrize("part", ["policies", "entities"])
def test_not_to_write_what_others_write_is_a_divergence(part: str) -> None:
    planted = Planted(**{f"read_{part}": lambda _: Unwritable(part, detail="why")})
    engines = [Guarded(REFERENCE), Guarded(planted)]
    [found] = reading.readers_agree(TEXT_CASE, engines).divergences

    assert (found.kind, found.question) == ("document", part)
    located = localise(TEXT_CASE, engines, found)
    assert located is not None
    assert (located.rule, located.said) == (f"writing the {part}", "why")


def test_to_write_what_others_cannot_write_is_a_divergence() -> None:
    planted = Planted(read_entities=lambda _: Accepted("[]"))
    [found] = reading.readers_agree(RESERVED, [Guarded(REFERENCE), Guarded(planted)]).divergences

    assert (found.kind, found.question) == ("document", "entities")


def test_an_engine_that_only_says_yes_agrees_with_either() -> None:
    planted = Planted(read_entities=lambda _: Accepted())
    for case in (TEXT_CASE, RESERVED):
        assert reading.readers_agree(case, [Guarded(REFERENCE), Guarded(planted)]).divergences == ()


def test_an_engine_that_only_says_yes_hides_no_difference_between_others() -> None:
    silent, wrong = (
        Planted(read_entities=lambda _: Accepted()),
        Planted(read_entities=lambda _: Accepted("[]")),
    )
    for engines in permutations((silent, REFERENCE, wrong)):
        found = reading.readers_agree(TEXT_CASE, [Guarded(engine) for engine in engines]).divergences
        assert [one.kind for one in found] == ["document"]


@pytest.mark.parametrize(("levels", "divergences"), [(400, 1), (600, 0)])
def test_an_engine_may_refuse_a_text_that_nests_deeper_than_all_must_read(
    levels: int, divergences: int
) -> None:
    case = replace(TEXT_CASE, expressions=("(" * levels + "1" + ")" * levels,))
    planted = Planted(read_expression=lambda _: Rejected("expression", "nesting too deep"))

    found = reading.readers_agree(case, [Guarded(REFERENCE), Guarded(planted)]).divergences

    assert len(found) == divergences


@pytest.mark.parametrize("oracle", [engines_agree, *EVERY], ids=lambda oracle: oracle.name)
def test_the_law_acquits_the_real_engines(oracle: Oracle) -> None:
    engines = [Guarded(REFERENCE), Guarded(build("production"))]
    checked = oracle(cases_for(oracle), engines)

    assert checked.divergences == ()
    assert checked.comparisons > 0


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('"abc" like "a*"', True),
        ('"" like "*"', True),
        ('"" like ""', True),
        (r'"a*c" like "a\*c"', True),
        (r'"abc" like "a\*c"', False),
        ('"ab" like "a**b"', True),
        ('"aXbXc" like "a*b*c"', True),
        ('"abc" like "*c*b*"', False),
        ('"" like "**"', True),
        (r'"xy" like "\x2a"', True),
        (r'"xy" like "\u{2a}"', True),
        (r'"\u{1F600}" like "*"', True),
    ],
)
def test_the_third_matcher_keeps_the_definition(expression: str, value: bool) -> None:
    asked = question(expression)

    assert asked is not None
    assert matches(*asked) is value
    assert REFERENCE.load(LIKES).evaluate(expression, ANY_REQUEST) == Evaluated(canonical_bool(value))


@pytest.mark.parametrize(
    "expression", ["1 like 2", r'"\*" like "a"', r'"\q" like "a"', r'"\u{D800}" like ""']
)
def test_what_is_no_text_like_a_pattern_is_no_question(expression: str) -> None:
    assert question(expression) is None


def test_a_path_that_has_no_text_is_compared_as_it_is_printed() -> None:
    body = {"has": {"left": {"Var": "context"}, "attr": ["a b", "if", "c"]}}
    policy = {
        "effect": "permit",
        **{name: {"op": "All"} for name in ("principal", "action", "resource")},
        "conditions": [{"kind": "when", "body": body}],
    }
    document = {"staticPolicies": {"p": policy}, "templates": {}, "templateLinks": []}
    case = Case(Source(json.dumps(document), "json"))
    checked = roundtrips.printing_round_trips(case, [build("reference"), build("production")])
    assert checked.divergences == ()
    assert checked.comparisons == 6  # each printed text is read by two engines and the definition


@pytest.mark.parametrize("levels", [60, 110])
def test_a_value_that_nests_deep_is_printed_and_read_again(levels: int) -> None:
    """Its canonical form nests twice as deep, too deep for the harness to leave out the ids."""
    value = json.loads("[" * levels + "]" * levels)
    everything = {"op": "All"}
    body = {"effect": "permit", "principal": everything, "action": everything, "resource": everything}
    policy = body | {"conditions": [{"kind": "when", "body": {"Value": value}}]}
    document = {"staticPolicies": {"a": policy}, "templates": {}, "templateLinks": []}
    case = Case(Source(json.dumps(document), "json"))
    checked = roundtrips.printing_round_trips(case, [build("reference"), build("production")])
    assert checked.divergences == ()
    assert bool(checked.comparisons) == (levels == 60)
