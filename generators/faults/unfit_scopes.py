"""Scopes that no action fits (spec 08 §4): each way to miss has a name, and the conditions stay as they are.

A template keeps its slots, so that its links still fill them. What the type checker sees of such a policy
differs: most scopes have type False everywhere, an empty list is an error by itself, and an undeclared name
leaves the rest to be checked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from generators.choice.sources import Source
from generators.draw.context import Context
from generators.draw.policies import Aimed, admitted_environments
from generators.draw.syntax import ActionConstraint, Constraint, Policy, Slot, Uid
from generators.draw.world import Schema

Variable = Literal["principal", "resource"]

ATTEMPTS = 6
UNDECLARED_TYPES = ("Nope", "NS::Nope", "Undeclared")
UNDECLARED_ACTION = "undeclared"


def unfit_some(context: Context, policies: list[Aimed]) -> list[Aimed]:
    """Give some policies a scope that no action fits, as often as the profile says."""
    profile, source = context.profile, context.source
    if not profile.unfit_scope:
        return policies
    changed: list[Aimed] = []
    for aimed in policies:
        if source.boolean(profile.unfit_scope):
            aimed = replace(aimed, policy=_unfit(context, aimed.policy))
        changed.append(aimed)
    return changed


def _unfit(context: Context, policy: Policy) -> Policy:
    """Give a policy a scope that no action fits; keep its own where several attempts fail."""
    source, schema = context.source, context.schema
    for _ in range(ATTEMPTS):
        name = source.choice(tuple(WAYS))
        changed = WAYS[name](source, schema, policy)
        if changed is not None and not is_applicable(schema, changed):
            context.values.misfits.add(f"unfit-scope:{name}")
            return changed
    return policy


def is_applicable(schema: Schema, policy: Policy) -> bool:
    """Return whether some action fits the scope; an undeclared one in a list leaves none."""
    if any(uid not in schema.actions_by_uid for uid in policy.action.actions):
        return False
    return bool(admitted_environments(schema, policy.principal, policy.action, policy.resource))


def _variable(source: Source) -> Variable:
    return "principal" if source.boolean() else "resource"


def _constrained(policy: Policy, variable: Variable, constraint: Constraint) -> Policy:
    return (
        replace(policy, principal=constraint)
        if variable == "principal"
        else replace(policy, resource=constraint)
    )


def _slot(policy: Policy, variable: Variable) -> Slot | None:
    entity = (policy.principal if variable == "principal" else policy.resource).entity
    return entity if isinstance(entity, Slot) else None


def _of_type(source: Source, policy: Policy, variable: Variable, name: str) -> Policy:
    """Constrain a variable to a type: by `is`, by an entity, or together with its slot."""
    slot = _slot(policy, variable)
    if slot is not None:
        return _constrained(policy, variable, Constraint("is in", name, slot))
    entity = Uid(name, "x")
    forms = (
        Constraint("is", name),
        Constraint("==", entity=entity),
        Constraint("in", entity=entity),
        Constraint("is in", name, entity),
    )
    return _constrained(policy, variable, source.choice(forms))


def _wrong_type(source: Source, schema: Schema, policy: Policy) -> Policy:
    """Constrain a variable to some declared type."""
    name = source.choice(schema.entity_types).name
    return _of_type(source, policy, _variable(source), name)


def _wrong_container(source: Source, schema: Schema, policy: Policy) -> Policy | None:
    """Constrain a variable to be in an entity that its type cannot be in."""
    variable = _variable(source)
    pairs = [
        (name, above)
        for environment in schema.environments
        for name in (environment.principal if variable == "principal" else environment.resource,)
        for above in schema.types
        if above != name and above not in schema.ancestors[name]
    ]
    if not pairs or _slot(policy, variable) is not None:
        return None
    name, above = source.choice(pairs)
    return _constrained(policy, variable, Constraint("is in", name, Uid(above, "x")))


def _crossed(source: Source, schema: Schema, policy: Policy) -> Policy | None:
    """Constrain principal and resource to types that occur, though perhaps never together."""
    if policy.slots:
        return None
    principal = source.choice(schema.environments).principal
    resource = source.choice(schema.environments).resource
    return replace(
        policy,
        principal=Constraint("is", principal),
        action=ActionConstraint(),
        resource=Constraint("is", resource),
    )


def _idle_action(source: Source, schema: Schema, policy: Policy) -> Policy | None:
    """Constrain the action to one that applies to nothing."""
    idle = [action.uid for action in schema.actions if not action.principals]
    if not idle:
        return None
    return replace(
        policy, action=ActionConstraint(source.choice(("==", "in", "in []")), (source.choice(idle),))
    )


def _other_action(source: Source, schema: Schema, policy: Policy) -> Policy:
    """Constrain the action to some declared one, whatever its types."""
    return replace(policy, action=ActionConstraint("==", (source.choice(schema.actions).uid,)))


def _empty_list(source: Source, schema: Schema, policy: Policy) -> Policy:
    return replace(policy, action=ActionConstraint("in []", ()))


def _undeclared_action(source: Source, schema: Schema, policy: Policy) -> Policy:
    """Name an undeclared action: alone, or in a list beside declared ones."""
    known = source.choice(schema.actions).uid
    unknown = Uid(known.type if source.boolean(0.7) else "Elsewhere::Action", UNDECLARED_ACTION)
    lists = (unknown,), (known, unknown), (unknown, known, unknown)
    forms = (
        ActionConstraint("==", (unknown,)),
        ActionConstraint("in", (unknown,)),
        *(ActionConstraint("in []", actions) for actions in lists),
    )
    return replace(policy, action=source.choice(forms))


def _undeclared_type(source: Source, schema: Schema, policy: Policy) -> Policy:
    name = source.choice(UNDECLARED_TYPES)
    return _of_type(source, policy, _variable(source), name)


def _action_type(source: Source, schema: Schema, policy: Policy) -> Policy:
    """Constrain a variable to an action type, declared or not: after `is`, every name `Action` is known."""
    name = source.choice((source.choice(schema.actions).uid.type, "Elsewhere::Action"))
    variable = _variable(source)
    if _slot(policy, variable) is None and source.boolean():
        return _constrained(policy, variable, Constraint("is", name))
    return _of_type(source, policy, variable, name)


WAYS: dict[str, Callable[[Source, Schema, Policy], Policy | None]] = {
    "wrong type": _wrong_type,
    "wrong container": _wrong_container,
    "types never together": _crossed,
    "action that applies to nothing": _idle_action,
    "action of other types": _other_action,
    "empty list": _empty_list,
    "undeclared action": _undeclared_action,
    "undeclared type": _undeclared_type,
    "action type": _action_type,
}
"""Each way to miss, by its name."""
