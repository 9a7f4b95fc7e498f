"""Targets that draw what `corpus/known.toml` declares: for each entry, cases on which the Rust engine is alone."""

from __future__ import annotations

import json
from typing import Any

from drt.case import Case, Source
from drt.oracles.reading import readers_agree
from drt.target import Target
from generators.source import Source as Choices


def _in_text(condition: str) -> Case:
    return Case(Source(f"permit(principal, action, resource) when {{ {condition} }};"))


def _in_json(condition: Any) -> Case:
    everybody = {"op": "All"}
    policy = {
        "effect": "permit", "principal": everybody, "action": everybody, "resource": everybody,
        "conditions": [{"kind": "when", "body": condition}],
    }  # fmt: skip
    document = {"staticPolicies": {"p": policy}, "templates": {}, "templateLinks": []}
    return Case(Source(json.dumps(document), "json"))


def _calling(function: str) -> Any:
    return {"Value": {"__extn": {"fn": function, "arg": "1"}}}


UNKNOWN, NO_FUNCTION = "rust-engine-knows-unknown", "rust-engine-reads-unknown-function-names"
CASES = {
    "unknown-alone": (UNKNOWN, Case(Source(""), expressions=("unknown()",))),
    "unknown-of-a-name": (UNKNOWN, Case(Source(""), expressions=('unknown("a")',))),
    "unknown-inside": (UNKNOWN, Case(Source(""), expressions=('[1, unknown("a")].isEmpty()',))),
    "unknown-in-a-policy": (UNKNOWN, _in_text('unknown("a")')),
    "unknown-in-json": (UNKNOWN, _in_json({"unknown": [{"Value": "a"}]})),
    "no-function": (NO_FUNCTION, _in_json(_calling("a"))),
    "no-function-inside": (NO_FUNCTION, _in_json({"==": {"left": {"Value": 1}, "right": _calling("a")}})),
    "unknown-escaped": (NO_FUNCTION, _in_json(_calling("unknown"))),
}
"""By the name of the target: the entry that covers it, and the case."""


def _target(name: str, case: Case) -> Target:
    def draw(_choices: Choices) -> Case:
        return case

    return Target(name, "Engines read this as the same.", draw, readers_agree)


TARGETS = {name: _target(name, case) for name, (_, case) in CASES.items()}
