"""What goes over the wire keeps to the schema of messages, and the schema lets nothing else through."""

from __future__ import annotations

import copy
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

import drt.engines
from drt.engines.answers import BadAnswer, read_outcome
from drt.engines.message_schema import text
from drt.engines.process_engine import ProcessEngine, ProcessSession
from drt.model.case import Case, Inquiry, Request, Source, Step, Store
from drt.model.outcome import ErrorKind, Outcome, Part
from drt.model.outcome_json import outcome_to_json
from drt.model.question import (
    QUESTIONS,
    Analyze,
    Answer,
    Authorize,
    Batched,
    Evaluate,
    FilterRows,
    FormatPolicies,
    LinkSchemas,
    PartiallyAuthorize,
    PrintPolicies,
    Query,
    ReadEntities,
    ReadExpression,
    ReadPolicies,
    ReadSchema,
    Reauthorize,
    Revise,
    TranslateSchema,
    Validate,
)
from tests.drt.engines.smoke import ANYONE

SCHEMA = json.loads(Path(drt.engines.__file__).with_name("messages.schema.json").read_text())
POLICY = Source("permit(principal == ?principal, action, resource); permit(principal, action, resource);")
LINK = ("policy0", "l", (("?principal", '{"type": "User", "id": "alice"}'),))
TYPES = Source("entity User; entity Photo; action view appliesTo {principal: User, resource: Photo};")
PARTIAL = json.dumps({**json.loads(ANYONE.text), "resource": {"type": "Photo"}, "context": {}})

OPTIONAL = (
    "deadline", "detail", "line", "column", "count", "canonical", "errors", "warnings", "guesses", "problems", "determining", "erring", "where",
    "classes", "residuals", "allowed", "undecided", "error", "loads",
    "batch", "heartbeat",
)  # fmt: skip

Exchange = tuple[dict[str, Any], dict[str, Any]]


def faults(message: object, name: str) -> list[str]:
    """What the schema of that name has against a message."""
    return [
        error.message
        for error in Draft202012Validator({**SCHEMA, "anyOf": [{"$ref": f"#/$defs/{name}"}]}).iter_errors(
            message
        )
    ]


@pytest.fixture(scope="module", params=["reference", "production", "cedarpy"])
def traffic(request: pytest.FixtureRequest) -> Iterator[list[Exchange]]:
    """Every question and its answer, as they went over the wire to an engine of ours."""
    if request.param == "cedarpy":
        pytest.importorskip("cedarpy", reason="the extra 'oracles' is not installed")
    heard: list[Exchange] = []
    engine = ProcessEngine((sys.executable, "-m", "drt.engines.serve", request.param))
    exchange = engine._child.exchange

    def listen(line: bytes, *more: Any) -> bytes:
        answer = exchange(line, *more)
        heard.append((json.loads(line), json.loads(answer)))
        return answer

    engine._child.exchange = listen  # type: ignore[method-assign]
    engine.put("start", {"protocols": [1]})
    engine.put("capabilities", {})
    ask_everything(engine)
    engine.put("stop", {})
    yield heard
    engine.close()


def ask_everything(engine: ProcessEngine) -> None:
    requests = (ANYONE, Request('{"principal": 1}', validate=False))
    case = Case(POLICY, "[]", TYPES, requests, ("1 + 1", "1 + true", "1 +", "principal is User"), (LINK,))
    for one in (case, Case(POLICY, "[]", None, requests, case.expressions), Case(Source("permit("))):
        loaded = engine.load(one)
        if isinstance(loaded, ProcessSession):
            loaded.ask(Authorize(ANYONE))
            loaded.ask(Authorize(Request(ANYONE.text, validate=False)))
            loaded.ask(Evaluate("1 + 1", ANYONE))
            loaded.ask(Evaluate("1 + 2", ANYONE))
            loaded.ask(Validate())
            loaded.ask(Validate("permissive", 1))
            nobody = Store("[]", "typed")
            for store in (Store("[]", "partial"), Store("[", "partial")):
                loaded.ask(PartiallyAuthorize(PARTIAL, store))
                loaded.ask(Reauthorize(PARTIAL, store, ANYONE.text, nobody))
            loaded.ask(Query("resource", PARTIAL, nobody))
            loaded.ask(FilterRows(PARTIAL, nobody, "tables"))
            loaded.ask(Batched(ANYONE.text, nobody, "exact", 3))
            loaded.ask(Revise((Step("unlink", "nobody"), Step("remove-entities", "[]")), (ANYONE,)))
    for policies in (POLICY, Source("permit("), Source("{}", "json")):
        engine.ask(ReadPolicies(policies))
        engine.ask(PrintPolicies(policies, templates=False))
        engine.ask(FormatPolicies(policies.text, 60, 3))
    for expression in ("1 + 1", "1 +"):
        engine.ask(ReadExpression(expression))
    for schema in (TYPES, Source("{}", "json"), Source("nope")):
        engine.ask(ReadEntities("[]", schema))
        engine.ask(ReadSchema(schema))
        engine.ask(TranslateSchema(schema, "cedar"))
    engine.ask(ReadEntities("[", None))
    engine.ask(LinkSchemas((TYPES, Source("entity Album;")), complete=True))
    engine.ask(LinkSchemas((TYPES, TYPES), complete=False))
    engine.ask(Analyze("never-errors", TYPES, (POLICY,), "User", 'Action::"view"', "Photo"))
    engine.ask(
        Answer(
            Inquiry((TYPES,), POLICY, (LINK,), ("Nope",), ('Action::"nope"',), (('User::"a"', 'User::"b"'),))
        )
    )


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert set(QUESTIONS) < set(SCHEMA["$defs"])
    assert {f"{ask}.answer" for ask in QUESTIONS} < set(SCHEMA["$defs"])
    assert set(SCHEMA["$defs"]["Failed"]["properties"]["kind"]["enum"]) == set(get_args(ErrorKind))
    assert set(SCHEMA["$defs"]["Rejected"]["properties"]["part"]["enum"]) == set(get_args(Part))
    assert {one.__name__ for one in get_args(Outcome)} < set(SCHEMA["$defs"])


