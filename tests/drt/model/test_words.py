"""Words of verdicts: found once, when they are read, and never seen to be missing."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from drt.engines import build
from drt.model.case import Case, Source
from drt.model.engine import NotLoaded
from drt.model.outcome import Problem, Validated
from drt.model.outcome_json import outcome_to_json
from drt.model.question import Validate
from drt.model.words import Words, worded

PROBLEMS = (Problem("p", "empty_set", "no type"),)
PLAIN = Validated(False, (("p", False),), detail="why", problems=PROBLEMS)
CASE = Case(
    Source("permit(principal, action, resource) when { 1 + true };"),
    schema=Source("entity U; action x appliesTo {principal: U, resource: U};"),
)


def later() -> tuple[Validated, list[str]]:
    """A verdict whose words are found later, and the list that notes it."""
    found: list[str] = []

    def find() -> Words:
        found.append("found")
        return "why", PROBLEMS

    return worded(Validated(False, (("p", False),)), find, later=True), found


def test_words_are_found_once_and_not_for_a_comparison() -> None:
    verdict, found = later()

    assert verdict == PLAIN
    assert hash(verdict) == hash(PLAIN)
    assert not found

    assert (verdict.detail, verdict.problems, verdict.detail) == ("why", PROBLEMS, "why")
    assert found == ["found"]


def test_words_are_found_at_once() -> None:
    assert repr(worded(Validated(False, (("p", False),)), lambda: ("why", PROBLEMS), later=False)) == repr(
        PLAIN
    )


def test_copies_and_documents_of_a_verdict_have_its_words() -> None:
    assert repr(later()[0]) == repr(PLAIN)
    assert repr(pickle.loads(pickle.dumps(later()[0]))) == repr(PLAIN)
    assert replace(later()[0], valid=True).problems == PROBLEMS
    assert outcome_to_json(later()[0]) == outcome_to_json(PLAIN)


def test_no_other_member_is_found() -> None:
    assert not hasattr(later()[0], "reason")


@pytest.mark.parametrize("engine", ["reference", "production"])
@pytest.mark.parametrize("question", [Validate(), Validate("permissive"), Validate("strict", 0)])
def test_engines_give_every_error_in_words(engine: str, question: Validate) -> None:
    loaded = build(engine).load(CASE)
    assert not isinstance(loaded, NotLoaded)
    verdict = loaded.ask(question)

    assert isinstance(verdict, Validated)
    assert {(problem.policy, problem.kind) for problem in verdict.problems} == set(verdict.errors or ())
    assert "true" in verdict.detail
