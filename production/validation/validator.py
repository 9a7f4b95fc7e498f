"""Validation of a policy set (spec 08 §1): every policy, template and link by itself, and all verdicts.

Law (scope): an environment that the scope does not admit types the policy False before any condition is
reached, so conditions are checked in the admitted environments alone; where the scope itself has an error, or
a level is asked for, the scope is checked like a condition, in every environment.

Law (memory): the type of conditions depends only on the parts of the environment that they mention, so
environments that differ in nothing else share one check.

Law (rejection): a policy passes only if its check came to an end; running out of memory or stack rejects it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NoReturn

from ..language.deep_stack import is_on_fresh_stack
from ..language.nodes import Condition, Node
from ..language.policies import Policy
from ..language.strings import quoted
from ..language.uids import Uid
from ..language.views import View
from ..policy_set import PolicySet
from ..schema.model import SchemaModel
from ..schema.types import FALSE, Type, TypeTable
from .capabilities import ExpressionNumbers
from .control import conjunction
from .environments import Environment, Environments
from .excerpts import excerpt
from .lattice import Lattice, Mode, PermissiveLattice
from .levels import NO_LEVEL, Levels
from .live_environments import live_environments
from .machine import Machine, Trace
from .misleading import misleading_texts
from .positions import Places
from .problems import Fault, Faults, ValidationError, ValidationWarning
from .references import check_references, undeclared_type
from .rules import RULES
from .scopes import lists_oddly, scope_conditions
from .sites import Sites, nodes_of


@dataclass(frozen=True, slots=True)
class Validation:
    """The findings of validation. `verdicts` says by id which policies, templates and links have no error."""

    verdicts: Mapping[str, bool]
    """Whether each policy, template and link has no error, by id; read-only."""
    errors: tuple[ValidationError, ...]
    """What makes policies invalid."""
    warnings: tuple[ValidationWarning, ...]
    """What is doubtful about valid policies."""

    def __bool__(self) -> NoReturn:
        raise TypeError("a validation is neither true nor false: ask for `validation.valid`")

    @property
    def valid(self) -> bool:
        """Whether there is no error; warnings do not count."""
        return not self.errors

    @property
    def problems(self) -> tuple[ValidationError | ValidationWarning, ...]:
        """Errors, then warnings."""
        return (*self.errors, *self.warnings)

    def placed(self, text: str) -> Validation:
        """Return the same with the places of errors and warnings in the text of the policies.

        Links have none, nor have policies from elsewhere. Raises `PolicyError` for a text that holds no
        policies.
        """
        places = Places(text, {problem.policy for problem in self.problems})
        errors = (replace(error, place=places.of(error.policy, error.site)) for error in self.errors)
        warnings = (
            replace(warning, place=places.of(warning.policy, warning.site)) for warning in self.warnings
        )
        return replace(self, errors=tuple(errors), warnings=tuple(warnings))

    def report(self, text: str | None = None) -> str:
        """Return every error and warning in words.

        With the text that the policies were read from, also where.
        """
        found = self if text is None else self.placed(text)
        return "\n".join(map(_message, found.problems))


def _message(problem: ValidationError | ValidationWarning) -> str:
    return str(problem) if problem.place is None else f"{problem}{problem.place.caret()}"


class Validator:
    """A validator of policies against one schema. Holds no memory of the policies it has seen."""

    def __init__(self, model: SchemaModel) -> None:
        self._model = model
        self._environments = Environments(model)

    def validate(self, policies: PolicySet, mode: Mode = "strict", level: int | None = None) -> Validation:
        """Check every policy, template and link; with `level`, policies and templates for that as well."""
        types = TypeTable(self._model.types)
        lattice = PermissiveLattice(types) if mode == "permissive" else Lattice(types)
        checks = _Checks(self._model, self._environments, lattice, level)
        verdicts: dict[str, bool] = {}
        errors: list[ValidationError] = []
        warnings: list[ValidationWarning] = []
        for policy_id, found in checks.all(policies):
            verdicts[policy_id] = not found.errors
            errors += found.errors
            warnings += found.warnings
        return Validation(View(verdicts), tuple(errors), tuple(warnings))

    def live_environments(self, policy: Policy) -> Iterator[Environment]:
        """Return the environments in which a policy type-checks and is not False (spec 13 §3)."""
        return live_environments(policy, self._model, self._environments)


@dataclass(slots=True)
class _Found:
    errors: list[ValidationError] = field(default_factory=list)
    warnings: list[ValidationWarning] = field(default_factory=list)


class _Checks:
    """The checks of one run, which share their types."""

    def __init__(
        self, model: SchemaModel, environments: Environments, lattice: Lattice, level: int | None
    ) -> None:
        self._model = model
        self._environments = environments
        self._lattice = lattice
        self._level = level

    def all(self, policies: PolicySet) -> Iterator[tuple[str, _Found]]:
        """Yield what was found about each policy, template and link.

        An incomplete schema has nothing to say but that it is incomplete (spec 08 §1).
        """
        if not self._model.is_complete:
            message = _incomplete(self._model)
            for policy_id in (*policies.statics, *policies.templates):
                incomplete = ValidationError(policy_id, "incomplete_schema", message)
                yield policy_id, _Found([incomplete])
            for link_id in policies.links:
                yield link_id, _Found()
            return
        for policy_id, policy in (*policies.statics.items(), *policies.templates.items()):
            yield policy_id, self._policy(policy_id, policy)
        for link_id, link in policies.links.items():
            yield link_id, self._link(link_id, link.policy(), link.values.values())

    def _policy(self, policy_id: str, policy: Policy) -> _Found:
        """Return the errors and warnings of a static policy or a template.

        Raises `RecursionError` where the caller has used up a stack that is not fresh.
        """
        found = _Found()
        try:
            self._check(policy_id, policy, found)
        except (MemoryError, RecursionError) as error:
            if isinstance(error, RecursionError) and not is_on_fresh_stack():
                raise
            message = f"not checked to the end: {error.__class__.__name__}"
            found.errors.append(ValidationError(policy_id, "not_checked", message))
        return found

    def _link(self, link_id: str, policy: Policy, values: Iterable[Uid]) -> _Found:
        """Return the types of a link's values, and whether it applies at all (spec 08 §1)."""
        found = _Found()
        for uid in values:
            fault = undeclared_type(uid.type, self._model)
            if fault is not None:
                found.errors.append(ValidationError(link_id, fault.kind, fault.message))
        self._warn_of_applicability(link_id, policy, found)
        return found

    def _warn_of_applicability(self, policy_id: str, policy: Policy, found: _Found) -> None:
        """Warn where no action applies, whatever else is wrong (spec 08 §4)."""
        if not self._environments.applies(policy):
            found.warnings.append(ValidationWarning(policy_id, "no_applicable_action", _INAPPLICABLE))

    def _check(self, policy_id: str, policy: Policy, found: _Found) -> None:
        faults = Faults()
        self._warn_of_applicability(policy_id, policy, found)
        scope = tuple(scope_conditions(policy))
        in_scope, in_conditions = nodes_of(scope), nodes_of(policy.conditions)
        sites = Sites(in_scope, in_conditions)
        names = check_references(in_scope, in_conditions, self._model, faults)
        whole = self._level is not None or not names.scope_is_declared or lists_oddly(policy)
        conditions = (*scope, *policy.conditions) if whole else policy.conditions
        variables = names.variables | {"principal", "action", "resource"} if whole else names.variables
        environments = self._environments.all() if whole else self._environments.admitted_by(policy)
        typed_false = self._check_types(conditions, _distinct(environments, variables), faults)
        found.errors += (_error(policy_id, fault, sites) for fault in faults)
        if typed_false and not found.errors:
            found.warnings.append(ValidationWarning(policy_id, "impossible_policy", _IMPOSSIBLE))
        found.warnings += misleading_texts(policy_id, sites)

    def _check_types(
        self, conditions: tuple[Condition, ...], environments: Iterable[Environment], faults: Faults
    ) -> bool:
        """Report what is wrong with conditions; whether they have type False in every environment."""
        numbers = ExpressionNumbers()
        typed_false = True
        allowed = self._level
        level = 0
        beyond: Node | None = None
        for environment in environments:
            before = faults.count
            trace = None if allowed is None else Trace()
            machine = Machine(
                RULES, self._model, self._environments.hierarchy, self._lattice, numbers, environment, faults,
                trace,
            )  # fmt: skip
            type_ = _type_of(machine, conditions)
            typed_false = typed_false and type_ is FALSE
            if allowed is not None and trace is not None and faults.count == before:
                levels = Levels(trace, environment.action, allowed)
                level = max(level, levels.of_conditions(conditions))
                beyond = levels.beyond if beyond is None else beyond
        if beyond is not None:
            needs = "no level" if level >= NO_LEVEL else f"level {level}"
            faults.add("level_violation", f"not valid at level {allowed}: the policy is at {needs}", beyond)
        return typed_false


