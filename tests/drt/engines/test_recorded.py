"""Recorded engines: asked again while they note, and never again for what they recall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from drt.engines import build
from drt.engines.observed import ObservedEngine
from drt.engines.recorded import RecordedEngine
from drt.model.case import Case, Request, Source
from drt.model.divergence import Oracle
from drt.model.engine import Engine, NotLoaded
from drt.model.question import Authorize, Question, ReadPolicies
from drt.oracles.agreement import engines_agree, variants_agree
from drt.oracles.reading import readers_agree
from drt.oracles.thorough import responses_and_verdicts_agree

ACTION = '"action": {"type": "Action", "id": "x"}'
REQUEST = Request(
    f'{{"principal": {{"type": "U", "id": "a"}}, {ACTION}, "resource": {{"type": "U", "id": "a"}}}}'
)
SCHEMA = Source("entity U; action x appliesTo {principal: U, resource: U};")
CASE = Case(
    Source("permit(principal, action, resource) when { 1 < 2 };"), "[]", SCHEMA, (REQUEST,), ("1 + 1",)
)
REFUSED = Case(Source("permit("))


def observed() -> tuple[RecordedEngine, list[Question[Any]]]:
    """A recorded engine, and the list of what it is asked."""
    asked: list[Question[Any]] = []
    return RecordedEngine(
        ObservedEngine(build("production"), lambda _, question: asked.append(question))
    ), asked


def ask(engine: Engine, case: Case) -> object:
    session = engine.load(case)
    return session if isinstance(session, NotLoaded) else session.ask(Authorize(REQUEST))


@pytest.mark.parametrize("question", [ask, lambda engine, case: engine.ask(ReadPolicies(case.policies))])
@pytest.mark.parametrize("case", [CASE, REFUSED])
def test_what_was_asked_twice_was_asked_twice_and_is_recalled_once(
    question: Callable[[Engine, Case], object], case: Case
) -> None:
    engine, asked = observed()
    first = question(engine, case)
    once = len(asked)
    assert question(engine, case) == first
    assert len(asked) == 2 * once

    assert question(engine.recalling(), case) == first
    assert len(asked) == 2 * once


@pytest.mark.parametrize("law", [engines_agree, variants_agree, readers_agree, responses_and_verdicts_agree])
def test_a_law_that_held_is_held_again_without_a_question(law: Oracle) -> None:
    engine, asked = observed()
    first = law(CASE, [engine, build("reference")])
    once = len(asked)

    assert law(CASE, [engine.recalling(), build("reference")]) == first
    assert once == len(asked) > 0


def test_what_is_new_is_asked_and_what_is_forgotten_is_asked_again() -> None:
    engine, asked = observed()
    ask(engine, CASE)
    once = len(asked)

    ask(engine.recalling(), Case(Source("forbid(principal, action, resource);"), requests=(REQUEST,)))
    assert len(asked) == 2 * once

    ask(engine.anew().recalling(), CASE)
    assert len(asked) == 3 * once
