"""Requests: most are a policy's witness with one change, the rest are any that the schema admits."""

from __future__ import annotations

from generators.choice.sources import Source
from generators.draw.constants import DELTAS, neighbour
from generators.draw.context import Context
from generators.draw.entities import Values, ancestors
from generators.draw.policies import Aimed, draw_witness
from generators.draw.syntax import Constraint, ExtV, RecordV, Uid, Value
from generators.draw.world import Environment, RecordT, Request

MOST_MISSED = 6
"""After so many attempts in a row without a new request, the world is taken to be too small for more."""


def draw_requests(
    context: Context, policies: list[Aimed], count: int, favoured: int | None = None
) -> tuple[Request, ...]:
    """Draw up to `count` different requests; fewer where the world is too small for so many.

    One in three is aimed at the `favoured` policy, where there is one.
    """
    source, profile = context.source, context.profile
    found: dict[Request, None] = {}
    missed = 0
    for attempt in range(2 * count):
        if len(found) >= count or missed >= MOST_MISSED:
            break
        with source.span("request"):
            if policies and source.boolean(profile.aimed_requests):
                aimed = policies[attempt % len(policies) if favoured is None or attempt % 3 else favoured]
                request = (
                    aimed.witness
                    if attempt < len(policies) and aimed.witness not in found
                    else _near(context, aimed)
                )
                if request in found and request.action == aimed.environment.action.uid:
                    request = _near(context, Aimed(aimed.policy, request, aimed.environment))
            else:
                environment = source.choice(context.schema.environments)
                request = draw_witness(context, environment)
            if profile.mistyped_request and source.boolean(profile.mistyped_request):
                request = _mistyped(context, request)
            before = len(found)
            found[request] = None
            missed = missed + 1 if len(found) == before else 0
    return tuple(found)


def _near(context: Context, aimed: Aimed) -> Request:
    """Draw the witness of a policy with one change, mostly to what its scope leaves open."""
    witness, policy, source = aimed.witness, aimed.policy, context.source
    principal, resource = witness.principal, witness.resource
    context_type = aimed.environment.action.context
    change = source.integer(0, 9)
    if change < 4:
        principal = _within(context, policy.principal, principal)
    if 3 <= change < 6:
        resource = _within(context, policy.resource, resource)
    if change == 9:
        return _other_action(context, aimed.environment, witness)
    if change < 6 and (principal, resource) != (witness.principal, witness.resource):
        return Request(principal, witness.action, resource, witness.context)
    if not context_type.attrs:
        values = context.values
        return Request(values.uid(principal.type), witness.action, values.uid(resource.type), witness.context)
    if change == 8:
        record = context.values.record(context_type)
    else:
        record = _change_one(context.values, context_type, witness.context)
    return Request(principal, witness.action, resource, record)


def _within(context: Context, constraint: Constraint, uid: Uid) -> Uid:
    """Draw another entity of the type, mostly one that a scope constraint admits as well."""
    source, entity = context.source, constraint.entity
    if not isinstance(entity, Uid) or source.integer(0, 3) == 3:
        return context.values.uid(uid.type)
    if constraint.op == "==":
        return uid
    inside = [
        other
        for other in context.values.uids.get(uid.type, ())
        if other == entity or entity in ancestors(other, context.entities)
    ]
    return source.choice(inside or [uid])


def _other_action(context: Context, environment: Environment, witness: Request) -> Request:
    """Draw the same principal and resource under another action that takes them, with its own context."""
    others = [
        other.action
        for other in context.schema.environments
        if other.principal == environment.principal and other.resource == environment.resource
    ]
    action = context.source.choice(others)
    return Request(witness.principal, action.uid, witness.resource, context.values.record(action.context))


def _change_one(values: Values, type_: RecordT, record: RecordV) -> RecordV:
    """Draw a record with one attribute dropped, added, moved to a neighbouring value, or drawn afresh."""
    source = values.source
    attr = source.choice(type_.attrs)
    items = dict(record.items)
    old = items.get(attr.name)
    if old is not None and not attr.required and source.integer(0, 2) == 2:
        del items[attr.name]
    elif old is None or source.boolean(0.3):
        items[attr.name] = values.value(attr.type)
    else:
        items[attr.name] = _neighbour(values, old)
    return RecordV(tuple(items.items()))


def _neighbour(values: Values, value: Value) -> Value:
    source = values.source
    match value:
        case bool():
            return not value
        case int():
            return neighbour(value, source.choice(DELTAS))
        case ExtV():
            return values.constants.extension_near(value)
        case Uid(type_name) if type_name in values.uids:
            return values.uid(type_name)
        case str():
            return values.constants.string()
        case _:
            return value


def _mistyped(context: Context, request: Request) -> Request:
    """Draw a request that fits no environment.

    It has another principal or resource type, an unknown entity, an odd action, or a context with a member
    too few, too many, or of another type.
    """
    source, values = context.source, context.values
    context.values.misfits.add("mistyped-request")
    names = [name for name in values.uids if values.uids[name]]
    other = values.uid(source.choice(names))
    match source.integer(0, 6):
        case 0:
            return Request(other, request.action, request.resource, request.context)
        case 1:
            return Request(request.principal, request.action, other, request.context)
        case 2:
            return Request(Uid("Nobody", "x"), request.action, request.resource, request.context)
        case 3:
            return Request(request.principal, other, request.resource, request.context)
        case 4 | 5:
            context_of = _misfitting(source, dict(request.context.items), other)
            return Request(request.principal, request.action, request.resource, context_of)
        case _:
            return Request(request.principal, Uid("Action", "nope"), request.resource, RecordV(()))


def _misfitting(source: Source, members: dict[str, Value], other: Value) -> RecordV:
    """Draw a record with one member left out, replaced by another value, or too many."""
    if not members or source.boolean(0.3):
        return RecordV((*members.items(), ("more", other)))
    name = source.choice(tuple(members))
    if source.boolean(0.6):
        return RecordV(tuple(item for item in members.items() if item[0] != name))
    return RecordV(tuple({**members, name: other}.items()))