def _error(policy_id: str, fault: Fault, sites: Sites) -> ValidationError:
    text = "" if fault.node is None else excerpt(fault.node)
    site = None if fault.node is None else sites.of(fault.node)
    return ValidationError(policy_id, fault.kind, str(fault), text, site=site)


def _type_of(machine: Machine, conditions: tuple[Condition, ...]) -> Type:
    parts = [(condition.body, condition.kind == "unless") for condition in conditions]
    return machine.run(conjunction(machine, parts))[0]


def _distinct(environments: Iterable[Environment], variables: frozenset[str]) -> Iterable[Environment]:
    """Return environments, one for each combination of the parts that matter."""
    chosen: dict[tuple[object, ...], Environment] = {}
    for environment in environments:
        chosen.setdefault(environment.parts(variables), environment)
    return chosen.values()


def _incomplete(model: SchemaModel) -> str:
    """Return why an incomplete schema validates nothing.

    That is its first external declaration, and how many there are.
    """
    types = [f"the entity type `{name}`" for name in sorted(model.external_types)]
    actions = [f"the action `{name}::{quoted(id_)}`" for name, id_ in sorted(model.external_actions)]
    first, *others = (*types, *actions)
    return f"the schema is incomplete: {first} is external" + (f", and {len(others)} more" if others else "")


_INAPPLICABLE = (
    "the policy applies to no action: no action takes a principal and a resource that its scope admits"
)
_IMPOSSIBLE = "impossible policy: it is never satisfied"
