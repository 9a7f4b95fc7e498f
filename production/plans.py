"""A plan per action: which rules can apply to it, and how they are looked for.

Law (plan): for a request with this action the plan's rules are exactly those whose action constraint
holds. Rules without an entity in the scope are always asked; of many others, only those that the index
finds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from production.policy_set import PolicySet
from production.rules import Rule, rules_of
from production.scope_index import ScopeIndex, build_index
from production.shapes import FUSED_RULES, Program, fused_program, is_small
from production.uids import Uid

_FEW: Final = 16
_MOST_PLANS: Final = 4_096


@dataclass(slots=True, eq=False)
class Fused:
    """The rules that are always asked, as programs of up to `FUSED_RULES` rules, and those left to the
    machine.
    """

    programs: list[tuple[Program, list[Rule]]]
    left: list[Rule]
    is_direct: bool


@dataclass(slots=True, eq=False)
class Plan:
    """Rules that fit an action: those always asked, and an index over the others."""

    always: list[Rule]
    indexed: list[Rule]
    index: ScopeIndex | None
    _fused: Fused | None = field(default=None, init=False)

    @property
    def fused(self) -> Fused:
        """The always-asked rules as programs, compiled when first asked for."""
        if self._fused is None:
            small = [rule for rule in self.always if is_small(rule)]
            left = [rule for rule in self.always if not is_small(rule)]
            is_direct = self.index is None and not left and len(small) <= FUSED_RULES
            programs = []
            for start in range(0, len(small), FUSED_RULES):
                chunk = small[start : start + FUSED_RULES]
                program = fused_program(chunk, direct=is_direct)
                if program is None:
                    left += chunk
                else:
                    programs.append((program, chunk))
            self._fused = Fused(programs, left, is_direct and bool(programs))
        return self._fused


class Plans:
    """The plans of a policy set, made when first asked for and shared by all stores."""

    __slots__ = ("_any", "_below", "_equal", "_made", "_rules")

    def __init__(self, policies: PolicySet) -> None:
        self._rules = rules_of(policies)
        self._any: list[int] = []
        self._equal: dict[Uid, list[int]] = {}
        self._below: dict[Uid, list[int]] = {}
        self._made: dict[tuple[Uid | None, frozenset[Uid]], Plan] = {}
        for number, rule in enumerate(self._rules):
            scope = rule.policy.action
            if scope.op == "All":
                self._any.append(number)
                continue
            table = self._equal if scope.op == "==" else self._below
            for action in dict.fromkeys(scope.entities):
                table.setdefault(action, []).append(number)

    def plan(self, action: Uid, above: frozenset[Uid]) -> Plan:
        """The plan for an action with these ancestors; actions that no scope tells apart share one."""
        groups = self._below.keys() & (above | {action})
        key = (action if action in self._equal else None, frozenset(groups))
        plan = self._made.get(key)
        if plan is None:
            numbers = set(self._any).union(
                self._equal.get(action, ()), *(self._below[group] for group in groups)
            )
            plan = _plan([self._rules[number] for number in sorted(numbers)])
            if len(self._made) >= _MOST_PLANS:
                self._made.clear()
            self._made[key] = plan
        return plan


def _plan(rules: list[Rule]) -> Plan:
    if len(rules) <= _FEW:
        return Plan(rules, [], None)
    always = [rule for rule in rules if rule.principal is None and rule.resource is None]
    indexed = [rule for rule in rules if rule.principal is not None or rule.resource is not None]
    return Plan(always, indexed, build_index(enumerate(indexed)) if indexed else None)
