"""A plan per action: which rules can apply to it, and how they are looked for.

Law (plan): for a request with this action the plan's rules are exactly those whose action constraint
holds. Rules without an entity in the scope are always asked; of many others, only those that the index
finds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from ..execution.operations import Above
from ..language.uids import Uid
from ..policy_set import PolicySet
from ..schema.request_types import RequestTypes
from .compiled_shapes import FUSED_RULES, MOST_TYPES, Program, fused_program, is_small
from .index import Entries, Finder, ScopeIndex, build_index
from .rules import Rule, rules_of

_FEW: Final = 16
_MOST_PLANS: Final = 4_096


@dataclass(slots=True, eq=False)
class Fused:
    """Programs of up to `FUSED_RULES` rules each, and the rules left to the interpreter."""

    programs: list[tuple[Program, list[Rule]]]
    left: list[Rule]
    is_direct: bool


@dataclass(slots=True, eq=False)
class Plan:
    """Rules that fit an action: those always asked, and indexes over the others.

    `rules` are all rules of the policy set; entries of the indexes go by their number there. Entries whose
    number is `removed` do not count.
    """

    rules: list[Rule]
    always: list[Rule]
    indexes: tuple[ScopeIndex, ...] = ()
    removed: frozenset[int] = frozenset()
    _fused: dict[RequestTypes | None, Fused] = field(default_factory=dict, init=False)

    def fused(self, types: RequestTypes | None = None) -> Fused:
        """Return the rules in `always` as programs for requests of these types, compiled when first used."""
        fused = self._fused.get(types)
        if fused is None:
            small = [rule for rule in self.always if is_small(rule)]
            left = [rule for rule in self.always if not is_small(rule)]
            is_direct = not self.indexes and not left and len(small) <= FUSED_RULES
            programs = []
            for start in range(0, len(small), FUSED_RULES):
                chunk = small[start : start + FUSED_RULES]
                program = fused_program(chunk, direct=is_direct, types=types)
                if program is None:
                    left += chunk
                else:
                    programs.append((program, chunk))
            if len(self._fused) >= MOST_TYPES:
                self._fused.clear()
            fused = self._fused[types] = Fused(programs, left, is_direct and bool(programs))
        return fused

    def finder(self, above: Above) -> Finder:
        """Return one function for what all of the indexes find."""
        finders = [index.finder(above) for index in self.indexes]
        removed = self.removed
        if len(finders) == 1 and not removed:
            return finders[0]

        def find(principal: Uid, resource: Uid) -> Entries:
            found: Entries = ()
            for finder in finders:
                found += finder(principal, resource)
            return tuple(entry for entry in found if entry.number not in removed) if removed else found

        return find


class Plans:
    """The plans of a policy set, made when first asked for and shared by all stores."""

    __slots__ = (
        "_always_any",
        "_any",
        "_below",
        "_common",
        "_equal",
        "_has_common",
        "_made",
        "links",
        "rules",
        "statics",
    )

    def __init__(self, policies: PolicySet) -> None:
        # Not the set itself: plans are kept for as long as it lives.
        self.statics, self.links = policies.statics, policies.links
        self.rules = rules_of(policies)
        self._any: list[int] = []
        self._always_any: list[Rule] = []
        self._common: ScopeIndex | None = None
        self._has_common = False
        self._equal: dict[Uid, list[int]] = {}
        self._below: dict[Uid, list[int]] = {}
        self._made: dict[tuple[Uid | None, frozenset[Uid]], Plan] = {}
        for number, rule in enumerate(self.rules):
            scope = rule.policy.action
            if scope.op == "All":
                self._any.append(number)
                continue
            table = self._equal if scope.op == "==" else self._below
            for action in dict.fromkeys(scope.entities):
                table.setdefault(action, []).append(number)

    def plan(self, action: Uid, above: frozenset[Uid]) -> Plan:
        """Return the plan for an action with these ancestors, shared by actions alike in all scopes."""
        groups = self._below.keys() & (above | {action})
        key = (action if action in self._equal else None, frozenset(groups))
        plan = self._made.get(key)
        if plan is None:
            numbers = set(self._equal.get(action, ())).union(*(self._below[group] for group in groups))
            plan = self._plan(sorted(numbers))
            if len(self._made) >= _MOST_PLANS:
                self._made.clear()
            self._made[key] = plan
        return plan

    def _plan(self, numbers: list[int]) -> Plan:
        """Return a plan of the rules for any action and of these.

        All plans share one index over the former.
        """
        rules = self.rules
        if len(numbers) + len(self._any) <= _FEW:
            return Plan(rules, [rules[number] for number in sorted([*numbers, *self._any])])
        always, keyed = split(rules, numbers)
        common = self._common_index()
        indexes: tuple[ScopeIndex, ...] = () if common is None else (common,)
        if keyed:
            indexes += (build_index((number, rules[number]) for number in keyed),)
        return Plan(rules, [*self._always_any, *always], indexes)

    def _common_index(self) -> ScopeIndex | None:
        """Return the index over the rules for any action, made when first needed."""
        if not self._has_common:
            self._always_any, keyed = split(self.rules, self._any)
            self._common = build_index((number, self.rules[number]) for number in keyed) if keyed else None
            self._has_common = True
        return self._common


def split(rules: list[Rule], numbers: list[int]) -> tuple[list[Rule], list[int]]:
    """Return the rules without an entity in the scope, and the numbers of the others."""
    keyed = [n for n in numbers if rules[n].principal is not None or rules[n].resource is not None]
    indexed = set(keyed)
    return [rules[number] for number in numbers if number not in indexed], keyed
