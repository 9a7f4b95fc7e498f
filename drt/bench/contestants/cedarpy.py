"""The Rust engine by its binding, in its fastest documented way: parsed handles, uids as dicts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import cedarpy

from drt.bench.contestants.contestant import Answer, Prepared
from drt.bench.workload import Workload
from drt.engines.rust_messages import error_kind
from drt.model.case import Source

VERSION = version("cedarpy")
_ERRING = re.compile(r"error while evaluating policy `([^`]*)`: (.*)", re.DOTALL)
UNKNOWN = ("?", "unknown message")


def read_policies(source: Source) -> cedarpy.PolicySet:
    """Return the handle of policies in either syntax."""
    read = cedarpy.PolicySet.from_str if source.format == "cedar" else cedarpy.PolicySet.from_json_str
    return read(source.text)


def read_entities(text: str) -> cedarpy.Entities:
    """Return the handle of a store without a schema."""
    return cedarpy.Entities.from_json_str(text, None)


def read_schema(source: Source) -> cedarpy.Schema:
    """Return the handle of a schema in either syntax."""
    read = cedarpy.Schema.from_str if source.format == "cedar" else cedarpy.Schema.from_json_str
    return read(source.text)


def validation(workload: Workload) -> Callable[[], bool]:
    """Prepare reading policies and validating them strictly, against a schema that is read beforehand."""
    schema = read_schema(workload.schema or Source("", "cedar"))
    return lambda: bool(cedarpy.validate_policies(workload.policies.text, schema).validation_passed)


def link(templates: cedarpy.PolicySet, links: Iterator[dict[str, Any]]) -> cedarpy.PolicySet:
    """Links of templates, given as objects of policy JSON."""
    return templates.with_linked_batch(
        [
            {"template_id": link["templateId"], "new_id": link["newId"], "values": link["values"]}
            for link in links
        ]
    )


def answering(
    policies: cedarpy.PolicySet, entities: cedarpy.Entities, *, eager: bool = False
) -> Callable[[dict[str, Any]], object]:
    """Return what answers plain requests; this engine has nothing to be eager about."""
    return lambda question: cedarpy.is_authorized(question, policies, entities)


def batch(workload: Workload, questions: list[dict[str, Any]]) -> Callable[[], list[bool]]:
    """Return what answers all questions at once, with everything parsed beforehand."""
    assert workload.schema is not None
    schema = read_schema(workload.schema)
    policies = read_policies(workload.policies)
    entities = cedarpy.Entities.from_json_str(workload.entities, schema)

    def ask() -> list[bool]:
        results = cedarpy.is_authorized_batch(questions, policies, entities, schema)
        return [each.decision == cedarpy.Decision.Allow for each in results]

    return ask


def _read(result: Any) -> Answer:
    diagnostics = result.diagnostics
    decision = {cedarpy.Decision.Allow: "allow", cedarpy.Decision.Deny: "deny"}.get(result.decision)
    if decision is None:
        return Answer("no decision: " + "; ".join(diagnostics.errors))
    return Answer(
        decision, frozenset(diagnostics.reasons), frozenset(_error(message) for message in diagnostics.errors)
    )


def _error(message: str) -> tuple[str, str]:
    """Return the policy and the kind of error that a diagnostic names."""
    match = _ERRING.match(message)
    return (match[1], error_kind(match[2]) or match[2]) if match else UNKNOWN


@dataclass(frozen=True, slots=True)
class Cedarpy:
    """The binding with everything parsed beforehand."""

    name: str = "cedarpy"

    def prepare(self, workload: Workload) -> Prepared:
        schema = read_schema(workload.schema) if workload.schema else None
        policies = read_policies(workload.policies)
        entities = cedarpy.Entities.from_json_str(workload.entities, schema)
        is_authorized = cedarpy.is_authorized

        def ask(question: dict[str, Any]) -> object:
            return is_authorized(question, policies, entities, schema)

        return Prepared(ask, workload.requests, _read)
