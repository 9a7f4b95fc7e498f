"""How much work a request costs, counted: gates without noise for what the benchmark times."""

from __future__ import annotations

from collections.abc import Callable
from statistics import mean

import pytest

from drt.bench import direct_grants
from drt.bench.workload import Workload
from production import Authorizer, Entities, PolicySet, Request
from production.serving.entity_side import Grouping
from production.serving.kept_plans import plans_of


def loaded(make: Callable[[int], Workload], size: int) -> tuple[Authorizer, list[Request]]:
    made = make(size)
    read = PolicySet.from_text if made.policies.format == "cedar" else PolicySet.from_json
    authorizer = Authorizer(read(made.policies.text), Entities.from_json(made.entities), tier="generated")
    return authorizer, [Request.from_dict(each) for each in made.requests]


def candidates(make: Callable[[int], Workload], size: int) -> float:
    """Policies whose scope fits, on average over the requests."""
    authorizer, requests = loaded(make, size)
    return mean(len(authorizer.explain(each).candidates) for each in requests)


def runs(make: Callable[[int], Workload], size: int) -> float:
    """Groups of policies that are run for a request beside those that always are, on average."""
    authorizer, requests = loaded(make, size)
    grouping = Grouping(frozenset())
    found = []
    for each in requests:
        plan = plans_of(authorizer.policies).plan(each.action, authorizer.entities._above[each.action])
        above = authorizer.entities._above
        left = grouping.side(each.principal, [index.principal for index in plan.indexes], above)
        right = grouping.side(each.resource, [index.resource for index in plan.indexes], above)
        groups = left.whatever + right.whatever
        groups += left.itself.get(each.resource, ()) + right.itself.get(each.principal, ())
        for side, other in ((left, right), (right, left)):
            below = dict(side.few) | side.below
            for entity in below.keys() & other.above:
                groups += below[entity]
        found.append(len(groups))
    return mean(found)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "size", "most"),
    [
        (direct_grants.direct, 5_000, 1.0),
        (direct_grants.many, 5_000, 20.0),
        (direct_grants.links, 10_000, 1.5),
    ],
    ids=["direct", "many", "links"],
)
def test_few_policies_are_candidates(make: Callable[[int], Workload], size: int, most: float) -> None:
    assert candidates(make, size) <= most


def test_many_policies_cost_few_runs() -> None:
    assert runs(direct_grants.many, 5_000) <= 2.5


def test_without_groups_there_would_be_many_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("production.serving.entity_side._likeness", id)

    assert runs(direct_grants.many, 5_000) > 5
