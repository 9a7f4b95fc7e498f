"""The production engine in its own interface: from a `Request`, and from the dict that cedarpy takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from drt.bench.contestants.contestant import Answer, Prepared
from drt.bench.workload import Workload
from drt.case import Source
from production import Authorizer, Entities, PolicySet, Request, Response, Schema

Tier = Literal["auto", "machine", "generated"]


def read_policies(source: Source) -> PolicySet:
    """Policies in either syntax."""
    return PolicySet.from_text(source.text) if source.format == "cedar" else PolicySet.from_json(source.text)


def read_entities(text: str) -> Entities:
    """A store without a schema."""
    return Entities.from_json(text)


def first_answer(workload: Workload) -> Callable[[dict[str, Any]], Response]:
    """From the text of the policies to an answer, over a store that is read beforehand."""
    entities = read_entities(workload.entities)

    def answer(question: dict[str, Any]) -> Response:
        authorizer = Authorizer(read_policies(workload.policies), entities)
        return authorizer.authorize(Request.from_dict(question))

    return answer


def _read(response: Response) -> Answer:
    return Answer(response.decision, response.determining, frozenset(response.errors))


@dataclass(frozen=True, slots=True)
class Production:
    """The engine; `plain` asks with dicts and reads each into a request as part of the question."""

    plain: bool = False
    tier: Tier = "auto"

    @property
    def name(self) -> str:
        return "production, dicts" if self.plain else "production"

    def prepare(self, workload: Workload) -> Prepared:
        schema = Schema.from_cedar(workload.schema.text) if workload.schema else None
        text = workload.entities
        entities = schema.read_entities(text) if schema else Entities.from_json(text)
        authorizer = Authorizer(read_policies(workload.policies), entities, tier=self.tier)
        read: Callable[[dict[str, Any]], Request] = schema.read_request if schema else Request.from_dict
        if self.plain:
            return Prepared(partial(_ask_plain, authorizer.authorize, read), workload.requests, _read)
        return Prepared(authorizer.authorize, [read(each) for each in workload.requests], _read)


def _ask_plain(
    authorize: Callable[[Request], Response],
    read: Callable[[dict[str, Any]], Request],
    question: dict[str, Any],
) -> Response:
    return authorize(read(question))
