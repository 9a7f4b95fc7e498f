"""An index over the entities in policies' scopes.

Law (index): the rules found for a principal and a resource are exactly those whose indexed constraints
hold, and every rule is indexed at most once a side; a rule that is not found is not satisfied and does
not err, because its scope is false. A rule with an entity on both sides goes by the rarer one, so that
many rules about one entity do not meet in one place; a place that still holds many is itself indexed by
the other side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from production.rules import Rule
from production.shapes import Shape, scope_key, shape_of
from production.uids import Uid
from production.values import Value

Side = Literal["principal", "resource"]
_CROWD: Final = 6
_BIT: Final[dict[Side, int]] = {"principal": 1, "resource": 2}
_SIDES: Final[tuple[Side, ...]] = ("principal", "resource")


@dataclass(slots=True, eq=False)
class Entry:
    """A rule in the index: its place among the plan's rules, the sides (bits) that finding it checks.

    The rest is what its shape's function takes; `shape` and `literals` are there once it has been resolved.
    """

    number: int
    rule: Rule
    checked: int = 0
    shape: Shape | None = None
    literals: tuple[Value, ...] = ()

    def resolve(self) -> Shape:
        """The shape of what is left to do, found when first asked for."""
        if self.shape is None:
            policy = self.rule.policy
            self.literals = policy.code.literals
            self.shape = shape_of(
                scope_key(policy.principal, bool(self.checked & _BIT["principal"])),
                scope_key(policy.resource, bool(self.checked & _BIT["resource"])),
                policy.code.instructions,
            )
        return self.shape


_FileKey = tuple[Side, bool, Uid]
_NOTHING: Final[list[Entry]] = []


@dataclass(slots=True, eq=False)
class Crowd:
    """Many rules in one place, by the entity that the other side must be or be below."""

    rest: list[Entry] = field(default_factory=list)
    equal: dict[Uid, list[Entry]] = field(default_factory=dict)
    below: dict[Uid, list[Entry]] = field(default_factory=dict)
    keys: frozenset[Uid] = frozenset()

    def find(self, uid: Uid, above: frozenset[Uid]) -> list[Entry]:
        """The entries that this entity and its ancestors lead to."""
        found = self.rest
        equal = self.equal.get(uid)
        if equal is not None:
            found = found + equal
        if self.keys:
            below = self.below
            if uid in below:
                found = found + below[uid]
            for ancestor in self.keys & above:
                found = found + below[ancestor]
        return found


Bucket: TypeAlias = list[Entry] | Crowd


def _key(rule: Rule, side: Side) -> _FileKey | None:
    """Where a rule could be filed by this side: the side, whether it takes equality, the entity."""
    entity = rule.principal if side == "principal" else rule.resource
    if entity is None:
        return None
    scope = rule.policy.principal if side == "principal" else rule.policy.resource
    return side, scope.op == "==", entity


@dataclass(slots=True, eq=False)
class ScopeIndex:
    """Rules by the entity that the request must be (`equal`) or be below (`below`), for each side.

    Rules that name both the principal and the resource exactly are filed under the pair.
    """

    pairs: dict[tuple[Uid, Uid], list[Entry]] = field(default_factory=dict)
    principal_equal: dict[Uid, Bucket] = field(default_factory=dict)
    principal_below: dict[Uid, Bucket] = field(default_factory=dict)
    resource_equal: dict[Uid, Bucket] = field(default_factory=dict)
    resource_below: dict[Uid, Bucket] = field(default_factory=dict)
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
        found = self.pairs.get((principal, resource), _NOTHING) if self.pairs else _NOTHING
        if self.principal_equal and (bucket := self.principal_equal.get(principal)) is not None:
            found = found + _entries(bucket, resource, above_resource)
        if self.resource_equal and (bucket := self.resource_equal.get(resource)) is not None:
            found = found + _entries(bucket, principal, above_principal)
        # An intersection of two frozen sets goes through the smaller one.
        if self.principal_keys:
            below = self.principal_below
            if principal in below:
                found = found + _entries(below[principal], resource, above_resource)
            for uid in self.principal_keys & above_principal:
                found = found + _entries(below[uid], resource, above_resource)
        if self.resource_keys:
            below = self.resource_below
            if resource in below:
                found = found + _entries(below[resource], principal, above_principal)
            for uid in self.resource_keys & above_resource:
                found = found + _entries(below[uid], principal, above_principal)
        return found


def _entries(bucket: Bucket, uid: Uid, above: frozenset[Uid]) -> list[Entry]:
    return bucket if isinstance(bucket, list) else bucket.find(uid, above)


def build_index(rules: Iterable[tuple[int, Rule]]) -> ScopeIndex:
    """The index over these numbered rules."""
    return _build([Entry(number, rule) for number, rule in rules])


def _build(entries: list[Entry]) -> ScopeIndex:
    keys = [[key for side in _SIDES if (key := _key(entry.rule, side)) is not None] for entry in entries]
    crowd = Counter(key for options in keys for key in options)
    filed: dict[_FileKey, list[Entry]] = {}
    index = ScopeIndex()
    for entry, options in zip(entries, keys, strict=True):
        if len(options) == 2 and options[0][1] and options[1][1]:
            entry.checked = _BIT["principal"] | _BIT["resource"]
            index.pairs.setdefault((options[0][2], options[1][2]), []).append(entry)
        else:
            chosen = min(options, key=crowd.__getitem__)
            entry.checked = _BIT[chosen[0]]
            filed.setdefault(chosen, []).append(entry)
    tables = {
        ("principal", True): index.principal_equal,
        ("principal", False): index.principal_below,
        ("resource", True): index.resource_equal,
        ("resource", False): index.resource_below,
    }
    for (side, is_equal, entity), bucket in filed.items():
        other: Side = "resource" if side == "principal" else "principal"
        is_crowded = len(bucket) > _CROWD and any(_key(entry.rule, other) for entry in bucket)
        tables[side, is_equal][entity] = _crowd(bucket, other) if is_crowded else bucket
    index.principal_keys = frozenset(index.principal_below)
    index.resource_keys = frozenset(index.resource_below)
    return index


def _crowd(entries: list[Entry], side: Side) -> Crowd:
    """The entries of one place, by the given side."""
    crowd = Crowd()
    for entry in entries:
        key = _key(entry.rule, side)
        if key is None:
            crowd.rest.append(entry)
            continue
        entry.checked |= _BIT[side]
        (crowd.equal if key[1] else crowd.below).setdefault(key[2], []).append(entry)
    crowd.keys = frozenset(crowd.below)
    return crowd
