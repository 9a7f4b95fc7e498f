"""Records of validation with kinds of errors and warnings (`extra/warnings`).

A record is a policy set, with links, against a schema, in one mode, perhaps at a level. Its verdict, the
kinds of its errors and its warnings are checked apart, so that an engine that reports only verdicts still
has those checked.
"""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from drt.assess.conformance.checker import Checker, Record
from drt.assess.conformance.fixtures import fixture_beside
from drt.assess.conformance.material import Place, json_of, parse_json
from drt.engines.guard import GuardedSession
from drt.model.case import Case, Format, Link, Source
from drt.model.errors import InputProblem
from drt.model.outcome import Outcome, Rejected, Validated, ValidationErrorKind
from drt.model.question import ReadSchema, Validate, ValidationMode
from drt.model.uid_text import uid_json
from drt.oracles.verdicts import errors_agree, warnings_agree

Json = dict[str, Any]

WITHOUT_TEXT = ("no_applicable_action", "impossible_policy")
"""Kinds of warnings without a text; what a record adds to them are hints, which an engine may omit."""

VALIDATOR_RECORDS = "validator/validator.jsonl"


def warnings(checker: Checker, place: Place, file: str, record: Json) -> None:
    """Check a policy set against a schema that is refused, or its verdict, kinds of errors and warnings."""
    schemas = fixture_beside(place, "warnings", "schemas.json")
    if record["schema_ref"] not in schemas:
        raise InputProblem(f"{file}: {record['id']}: no schema {record['schema_ref']!r} in schemas.json")
    document = schemas[record["schema_ref"]]
    schema = Source(document) if isinstance(document, str) else Source(json_of(document), "json")
    at = Record(file, record["id"], record["policies"])
    if record.get("schema") == "refused":
        outcome = checker.engine.ask(ReadSchema(schema))
        checker.check(at, "schema accepted", "reject", outcome, isinstance(outcome, Rejected))
        return
    case = Case(Source(record["policies"]), schema=schema, links=links_of(record))
    mode = cast(ValidationMode, record.get("mode", "strict"))
    _verdict(checker, at, record, _validate(checker, case, mode, record.get("level")))


def validator_warnings(checker: Checker, place: Place, file: str, record: Json) -> None:
    """Check the kinds of errors and warnings of a record of `extra/validator`, named by its id."""
    found = place.beside(VALIDATOR_RECORDS)
    named = None if found is None else _by_id(found).get(record["id"])
    if found is None or named is None:
        checker.tally.lack("missing-record", 3)
        return
    schema = fixture_beside(found, "validator", "schemas.json")[named["schema_ref"]]
    case = Case(Source(named["policy"]), schema=Source(schema["text"], cast(Format, schema["format"])))
    _verdict(
        checker, Record(file, record["id"], named["policy"]), record, _validate(checker, case, "strict", None)
    )


def links_of(record: Json) -> tuple[Link, ...]:
    """Return the links of a record, whose values are entity literals."""
    return tuple(
        (link["template"], link["id"], tuple((slot, uid_json(uid)) for slot, uid in link["values"].items()))
        for link in record.get("links", ())
    )


@cache
def _by_id(place: Place) -> dict[str, Json]:
    lines = (parse_json(line, str(place)) for line in place.text().split("\n") if line.strip())
    return {line["id"]: line for line in lines if isinstance(line, dict)}


def _validate(checker: Checker, case: Case, mode: ValidationMode, level: int | None) -> Outcome:
    loaded = checker.engine.load(case)
    return loaded.ask(Validate(mode, level)) if isinstance(loaded, GuardedSession) else loaded


def _verdict(checker: Checker, at: Record, record: Json, outcome: Outcome) -> None:
    """Check validity, the policies that have errors, kinds of errors, and warnings."""
    recorded = _recorded(record)
    valid = isinstance(outcome, Validated) and outcome.valid == recorded.valid
    checker.check(at, "verdict", "valid" if recorded.valid else "invalid", outcome, valid)
    if not isinstance(outcome, Validated):
        return
    if outcome.policies:
        wrong = {policy for policy, _ in recorded.errors or ()}
        right = wrong == {policy for policy, is_valid in outcome.policies if not is_valid}
        checker.check(at, "invalid policies", ", ".join(sorted(wrong)) or "none", outcome, right)
    if outcome.errors is None:
        checker.tally.lack("error-kinds", place=at.place)
    else:
        checker.check(at, "kinds of errors", str(recorded.errors), outcome, errors_agree(recorded, outcome))
    if outcome.warnings is None:
        checker.tally.lack("warnings", place=at.place)
    else:
        checker.check(at, "warnings", str(recorded.warnings), outcome, warnings_agree(recorded, outcome))


def _recorded(record: Json) -> Validated:
    """Return the verdict of the recorded engine, which guesses after an error."""
    errors = {(policy, cast(ValidationErrorKind, kind)) for policy, kind in record["errors"]}
    warnings = {
        tuple(warning[:2] if warning[1] in WITHOUT_TEXT else warning) for warning in record["warnings"]
    }
    return Validated(
        record["valid"],
        tuple(sorted({(policy, False) for policy, _ in errors})),
        tuple(sorted(errors)),
        tuple(sorted(warnings)),
        guesses=True,
    )
