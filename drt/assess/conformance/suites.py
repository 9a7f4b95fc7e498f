"""The suites of the Go project: a case in the official layout with a recorded verdict on each of its parts.

A `.validation.json` beside a case judges policies, entities and requests; a `.parsing.json` judges an entity
document as a whole and every entity alone.
"""

from __future__ import annotations

from typing import Any, cast

from drt.assess.conformance.cases import referred, request_of, response, source
from drt.assess.conformance.checker import Checker, Record
from drt.assess.conformance.material import Place, json_of, parse_json
from drt.engines.guard import GuardedSession
from drt.model.case import Case, Source
from drt.model.outcome import Authorized, Outcome, Rejected, Validated
from drt.model.question import Authorize, ReadEntities, Validate, ValidationMode

Json = dict[str, Any]

MODES: tuple[ValidationMode, ...] = ("strict", "permissive")


def validation(checker: Checker, file: str, place: Place, case: Json, judged: Json) -> None:
    """Check a validation suite: verdicts per set, policy, entity and request."""
    schema = source(referred(place, case["schema"]))
    policies = source(referred(place, case["policies"]))
    entities = referred(place, case["entities"]).text()
    _policies(checker, file, policies, schema, judged["policyValidation"])
    bad = {name for name, notes in judged["entityValidation"]["perEntity"].items() if notes.get("errors")}
    good = _per_entity(checker, file, entities, schema, bad)
    loaded = checker.engine.load(Case(policies, json_of(good), schema))
    for index, entry in enumerate(case["requests"]):
        request = request_of(entry)
        outcome = loaded.ask(Authorize(request)) if isinstance(loaded, GuardedSession) else loaded
        verdict = judged["requestValidation"][index]
        at = Record(file, f"request {index}", request.text, (policies.text,))
        _request(checker, at, verdict["strict"], outcome)
        if verdict["strict"] and isinstance(outcome, Authorized):
            response(checker, at, entry, outcome)
        if verdict["strict"] != verdict["permissive"]:
            checker.tally.lack("permissive-requests")


def _policies(checker: Checker, file: str, policies: Source, schema: Source, judged: Json) -> None:
    loaded = checker.engine.load(Case(policies, schema=schema))
    for mode in MODES:
        verdict = loaded.ask(Validate(mode)) if isinstance(loaded, GuardedSession) else loaded
        right = isinstance(verdict, Validated) and verdict.valid == judged[mode]
        checker.check(Record(file, "policies"), f"{mode} verdict", str(judged[mode]), verdict, right)
        for policy, expected in judged["perPolicy"].items():
            _policy(checker, Record(file, policy), mode, expected[mode], verdict)


def _policy(checker: Checker, at: Record, mode: str, expected: bool, verdict: Outcome) -> None:
    if isinstance(verdict, Validated):
        got = dict(verdict.policies).get(at.id)
        if got is None and not verdict.policies:
            checker.tally.lack("per-policy-verdicts", place=at.place)
            return
        right = got == expected
    else:
        right = False
    checker.check(at, f"{mode} verdict per policy", str(expected), verdict, right)


def _per_entity(checker: Checker, file: str, entities: str, schema: Source, bad: set[str]) -> list[object]:
    """Check that every bad entity is refused alone and the others load together; gives the others."""
    documents = cast(list[Any], parse_json(entities, file))
    good = []
    for entity in documents:
        name = entity_name(entity)
        if name in bad:
            outcome = checker.engine.ask(ReadEntities(json_of([entity]), schema))
            checker.accepts(Record(file, name), "entity alone", expected=False, outcome=outcome)
        else:
            good.append(entity)
    outcome = checker.engine.ask(ReadEntities(json_of(good), schema))
    checker.accepts(
        Record(file, "entities"), "entities accepted under a schema", expected=True, outcome=outcome
    )
    return good


def entity_name(entity: object) -> str:
    """Return the name by which the suites call an entity: its type and id, unquoted."""
    uid = entity.get("uid") if isinstance(entity, dict) else None
    if isinstance(uid, dict):
        uid = uid.get("__entity", uid)
    return f"{uid.get('type')}::{uid.get('id')}" if isinstance(uid, dict) else "?"


def _request(checker: Checker, at: Record, expected: bool, outcome: Outcome) -> None:
    if expected:
        right = isinstance(outcome, Authorized)
    else:
        right = isinstance(outcome, Rejected) and outcome.part == "request"
    checker.check(at, "request validates", str(expected), outcome, right)


def parsing(checker: Checker, file: str, place: Place, case: Json, judged: Json) -> None:
    """Check a parsing suite: whether the document loads, and each entity of it alone."""
    schema = source(referred(place, case["schema"]))
    text = referred(place, case["entities"]).text()
    whole = checker.engine.ask(ReadEntities(text, schema))
    checker.accepts(Record(file, "all"), "entity document", judged["allEntities"]["success"], whole)
    if not judged["perEntity"]:
        return
    documents = cast(list[Any], parse_json(text, file))
    for entity in documents:
        name = entity_name(entity)
        if name in judged["perEntity"]:
            alone = checker.engine.ask(ReadEntities(json_of([entity]), schema))
            checker.accepts(Record(file, name), "entity alone", judged["perEntity"][name]["success"], alone)
