"""Targets that draw cases on which the Rust engine answers otherwise, as is declared of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from drt.model.case import Case, Request, Source
from drt.targets.table import TARGETS as ALL
from generators.choice.sources import Source as Choices

ANYBODY = {"op": "All"}
POLICY = {"effect": "permit", "principal": ANYBODY, "action": ANYBODY, "resource": ANYBODY, "conditions": []}
UID = {"type": "A", "id": "a"}


def in_text(condition: str) -> Case:
    return Case(Source(f"permit(principal, action, resource) when {{ {condition} }};"))


def in_json(**changed: Any) -> Case:
    document = {"staticPolicies": {"p": POLICY | changed}, "templates": {}, "templateLinks": []}
    return Case(Source(json.dumps(document), "json"))


def when(body: Any) -> Case:
    return in_json(conditions=[{"kind": "when", "body": body}])


def calling(function: str) -> Any:
    return {"Value": {"__extn": {"fn": function, "arg": "1"}}}


def entities(*found: Any) -> Case:
    return Case(Source(""), json.dumps(found))


def schema(found: Any) -> Case:
    text = Source(found) if isinstance(found, str) else Source(json.dumps(found), "json")
    return Case(Source(""), schema=text)


def context(written: str) -> Case:
    uids = json.dumps({"principal": UID, "action": UID | {"type": "Action"}, "resource": UID})
    request = f'{uids[:-1]}, "context": {written}}}'
    return Case(Source("permit(principal, action, resource);"), requests=(Request(request),))


NO_FUNCTION = "unknown function name in an escape"
IN_JSON, IN_TEXT = "the name unknown in policy JSON", "the function unknown in policy text"
POSITIONAL, WORD = "positional policy JSON", "a word written as an object in policy JSON"
PLACED, DECLARATION = "positional uid or entity", "positional schema JSON"
TWICE, METHOD = (
    "an attribute declared twice",
    "a method call without a receiver printed as if it were a function",
)
CONTEXT = "repeated keys in a context"
CASES = {
    "unknown": (IN_TEXT, "parse-text", Case(Source(""), expressions=('[1, unknown("a")].isEmpty()',))),
    "unknown-in-a-policy": (IN_TEXT, "authorize", in_text('unknown("a")')),
    "unknown-at-a-level": (
        IN_TEXT,
        "valid-levels",
        replace(in_text("unknown()"), schema=Source("entity A;")),
    ),
    "unknown-printed": (IN_TEXT, "print-policies", in_text("unknown()")),
    "unknown-in-json": (IN_JSON, "parse-json", when({"unknown": [{"Value": "a"}]})),
    "no-function": (NO_FUNCTION, "parse-json", when(calling("a"))),
    "no-function-printed": (NO_FUNCTION, "print-policies", when(calling("unknown"))),
    "scope-by-place": (POSITIONAL, "parse-json", in_json(principal=["All"])),
    "entity-by-place": (POSITIONAL, "parse-json", in_json(principal={"op": "==", "entity": ["A", "a"]})),
    "clause-by-place": (POSITIONAL, "parse-json", in_json(conditions=[["when", {"Value": True}]])),
    "effect-as-object": (WORD, "parse-json", in_json(effect={"permit": None})),
    "variable-as-object": (WORD, "parse-json", when({"Var": {"principal": None}})),
    "no-receiver": (METHOD, "print-policies", when({"isIpv4": []})),
    "record-by-place": (PLACED, "parse-json", entities([UID, {}, []])),
    "uid-by-place": (PLACED, "parse-json", entities({"uid": ["A", "a"], "attrs": {}, "parents": []})),
    "type-by-place": (DECLARATION, "valid-schemas", schema({"a": {"entityTypes": {"a": []}, "actions": {}}})),
    "action-by-place": (
        DECLARATION,
        "valid-schemas",
        schema({"a": {"entityTypes": {}, "actions": {"v": []}}}),
    ),
    "attribute-twice": (TWICE, "valid-schemas", schema("entity A {a: Long, a: Bool};")),
    "key-twice": (CONTEXT, "authorize", context('{"a": {"b": null, "b": 2}}')),
}
"""By the name of the target: the difference, the target whose law it is, and the case."""


def always(case: Case) -> Callable[[Choices], Case]:
    return lambda _: case


TARGETS = {
    name: replace(ALL[law], name=name, draw=always(case), streams=None)
    for name, (_, law, case) in CASES.items()
}
