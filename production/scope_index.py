"""An index over the entities in policies' scopes.

Law (index): the rules found for a principal and a resource are exactly those whose indexed constraints hold, and
every rule is indexed at most once a side; a rule that is not found is not satisfied and does not err, because its
scope is false. A rule with an entity on both sides goes by the rarer one, so that many rules about one entity do
not meet in one place; a place that still holds many is itself indexed by the other side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, Union

from production.rules import Rule
from production.shapes import Shape, scope_key, shape_of
from production.uids import Uid

Side = Literal["principal", "resource"]
_CROWD: Final = 8
_BIT: Final[dict[Side, int]] = {"principal": 1, "resource": 2}
_SIDES: Final[tuple[Side, ...]] = ("principal", "resource")


@dataclass(slots=True, eq=False)
class Entry:
    """A rule in the index: its place among the plan's rules, and the sides (bits) that finding it has checked."""

    number: int
    rule: Rule
    checked: int = 0
    shape: Shape | None = None

    @property
    def resolved(self) -> Shape:
        """The shape of what is left to do, found when first asked for."""
        if self.shape is None:
            policy = self.rule.policy
            self.shape = shape_of(
                scope_key(policy.principal, bool(self.checked & _BIT["principal"])),
                scope_key(policy.resource, bool(self.checked & _BIT["resource"])),
                policy.code.instructions,
            )
        return self.shape


Bucket: TypeAlias = Union[list[Entry], "ScopeIndex"]


def _key(rule: Rule, side: Side) -> tuple[Side, bool, Uid] | None:
    """Where a rule could be filed by this side: the side, whether it takes equality, the entity."""
    entity = rule.principal if side == "principal" else rule.resource
    if entity is None:
        return None
    scope = rule.policy.principal if side == "principal" else rule.policy.resource
    return side, scope.op == "==", entity


@dataclass(slots=True, eq=False)
class ScopeIndex:
    """Rules by the entity that the request must be (`equal`) or be below (`below`), for each side."""

    principal_equal: dict[Uid, Bucket] = field(default_factory=dict)
    principal_below: dict[Uid, Bucket] = field(default_factory=dict)
    resource_equal: dict[Uid, Bucket] = field(default_factory=dict)
    resource_below: dict[Uid, Bucket] = field(default_factory=dict)
    rest: list[Entry] = field(default_factory=list)
    principal_keys: frozenset[Uid] = frozenset()
    resource_keys: frozenset[Uid] = frozenset()

    def find(
        self,
        principal: Uid,
        resource: Uid,
        above_principal: frozenset[Uid],
        above_resource: frozenset[Uid],
    ) -> list[Entry]:
        """The entries that these two and their ancestors lead to."""
        found = self.rest.copy()
        buckets: list[Bucket | None] = []
        if self.principal_equal:
            buckets.append(self.principal_equal.get(principal))
        if self.resource_equal:
            buckets.append(self.resource_equal.get(resource))
        if self.principal_keys:
            below = self.principal_below
            buckets.append(below.get(principal))
            # An intersection of two frozen sets goes through the smaller one.
            buckets += [below[uid] for uid in self.principal_keys & above_principal]
        if self.resource_keys:
            below = self.resource_below
            buckets.append(below.get(resource))
            buckets += [below[uid] for uid in self.resource_keys & above_resource]
        for bucket in buckets:
            if bucket is None:
                continue
            if isinstance(bucket, list):
                found += bucket
            else:
                found += bucket.find(principal, resource, above_principal, above_resource)
        return found


def build_index(rules: Iterable[tuple[int, Rule]]) -> ScopeIndex:
    """The index over these numbered rules."""
    return _build([Entry(number, rule) for number, rule in rules])


def _build(entries: list[Entry]) -> ScopeIndex:
    keys = [
        [
            key
            for side in _SIDES
            if not entry.checked & _BIT[side] and (key := _key(entry.rule, side)) is not None
        ]
        for entry in entries
    ]
    crowd = Counter(key for options in keys for key in options)
    filed: dict[tuple[Side, bool, Uid], list[Entry]] = {}
    index = ScopeIndex()
    for entry, options in zip(entries, keys, strict=True):
        if not options:
            index.rest.append(entry)
            continue
        chosen = min(options, key=crowd.__getitem__)
        entry.checked |= _BIT[chosen[0]]
        filed.setdefault(chosen, []).append(entry)
    tables = {
        ("principal", True): index.principal_equal,
        ("principal", False): index.principal_below,
        ("resource", True): index.resource_equal,
        ("resource", False): index.resource_below,
    }
    for (side, is_equal, entity), bucket in filed.items():
        is_crowded = len(bucket) > _CROWD and any(
            _key(entry.rule, other) for entry in bucket for other in _SIDES if not entry.checked & _BIT[other]
        )
        tables[side, is_equal][entity] = _build(bucket) if is_crowded else bucket
    index.principal_keys = frozenset(index.principal_below)
    index.resource_keys = frozenset(index.resource_below)
    return index
