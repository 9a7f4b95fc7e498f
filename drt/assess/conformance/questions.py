"""Records of questions about schemas and policies, and of the linking of schemas (spec 13).

Owns the step from a record to an inquiry, and the comparison of its answers member by member.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from drt.assess.conformance.checker import Checker, Record
from drt.assess.conformance.material import json_of, parse_json
from drt.assess.conformance.verdicts import links_of
from drt.model.case import Inquiry, Source
from drt.model.outcome import Accepted, Answered, Outcome, Rejected, Unlinkable
from drt.model.question import Answer, LinkSchemas, ReadSchema

Json = dict[str, Any]

MULTISETS = frozenset({"entity_literals", "substituted_literals"})


def questions(checker: Checker, file: str, record: Json) -> None:
    """One inquiry: schemas that are refused or do not link, or the answers.

    A record with policies leaves out the answers about its schema.
    """
    at = Record(file, record["id"], json_of(record, ensure_ascii=False))
    inquiry = _inquiry(record)
    expected = record["answers"]
    if expected.get("refused"):
        _refused(checker, at, inquiry, expected)
        return
    if "link_schemas" in record:
        linked = checker.engine.ask(LinkSchemas(inquiry.schemas, complete=False))
        _linked(checker, at, expected.get("link_error"), linked)
    if "link_error" in expected:
        return
    answer = checker.engine.ask(Answer(inquiry))
    if not isinstance(answer, Answered):
        checker.check(at, "questions answered", "answers", answer, False)
        return
    answers = cast(Json, parse_json(answer.answers, at.id))
    for name, one in _parts(expected):
        got = dict(_parts(answers)).get(name)
        checker.check(at, f"answers about {name.split(' ')[0]}", _shown(one, got), answer, one == got)
    recorded = {part: answers.get(part) for part in expected}
    unasked = sorted(dict(_parts(recorded)).keys() - dict(_parts(expected)).keys())
    checker.check(at, "only what was asked", "nothing else", Answered(", ".join(unasked)), not unasked)


def _refused(checker: Checker, at: Record, inquiry: Inquiry, expected: Json) -> None:
    """Check that the first refused schema is the recorded one, and that nothing is answered with it."""
    refused = expected.get("schema", 0)
    for index, schema in enumerate(inquiry.schemas[: refused + 1]):
        checker.accepts(at, "schema accepted", index < refused, checker.engine.ask(ReadSchema(schema)))
    answer = checker.engine.ask(Answer(inquiry))
    checker.check(at, "questions answered", "schema refused", answer, answer == Rejected("schema"))


def _linked(checker: Checker, at: Record, error: str | None, outcome: Outcome) -> None:
    right = isinstance(outcome, Accepted) if error is None else _kind(outcome) == error
    checker.check(at, "schemas linked", error or "linked", outcome, right)


def _kind(outcome: Outcome) -> str | None:
    return outcome.kind if isinstance(outcome, Unlinkable) else None


def _inquiry(record: Json) -> Inquiry:
    given = (
        record["link_schemas"]
        if "link_schemas" in record
        else [record["schema"]]
        if "schema" in record
        else []
    )
    return Inquiry(
        tuple(Source(each) if isinstance(each, str) else Source(json_of(each), "json") for each in given),
        Source(record["policies"]) if "policies" in record else None,
        links_of(record),
        tuple(record.get("extra_types", ())),
        tuple(record.get("extra_actions", ())),
        tuple(record.get("substitute", {}).items()),
    )


def _parts(answers: Json) -> Iterator[tuple[str, str]]:
    """Each answer by its name and what it is about, as comparable text."""
    for name, answer in (answers.get("schema") or {}).items():
        yield name, _text(name, answer)
    for policy, about in (answers.get("policies") or {}).items():
        yield from ((f"{name} of {policy}", _text(name, answer)) for name, answer in about.items())
    if "valid" in answers:
        yield "validity", _text("valid", answers["valid"])


def _text(name: str, answer: Any) -> str:
    if name in MULTISETS:
        answer = sorted(answer)
    return json_of(answer, sort_keys=True)


def _shown(expected: str, got: str | None) -> str:
    return f"{expected}, not {got or 'nothing'}"
