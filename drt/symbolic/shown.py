"""Verdicts and counterexamples for people and programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from drt.symbolic.analyzer import Fails, Holds, Unconfirmed, Undecided, Verdict
from drt.symbolic.counterexample import Counterexample
from reference.entities import Entity
from reference.extensions import decimal, ipaddr
from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.extensions.ipaddr import IpAddr
from reference.names import is_identifier
from reference.text.strings import escape
from reference.text.uid_text import show
from reference.values import Bool, EntityUid, Long, Record, Set, String, Value

WIDTH = 100


def document(verdict: Verdict) -> dict[str, Any]:
    """Write a verdict as JSON."""
    match verdict:
        case Holds(how):
            return {"holds": True, "how": how}
        case Fails(counterexample, how):
            return {"holds": False, "how": how, "counterexample": counterexample_document(counterexample)}
        case Undecided(reason):
            return {"unknown": reason}
        case Unconfirmed(counterexample, problem):
            found = counterexample_document(counterexample)
            return {"unconfirmed": problem, "counterexample": found}


def counterexample_document(found: Counterexample) -> dict[str, Any]:
    """Write a counterexample as JSON in Cedar's formats."""
    return {"request": json.loads(found.request_json()), "entities": json.loads(found.entities_json())}


def counterexample_text(found: Counterexample) -> str:
    """Write a counterexample in Cedar's notation, entities with what they have."""
    request = found.request
    uids = (("principal", request.principal), ("action", request.action), ("resource", request.resource))
    lines = [", ".join(f"{name}: {show(uid)}" for name, uid in uids)]
    lines += [f"context: {value_text(request.context)}", "entities: ["]
    entities = sorted(found.entities, key=lambda entity: (entity.uid.type, entity.uid.id))
    lines += [f"  {entity_text(entity)}," for entity in entities]
    return "\n".join([*lines, "]"])


def entity_text(entity: Entity) -> str:
    """Write an entity with its ancestors, attributes and tags."""
    text = show(entity.uid)
    if entity.parents:
        parents = sorted(entity.parents, key=lambda uid: (uid.type, uid.id))
        text += f" in [{', '.join(map(show, parents))}]"
    if entity.attrs:
        text += f" {value_text(Record(entity.attrs))}"
    if entity.tags:
        text += f" tags {value_text(Record(entity.tags))}"
    return text


def value_text(value: Value) -> str:
    """Write a value as a Cedar expression."""
    match value:
        case Bool(truth):
            return "true" if truth else "false"
        case Long(number):
            return str(number)
        case String(text):
            return f'"{escape(text)}"'
        case EntityUid():
            return show(value)
        case Set(elements):
            return f"[{', '.join(sorted(map(value_text, elements)))}]"
        case Record(fields):
            return f"{{{', '.join(_fields(fields))}}}"
        case Decimal():
            return f'decimal("{decimal.canonical(value)}")'
        case IpAddr():
            return f'ip("{ipaddr.canonical(value)}")'
        case Duration(milliseconds):
            return f'duration("{milliseconds}ms")'
        case Datetime(0):
            return 'datetime("1970-01-01")'
        case Datetime(milliseconds):
            return f'datetime("1970-01-01").offset(duration("{milliseconds}ms"))'


def _fields(fields: Any) -> Iterator[str]:
    for name in sorted(fields):
        key = name if is_identifier(name) else f'"{escape(name)}"'
        yield f"{key}: {value_text(fields[name])}"
