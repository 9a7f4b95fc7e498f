"""Draws requests: most are a policy's witness with one thing changed, the rest are any that the schema
admits.
"""

from __future__ import annotations

from generators.constants import DELTAS, neighbour
from generators.entities import Values
from generators.focus import Focus
from generators.policies import Aimed, draw_witness
from generators.syntax import ExtV, RecordV, Uid, Value
from generators.world import Environment, RecordT, Request


def draw_requests(focus: Focus, policies: list[Aimed], count: int) -> tuple[Request, ...]:
    """Up to `count` different requests; fewer where the world is too small for so many."""
    source, profile = focus.source, focus.profile
    found: dict[Request, None] = {}
    turn = 0
    for attempt in range(count + count // 2):
        if len(found) >= count:
            break
        with source.span("request"):
            if policies and source.boolean(profile.aimed_requests):
                aimed = policies[turn % len(policies)]
                turn += 1
                request = _near(focus, aimed, exactly=attempt < len(policies))
            else:
                environment = source.choice(focus.schema.environments)
                request = draw_witness(focus, environment)
            if source.boolean(profile.mistyped_request):
                request = _mistyped(focus, request)
            found[request] = None
    return tuple(found)


def _near(focus: Focus, aimed: Aimed, exactly: bool) -> Request:
    """The witness of a policy, with one thing changed unless it is to be exact."""
    witness, environment = aimed.witness, aimed.environment
    if exactly:
        return witness
    source, values = focus.source, focus.values
    change = source.integer(0, 9)
    context_type = environment.action.context
    if change < 3:
        return Request(values.uid(witness.principal.type), witness.action, witness.resource, witness.context)
    if change < 5:
        return Request(witness.principal, witness.action, values.uid(witness.resource.type), witness.context)
    if change == 5:
        return _other_action(focus, environment, witness)
    if not context_type.attrs:
        principal = values.uid(witness.principal.type)
        return Request(principal, witness.action, values.uid(witness.resource.type), witness.context)
    if change == 6:
        context = values.record(context_type)
    else:
        context = _change_one(values, context_type, witness.context)
    principal = values.uid(witness.principal.type) if change == 9 else witness.principal
    return Request(principal, witness.action, witness.resource, context)


def _other_action(focus: Focus, environment: Environment, witness: Request) -> Request:
    """The same principal and resource under another action that takes them, with a context of its own."""
    others = [
        other.action
        for other in focus.schema.environments
        if other.principal == environment.principal and other.resource == environment.resource
    ]
    action = focus.source.choice(others)
    return Request(witness.principal, action.uid, witness.resource, focus.values.record(action.context))


def _change_one(values: Values, type_: RecordT, record: RecordV) -> RecordV:
    """A record with one attribute dropped, added, moved to a neighbouring value, or drawn afresh."""
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


def _mistyped(focus: Focus, request: Request) -> Request:
    """A request that fits no environment: another principal or resource type, an unknown entity, an odd
    action.
    """
    source, values = focus.source, focus.values
    focus.values.misfits.add("mistyped-request")
    names = [name for name in values.uids if values.uids[name]]
    other = values.uid(source.choice(names))
    match source.integer(0, 4):
        case 0:
            return Request(other, request.action, request.resource, request.context)
        case 1:
            return Request(request.principal, request.action, other, request.context)
        case 2:
            return Request(Uid("Nobody", "x"), request.action, request.resource, request.context)
        case 3:
            return Request(request.principal, other, request.resource, request.context)
        case _:
            return Request(request.principal, Uid("Action", "nope"), request.resource, RecordV(()))
