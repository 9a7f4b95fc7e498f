"""Plans of a policy set that differs in few policies from one that has plans already.

Law (changes): the plans give the responses of plans made afresh. The old indexes stay as they are; rules
that are gone are passed over, and new ones have a small index of their own.
"""

from __future__ import annotations

from typing import Final

from ..language.uids import Uid
from ..policy_set import PolicySet
from .index import build_index
from .plans import Plan, Plans, split
from .rules import Rule, link_rule, static_rule

_MOST_CHANGES: Final = 64
_MOST_PLANS: Final = 4_096


class ChangedPlans:
    """The plans of another set with some rules added and some removed."""

    __slots__ = ("_added", "_made", "_removed", "_root", "_rules")

    def __init__(self, root: Plans, added: list[Rule], removed: frozenset[int]) -> None:
        self._root = root
        self._added = range(len(root.rules), len(root.rules) + len(added))
        self._rules = [*root.rules, *added]
        self._removed = removed
        self._made: dict[tuple[Plan, tuple[int, ...]], Plan] = {}

    def plan(self, action: Uid, above: frozenset[Uid]) -> Plan:
        """Return the plan for an action with these ancestors."""
        base = self._root.plan(action, above)
        numbers = [number for number in self._added if _fits(self._rules[number], action, above)]
        key = (base, tuple(numbers))
        plan = self._made.get(key)
        if plan is None:
            gone = {id(self._rules[number]) for number in self._removed}
            always, keyed = split(self._rules, numbers)
            indexes = base.indexes
            if keyed:
                indexes += (build_index((number, self._rules[number]) for number in keyed),)
            kept = [rule for rule in base.always if id(rule) not in gone]
            plan = Plan(self._rules, kept + always, indexes, self._removed)
            if len(self._made) >= _MOST_PLANS:
                self._made.clear()
            self._made[key] = plan
        return plan


def _fits(rule: Rule, action: Uid, above: frozenset[Uid]) -> bool:
    scope = rule.policy.action
    if scope.op == "All" or action in scope.entities:
        return True
    return scope.op == "in" and not above.isdisjoint(scope.entities)


def changed_plans(root: Plans, policies: PolicySet) -> ChangedPlans | None:
    """Return the plans of a policy set, starting from those of another one; `None` if they differ in much."""
    statics, links = policies.statics, policies.links
    added = [
        static_rule(name, policy) for name, policy in statics.items() if root.statics.get(name) is not policy
    ]
    added += [link_rule(name, link) for name, link in links.items() if root.links.get(name) is not link]
    gone = {name for name, policy in root.statics.items() if statics.get(name) is not policy}
    gone |= {name for name, link in root.links.items() if links.get(name) is not link}
    removed = frozenset(number for number, rule in enumerate(root.rules) if rule.policy_id in gone)
    return ChangedPlans(root, added, removed) if len(added) + len(removed) <= _MOST_CHANGES else None
