"""The guide for engines' authors: an engine written from its words alone agrees, and every word counts."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from drt.engines import build
from drt.engines.answers import read_outcome
from drt.engines.guard import Guarded
from drt.model.case import Case, Request, Source
from drt.model.outcome import Authorized, Part, Rejected, Unsupported
from drt.model.question import (
    QUESTIONS,
    Authorize,
    Evaluate,
    ReadEntities,
    ReadExpression,
    ReadPolicies,
    ReadSchema,
    TextQuestion,
)
from drt.oracles.agreement import engines_agree

ENGINE = Path(__file__).with_name("guide_engine.py")
GUIDE = Path(__file__).parents[3] / "docs" / "plug-in-an-engine.md"
REFERENCE = Guarded(build("reference"))
ANN = {"type": "User", "id": "ann"}

SCHEMA = Source("action all; action view in [all]; action edit;")
ALL = 'permit(principal, action in Action::"all", resource);\n'
ANY = "permit(principal, action, resource);\n"
TEMPLATE = "permit(principal == ?principal, action, resource);\n"
JSON = json.dumps(
    {
        "staticPolicies": {
            "mine": {
                "effect": "permit",
                "principal": {"op": "All"},
                "action": {"op": "All"},
                "resource": {"op": "All"},
                "conditions": [],
            }
        },
        "templates": {},
        "templateLinks": [],
    }
)


def request(action: str, *, validate: bool = False) -> Request:
    asked = {"principal": ANN, "action": {"type": "Action", "id": action}, "resource": ANN, "context": {}}
    return Request(json.dumps(asked), validate)


LINKED = (("policy1", "link", (("?principal", json.dumps(ANN)),)),)

WORDS = [
    (
        "A `request` with `validate: false` is not to be checked against the schema",
        Case(Source(ANY), schema=SCHEMA, requests=(request("other"),)),
        'typed and request["validate"] and',
        "typed and",
    ),
    (
        "A `request` with `validate: false` is not to be checked",
        Case(Source(ANY), schema=SCHEMA, requests=(request("other", validate=True),)),
        'typed and request["validate"] and',
        "False and",
    ),
    (
        "A schema brings its actions, with their parents, into the store.",
        Case(Source(ALL), schema=SCHEMA, requests=(request("view"), request("edit"))),
        "for _ in groups:",
        "for _ in ():",
    ),
    (
        "`policy0`, `policy1`, … in their order, static policies and templates alike",
        Case(Source(TEMPLATE + ANY), requests=(request("view"),)),
        "enumerate(POLICY.findall(text))",
        "enumerate(sorted(POLICY.findall(text), key=lambda one: bool(one[1])))",
    ),
    (
        "in JSON they keep their keys",
        Case(Source(JSON, "json"), requests=(request("view"),)),
        '(name, one["effect"]',
        '("policy0", one["effect"]',
    ),
    (
        "and links the ids that they are given",
        Case(Source(ANY + TEMPLATE), requests=(request("view"),), links=LINKED),
        'policies.append((link["id"]',
        'policies.append((link["template"]',
    ),
]


def guided(program: Path) -> Guarded:
    return Guarded(build(f"process:{sys.executable} {program}"))


@pytest.mark.parametrize(("words", "case", "right", "wrong"), WORDS, ids=[words[:40] for words, *_ in WORDS])
def test_an_engine_that_follows_the_words_agrees_and_one_that_does_not_is_found(
    words: str, case: Case, right: str, wrong: str, tmp_path: Path
) -> None:
    guide = re.sub(r"\s+", " ", GUIDE.read_text())
    assert words in guide
    program = ENGINE.read_text()
    assert right in program
    faulty = tmp_path / "faulty.py"
    faulty.write_text(program.replace(right, wrong))

    checked = engines_agree(case, (REFERENCE, guided(ENGINE)))
    assert (checked.divergences, checked.inconclusive) == ((), ())
    assert checked.comparisons > len(case.requests)
    assert engines_agree(case, (REFERENCE, guided(faulty))).divergences


def test_a_partial_engine_lists_its_questions_and_says_what_is_too_much() -> None:
    assert "lists the questions that it takes and answers `Unsupported` with one word" in re.sub(
        r"\s+", " ", GUIDE.read_text()
    )
    engine, case = guided(ENGINE), Case(Source(ANY), requests=(request("view"),))
    session = engine.load(case)
    outcome = session.ask(Authorize(case.requests[0]))  # type: ignore[union-attr]  # all cases load
    assert outcome == Authorized("allow", ("policy0",))
    assert session.ask(Evaluate("1", case.requests[0])) == Unsupported("evaluate")  # type: ignore[union-attr]  # all cases load
    whole = replace(case, policies=Source("permit(principal, action, resource) when { true };"))
    assert engine.load(whole) == Unsupported("conditions")
    refused = Case(Source(ANY), schema=SCHEMA, requests=(request("other", validate=True),))
    assert isinstance(engine.load(refused).ask(Authorize(refused.requests[0])), Rejected)  # type: ignore[union-attr]  # all cases load


READ: dict[str, TextQuestion[Any]] = {
    "policies": ReadPolicies(Source(ANY)),
    "an expression": ReadExpression("principal == 1"),
    "entities": ReadEntities(
        '[{"uid": {"type": "User", "id": "ann"}, "attrs": {"age": 7}, "parents": []}]', None
    ),
    "a schema": ReadSchema(Source("entity User; action view;")),
}


@pytest.mark.parametrize("what", READ)
def test_the_document_that_the_guide_shows_is_what_was_read(what: str) -> None:
    [shown] = re.findall(rf"^\| {what} \|.*\| `(.*)` \|$", GUIDE.read_text(), re.MULTILINE)
    answer = {"outcome": "Accepted", "canonical": shown}
    assert REFERENCE.ask(READ[what]) == replace(
        read_outcome(QUESTIONS[READ[what].name], answer),  # type: ignore[type-var]  # an acceptance
        count=1 if what == "entities" else None,
    )


def test_the_guide_names_the_parts_that_an_engine_can_reject() -> None:
    listed = re.search(r"The parts are ((?:`\w+`(?:, | and )?)+):", re.sub(r"\s+", " ", GUIDE.read_text()))
    assert listed is not None
    assert {*re.findall(r"`(\w+)`", listed[1])} == {*get_args(Part)}
