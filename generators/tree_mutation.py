"""Changes to one to three places of a scenario's trees: it stays a scenario, and mostly well typed.

A change of the choices it was drawn from would change all that follows; a change of the tree leaves the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from generators.choice.sources import Source
from generators.draw.constants import DELTAS, neighbour
from generators.draw.entities import ancestors
from generators.draw.kinds import kind_of, value_kind
from generators.draw.syntax import (
    ActionConstraint,
    Binary,
    Condition,
    Constraint,
    Expr,
    Has,
    Lit,
    Policy,
    RecordV,
    Uid,
)
from generators.draw.trees import Place, as_extended_has, conjunction, mentions_request, places, put
from generators.draw.triviality import any_decides
from generators.scenarios import Scenario

MOST_ATTEMPTS = 8


def mutated(source: Source, scenario: Scenario) -> Scenario:
    """Return the scenario with one to three changes; each is named in `intended_misfits`."""
    for _ in range(source.choice((1, 1, 2, 3))):
        with source.span("mutation"):
            scenario = _changed(source, scenario)
    return scenario


def _changed(source: Source, scenario: Scenario) -> Scenario:
    """Return the scenario with one change, or as it is where several attempts changed nothing."""
    for _ in range(MOST_ATTEMPTS):
        name = source.choice(tuple(_CHANGES))
        changed = _CHANGES[name](source, scenario)
        if changed is not None and _visible(changed) != _visible(scenario) and any_decides(changed.policies):
            misfits = {*changed.intended_misfits, f"mutated:{name}"}
            return replace(changed, intended_misfits=tuple(sorted(misfits)))
    return scenario


def _visible(scenario: Scenario) -> tuple[object, ...]:
    """Return the parts of a scenario that an engine sees."""
    return scenario.policies, scenario.entities, scenario.requests


# Policies.


def _put_policy(scenario: Scenario, number: int, policy: Policy) -> Scenario:
    policies = list(scenario.policies)
    policies[number] = policy
    return replace(scenario, policies=tuple(policies))


def _any_policy(source: Source, scenario: Scenario) -> tuple[int, Policy]:
    number = source.integer(0, len(scenario.policies) - 1)
    return number, scenario.policies[number]


def _bodies(scenario: Scenario) -> list[tuple[int, int, Expr]]:
    """Yield every condition body with the numbers of its policy and clause."""
    return [
        (number, clause, condition.body)
        for number, policy in enumerate(scenario.policies)
        for clause, condition in enumerate(policy.conditions)
    ]


def _put_body(scenario: Scenario, number: int, clause: int, body: Expr) -> Scenario:
    policy = scenario.policies[number]
    conditions = list(policy.conditions)
    conditions[clause] = replace(conditions[clause], body=body)
    return _put_policy(scenario, number, replace(policy, conditions=tuple(conditions)))


def _swap_expression(source: Source, scenario: Scenario) -> Scenario | None:
    """Replace a sub-expression by another of its kind from anywhere in the set."""
    bodies = _bodies(scenario)
    by_kind: dict[str, list[Expr]] = {}
    spots: list[tuple[int, int, Place, Expr, str]] = []
    for number, clause, body in bodies:
        for place, node in places(body):
            kind = kind_of(scenario.schema, node)
            if kind:
                by_kind.setdefault(kind, []).append(node)
                spots.append((number, clause, place, node, kind))
    if not spots:
        return None
    number, clause, place, node, kind = source.choice(spots)
    other = source.choice(by_kind[kind])
    if other == node or (not place and not mentions_request(other)):
        return None
    return _put_body(
        scenario, number, clause, put(scenario.policies[number].conditions[clause].body, place, other)
    )


def _change_constant(source: Source, scenario: Scenario) -> Scenario | None:
    """Move an integer by a little, or negate a Boolean or a comparison."""
    spots: list[tuple[int, int, Expr, Place, Expr]] = []
    for number, clause, body in _bodies(scenario):
        for place, node in places(body):
            if isinstance(node, Lit | Binary):
                spots.append((number, clause, body, place, node))
    if not spots:
        return None
    number, clause, body, place, node = source.choice(spots)
    match node:
        case Lit(bool() as value):
            new: Expr = Lit(not value)
        case Lit(int() as value):
            new = Lit(neighbour(value, source.choice(DELTAS)))
        case Binary(op, left, right) if op in _TURNED:
            new = Binary(_TURNED[op], left, right)
        case _:
            return None
    return _put_body(scenario, number, clause, put(body, place, new))


def _respell_has(source: Source, scenario: Scenario) -> Scenario | None:
    """Lengthen or shorten an extended `has`, or swap it with its conjunction."""
    spots = [
        (number, clause, body, place, node)
        for number, clause, body in _bodies(scenario)
        for place, node in places(body)
        if isinstance(node, Has) or as_extended_has(node) is not None
    ]
    if not spots:
        return None
    number, clause, body, place, node = source.choice(spots)
    extended = as_extended_has(node)
    match node:
        case Has(left, attrs):
            forms: list[Expr] = [Has(left, (*attrs, attr)) for attr in _attribute_names(scenario)]
            if len(attrs) > 1:
                forms = [conjunction(node), Has(left, attrs[:-1]), source.choice(forms)]
            new = source.choice(forms)
        case _ if extended is not None:
            new = extended
        case _:
            return None
    return _put_body(scenario, number, clause, put(body, place, new))


def _attribute_names(scenario: Scenario) -> list[str]:
    """List the attributes that entity types declare; there is always one."""
    shapes = [entity_type.shape for entity_type in scenario.schema.entity_types]
    return list(dict.fromkeys(attr.name for shape in shapes for attr in shape.attrs))


_TURNED = {
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "==": "!=",
    "!=": "==",
    "&&": "||",
    "||": "&&",
    "+": "-",
}
_TURNED.update({"containsAll": "containsAny", "containsAny": "containsAll"})


def _flip_scope(source: Source, scenario: Scenario) -> Scenario:
    """Draw another constraint of the same variable on the same entity or actions."""
    number, policy = _any_policy(source, scenario)
    match source.integer(0, 2):
        case 0:
            return _put_policy(
                scenario, number, replace(policy, principal=_flipped(source, policy.principal))
            )
        case 1:
            return _put_policy(scenario, number, replace(policy, resource=_flipped(source, policy.resource)))
    actions = policy.action.actions
    if not actions:
        new = ActionConstraint("==", (source.choice(scenario.schema.actions).uid,))
    else:
        new = source.choice(
            (ActionConstraint(), ActionConstraint("==", actions[:1]), ActionConstraint("in []", actions))
        )
    return _put_policy(scenario, number, replace(policy, action=new))


def _flipped(source: Source, constraint: Constraint) -> Constraint:
    entity, type_name = constraint.entity, constraint.type
    if isinstance(entity, Uid):
        type_name = type_name or entity.type
        return source.choice(
            (
                Constraint(),
                Constraint("==", entity=entity),
                Constraint("in", entity=entity),
                Constraint("is", type_name),
                Constraint("is in", type_name, entity),
            )
        )
    if entity is not None:
        # A template keeps its slot, or its links would no longer fit.
        return Constraint(source.choice(("==", "in")), entity=entity)
    return Constraint() if constraint.op else constraint


def _flip_effect(source: Source, scenario: Scenario) -> Scenario:
    number, policy = _any_policy(source, scenario)
    return _put_policy(
        scenario, number, replace(policy, effect="forbid" if policy.effect == "permit" else "permit")
    )


def _flip_clause(source: Source, scenario: Scenario) -> Scenario | None:
    """Turn a `when` into an `unless`, or the other way round."""
    bodies = _bodies(scenario)
    if not bodies:
        return None
    number, clause, body = source.choice(bodies)
    policy = scenario.policies[number]
    conditions = list(policy.conditions)
    conditions[clause] = Condition("unless" if conditions[clause].kind == "when" else "when", body)
    return _put_policy(scenario, number, replace(policy, conditions=tuple(conditions)))


def _repeat_policy(source: Source, scenario: Scenario) -> Scenario:
    """Add a copy of a static policy at the end, where it disturbs no template's id."""
    _, policy = _any_policy(source, scenario)
    return scenario if policy.slots else replace(scenario, policies=(*scenario.policies, policy))


