"""Ways of listing what a user may view: by a query, by asking for each document, by a filter in SQLite."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from drt.bench.contestants.contestant import Answer, Prepared
from drt.bench.workload import Workload
from production import Entities, PolicySet, Request, Schema, Uid

TYPE = "Document"


@dataclass(frozen=True, slots=True)
class World:
    """A workload of listings as the engine reads it."""

    schema: Schema
    policies: PolicySet
    entities: Entities
    requests: tuple[Request, ...]

    @property
    def documents(self) -> list[Uid]:
        """The documents of the store."""
        return [uid for uid in self.entities.parents if uid.type == TYPE]


def read(workload: Workload) -> World:
    """Read a workload."""
    assert workload.schema is not None
    schema = Schema.from_text(workload.schema.text)
    entities = schema.read_entities(workload.entities)
    requests = tuple(schema.read_request(each) for each in workload.requests)
    return World(schema, PolicySet.from_text(workload.policies.text), entities, requests)


def listed(uids: Any) -> Answer:
    """Return a list of documents as an answer."""
    return Answer("listed", frozenset(uid.id for uid in uids))


def by_query(world: World) -> Prepared:
    """List by `query_resources`."""

    def ask(request: Request) -> frozenset[Uid]:
        return world.schema.query_resources(
            world.policies, request.principal, request.action, TYPE, request.context, world.entities
        )

    return Prepared(ask, world.requests, listed)


def one_by_one(world: World) -> Prepared:
    """List by authorizing each document, with requests made beforehand and code for the schema's types."""
    authorize = world.schema.authorizer(world.policies, world.entities).authorize
    documents = world.documents
    questions = [
        [Request(each.principal, each.action, uid, each.context) for uid in documents]
        for each in world.requests
    ]

    def ask(requests: list[Request]) -> list[Uid]:
        return [request.resource for request in requests if authorize(request).decision == "allow"]

    return Prepared(ask, questions, listed)


def partial_of_one(world: World) -> tuple[Callable[[], object], Callable[[], object], int]:
    """Return a concrete authorization, a partial one without the resource, and the number of residuals."""
    request = world.requests[0]
    known = world.schema.partial_entities(world.entities)
    partial = world.schema.partial_request(request.principal, request.action, TYPE, request.context)
    authorize = world.schema.authorizer(world.policies, world.entities).authorize

    def respond() -> object:
        return world.schema.partially_authorize(world.policies, partial, known)

    response = world.schema.partially_authorize(world.policies, partial, known)
    residuals = len(response.residual_permits) + len(response.residual_forbids)
    return (lambda: authorize(request)), respond, residuals


def nested(depth: int) -> Callable[[], object]:
    """Return a partial authorization under a policy with so many decided `if`s in each other."""
    schema = Schema.from_text(
        "entity User; entity Document { owner: User, public: Bool };"
        "action view appliesTo { principal: User, resource: Document };"
    )
    condition = "resource.public"
    for _ in range(depth):
        condition = f"if resource.owner is User then ({condition}) else false"
    text = f"permit(principal, action, resource) when {{ {condition} }};"
    request = schema.partial_request(Uid("User", "u"), Uid("Action", "view"), TYPE, {})
    known = schema.partial_entities()

    def respond() -> object:
        return schema.partially_authorize(PolicySet.from_text(text), request, known)

    return respond


def plain_requests(request: Mapping[str, Any], documents: list[str]) -> list[dict[str, Any]]:
    """Return a request for each document, as the dicts that cedarpy takes."""
    return [{**request, "resource": {"type": TYPE, "id": name}} for name in documents]
