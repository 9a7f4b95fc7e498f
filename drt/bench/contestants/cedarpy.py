"""The Rust engine by its binding, in its fastest documented way: parsed handles, uids as dicts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cedarpy

from drt.bench.contestants.contestant import Answer, Prepared
from drt.bench.workload import Workload

_ERRING = re.compile(r"error while evaluating policy `([^`]*)`: ")


def read_policies(workload: Workload) -> cedarpy.PolicySet:
    """The handle of the policies."""
    source = workload.policies
    read = cedarpy.PolicySet.from_str if source.format == "cedar" else cedarpy.PolicySet.from_json_str
    return read(source.text)


def read_entities(text: str) -> cedarpy.Entities:
    """The handle of a store without a schema."""
    return cedarpy.Entities.from_json_str(text, None)


def first_answer(workload: Workload) -> Callable[[dict[str, Any]], object]:
    """From the text of the policies to an answer, over a store that is read beforehand."""
    entities = read_entities(workload.entities)

    def answer(question: dict[str, Any]) -> object:
        return cedarpy.is_authorized(question, read_policies(workload), entities)

    return answer


def _read(result: Any) -> Answer:
    diagnostics = result.diagnostics
    decision = {cedarpy.Decision.Allow: "allow", cedarpy.Decision.Deny: "deny"}.get(result.decision)
    if decision is None:
        return Answer("; ".join(diagnostics.errors), frozenset(), frozenset())
    erring = (_ERRING.match(message) for message in diagnostics.errors)
    return Answer(
        decision, frozenset(diagnostics.reasons), frozenset(match[1] if match else "?" for match in erring)
    )


@dataclass(frozen=True, slots=True)
class Cedarpy:
    """The binding with everything parsed beforehand."""

    name: str = "cedarpy"

    def prepare(self, workload: Workload) -> Prepared:
        schema = cedarpy.Schema.from_str(workload.schema.text) if workload.schema else None
        policies = read_policies(workload)
        entities = cedarpy.Entities.from_json_str(workload.entities, schema)
        is_authorized = cedarpy.is_authorized

        def ask(question: dict[str, Any]) -> object:
            return is_authorized(question, policies, entities, schema)

        return Prepared(ask, workload.requests, _read)
