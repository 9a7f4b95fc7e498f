"""JSONL kinds that need only the record: parser, policy JSON, schema texts.

Each kind has one function, which checks a record as the README of its folder says.
"""

from __future__ import annotations

import json
from typing import Any

from drt.assess.conformance.checker import Checker, Record
from drt.assess.conformance.material import json_of
from drt.engines.guard import GuardedSession
from drt.engines.rust_messages import error_kind
from drt.model.case import Case, Request, Source
from drt.model.json_outline import JsonValue, containers, first_difference, members, spans
from drt.model.json_text import deep_json
from drt.model.outcome import (
    Accepted,
    Authorized,
    Outcome,
    Printed,
    Rejected,
    Unsupported,
    Unwritable,
    Validated,
)
from drt.model.question import Authorize, PrintPolicies, ReadPolicies, ReadSchema, Validate

Json = dict[str, Any]

ANYONE = Request(
    json.dumps(
        {
            "principal": {"type": "User", "id": "a"},
            "action": {"type": "Action", "id": "view"},
            "resource": {"type": "Doc", "id": "d"},
            "context": {},
        }
    )
)
"""The request for deeply nested policies, whose answers do not depend on it."""

ANYTHING = Source(
    "entity User; entity Doc; action view appliesTo { principal: User, resource: Doc, context: {} };"
)
"""A schema under which the deeply nested policies have their recorded verdicts."""

DEPTH_EVERYONE_TAKES = 250
"""Nesting up to which every implementation must answer as recorded."""


def parser(checker: Checker, file: str, record: Json) -> None:
    """Check a policy-set text: accepted or not, and how many policies and templates."""
    at = Record(file, record["id"], record["text"])
    outcome = checker.engine.ask(ReadPolicies(Source(record["text"])))
    if accepted := checker.accepts(at, "policies accepted", record["accept"], outcome):
        expected = f"{record['static']} static, {record['templates']} templates"
        checker.counts(at, "policies counted", expected, accepted, _policies_held)


def _policies_held(canonical: str) -> str:
    document = members(canonical)
    static, templates = (len(spans(document.get(key, "{}"))) for key in ("staticPolicies", "templates"))
    return f"{static} static, {templates} templates"


def deep(checker: Checker, file: str, record: Json) -> None:
    """Check a text by repetition: answered as recorded up to 250 levels, beyond that answered or refused."""
    n, observed = record["n"], record["observed"]
    text = record["open"] * n + record["core"] + record["close"] * n + record["suffix"]
    at = Record(file, record["id"])
    if record["kind"] == "condition":
        text = f"permit(principal, action, resource) when {{ {text} }};"
    outcome: Outcome | GuardedSession = checker.engine.load(Case(Source(text)))
    if isinstance(outcome, GuardedSession):
        outcome = outcome.ask(Authorize(ANYONE))
    checker.check(at, "deep", json_of(observed), outcome, _deep_is_right(n, observed, outcome))
    if n <= DEPTH_EVERYONE_TAKES and "strict_valid" in observed:
        loaded = checker.engine.load(Case(Source(text), schema=ANYTHING))
        verdict = loaded.ask(Validate()) if isinstance(loaded, GuardedSession) else loaded
        right = isinstance(verdict, Validated) and verdict.valid == observed["strict_valid"]
        checker.check(at, "deep verdict", str(observed["strict_valid"]), verdict, right)


def _deep_is_right(n: int, observed: Json, outcome: Outcome) -> bool:
    shallow = n <= DEPTH_EVERYONE_TAKES
    if isinstance(outcome, Rejected):
        return observed["parse"] == "reject" or not shallow
    if not isinstance(outcome, Authorized) or observed["parse"] == "reject":
        return False
    kinds = {kind for _, kind in outcome.erring}
    if observed["parse"] != "accept" or (not shallow and "recursion-limit" in kinds):
        return True
    message = observed.get("eval_error")
    kind = error_kind(message) if message else None
    if kind == "recursion-limit":
        return True
    return outcome.decision == observed["decision"].lower() and kinds == ({kind} if kind else set())


def policy_json(checker: Checker, file: str, record: Json) -> None:
    """Check the two directions of the policy JSON format."""
    if record["direction"] == "text":
        _text_to_json(checker, file, record)
    else:
        _json_to_text(checker, file, record)


