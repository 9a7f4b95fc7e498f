"""Residuals to a decision (spec 09 §6), and residual policies made on demand."""

from __future__ import annotations

from threading import Lock
from typing import Final, Literal, TypeAlias

from ..authorizer import Authorizer
from ..entities import Entities
from ..language.deep_stack import at_any_depth
from ..language.policies import Policy
from ..policy_set import PolicySet
from ..response import Decision
from .plans import Plan
from .residual_nodes import runnable_policy, shown_policy
from .terms import ERROR, Operand

ResidualClass: TypeAlias = Literal["true", "false", "error", "residual"]
CLASSES: Final[tuple[ResidualClass, ...]] = ("true", "false", "error", "residual")


def class_of(residual: Operand) -> ResidualClass:
    """Return the class of a policy by its residual."""
    if residual is True or residual is False:
        return "true" if residual else "false"
    return "error" if residual is ERROR else "residual"


def decide(plan: Plan, residuals: dict[str, Operand]) -> tuple[Decision | None, frozenset[str] | None]:
    """Return the decision and its reason, or nothing twice; first row of spec 09 §6 that fits."""
    true: dict[str, list[str]] = {"permit": [], "forbid": []}
    is_open = {"permit": False, "forbid": False}
    for policy_id, residual in residuals.items():
        effect = plan.policies[policy_id].effect
        if residual is True:
            true[effect].append(policy_id)
        elif residual is not ERROR:
            is_open[effect] = True
    if true["forbid"]:
        return "deny", frozenset(true["forbid"])
    if not true["permit"] and not is_open["permit"]:
        return "deny", frozenset()
    if is_open["forbid"] or not true["permit"]:
        return None, None
    return "allow", frozenset(true["permit"])


class Residuals:
    """The residuals of all policies of a plan; those that are missing are `false`.

    What is made of them is made once, when first asked for.
    """

    __slots__ = ("_authorizer", "_classes", "_lock", "_runnable", "_shown", "by_id", "plan")

    def __init__(self, plan: Plan, by_id: dict[str, Operand]) -> None:
        self.plan = plan
        self.by_id = by_id
        self._classes: dict[tuple[ResidualClass, str], frozenset[str]] | None = None
        self._shown: dict[str, Policy] = {}
        self._runnable: PolicySet | None = None
        self._authorizer: tuple[Entities, Authorizer] | None = None
        self._lock = Lock()

    def of_class(self, name: ResidualClass, effect: str) -> frozenset[str]:
        """Return the ids of the policies of a class and an effect."""
        if self._classes is None:
            found: dict[tuple[ResidualClass, str], set[str]] = {}
            for policy_id, policy in self.plan.policies.items():
                key = class_of(self.by_id.get(policy_id, False)), policy.effect
                found.setdefault(key, set()).add(policy_id)
            self._classes = {key: frozenset(ids) for key, ids in found.items()}
        return self._classes.get((name, effect), frozenset())

    @at_any_depth
    def shown(self, policy_id: str) -> Policy:
        """Return one residual policy; the id is one of the plan's."""
        policy = self._shown.get(policy_id)
        if policy is None:
            policy = shown_policy(self.plan.policies[policy_id], self.by_id.get(policy_id, False))
            self._shown[policy_id] = policy
        return policy

    @at_any_depth
    def runnable(self) -> PolicySet:
        """Return policies that mean what the residuals mean, without those that are `false`."""
        if self._runnable is None:
            with self._lock:
                if self._runnable is None:
                    policies = self.plan.policies
                    self._runnable = PolicySet(
                        {name: runnable_policy(policies[name], each) for name, each in self.by_id.items()}
                    )
        return self._runnable

    def authorizer(self, entities: Entities) -> Authorizer:
        """Return an authorizer of the residuals over a store, the same one for the same store."""
        kept = self._authorizer
        if kept is None or kept[0] is not entities:
            kept = self._authorizer = (entities, Authorizer(self.runnable(), entities))
        return kept[1]
