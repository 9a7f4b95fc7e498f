"""Single expressions for the Rust engine's binding, which reads whole policies only."""

from __future__ import annotations

import json
from functools import lru_cache

import cedarpy

from drt.engines.safe_depth import TOKEN


@lru_cache(maxsize=64)
def expression_json(expression: str) -> str | None:
    """Canonical JSON of an expression, `None` where it is not one; the last are kept, since they recur."""
    text = f"permit(principal, action, resource) when {{ {expression}\n}};"
    try:
        document = json.loads(cedarpy.policies_to_json_str(text))
    except ValueError:
        return None
    policies = [*document["staticPolicies"].values(), *document["templates"].values()]
    conditions = policies[0]["conditions"]
    if len(policies) != 1 or len(conditions) != 1 or _expression_ends_early(expression):
        return None
    return json.dumps(conditions[0]["body"], sort_keys=True, separators=(",", ":"))


def _expression_ends_early(expression: str) -> bool:
    """Whether a brace in the expression closes the clause around it."""
    depth = 0
    for token in TOKEN.finditer(expression):
        depth += {"{": 1, "}": -1}.get(token.group(), 0)
        if depth < 0:
            return True
    return False
