"""Cases of scopes alone: no entities, schema or conditions, so that an engine that is just begun can answer.

The universe is small, so that most requests are matched by some scope and missed by others.
"""

from __future__ import annotations

import json

from drt.model.case import Case, Request
from drt.model.case import Source as Text
from generators.choice.sources import Source

UNIVERSE = {
    "principal": (("User", "ann"), ("User", "bob"), ("UserBot", "ann")),
    "action": (("Action", "view"), ("Action", "edit")),
    "resource": (("Doc", "plan"), ("Doc", "memo"), ("Docs", "plan")),
}
POLICIES = (1, 4)
REQUESTS = (2, 4)
EQUALS_ONLY = 0.6
"""The share of cases whose scopes have no other operator than `==`."""


def scopes(source: Source) -> Case:
    """Draw a few policies that are scopes alone, and requests."""
    simple = source.boolean(EQUALS_ONLY)
    policies = [_policy(source, simple) for _ in range(source.integer(*POLICIES))]
    requests = tuple(_request(source) for _ in range(source.integer(*REQUESTS)))
    return Case(Text("\n".join(policies)), requests=requests)


def _policy(source: Source, simple: bool) -> str:
    effect = source.choice(("permit", "forbid"))
    parts = [part + _constraint(source, part, simple) for part in UNIVERSE]
    return f"{effect}({', '.join(parts)});"


def _constraint(source: Source, part: str, simple: bool) -> str:
    """Draw what follows the variable: nothing in half of the cases."""
    if source.boolean():
        return ""
    kind, identity = source.choice(UNIVERSE[part])
    uid = f"{kind}::{json.dumps(identity)}"
    if simple:
        return f" == {uid}"
    if part == "action":
        return source.choice((f" == {uid}", f" in {uid}", f" in [{uid}]"))
    return source.choice((f" == {uid}", f" in {uid}", f" is {kind}", f" is {kind} in {uid}"))


def _request(source: Source) -> Request:
    drawn = {part: source.choice(uids) for part, uids in UNIVERSE.items()}
    return Request(json.dumps({part: {"type": kind, "id": one} for part, (kind, one) in drawn.items()}))
