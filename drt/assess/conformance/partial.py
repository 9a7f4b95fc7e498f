"""Records of partial evaluation, permission queries and batched authorization (spec 09).

Owns the step from a record to questions and from its answers to outcomes.
"""

from __future__ import annotations

from typing import Any

from drt.assess.conformance.checker import Checker, Record
from drt.assess.conformance.material import json_of
from drt.engines.guard import GuardedSession
from drt.model.case import Case, Source, Store
from drt.model.engine import NotLoaded
from drt.model.json_text import deep_json
from drt.model.outcome import Outcome, Validated, canonical_entity
from drt.model.partial_outcome import (
    BatchAuthorized,
    PartialError,
    PartiallyAuthorized,
    Permitted,
    Reauthorized,
)
from drt.model.question import Batched, CaseQuestion, PartiallyAuthorize, Query, Reauthorize, Validate
from drt.model.residual_json import canonical_residual

Json = dict[str, Any]
Loaded = GuardedSession | NotLoaded

HIGHEST_LEVEL = 6
"""The highest level that the records look at."""


def partial(checker: Checker, file: str, record: Json) -> None:
    """Check every answer of a record; parts that it lacks are not asked for."""
    at = Record(file, record["id"], json_of(record, ensure_ascii=False))
    loaded = checker.engine.load(case_of(record))
    for check in (_validity, _response, _completions, _queries, _batches):
        check(checker, at, record, loaded)


def case_of(record: Json) -> Case:
    """Return the policies, links and schema of a record."""
    links = tuple(
        (link["template"], link["id"], tuple((slot, json_of(uid)) for slot, uid in link["values"].items()))
        for link in record.get("links", ())
    )
    return Case(_source(record["policies"]), schema=_source(record["schema"]), links=links)


def _source(document: str | Json) -> Source:
    return Source(document) if isinstance(document, str) else Source(json_of(document), "json")


def _ask(loaded: Loaded, question: CaseQuestion[Any]) -> Outcome:
    answer: Outcome = loaded.ask(question) if isinstance(loaded, GuardedSession) else loaded
    return answer


def _validity(checker: Checker, at: Record, record: Json, loaded: Loaded) -> None:
    """Check strict validity, and the least level at which the policies are valid."""
    valid, level = record["expect"]["valid"], record["expect"]["level"]
    verdicts: list[tuple[int | None, bool]] = [(None, valid)]
    if valid and level is None:
        verdicts.append((HIGHEST_LEVEL, False))
    if level is not None:
        verdicts.append((level, True))
    if level:
        verdicts.append((level - 1, False))
    for asked, expected in verdicts:
        outcome = _ask(loaded, Validate(level=asked))
        right = isinstance(outcome, Validated) and outcome.valid == expected
        check = "partial: validity" if asked is None else "partial: level"
        checker.check(at, check, f"{expected} at level {asked}", outcome, right)


def _response(checker: Checker, at: Record, record: Json, loaded: Loaded) -> None:
    """Check the partial response, or the error in its place."""
    if "request" not in record:
        return
    outcome = _ask(loaded, PartiallyAuthorize(json_of(record["request"]), partial_store(record)))
    expected = record["expect"]
    if "error" in expected:
        _same(checker, at, "partial: error", _error(expected["error"]), outcome)
        return
    if not isinstance(outcome, PartiallyAuthorized):
        checker.check(at, "partial: response", "a response", outcome, False)
        return
    response = _recorded_response(expected)
    for part in ("decision", "reason", "classes"):
        wanted = getattr(response, part)
        checker.check(at, f"partial: {part}", repr(wanted), outcome, getattr(outcome, part) == wanted)
    ids, wanted_ids = [id_ for id_, _ in outcome.residuals], [id_ for id_, _ in response.residuals]
    checker.check(at, "partial: policies", ", ".join(wanted_ids), outcome, ids == wanted_ids)
    for policy, residual in response.residuals:
        got = dict(outcome.residuals).get(policy)
        checker.check(at, "partial: residual", f"{policy}: {residual}", outcome, got == residual)