def test_it_is_generated_from_the_records() -> None:
    assert Path(drt.engines.__file__).with_name("messages.schema.json").read_text() == text()


def test_all_traffic_keeps_to_it(traffic: list[Exchange]) -> None:
    asked = {question["ask"] for question, _ in traffic}
    assert asked == {*QUESTIONS, "start", "capabilities", "batch", "stop"}
    for question, answer in traffic:
        assert faults(question, question["ask"]) == []
        assert faults(answer, f"{question['ask']}.answer") == []


def test_it_lets_nothing_else_through(traffic: list[Exchange]) -> None:
    """Each message with a member gone, of another type, or too many is refused."""
    tried = 0
    for question, answer in traffic:
        for message, name in ((question, question["ask"]), (answer, f"{question['ask']}.answer")):
            assert faults({**message, "more": 1}, name)
            for member in message:
                changed = copy.deepcopy(message)
                changed[member] = object
                assert faults(changed, name), f"{member} of {name} of another type"
                del changed[member]
                if member not in OPTIONAL and (member, name) != ("policies", "validate.answer"):
                    assert faults(changed, name), f"{name} without {member}"
                tried += 1
    assert tried > 200


def outcomes(traffic: list[Exchange]) -> Iterator[tuple[str, dict[str, Any]]]:
    for question, answer in traffic:
        if question["ask"] == "batch":
            for one, said in zip(question["questions"], answer["answers"], strict=True):
                yield one["ask"], said
        elif question["ask"] in QUESTIONS and "loaded" not in answer:
            yield question["ask"], answer


def test_what_is_read_from_an_answer_is_what_the_engine_said(traffic: list[Exchange]) -> None:
    for ask, answer in outcomes(traffic):
        said = {name: value for name, value in answer.items() if name != "seq"}
        assert json.loads(json.dumps(outcome_to_json(read_outcome(QUESTIONS[ask], answer)))) == said


def test_reading_refuses_what_the_schema_refuses(traffic: list[Exchange]) -> None:
    for ask, answer in outcomes(traffic):
        for member in set(answer) - {"seq"}:
            for wrong in ({}, 1.5, [[]], "\ud800"):
                changed = {**answer, member: wrong}
                with pytest.raises(BadAnswer):
                    read_outcome(QUESTIONS[ask], changed)
                if wrong != "\ud800":
                    assert faults(changed, f"{ask}.answer")


def test_the_document_shows_messages_as_they_are() -> None:
    document = Path(__file__).resolve().parents[3].joinpath("docs", "plug-in-an-engine.md").read_text()
    shown = [line for line in document.splitlines() if line[:2] in ("→ ", "← ")]
    ask, seen = "", 0
    for line in shown:
        ask = asked[1] if (asked := re.search(r'"ask": "(\w+)"', line)) else ask
        if "…" in line:
            continue
        message, seen = json.loads(line[2:]), seen + 1
        answer = "heartbeat" if message.get("heartbeat") is True else f"{ask}.answer"
        assert faults(message, ask if line[0] == "→" else answer) == []
    assert seen >= 7


def test_signs_of_life_have_a_schema_too() -> None:
    assert faults({"seq": 3, "heartbeat": True}, "heartbeat") == []
    assert faults({"seq": 3, "heartbeat": False}, "heartbeat") != []
    assert faults({"seq": None, "failure": "no JSON"}, "authorize.answer") == []
