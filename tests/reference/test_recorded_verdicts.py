"""The recorded verdicts with kinds of errors and warnings (`extra/warnings`), and the recorded questions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pytest

from drt.assess.conformance.verdicts import links_of
from drt.engines.reference_engine import ReferenceEngine
from drt.model.case import Inquiry, Source
from drt.model.outcome import Accepted, Answered, Rejected, Unlinkable
from reference.errors import InputError
from reference.json.reader import read_json
from reference.json.values import uid
from reference.policy_set import Link, PolicySet, from_bodies
from reference.schema.reader import read_schema
from reference.schema.schema import Schema
from reference.text.parser import parse_policies
from reference.validation.policies import validate_set
from reference.validation.problems import Verdict
from tests.shared_material import shared_folder

pytestmark = pytest.mark.shared

WARNINGS = ("conformance", "extra", "warnings")
WITHOUT_TEXT = {"no_applicable_action", "impossible_policy"}
COUNTS = {"text": 1249, "hand": 1721, "membership": 215, "generated": 175}
ENGINE = ReferenceEngine()

Json = dict[str, Any]


def lines(*path: str) -> Iterator[Json]:
    for line in shared_folder(*path).read_text("utf-8").split("\n"):
        if line:
            yield json.loads(line)


@cache
def schemas() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shared_folder(*WARNINGS, "schemas.json").read_text("utf-8"))
    return found


@cache
def schema(reference: str) -> Schema | None:
    document = schemas()[reference]
    try:
        if isinstance(document, str):
            return read_schema(document)
        return read_schema(json.dumps(document), "json")
    except InputError:
        return None


def policies(record: Json) -> PolicySet:
    links = [
        (
            new_id,
            Link(template, {slot: uid(read_json(text, "link"), "link", slot) for slot, text in values}),  # type: ignore[misc]  # slots are recorded as text
        )
        for template, new_id, values in links_of(record)
    ]
    return from_bodies(parse_policies(record["policies"])).link_all(links)


def errors(verdicts: dict[str, Verdict]) -> set[tuple[str, str]]:
    return {(policy, problem.kind) for policy, verdict in verdicts.items() for problem in verdict.problems}


def warnings(verdicts: dict[str, Verdict]) -> set[tuple[str, ...]]:
    """The warnings to compare: *impossible policy* only of policies without errors."""
    return {
        tuple(part for part in (policy, caution.kind, caution.text, caution.character) if part is not None)
        for policy, verdict in verdicts.items()
        for caution in verdict.cautions
        if caution.kind != "impossible_policy" or verdict.valid
    }


def recorded_warnings(record: Json) -> set[tuple[str, ...]]:
    erring = {policy for policy, _ in record["errors"]}
    return {
        tuple(warning[:2] if warning[1] in WITHOUT_TEXT else warning)
        for warning in record["warnings"]
        if warning[1] != "impossible_policy" or warning[0] not in erring
    }


@pytest.mark.slow
@pytest.mark.parametrize("file", COUNTS)
def test_recorded_warnings_and_kinds_of_errors(file: str) -> None:
    wrong, count = [], 0
    for record in lines(*WARNINGS, f"{file}.jsonl"):
        count += 1
        under = schema(record["schema_ref"])
        assert (under is None) is (record.get("schema") == "refused"), record["id"]
        if under is None:
            continue
        permissive = record.get("mode") == "permissive"
        verdicts = validate_set(policies(record), under, permissive=permissive, level=record.get("level"))
        valid = all(verdict.valid for verdict in verdicts.values())
        if valid != record["valid"] or not same(record, verdicts):
            wrong.append(record["id"])
    assert wrong == []
    assert count >= COUNTS[file]


def test_recorded_warnings_of_the_validator_records() -> None:
    named = {record["id"]: record for record in lines("conformance", "extra", "validator", "validator.jsonl")}
    texts = json.loads(shared_folder("conformance", "extra", "validator", "schemas.json").read_text("utf-8"))
    wrong, count = [], 0
    for record in lines(*WARNINGS, "validator_warnings.jsonl"):
        count += 1
        source = named[record["id"]]
        given = texts[source["schema_ref"]]
        found = from_bodies(parse_policies(source["policy"]))
        verdicts = validate_set(found, read_schema(given["text"], given["format"]))
        if not same(record, verdicts):
            wrong.append(record["id"])
    assert wrong == []
    assert count >= 549


def same(record: Json, verdicts: dict[str, Verdict]) -> bool:
    """Exactly the recorded kinds of errors and warnings, also where several errors come together."""
    exact = errors(verdicts) == {tuple(error) for error in record["errors"]}
    return exact and warnings(verdicts) == recorded_warnings(record)


def test_recorded_questions() -> None:
    wrong, count = [], 0
    for record in lines("questions", "questions.jsonl"):
        count += 1
        if not answered(record):
            wrong.append(record["id"])
    assert wrong == []
    assert count >= 41


def answered(record: Json) -> bool:
    """Whether schemas are refused or linked as recorded, and every recorded answer is given."""
    given = record.get("link_schemas", [record["schema"]] if "schema" in record else [])
    sources = tuple(Source(s) if isinstance(s, str) else Source(json.dumps(s), "json") for s in given)
    inquiry = Inquiry(
        sources,
        Source(record["policies"]) if "policies" in record else None,
        links_of(record),
        tuple(record.get("extra_types", ())),
        tuple(record.get("extra_actions", ())),
        tuple(record.get("substitute", {}).items()),
    )
    expected, answer = record["answers"], ENGINE.answer(inquiry)
    if expected.get("refused"):
        return answer == Rejected("schema")
    linked = ENGINE.link_schemas(sources, complete=False)
    if "link_error" in expected:
        return linked == answer == Unlinkable(expected["link_error"])
    return isinstance(linked, Accepted) and isinstance(answer, Answered) and agrees(expected, answer)


def agrees(expected: Json, answer: Answered) -> bool:
    found = json.loads(answer.answers)
    return all(_normal(found[part]) == _normal(value) for part, value in expected.items())


def _normal(answer: Any) -> Any:
    """The answer with multisets sorted, as their recorded order means nothing."""
    if not isinstance(answer, dict):
        return answer
    return {key: sorted(v) if key.endswith("_literals") else _normal(v) for key, v in answer.items()}


def test_a_changed_record_is_noticed() -> None:
    """The comparison above tells apart what differs in one kind, one text or one answer."""
    record: Iterable[Json] = (r for r in lines(*WARNINGS, "text.jsonl") if r.get("warnings"))
    first = next(iter(record))
    under = schema(first["schema_ref"])
    assert under is not None
    verdicts = validate_set(policies(first), under)
    assert same(first, verdicts)
    assert not same({**first, "warnings": []}, verdicts)
    assert not same({**first, "errors": [["policy0", "empty_set"]]}, verdicts)
    question = next(r for r in lines("questions", "questions.jsonl") if "schema" in r["answers"])
    changed = {**question["answers"], "schema": {**question["answers"].get("schema", {}), "is_complete": 0}}
    assert not answered({**question, "answers": changed})