def _completions(checker: Checker, at: Record, record: Json, loaded: Loaded) -> None:
    """Check the responses of the residual policies."""
    for item, expected in zip(
        record.get("reauthorize", ()), record["expect"].get("reauthorize", ()), strict=False
    ):
        partial_request, entities = json_of(record["request"]), partial_store(record)
        completion, store = json_of(item["request"]), concrete_store(record, item)
        outcome = _ask(loaded, Reauthorize(partial_request, entities, completion, store))
        wanted: Outcome
        if "error" in expected:
            wanted = _error(expected["error"])
        else:
            wanted = Reauthorized(expected["decision"], _ids(expected["reason"]), _ids(expected["errors"]))
        _same(checker, at, "partial: reauthorize", wanted, outcome)


def _queries(checker: Checker, at: Record, record: Json, loaded: Loaded) -> None:
    """Check the answers to permission queries."""
    for item, expected in zip(record.get("queries", ()), record["expect"].get("queries", ()), strict=True):
        request = {key: item[key] for key in ("principal", "action", "resource", "context") if key in item}
        store = _query_store(record, item)
        outcome = _ask(loaded, Query(item["kind"], json_of(request), store))
        _same(checker, at, f"partial: query {item['kind']}", _recorded_query(expected), outcome)


def _query_store(record: Json, item: Json) -> Store:
    """Return the entities of a query: concrete ones, or partial ones for actions."""
    if item["kind"] != "action":
        return concrete_store(record, item)
    return Store(json_of(item["entities"]), "partial") if "entities" in item else partial_store(record)


def _batches(checker: Checker, at: Record, record: Json, loaded: Loaded) -> None:
    """Check the runs of batched authorization."""
    if "batched" not in record:
        return
    item, expected = record["batched"], record["expect"]["batched"]
    store = concrete_store(record, item)
    for place, max_iters in enumerate(item["max_iters"]):
        question = Batched(json_of(item["request"]), store, item.get("loader", "exact"), max_iters)
        outcome = _ask(loaded, question)
        if "error" in expected:
            _same(checker, at, "partial: batched", _error(expected["error"]), outcome)
            continue
        run = expected["runs"][place]
        loads = tuple(tuple(sorted(map(_uid, load))) for load in run["loads"])
        wanted = BatchAuthorized(run.get("decision"), run.get("error", {}).get("class"), loads)
        _same(checker, at, "partial: batched", wanted, outcome)


def partial_store(record: Json) -> Store:
    """Return the partial entities of a record."""
    if record.get("entities_from_store"):
        return concrete_store(record, {**record, "entities": record["store"]})
    if "constructed_entities" in record:
        return Store(json_of(record["constructed_entities"]), "parts")
    return Store(json_of(record["entities"]), "partial")


def concrete_store(record: Json, item: Json) -> Store:
    """Return the concrete entities of an item, which are those of the record unless it has its own."""
    entities = item["entities"] if "entities" in item else record["store"]
    return Store(json_of(entities), "typed" if item.get("entities_read_with_schema", True) else "untyped")


def _recorded_response(expected: Json) -> PartiallyAuthorized:
    reason = expected["reason"]
    classes = sorted((policy, name) for name, policies in expected["classes"].items() for policy in policies)
    residuals = sorted(expected["residuals"].items())
    with deep_json():
        texts = tuple((policy, canonical_residual(residual["json"])) for policy, residual in residuals)
    return PartiallyAuthorized(
        expected["decision"], None if reason is None else _ids(reason), tuple(classes), texts
    )


def _recorded_query(expected: Json) -> Outcome:
    if "error" in expected:
        return _error(expected["error"])
    if "uids" in expected:
        return Permitted(tuple(sorted(map(_uid, expected["uids"]))))
    actions = [(_uid(each["action"]), each["decision"]) for each in expected["actions"]]
    return Permitted(
        tuple(sorted(action for action, decision in actions if decision == "allow")),
        tuple(sorted(action for action, decision in actions if decision is None)),
    )


def _same(checker: Checker, at: Record, check: str, expected: Outcome, outcome: Outcome) -> None:
    checker.check(at, check, repr(expected), outcome, outcome == expected)


def _error(recorded: Json) -> PartialError:
    return PartialError(recorded["stage"], recorded["class"])


def _ids(recorded: list[str]) -> tuple[str, ...]:
    return tuple(sorted(recorded))


def _uid(recorded: Json) -> str:
    return canonical_entity(recorded["type"], recorded["id"])
