"""An index over the entities in policies' scopes.

Law (index): the rules found for a principal and a resource are among those given, and every one that is
not found has a false scope, so it is neither satisfied nor does it err. A rule with an entity on both
sides goes by the pair, if it names both exactly, or else by the rarer one, so that many rules about one
entity do not meet in one place; a place that still holds many is itself indexed by the other side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from production.operations import Above
from production.rules import Rule
from production.shapes import Shape, scope_key, shape_of
from production.uids import Uid

Side = Literal["principal", "resource"]
_CROWD: Final = 6
_SIDES: Final[tuple[Side, ...]] = ("principal", "resource")
_BIT: Final[dict[Side, int]] = {"principal": 1, "resource": 2}


@dataclass(slots=True, eq=False)
class Entry:
    """A rule in the index: its number in the policy set, the sides (bits) that finding it checks.

    The `shape` of what is left to do is there once it has been resolved.
    """

    number: int
    rule: Rule
    checked: int = 0
    shape: Shape | None = None

    def resolve(self) -> Shape:
        """The shape of what is left to do, found when first asked for."""
        if self.shape is None:
            policy = self.rule.policy
            self.shape = shape_of(
                scope_key(policy.principal, bool(self.checked & _BIT["principal"])),
                scope_key(policy.resource, bool(self.checked & _BIT["resource"])),
                policy.code.instructions,
            )
        return self.shape


Entries: TypeAlias = tuple[Entry, ...]
Finder: TypeAlias = Callable[[Uid, Uid], Entries]
_FileKey = tuple[Side, bool, Uid]


@dataclass(slots=True, eq=False)
class Crowd:
    """Many rules in one place, by the entity that the other side must be or be below."""

    rest: Entries = ()
    equal: dict[Uid, Entries] = field(default_factory=dict)
    below: dict[Uid, Entries] = field(default_factory=dict)
    keys: frozenset[Uid] = frozenset()

    def find(self, uid: Uid, above: frozenset[Uid]) -> Entries:
        """The entries that this entity and its ancestors lead to."""
        found = self.rest + self.equal.get(uid, ())
        if self.keys:
            below = self.below
            if uid in below:
                found += below[uid]
            for ancestor in self.keys & above:
                found += below[ancestor]
        return found


Bucket: TypeAlias = Entries | Crowd


@dataclass(slots=True, eq=False)
class ScopeIndex:
    """Rules by the entity that the request must be (`equal`) or be below (`below`), for each side.

    Rules that name both the principal and the resource exactly are filed under the pair.
    """

    pairs: dict[tuple[Uid, Uid], Entries] = field(default_factory=dict)
    principal_equal: dict[Uid, Bucket] = field(default_factory=dict)
    principal_below: dict[Uid, Bucket] = field(default_factory=dict)
    resource_equal: dict[Uid, Bucket] = field(default_factory=dict)
    resource_below: dict[Uid, Bucket] = field(default_factory=dict)

    def finder(self, above: Above) -> Finder:
        """The function from a principal and a resource to what they and their ancestors lead to."""
        pair = self.pairs.get
        principal_equal, principal_below = self.principal_equal, self.principal_below
        resource_equal, resource_below = self.resource_equal, self.resource_below
        principal_keys, resource_keys = frozenset(principal_below), frozenset(resource_below)
        if not (principal_equal or resource_equal or principal_keys or resource_keys):
            return lambda principal, resource: pair((principal, resource), ())

        principal_bucket, resource_bucket = principal_equal.get, resource_equal.get

        def entries(bucket: Bucket, other: Uid) -> Entries:
            return bucket if isinstance(bucket, tuple) else bucket.find(other, above[other])

        def find(principal: Uid, resource: Uid) -> Entries:
            found = pair((principal, resource), ())
            bucket = principal_bucket(principal)
            if bucket is not None:
                found += bucket if isinstance(bucket, tuple) else bucket.find(resource, above[resource])
            bucket = resource_bucket(resource)
            if bucket is not None:
                found += bucket if isinstance(bucket, tuple) else bucket.find(principal, above[principal])
            # An intersection of two frozen sets goes through the smaller one.
            if principal_keys:
                if principal in principal_below:
                    found += entries(principal_below[principal], resource)
                for uid in principal_keys & above[principal]:
                    found += entries(principal_below[uid], resource)
            if resource_keys:
                if resource in resource_below:
                    found += entries(resource_below[resource], principal)
                for uid in resource_keys & above[resource]:
                    found += entries(resource_below[uid], principal)
            return found

        return find


def _key(rule: Rule, side: Side) -> _FileKey | None:
    """Where a rule could be filed by this side: the side, whether it takes equality, the entity."""
    entity = rule.principal if side == "principal" else rule.resource
    if entity is None:
        return None
    scope = rule.policy.principal if side == "principal" else rule.policy.resource
    return side, scope.op == "==", entity


def build_index(rules: Iterable[tuple[int, Rule]]) -> ScopeIndex:
    """The index over these numbered rules, each of which has an entity in its scope."""
    entries = [Entry(number, rule) for number, rule in rules]
    keys = [[key for side in _SIDES if (key := _key(entry.rule, side)) is not None] for entry in entries]
    crowd = Counter(key for options in keys for key in options)
    paired: dict[tuple[Uid, Uid], list[Entry]] = {}
    filed: dict[_FileKey, list[Entry]] = {}
    for entry, options in zip(entries, keys, strict=True):
        if len(options) == 2 and options[0][1] and options[1][1]:
            entry.checked = _BIT["principal"] | _BIT["resource"]
            paired.setdefault((options[0][2], options[1][2]), []).append(entry)
        else:
            chosen = min(options, key=crowd.__getitem__)
            entry.checked = _BIT[chosen[0]]
            filed.setdefault(chosen, []).append(entry)
    index = ScopeIndex({pair: tuple(bucket) for pair, bucket in paired.items()})
    tables = {
        ("principal", True): index.principal_equal,
        ("principal", False): index.principal_below,
        ("resource", True): index.resource_equal,
        ("resource", False): index.resource_below,
    }
    for (side, is_equal, entity), bucket in filed.items():
        other: Side = "resource" if side == "principal" else "principal"
        is_crowded = len(bucket) > _CROWD and any(_key(entry.rule, other) for entry in bucket)
        tables[side, is_equal][entity] = _crowd(bucket, other) if is_crowded else tuple(bucket)
    return index


def _crowd(entries: list[Entry], side: Side) -> Crowd:
    """The entries of one place, by the given side."""
    rest: list[Entry] = []
    equal: dict[Uid, list[Entry]] = {}
    below: dict[Uid, list[Entry]] = {}
    for entry in entries:
        key = _key(entry.rule, side)
        if key is None:
            rest.append(entry)
            continue
        entry.checked |= _BIT[side]
        (equal if key[1] else below).setdefault(key[2], []).append(entry)
    return Crowd(
        tuple(rest),
        {uid: tuple(bucket) for uid, bucket in equal.items()},
        {uid: tuple(bucket) for uid, bucket in below.items()},
        frozenset(below),
    )
