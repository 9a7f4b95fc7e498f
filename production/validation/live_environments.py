"""Environments in which a policy can make a difference (spec 13 §3).

Law (live): an environment of the schema is live exactly if the policy's condition has type Bool or True there
and no type error. Reference checks are not made: an unlisted id of an enumerated type counts as listed.

Law (scope): a scope has type False in every environment that it does not admit and is free of errors in the
others. One that names something undeclared or has a list that may be no set literal is an exception: it is
checked like a condition, in every environment.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..language.policies import Policy
from ..schema.model import SchemaModel
from ..schema.types import FALSE, TypeTable
from .capabilities import ExpressionNumbers
from .control import conjunction
from .environments import Environment, Environments
from .lattice import Lattice
from .machine import Machine
from .problems import Faults
from .references import check_references
from .rules import RULES
from .scopes import lists_oddly, scope_conditions
from .sites import nodes_of


def live_environments(
    policy: Policy, model: SchemaModel, environments: Environments
) -> Iterator[Environment]:
    """Yield each environment in which the policy type-checks and is not False, in the schema's order."""
    scope = tuple(scope_conditions(policy))
    names = check_references(nodes_of(scope), nodes_of(policy.conditions), model, Faults())
    whole = not names.scope_is_declared or lists_oddly(policy)
    conditions = (*scope, *policy.conditions) if whole else policy.conditions
    parts = [(condition.body, condition.kind == "unless") for condition in conditions]
    variables = names.variables | {"principal", "action", "resource"} if whole else names.variables
    lattice = Lattice(TypeTable(model.types))
    numbers = ExpressionNumbers()
    known: dict[tuple[object, ...], bool] = {}
    for environment in environments.all() if whole else environments.admitted_by(policy):
        key = environment.parts(variables)
        if key not in known:
            faults = Faults()
            machine = Machine(RULES, model, environments.hierarchy, lattice, numbers, environment, faults)
            type_ = machine.run(conjunction(machine, parts))[0]
            known[key] = type_ is not FALSE and not faults.count
        if known[key]:
            yield environment
