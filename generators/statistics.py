"""Statistics of a scenario: policies, conditions, and conditions that decide nothing."""

from __future__ import annotations

from collections import Counter

from generators.draw.triviality import any_decides, is_trivial
from generators.scenarios import Scenario


def statistics(scenario: Scenario) -> Counter[str]:
    """Count the `policies`, `conditions` and `trivial conditions` of a scenario.

    `with conditions` is 1 where some policy is not decided by its scope alone.
    """
    bodies = [condition.body for policy in scenario.policies for condition in policy.conditions]
    return Counter(
        {
            "policies": len(scenario.policies),
            "conditions": len(bodies),
            "trivial conditions": sum(map(is_trivial, bodies)),
            "with conditions": int(any_decides(scenario.policies)),
        }
    )
