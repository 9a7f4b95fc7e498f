"""The reference engine, with requests that it has read beforehand."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from drt.bench.contestants.contestant import Answer, Prepared
from drt.bench.workload import Workload
from reference.authorizer import authorize
from reference.entities import Entities
from reference.json.entities import read_entities
from reference.json.policies import parse_policy_set
from reference.json.requests import read_request
from reference.policies import Policies
from reference.policy_set import from_bodies
from reference.request import Request
from reference.text.parser import parse_policies


def _read(response: Any) -> Answer:
    return Answer(response.decision, frozenset(response.determining), frozenset(response.errors.items()))


@dataclass(frozen=True, slots=True)
class Reference:
    """The reference engine."""

    name: str = "reference"

    def prepare(self, workload: Workload) -> Prepared:
        source = workload.policies
        is_text = source.format == "cedar"
        policies = from_bodies(parse_policies(source.text)) if is_text else parse_policy_set(source.text)
        ask: Callable[[Request], object] = partial(
            _ask, policies.policies(), read_entities(workload.entities)
        )
        return Prepared(ask, [read_request(json.dumps(each)) for each in workload.requests], _read)


def _ask(policies: Policies, entities: Entities, request: Request) -> object:
    return authorize(policies, request, entities)
