"""The production engine in its own interface: from a `Request`, and from the dict that cedarpy takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from drt.bench.contestants.contestant import Answer, Prepared
from drt.bench.workload import Workload
from drt.model.case import Source
from production import Authorizer, Entities, PolicySet, Request, Response, Schema, Uid, __version__

Tier = Literal["auto", "machine", "generated"]
VERSION = __version__


def read_policies(source: Source) -> PolicySet:
    """Policies in either syntax."""
    return PolicySet.from_text(source.text) if source.format == "cedar" else PolicySet.from_json(source.text)


def policies_json(source: Source) -> str:
    """Policies in the JSON syntax."""
    return read_policies(source).to_json()


def read_entities(text: str) -> Entities:
    """Read a store without a schema."""
    return Entities.from_json(text)


def read_schema(source: Source) -> Schema:
    """Read a schema in either syntax."""
    return Schema.from_cedar(source.text) if source.format == "cedar" else Schema.from_json(source.text)


def validation(workload: Workload) -> Callable[[], bool]:
    """Prepare reading policies and validating them strictly, against a schema that is read beforehand."""
    schema = read_schema(workload.schema or Source("", "cedar"))
    return lambda: schema.validate(read_policies(workload.policies)).valid


def link(templates: PolicySet, links: Iterator[dict[str, Any]]) -> PolicySet:
    """Links of templates, given as objects of policy JSON."""
    return templates.link_all(
        (
            link["templateId"],
            link["newId"],
            {slot: Uid(value["type"], value["id"]) for slot, value in link["values"].items()},
        )
        for link in links
    )


def answering(
    policies: PolicySet, entities: Entities, *, eager: bool = False
) -> Callable[[dict[str, Any]], Response]:
    """Return what answers plain requests; `eager` generates code for all policies, however rarely used."""
    authorizer = Authorizer(policies, entities, tier="generated" if eager else "auto")
    return lambda question: authorizer.authorize(Request.from_dict(question))


def candidates(workload: Workload) -> list[int]:
    """Count the policies evaluated for each request: those that index and plan could not rule out."""
    authorizer = Authorizer(read_policies(workload.policies), read_entities(workload.entities))
    return [len(authorizer.explain(Request.from_dict(each)).candidates) for each in workload.requests]


def _read(response: Response) -> Answer:
    return Answer(response.decision, response.determining, frozenset(response.errors.items()))


@dataclass(frozen=True, slots=True)
class Production:
    """The engine; `plain` asks with dicts and reads each into a request as part of the question."""

    plain: bool = False
    tier: Tier = "auto"

    @property
    def name(self) -> str:
        return "production, dicts" if self.plain else "production"

    def prepare(self, workload: Workload) -> Prepared:
        policies = read_policies(workload.policies)
        read: Callable[[dict[str, Any]], Request] = Request.from_dict
        authorize: Callable[[Request], Response]
        if workload.schema is None:
            entities = read_entities(workload.entities)
            authorize = Authorizer(policies, entities, tier=self.tier).authorize
        else:
            schema = read_schema(workload.schema)
            entities = schema.read_entities(workload.entities)
            authorize = schema.authorizer(policies, entities, tier=self.tier).authorize
            read = schema.read_request
        if self.plain:

            def ask(question: dict[str, Any]) -> Response:
                return authorize(read(question))

            return Prepared(ask, workload.requests, _read)
        return Prepared(authorize, [read(each) for each in workload.requests], _read)
