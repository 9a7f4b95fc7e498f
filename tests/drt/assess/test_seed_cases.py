"""Seed cases in a run: sound engines answer as documented, and what is left of a case is still judged."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from drt.assess.conformance.saved import Expectation
from drt.assess.planted.copies import Copy, source_of
from drt.assess.planted.historic import read_plants
from drt.assess.seed_cases import FEW, SeedCases
from drt.corpus.saved_walk import SavedWalk
from drt.corpus.store import shipped_corpus
from drt.engines import build
from drt.engines.guard import Guarded
from drt.model.case import Case, Request, Source
from drt.model.outcome import Outcome
from drt.model.saved_case import (
    Expectations,
    ExpectedResponse,
    ExpectedValue,
    ExpectedVerdict,
    SavedCase,
)
from drt.symbolic.targets import TARGETS
from generators.choice.sources import ReplaySource

SOUND = [Guarded(build(name)) for name in ("reference", "production")]
REQUEST = """{"principal": {"type": "User", "id": "%s"}, "action": {"type": "Action", "id": "view"},
 "resource": {"type": "Doc", "id": "d"}, "context": {}}"""
ALICE, BOB = (Request(REQUEST % name) for name in ("alice", "bob"))
CASE = Case(
    Source('permit(principal == User::"alice", action, resource);'),
    requests=(ALICE, BOB),
    expressions=("1 + 1", "2"),
)
ALLOWED = ExpectedResponse(0, "allow", ("policy0",))
DENIED = ExpectedResponse(1, "deny")


class Known(list[SavedCase]):
    """Cases of which none was drawn."""

    def all(self) -> list[SavedCase]:
        return self

    def drawn(self, case: Case) -> None: ...

    def brings_a_schema(self, case: Case) -> bool:
        raise AssertionError(case)


def judged(
    case: Case, expected: Expectations, *, known: Case = CASE, engines: Sequence[Guarded] = SOUND
) -> list[tuple[str, list[tuple[str, Outcome]]]]:
    """Judge engines on a case by what is documented of a known one."""
    law = SeedCases(Known([SavedCase(known, source="spec 04 §3", expected=expected)])).law
    return [(one.question, list(one.answers)) for one in law(case, engines).divergences]


def test_sound_engines_answer_all_seed_cases_as_documented() -> None:
    target = TARGETS["seed-cases"]
    checked = [target.oracle(target.draw(ReplaySource((at,))), SOUND) for at in range(target.walk)]
    assert [one for each in checked for one in each.divergences] == []
    assert all(each.comparisons for each in checked)


@pytest.mark.parametrize(
    ("expected", "question"),
    [
        (Expectations(responses=(replace(ALLOWED, decision="deny", reason=()),)), "request 0"),
        (Expectations(responses=(replace(ALLOWED, reason=("policy1",)),)), "request 0"),
        (Expectations(responses=(replace(ALLOWED, errors=("policy0",)),)), "request 0"),
        (Expectations(responses=(replace(ALLOWED, rejected=True),)), "request 0"),
        (Expectations(values=(ExpectedValue(0, 1, value="3"),)), "expression 0 under request 1"),
        (Expectations(values=(ExpectedValue(0, 1, error="overflow"),)), "expression 0 under request 1"),
        (Expectations(values=(ExpectedValue(0, 1, rejected=True),)), "expression 0 under request 1"),
        (Expectations(rejected="policies"), "policies"),
    ],
)
def test_what_both_engines_have_wrong_is_reported(expected: Expectations, question: str) -> None:
    found = judged(CASE, expected)
    assert [(asked, [name for name, _ in answers]) for asked, answers in found] == [
        (question, ["documented, spec 04 §3", "reference", "production"])
    ]


@pytest.mark.parametrize(
    "expected",
    [
        Expectations(should_validate=False),
        Expectations(verdicts=(ExpectedVerdict(("policy0",)),)),
        Expectations(verdicts=(ExpectedVerdict(("policy0",), "permissive"),)),
        Expectations(verdicts=(ExpectedVerdict(("policy0",), level=1),)),
    ],
)
def test_a_verdict_of_both_engines_is_reported(expected: Expectations) -> None:
    case = replace(
        CASE, schema=Source("entity User, Doc; action view appliesTo {principal: User, resource: Doc};")
    )
    assert len(judged(case, expected, known=case)) == 1
    assert judged(case, Expectations(should_validate=True), known=case) == []


def test_what_is_left_of_a_case_is_judged_and_nothing_else() -> None:
    wrong = Expectations(
        responses=(replace(ALLOWED, decision="deny", reason=()), replace(DENIED, decision="allow")),
        values=(ExpectedValue(0, 0, value="3"), ExpectedValue(1, 1, value="3")),
    )
    left = replace(CASE, requests=(BOB,), expressions=("2",))
    assert {question for question, _ in judged(left, wrong)} == {"request 1", "expression 1 under request 1"}
    assert judged(replace(left, policies=Source("")), wrong) == []


@pytest.mark.parametrize(
    ("name", "law"),
    [("XD-1 production", "engines_agree"), ("PE-w58 production", "partial_responses_agree")],
)
def test_a_defect_of_one_engine_is_named_by_the_law_it_breaks(name: str, law: str) -> None:
    plant = next(plant for plant in read_plants() if plant.name == name)
    engines = [SOUND[0], Guarded(Copy("production", plant.sources("production")).build())]
    target = TARGETS["seed-cases"]
    laws = {
        one.law
        for at in range(target.walk)
        for one in target.oracle(target.draw(ReplaySource((at,))), engines).divergences
    }
    assert law in laws
    assert "seed_cases_are_answered_as_documented" not in laws


def test_few_questions_are_put_to_generated_code_as_well() -> None:
    plant = next(plant for plant in read_plants() if plant.name == "EV-v701 production")
    engines = [SOUND[0], Guarded(Copy("production", plant.sources("production")).build())]
    few = Case(Source("permit(principal, action, resource) when { principal.isEmpty() };"), requests=(ALICE,))
    many = replace(few, expressions=tuple(map(str, range(FEW))))
    nothing = SeedCases(Known([])).law
    assert [one.law for one in nothing(few, engines).divergences] == ["variants_agree"]
    assert not nothing(many, engines).divergences


def test_requests_are_read_as_objects_too() -> None:
    name, reader = "drt.engines.production_objects", "    return read if type(read) is dict"
    lenient = source_of(name).replace(reader, '    read["context"] = {}\n' + reader)
    engines = [SOUND[0], Guarded(Copy("production", {name: ast.parse(lenient)}).build())]
    texts = [REQUEST.replace("{}}", f'{{"n": {value}}}}}') % "alice" for value in ("1", "2", "null", "0.5")]
    case = Case(
        Source("permit(principal, action, resource) when { context.n == 1 };"),
        requests=tuple(map(Request, texts[:2])),
    )
    law = SeedCases(Known()).law
    assert {one.law for one in law(case, engines).divergences} == {"variants_agree"}
    assert not law(case, SOUND).divergences
    assert not law(replace(case, requests=tuple(map(Request, texts[2:]))), engines).divergences


def test_found_cases_are_judged_by_their_laws_and_what_is_left_of_them_by_all() -> None:
    target = TARGETS["found-cases"]
    cases = [target.draw(ReplaySource((at,))) for at in range(target.walk)]
    checked = [target.oracle(case, SOUND) for case in cases]
    assert [one for each in checked for one in each.divergences] == []
    assert all(each.comparisons or each.inconclusive for each in checked)
    assert sum(bool(each.comparisons) for each in checked) > 0.9 * target.walk
    plant = next(plant for plant in read_plants() if plant.name == "PR-4 production")
    engines = [SOUND[0], Guarded(Copy("production", plant.sources("production")).build())]
    broken = [case for case in cases if target.oracle(case, engines).divergences]
    assert broken
    smaller = replace(broken[0], requests=(ALICE,))
    assert smaller not in cases
    assert {one.law for one in target.oracle(smaller, engines).divergences} >= {"printing_round_trips"}


def test_the_cases_of_a_walk_are_the_same_in_whatever_order_they_are_drawn() -> None:
    forwards, backwards = (SavedWalk(shipped_corpus().root / "found") for _ in range(2))
    drawn = {place: backwards.draw(place) for place in reversed(backwards.places)}
    assert [forwards.draw(place) for place in forwards.places] == [drawn[place] for place in forwards.places]


def named(documented: Iterable[tuple[str, Expectation]]) -> set[tuple[str, str, object]]:
    return {(source, one.shown, one.asked) for source, one in documented}


def test_a_case_is_judged_alike_whether_the_others_were_read_or_not() -> None:
    walk = SavedWalk(shipped_corpus().root / "seeds")
    assert len(walk.places) == len({saved.case for saved in walk.all()})
    alone, among = SeedCases(walk), SeedCases(Known(walk.all()))
    for case in map(walk.draw, walk.places):
        assert alone.is_first(case) <= among.is_first(case)
        assert named(alone.documented(case)) <= named(among.documented(case))
