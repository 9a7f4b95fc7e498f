"""A workload of direct grants as plain triples, for engines of other languages."""

from __future__ import annotations

import json
from typing import NamedTuple

from drt.bench.contestants.production import policies_json
from drt.bench.workload import Json, Workload


class Triple(NamedTuple):
    """Principal, action and resource, each as one string."""

    principal: str
    action: str
    resource: str


def grants_of(workload: Workload) -> list[Triple]:
    """One triple a policy; raises `ValueError` for a policy that is more than a grant."""
    document = json.loads(policies_json(workload.policies))
    if document.get("templates"):
        raise ValueError("templates are no direct grants")
    return [_grant(policy) for policy in document["staticPolicies"].values()]


def asked(request: Json) -> Triple:
    """Return a request as a triple without its context, which no grant reads."""
    return Triple(*(_named(request[name]) for name in Triple._fields))


def _grant(policy: Json) -> Triple:
    scopes = [policy[name] for name in Triple._fields]
    if policy["effect"] != "permit" or policy["conditions"] or any(each["op"] != "==" for each in scopes):
        raise ValueError(f"no direct grant: {policy}")
    return Triple(*(_named(each["entity"]) for each in scopes))


def _named(uid: Json) -> str:
    return f"{uid['type']}::{uid['id']}"
