"""Cases of scopes alone, without schema and often without entities, for engines that are just begun.

The universe is small, so that most requests are matched by some scope and missed by others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from drt.model.case import Case, Request
from drt.model.case import Source as Text
from generators.choice.sources import Source

Uid: TypeAlias = tuple[str, str]
Universe: TypeAlias = Mapping[str, Sequence[Uid]]

UNIVERSE: Universe = {
    "principal": (("User", "ann"), ("User", "bob"), ("UserBot", "ann")),
    "action": (("Action", "view"), ("Action", "edit")),
    "resource": (("Doc", "plan"), ("Doc", "memo"), ("Docs", "plan")),
}
ABOVE = {
    "principal": (("Team", "core"), ("Team", "all")),
    "action": (("Action", "read"), ("Action", "any")),
    "resource": (("Folder", "new"), ("Folder", "root")),
}
"""A lower and a higher group of each part."""
POLICIES = (1, 4)
REQUESTS = (2, 4)
EQUALS_ONLY = 0.6
"""The share of cases whose scopes have no other operator than `==`."""
STORED = 0.5
"""The share of the others that have entities with parents, which have parents themselves."""


def scopes(source: Source) -> Case:
    """Draw a few policies that are scopes alone, and requests."""
    simple = source.boolean(EQUALS_ONLY)
    has_groups = not simple and source.boolean(STORED)
    universe = {part: (*uids, *ABOVE[part]) for part, uids in UNIVERSE.items()} if has_groups else UNIVERSE
    policies = [_policy(source, universe, simple) for _ in range(source.integer(*POLICIES))]
    requests = tuple(_request(source) for _ in range(source.integer(*REQUESTS)))
    entities = _entities(source) if has_groups else "[]"
    return Case(Text("\n".join(policies)), entities=entities, requests=requests)


def _entities(source: Source) -> str:
    """Draw the parents of every entity: one group or none, the lower group often below the higher one."""
    parents: dict[Uid, Sequence[Uid]] = {}
    for part, uids in UNIVERSE.items():
        lower, higher = ABOVE[part]
        parents |= {uid: source.choice(((), (lower,), (lower,), (higher,))) for uid in uids}
        parents |= {lower: (higher,) if source.boolean(0.8) else (), higher: ()}
    return json.dumps(
        [
            {"uid": _json(uid), "attrs": {}, "parents": [_json(parent) for parent in above]}
            for uid, above in parents.items()
        ]
    )


def _json(uid: Uid) -> dict[str, str]:
    return {"type": uid[0], "id": uid[1]}


def _policy(source: Source, universe: Universe, simple: bool) -> str:
    effect = source.choice(("permit", "forbid"))
    parts = [part + _constraint(source, part, universe, simple) for part in UNIVERSE]
    return f"{effect}({', '.join(parts)});"


def _constraint(source: Source, part: str, universe: Universe, simple: bool) -> str:
    """Draw what follows the variable: nothing in half of the cases."""
    if source.boolean():
        return ""
    kind, identity = source.choice(universe[part])
    uid = f"{kind}::{json.dumps(identity)}"
    if simple:
        return f" == {uid}"
    if part == "action":
        return source.choice((f" == {uid}", f" in {uid}", f" in [{uid}]"))
    return source.choice((f" == {uid}", f" in {uid}", f" is {kind}", f" is {kind} in {uid}"))


def _request(source: Source) -> Request:
    drawn = {part: source.choice(uids) for part, uids in UNIVERSE.items()}
    return Request(json.dumps({part: _json(uid) for part, uid in drawn.items()}))
