"""JSONL kinds that refer to a fixture: expressions, entity documents, validator verdicts.

A fixture lies beside its records. Expressions are checked as whole policies, many to a policy set so that the
fixture is read once per set, and again one at a time through `evaluate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from drt.assess.conformance.checker import Checker, Record
from drt.assess.conformance.material import Place, json_of
from drt.engines.guard import GuardedSession
from drt.model.case import Case, Format, Request, Source
from drt.model.errors import InputProblem
from drt.model.json_outline import spans
from drt.model.outcome import Authorized, Evaluated, Failed, Outcome, Unsupported, Validated
from drt.model.question import Authorize, Evaluate, ReadEntities, ReadSchema, Validate

Json = dict[str, Any]

POLICIES_PER_SET = 50


def fixture_beside(place: Place, kind: str, name: str) -> Json:
    """Find the JSON object `name` beside a file, or in the folder of its kind beside it.

    Raises `InputProblem` where it is missing or no object.
    """
    candidates = (name, f"{kind}/{name}", f"extra/{kind}/{name}")
    found = next(filter(None, map(place.beside, candidates)), None)
    value = found.json() if found else None
    if not isinstance(value, dict):
        raise InputProblem(f"{place}: its {name} is not beside it")
    return value


class _Fixture:
    """The store and request of all expressions of a fixture, with a schema if the engine has any."""

    def __init__(self, checker: Checker, fixture: Json) -> None:
        self._engine = checker.engine
        self._entities = json_of(fixture["entities"])
        self.request = Request(json_of(fixture["request"]))
        schema = Source(fixture["schema"])
        self.has_schema = not isinstance(self._engine.ask(ReadSchema(schema)), Unsupported)
        self._schema = schema if self.has_schema else None

    def load(self, policies: str) -> GuardedSession | Outcome:
        return self._engine.load(Case(Source(policies), self._entities, self._schema))


def expressions(checker: Checker, place: Place, file: str, records: Sequence[Json]) -> None:
    """Check the result of every expression as a policy and by itself, and its strict verdict."""
    fixture = _Fixture(checker, fixture_beside(place, "eval", "fixture.json"))
    for start in range(0, len(records), POLICIES_PER_SET):
        _policy_set(checker, fixture, file, records[start : start + POLICIES_PER_SET])
    empty = fixture.load("")
    for record in records:
        outcome = (
            empty.ask(Evaluate(record["expr"], fixture.request))
            if isinstance(empty, GuardedSession)
            else empty
        )
        _result(checker, fixture, file, record, "expression value", outcome, _of_value(outcome))


def _policy_set(checker: Checker, fixture: _Fixture, file: str, records: Sequence[Json]) -> None:
    """Check a set of one policy per record; a set that is rejected is checked policy by policy."""
    checker.next_record()
    text = "\n".join(f"permit(principal, action, resource) when {{ {r['expr']} }};" for r in records)
    loaded = fixture.load(text)
    response = loaded.ask(Authorize(fixture.request)) if isinstance(loaded, GuardedSession) else loaded
    if len(records) > 1 and not isinstance(response, Authorized | Unsupported):
        for record in records:
            _policy_set(checker, fixture, file, [record])
        return
    verdict = loaded.ask(Validate()) if isinstance(loaded, GuardedSession) else loaded
    for index, record in enumerate(records):
        policy = f"policy{index}"
        _result(checker, fixture, file, record, "expression result", response, _of_policy(response, policy))
        _strict(checker, fixture, file, record, verdict, policy, len(records))


def _result(
    checker: Checker, fixture: _Fixture, file: str, record: Json, check: str, outcome: Outcome, got: str
) -> None:
    expected = record["result"]
    if not fixture.has_schema:
        expected = record.get("result_without_schema", expected)
    if expected == "error":
        expected = f"error {record['error_kind']}"
    at = Record(file, record["id"], record["expr"])
    shown = outcome if not isinstance(outcome, Authorized) or got == expected else Evaluated(got)
    checker.check(at, check, expected, shown, got == expected)


def _of_policy(response: Outcome, policy: str) -> str:
    if not isinstance(response, Authorized):
        return ""
    if kind := dict(response.erring).get(policy):
        return f"error {kind}"
    return "true" if policy in response.determining else "false"


def _of_value(outcome: Outcome) -> str:
    match outcome:
        case Evaluated("true" | "false" as value):
            return value
        case Evaluated():
            return "error type"  # a condition must be a Bool (spec 02 §5)
        case Failed(kind):
            return f"error {kind}"
        case _:
            return ""


def _strict(
    checker: Checker, fixture: _Fixture, file: str, record: Json, verdict: Outcome, policy: str, together: int
) -> None:
    at = Record(file, record["id"], record["expr"])
    if not fixture.has_schema:
        checker.tally.lack("schema", place=at.place)
        return
    valid = None
    if isinstance(verdict, Validated):
        valid = dict(verdict.policies).get(policy, verdict.valid if together == 1 else None)
        if valid is None:
            checker.tally.lack("per-policy-verdicts", place=at.place)
            return
    shown = verdict if valid is None else Validated(valid)
    checker.check(at, "expression valid", str(record["strict_valid"]), shown, valid == record["strict_valid"])


def entities(checker: Checker, place: Place, file: str, record: Json) -> None:
    """Check an entity document without and with its schema: accepted or not, and its number of entities."""
    at = Record(file, record["id"], record["entities"])
    _entities(checker, at, "entities", record["without_schema"], None)
    if "with_schema" not in record:
        return
    if record["schema"] == "fixture":
        schema = Source(fixture_beside(place, "entities", "fixture.json")["schema"])
    else:
        schema = Source(record["schema"], cast(Format, record.get("schema_format", "cedar")))
    _entities(checker, at, "entities under a schema", record["with_schema"], schema)


def _entities(checker: Checker, at: Record, what: str, expected: Json, schema: Source | None) -> None:
    check = "entities accepted" if schema is None else "entities accepted under a schema"
    outcome = checker.engine.ask(ReadEntities(at.text, schema))
    accepted = checker.accepts(at, check, expected["accept"], outcome)
    if accepted is None:
        return
    if accepted.count is not None:
        checker.check(at, f"{what} counted", f"{expected['n']}", accepted, accepted.count == expected["n"])
    else:
        checker.counts(
            at, f"{what} counted", f"{expected['n']}", accepted, lambda text: f"{len(spans(text))}"
        )


def validator(checker: Checker, place: Place, file: str, record: Json) -> None:
    """Check the strict verdict on a policy set against a schema."""
    schemas = fixture_beside(place, "validator", "schemas.json")
    schema = schemas.get(record["schema_ref"])
    if schema is None:
        raise InputProblem(f"{file}: {record['id']}: no schema {record['schema_ref']!r} in schemas.json")
    loaded = checker.engine.load(
        Case(Source(record["policy"]), schema=Source(schema["text"], cast(Format, schema["format"])))
    )
    verdict = loaded.ask(Validate()) if isinstance(loaded, GuardedSession) else loaded
    right = isinstance(verdict, Validated) and verdict.valid == record["valid"]
    at = Record(file, record["id"], record["policy"])
    checker.check(at, "strict verdict", "valid" if record["valid"] else "invalid", verdict, right)
