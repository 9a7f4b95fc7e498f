"""A workload: texts and plain requests, drawn from a fixed random seed, given to every contestant."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol, TypeAlias

from drt.model.case import Source

Uid: TypeAlias = dict[str, str]
Json: TypeAlias = dict[str, Any]

REQUESTS = 200
"""Requests of a workload, each run once per round."""


class Maker(Protocol):
    """Draws a workload of a size: of entities for applications, of policies for grants."""

    def __call__(self, size: int, asked: int = REQUESTS, world: int = 0) -> Workload: ...


@dataclass(frozen=True, slots=True)
class Workload:
    """Policies, entities as JSON text, requests as the dicts that cedarpy takes, maybe a schema."""

    name: str
    policies: Source
    entities: str
    requests: tuple[Json, ...]
    policy_count: int
    entity_count: int
    schema: Source | None = None


def uid(type_name: str, entity_id: str) -> Uid:
    """Return a uid in the plain JSON form."""
    return {"type": type_name, "id": entity_id}


def reference(type_name: str, entity_id: str) -> dict[str, Uid]:
    """Return a uid as a value of entity JSON."""
    return {"__entity": uid(type_name, entity_id)}


def entity(type_name: str, entity_id: str, attrs: Json | None = None, parents: Sequence[Uid] = ()) -> Json:
    """Return an object of entity JSON."""
    return {"uid": uid(type_name, entity_id), "attrs": attrs or {}, "parents": list(parents)}


def request(principal: Uid, action: str, resource: Uid, context: Mapping[str, Any] | None = None) -> Json:
    """Return a request; the action is of type `Action`."""
    context = dict(context or {})
    return {"principal": principal, "action": uid("Action", action), "resource": resource, "context": context}


def seeded(name: str, size: int, world: int = 0) -> Random:
    """Return the random source of a workload, the same on every machine; another `world` is another draw."""
    return Random(f"{name}/{size}/{world}")


def shares(total: int, *weights: int) -> tuple[int, ...]:
    """`total` split by weights into parts of at least two; the largest part makes up for that."""
    parts = [max(2, total * weight // sum(weights)) for weight in weights]
    parts[parts.index(max(parts))] += total - sum(parts)
    return tuple(parts)


def workload(
    name: str,
    policies: str,
    entities: Sequence[Json],
    requests: Sequence[Json],
    *,
    count: int,
    schema: str | None = None,
) -> Workload:
    """Make a workload of Cedar text."""
    return Workload(
        name,
        Source(policies, "cedar"),
        json.dumps(entities),
        tuple(requests),
        count,
        len(entities),
        Source(schema, "cedar") if schema else None,
    )