def _text_to_json(checker: Checker, file: str, record: Json) -> None:
    at = Record(file, record["id"], record["text"])
    outcome = checker.engine.ask(ReadPolicies(Source(record["text"])))
    if isinstance(outcome, Accepted):
        _same_document(checker, at, "text to JSON", record["json"], outcome)
    else:
        checker.check(at, "text to JSON", "accept", outcome, right=False)


def _json_to_text(checker: Checker, file: str, record: Json) -> None:
    at = Record(file, record["id"], record["json"])
    document = Source(record["json"], "json")
    accepted = checker.accepts(
        at, "policy JSON accepted", record["accept"], checker.engine.ask(ReadPolicies(document))
    )
    if accepted is None:
        return
    checker.counts(at, "policy JSON counted", f"{record['n']} policies", accepted, _policies_to_evaluate)
    printed = checker.engine.ask(PrintPolicies(document, templates=False))
    if "reparse_error" in record and isinstance(printed, Rejected | Unwritable):
        checker.check(at, "policy JSON to text", "refused or readable text", printed, right=True)
    elif isinstance(printed, Printed):
        again = checker.engine.ask(ReadPolicies(Source(printed.text)))
        if "back" in record and isinstance(again, Accepted):
            _same_document(checker, at, "policy JSON to text", record["back"], again)
        else:
            checker.check(
                at, "policy JSON to text", "refused or readable text", again, isinstance(again, Accepted)
            )
    else:
        checker.check(at, "policy JSON to text", "text", printed, right=False)


def _policies_to_evaluate(canonical: str) -> str:
    document = members(canonical)
    static, links = (len(spans(document.get(key, ""))) for key in ("staticPolicies", "templateLinks"))
    return f"{static + links} policies"


def _same_document(checker: Checker, at: Record, check: str, expected: JsonValue, outcome: Accepted) -> None:
    if not outcome.canonical:
        checker.tally.lack("canonical", check=check, place=at.place)
        return
    got = parsed(outcome.canonical)
    if isinstance(got, str):
        with deep_json():
            expected = json.dumps(expected, sort_keys=True, separators=(",", ":"))
    _same_value(checker, at, check, expected, got)


def _same_value(checker: Checker, at: Record, check: str, expected: JsonValue, got: JsonValue) -> None:
    difference = first_difference(expected, got)
    if difference:
        checker.differs(at, check, _shown(expected), difference, difference)
    else:
        checker.tally.right(check, at.place)


def _shown(document: JsonValue) -> str:
    try:
        return json_of(document)
    except RecursionError:
        return "the recorded document"


def parsed(canonical: str) -> JsonValue:
    """Parse a canonical document; one beyond the `json` module's reach is returned as a string."""
    try:
        with deep_json():
            value: JsonValue = json.loads(canonical)
    except RecursionError:
        return canonical
    return value


def schema(checker: Checker, file: str, record: Json) -> None:
    """Check a schema text: accepted or not, and the same schema as the recorded rendering of it."""
    at = Record(file, record["id"], record["text"])
    outcome = checker.engine.ask(ReadSchema(Source(record["text"], record["format"])))
    accepted = checker.accepts(at, "schema accepted", record["accept"], outcome)
    if accepted is None or "rendered" not in record or "rendered_reparse_error" in record:
        return
    rendered = checker.engine.ask(ReadSchema(Source(record["rendered"])))
    if not isinstance(rendered, Accepted):
        checker.check(at, "schema as rendered", "accept", rendered, right=False)
    elif not accepted.canonical:
        checker.check(at, "schema as rendered", "", Unsupported("canonical"), right=False)
    else:
        documents = parsed(rendered.canonical), parsed(accepted.canonical)
        for document in documents:
            drop_empty_lists(document)
        _same_value(checker, at, "schema as rendered", *documents)


def drop_empty_lists(document: JsonValue) -> None:
    """Let an action of a resolved schema with an empty list apply to nothing, however it was written.

    Such an action admits no request and may be printed without `appliesTo` (spec 07 §6).
    """
    lists = ("principals", "principalTypes", "resources", "resourceTypes")
    for part in containers(document):
        if isinstance(part, dict) and "appliesTo" in part:
            applies = part["appliesTo"]
            nothing = isinstance(applies, dict) and any(applies.get(name) == [] for name in lists)
            if applies is None or nothing:
                del part["appliesTo"]
