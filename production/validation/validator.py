"""Validation of a policy set (spec 08 §1): every policy, template and link by itself, and all verdicts.

Law (memory): the type of conditions depends only on the parts of the environment that they mention, so
environments that differ in nothing else share one check.

Law (rejection): a policy passes only if its check came to an end; running out of memory or stack rejects it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from production.policies import ActionScope, Policy
from production.policy_set import PolicySet
from production.schema_errors import near_name
from production.schema_model import SchemaModel
from production.schema_types import FALSE, Type, TypeTable
from production.uids import Uid
from production.validation.capabilities import ExpressionNumbers
from production.validation.control import conjunction
from production.validation.environments import Environment, Environments
from production.validation.excerpts import excerpt
from production.validation.lattice import Lattice, Mode, PermissiveLattice
from production.validation.levels import NO_LEVEL, Levels
from production.validation.machine import Machine, Trace
from production.validation.places import Places
from production.validation.problems import IllTyped, Problem
from production.validation.references import mentioned
from production.validation.rules import RULES


@dataclass(frozen=True, slots=True)
class Validation:
    """What validation found. `verdicts` says by id which policies, templates and links have no error."""

    verdicts: Mapping[str, bool]
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]

    @property
    def valid(self) -> bool:
        """Whether there is no error; warnings do not count."""
        return not self.errors

    def told(self, text: str | None = None) -> str:
        """Every error and warning in words; with the text that the policies were read from, also where."""
        if text is None:
            return "\n".join(map(str, (*self.errors, *self.warnings)))
        places = Places(text)
        return "\n".join(map(places.told, (*self.errors, *self.warnings)))


class Validator:
    """Validates policies against one schema. Holds no memory of the policies it has seen."""

    def __init__(self, model: SchemaModel) -> None:
        self._model = model
        self._environments = Environments(model)

    def validate(self, policies: PolicySet, mode: Mode = "strict", level: int | None = None) -> Validation:
        """Check every policy, template and link; with `level`, policies and templates for that as well."""
        types = TypeTable(self._model.types)
        lattice = PermissiveLattice(types) if mode == "permissive" else Lattice(types)
        checks = _Checks(self._model, self._environments, lattice, level)
        verdicts: dict[str, bool] = {}
        errors: list[Problem] = []
        warnings: list[Problem] = []
        for policy_id, policy in (*policies.statics.items(), *policies.templates.items()):
            found = checks.policy(policy_id, policy)
            verdicts[policy_id] = not found.errors
            errors += found.errors
            warnings += found.warnings
        for link_id, link in policies.links.items():
            found = checks.link(link_id, link.policy(), link.values.values())
            verdicts[link_id] = not found.errors
            errors += found.errors
            warnings += found.warnings
        return Validation(verdicts, tuple(errors), tuple(warnings))


@dataclass(slots=True)
class _Found:
    errors: list[Problem]
    warnings: list[Problem]


class _Checks:
    """The checks of one run, which share their types."""

    def __init__(
        self, model: SchemaModel, environments: Environments, lattice: Lattice, level: int | None
    ) -> None:
        self._model = model
        self._environments = environments
        self._lattice = lattice
        self._level = level

    def policy(self, policy_id: str, policy: Policy) -> _Found:
        """The problems of a static policy or a template."""
        found = _Found([], [])
        try:
            self._check(policy_id, policy, found)
        except (MemoryError, RecursionError) as error:
            found.errors.append(Problem(policy_id, f"not checked to the end: {error.__class__.__name__}"))
        return found

    def link(self, link_id: str, policy: Policy, values: Iterable[Uid]) -> _Found:
        """The problems of a link: the types of its values, and whether it applies at all (spec 08 §1)."""
        found = _Found([], [])
        for uid in values:
            if uid.type not in self._model.entity_types and uid.type not in self._model.action_types:
                hint = near_name(uid.type, self._model.entity_types)
                found.errors.append(Problem(link_id, f"unrecognized entity type {uid.type}{hint}"))
        self._warn_of_applicability(link_id, policy, found)
        return found

    def _warn_of_applicability(self, policy_id: str, policy: Policy, found: _Found) -> None:
        """Warn where no action applies, whatever else is wrong (spec 08 §4)."""
        if not self._environments.applies(policy):
            found.warnings.append(Problem(policy_id, _INAPPLICABLE))

    def _check(self, policy_id: str, policy: Policy, found: _Found) -> None:
        self._warn_of_applicability(policy_id, policy, found)
        names = mentioned(policy, self._model)
        found.errors += (Problem(policy_id, problem) for problem in names.problems)
        if names.problems:
            return
        if self._lattice.empty_set is None and self._environments.reach_the_action(policy):
            found.errors += (Problem(policy_id, problem) for problem in _action_list_problems(policy.action))
        if not found.errors:
            self._check_types(policy_id, policy, self._distinct(policy, names.variables), found)

    def _check_types(
        self, policy_id: str, policy: Policy, environments: list[Environment], found: _Found
    ) -> None:
        numbers = ExpressionNumbers()
        result: Type = FALSE
        level = _scope_level(policy)
        ill_typed: dict[tuple[str, int], Problem] = {}
        for environment in environments:
            try:
                type_, own_level = self._conditions(policy, environment, numbers)
            except IllTyped as error:
                ill_typed.setdefault((error.message, id(error.node)), _problem(policy_id, error, environment))
                if len(ill_typed) == _PROBLEMS_SHOWN:
                    break
                continue
            level = max(level, own_level)
            if type_ is not FALSE:
                result = type_
        found.errors += ill_typed.values()
        if ill_typed:
            return
        if self._level is not None and level > self._level:
            needs = "no level" if level >= NO_LEVEL else f"level {level}"
            found.errors.append(Problem(policy_id, f"not valid at level {self._level}: it is at {needs}"))
        if result is FALSE:
            found.warnings.append(Problem(policy_id, "impossible policy: it is never satisfied"))

    def _distinct(self, policy: Policy, variables: frozenset[str]) -> list[Environment]:
        """The admitted environments, one for each combination of the parts that the conditions mention."""
        chosen: dict[tuple[object, ...], Environment] = {}
        principal, action = "principal" in variables, "action" in variables
        resource, context = "resource" in variables, "context" in variables
        for environment in self._environments.admitted_by(policy):
            key = (
                principal and environment.principal,
                action and environment.action,
                resource and environment.resource,
                context and environment.context,
            )
            chosen.setdefault(key, environment)
        return list(chosen.values())

    def _conditions(
        self, policy: Policy, environment: Environment, numbers: ExpressionNumbers
    ) -> tuple[Type, int]:
        """The type of all conditions together and their level, 0 if none is asked for. Raises `IllTyped`."""
        trace = None if self._level is None else Trace()
        machine = Machine(
            RULES, self._model, self._environments.hierarchy, self._lattice, numbers, environment, trace
        )
        parts = [(condition.body, condition.kind == "unless") for condition in policy.conditions]
        type_, _ = machine.run(conjunction(machine, parts))
        if trace is None:
            return type_, 0
        return type_, Levels(trace, environment.action).of_conditions(policy.conditions)


def _action_list_problems(scope: ActionScope) -> Iterator[str]:
    """What strict mode finds wrong in `action in [...]`, by the rules for set literals (spec 08 §6.4)."""
    if scope.op == "in" and not scope.entities:
        yield "an empty list of actions has no type"
    if len({uid.type for uid in scope.entities}) > 1:
        yield "the action constraint lists actions of several types"


_INAPPLICABLE = (
    "the policy applies to no action: no action takes a principal and a resource that its scope admits"
)


_PROBLEMS_SHOWN = 5
"""Ill-typed expressions of one policy after which its other environments are not looked at."""


def _scope_level(policy: Policy) -> int:
    """Each `in` of the scope dereferences a variable once; where the policy applies, all are reached."""
    entity_in = any(
        scope.op == "in" or (scope.op == "is" and scope.entity is not None)
        for scope in (policy.principal, policy.resource)
    )
    return 1 if entity_in or policy.action.op == "in" else 0


def _problem(policy_id: str, error: IllTyped, environment: Environment) -> Problem:
    where = f"where the action is {environment.action!r}, the principal a {environment.principal}"
    where += f" and the resource a {environment.resource}"
    return Problem(policy_id, f"{error.message} ({where})", excerpt(error.node) if error.node else "")
