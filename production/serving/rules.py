"""Rules: static policies and links in one form, in which they are evaluated.

A link shares its template's code and literals; only the two entities of the scope are its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..entities import Entities
from ..errors import FALSE, TRUE, EvaluationError
from ..execution.interpreter import Frame, run
from ..language.policies import Link, Policy, Scope, Slot
from ..language.uids import Uid
from ..policy_set import PolicySet


@dataclass(slots=True, eq=False)
class Rule:
    """A policy under its id; `principal` and `resource` are the entities of its scope, if it has them."""

    policy_id: str
    policy: Policy
    principal: Uid | None
    resource: Uid | None

    @property
    def is_permit(self) -> bool:
        """Whether the effect is `permit`."""
        return self.policy.effect == "permit"


def _entity(scope: Scope) -> Uid | None:
    entity = scope.entity
    return None if isinstance(entity, Slot) else entity


def rules_of(policies: PolicySet) -> list[Rule]:
    """Return all rules of a set: static policies, then links, a link's slots filled."""
    rules = [static_rule(policy_id, policy) for policy_id, policy in policies.statics.items()]
    rules += [link_rule(link_id, link) for link_id, link in policies.links.items()]
    return rules


def static_rule(policy_id: str, policy: Policy) -> Rule:
    """Return a static policy as a rule."""
    return Rule(policy_id, policy, _entity(policy.principal), _entity(policy.resource))


def link_rule(link_id: str, link: Link) -> Rule:
    """Return a link as a rule."""
    template = link.template
    return Rule(
        link_id,
        template,
        link.principal or _entity(template.principal),
        link.resource or _entity(template.resource),
    )


def _fits(scope: Scope, entity: Uid | None, uid: Uid, entities: Entities) -> bool:
    if scope.op == "==":
        return entity is uid
    if scope.type_name is not None and scope.type_name != uid.type:
        return False
    return entity is None or entity is uid or entity in entities._above[uid]


def status_of(rule: Rule, frame: Frame) -> int:
    """Return the status of a rule whose action constraint fits, by the machine (spec 04 §2)."""
    policy = rule.policy
    if not _fits(policy.principal, rule.principal, frame.principal, frame.entities):
        return FALSE
    if not _fits(policy.resource, rule.resource, frame.resource, frame.entities):
        return FALSE
    try:
        return TRUE if run(policy.code, frame) else FALSE
    except EvaluationError as error:
        return error.status
