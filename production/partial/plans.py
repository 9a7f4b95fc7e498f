"""The plan of a policy set in one environment: conditions typed, evaluated by action, and compiled once.

Law (stages): partial evaluation with the action known, and then of the result with the request known, gives
what it gives at once. So what the action decides is decided once for an environment.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Final, TypeAlias
from weakref import WeakKeyDictionary

from ..language.deep_stack import at_any_depth
from ..language.gc_pause import without_collection
from ..language.policies import Policy, Scope, Slot
from ..language.uids import Uid
from ..policy_set import PolicySet
from ..schema.model import SchemaModel
from ..validation.environments import Environment, Hierarchy
from .code import Code, code_of
from .evaluator import Variables, partially_evaluate
from .request import PartialRequest
from .rules import Known
from .scope_table import Constraint, KnownSide, ScopeTable
from .terms import CONTEXT, ERROR, PRINCIPAL, RESOURCE, Operand, Term
from .typed_terms import TypedConditions

_MOST_PLANS: Final = 1_024

Environ: TypeAlias = tuple[SchemaModel, Uid, str, str]
"""A schema, an action, the types of principal and resource."""


@dataclass(frozen=True, slots=True, eq=False)
class PlannedPolicy:
    """A policy that the action alone does not decide, with the code of its condition."""

    policy_id: str
    policy: Policy
    code: Code


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The policies of a set in one environment: those that the action decides, and a table of the others."""

    policies: dict[str, Policy]
    decided: dict[str, Operand]
    """`true` or the error by id, for the policies that the action decides so."""
    table: ScopeTable[PlannedPolicy]

    def evaluate(self, request: PartialRequest, known: Known) -> dict[str, Operand]:
        """Return the residuals by id; a policy that is missing has the residual `false`."""
        return self.evaluate_parts(
            request.principal if isinstance(request.principal, Uid) else None,
            request.action,
            request.resource if isinstance(request.resource, Uid) else None,
            CONTEXT if request._context is None else request._context,
            known,
        )

    def evaluate_parts(
        self, principal: Uid | None, action: Uid, resource: Uid | None, context: Operand, known: Known
    ) -> dict[str, Operand]:
        """Evaluate as `evaluate` does."""
        variables: Variables = (
            PRINCIPAL if principal is None else principal,
            action,
            RESOURCE if resource is None else resource,
            context,
        )
        residuals = self.decided.copy()
        for planned in self.table.found(_side(principal, known), _side(resource, known)):
            residual = partially_evaluate(planned.code, variables, known)
            if residual is not False:
                residuals[planned.policy_id] = residual
        return residuals

    def evaluate_again(
        self, residuals: dict[str, Operand], variables: Variables, known: Known
    ) -> dict[str, Operand]:
        """Return the residuals after more became known; decided ones stay."""
        again: dict[str, Operand] = {}
        for policy_id, residual in residuals.items():
            if isinstance(residual, Term) and residual is not ERROR:
                residual = partially_evaluate(code_of(residual), variables, known)
            if residual is not False:
                again[policy_id] = residual
        return again


def _side(uid: Uid | None, known: Known) -> KnownSide:
    return KnownSide(uid, None if uid is None else known.ancestors.get(uid))


_plans: Final[WeakKeyDictionary[PolicySet, dict[Environ, Plan]]] = WeakKeyDictionary()
_lock: Final = Lock()


def plan_of(
    policies: PolicySet, model: SchemaModel, hierarchy: Hierarchy, request: PartialRequest, actions: Known
) -> Plan:
    """Return the plan for the environment of a request; raise `IllTypedError` for an ill-typed policy.

    `actions` is what is known of the schema's action entities.
    """
    environ = (model, request.action, request.principal_type, request.resource_type)
    plans = _plans.get(policies)
    plan = None if plans is None else plans.get(environ)
    if plan is None:
        with without_collection():
            plan = _made(policies, model, hierarchy, request, actions)
        with _lock:
            plans = _plans.setdefault(policies, {})
            if len(plans) >= _MOST_PLANS:
                plans.clear()
            plans[environ] = plan
    return plan


@at_any_depth
def _made(
    policies: PolicySet, model: SchemaModel, hierarchy: Hierarchy, request: PartialRequest, actions: Known
) -> Plan:
    action = request.action
    context = model.actions[action.type, action.id].context
    environment = Environment(request.principal_type, action, request.resource_type, context)
    typed = TypedConditions(model, hierarchy, environment)
    decided: dict[str, Operand] = {}
    open_: list[tuple[PlannedPolicy, Constraint, Constraint]] = []
    every: dict[str, Policy] = {}
    links = policies.links
    variables = (PRINCIPAL, action, RESOURCE, CONTEXT)
    for policy_id, policy in policies.policies():
        link = links.get(policy_id)
        condition = typed.of(policy_id, policy if link is None else link.template, policy)
        every[policy_id] = policy
        residual = partially_evaluate(code_of(condition), variables, actions)
        if isinstance(residual, Term) and residual is not ERROR:
            planned = PlannedPolicy(policy_id, policy, code_of(residual))
            open_.append((planned, _constraint(policy.principal), _constraint(policy.resource)))
        elif residual is not False:
            decided[policy_id] = residual
    return Plan(every, decided, ScopeTable(open_))


def _constraint(scope: Scope) -> Constraint:
    entity = scope.entity
    if entity is None or isinstance(entity, Slot):
        return None
    return ("==" if scope.op == "==" else "in"), entity