# Entities and requests.


def _alter_attribute(source: Source, scenario: Scenario) -> Scenario | None:
    """Give an attribute a value of the same kind from elsewhere, or remove it."""
    owners = [number for number, entity in enumerate(scenario.entities) if entity.attrs.items]
    if not owners:
        return None
    entities = list(scenario.entities)
    number = source.choice(owners)
    items = list(entities[number].attrs.items)
    at = source.integer(0, len(items) - 1)
    name, old = items[at]
    alike = [
        value
        for record in (*(e.attrs for e in entities), *(r.context for r in scenario.requests))
        for _, value in record.items
        if value_kind(value) == value_kind(old)
    ]
    if source.integer(0, 4) == 4:
        del items[at]
    else:
        items[at] = (name, source.choice(alike))
    entities[number] = replace(entities[number], attrs=RecordV(tuple(items)))
    return replace(scenario, entities=tuple(entities))


def _add_parent(source: Source, scenario: Scenario) -> Scenario | None:
    """Add an edge to the hierarchy, where it closes no cycle."""
    by_uid = {entity.uid: entity for entity in scenario.entities}
    pairs = [
        (number, other.uid)
        for number, entity in enumerate(scenario.entities)
        for other in scenario.entities
        if other.uid != entity.uid
        and other.uid not in entity.parents
        and entity.uid not in ancestors(other.uid, by_uid)
    ]
    if not pairs:
        return None
    number, parent = source.choice(pairs)
    entities = list(scenario.entities)
    entities[number] = replace(entities[number], parents=(*entities[number].parents, parent))
    return replace(scenario, entities=tuple(entities))


def _drop_entity(source: Source, scenario: Scenario) -> Scenario | None:
    if not scenario.entities:
        return None
    gone = source.integer(0, len(scenario.entities) - 1)
    return replace(scenario, entities=scenario.entities[:gone] + scenario.entities[gone + 1 :])


def _mix_requests(source: Source, scenario: Scenario) -> Scenario | None:
    """Replace a part of one request by that of another."""
    requests = list(scenario.requests)
    if len(requests) < 2:
        return None
    number, other = source.integer(0, len(requests) - 1), source.choice(requests)
    match source.integer(0, 2):
        case 0:
            requests[number] = replace(requests[number], principal=other.principal)
        case 1:
            requests[number] = replace(requests[number], resource=other.resource)
        case _:
            requests[number] = replace(requests[number], context=other.context)
    return replace(scenario, requests=tuple(dict.fromkeys(requests)))


_CHANGES: dict[str, Callable[[Source, Scenario], Scenario | None]] = {
    "expression": _swap_expression,
    "constant": _change_constant,
    "has": _respell_has,
    "scope": _flip_scope,
    "attribute": _alter_attribute,
    "parent": _add_parent,
    "request": _mix_requests,
    "effect": _flip_effect,
    "clause": _flip_clause,
    "entity": _drop_entity,
    "repeated policy": _repeat_policy,
}
