"""One form for documents that mean the same, so that an engine may write whichever it likes.

Owns what is left out of the comparison of entities (spec 05 §2) and policies (spec 06): the order of sets,
empty members, ancestors that other parents imply, the spelling of extension values, the pieces of a pattern,
literals for their constructors.
A member of a document that is absent, null or empty means the same; what an author names (attributes, tags,
fields) is no such member. What has no such form is given back as it is, and compared as it is.
"""

from __future__ import annotations

import datetime
import ipaddress
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from drt.engines.answers_form import answers_form
from drt.engines.schema_form import (
    cedars_form,
    in_canonical_form,
    in_cedars_format,
    ordered_form,
    resolved_form,
)

ENTITY, CALL = "__entity", "__extn"
SCOPE = ("principal", "action", "resource")

EPOCH = datetime.datetime(1970, 1, 1)
MILLISECOND = datetime.timedelta(milliseconds=1)
CYCLE = datetime.timedelta(days=146_097)

DECIMAL = re.compile(r"(-?)0*([0-9]+)\.([0-9]{1,4})", re.ASCII)
DATETIME = re.compile(
    r"(\d{4})(-\d\d-\d\d)(?:(T\d\d:\d\d:\d\d)(?:\.(\d{3}))?(?:Z|([+-])(\d\d)(\d\d)))?", re.ASCII
)
DURATION = re.compile(r"(-?)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?", re.ASCII)
UNITS = (86_400_000, 3_600_000, 60_000, 1_000, 1)


def one_form(ask: str, document: Any) -> Any:
    """Normalize the document that answers a question: documents of the same meaning become equal."""
    match ask:
        case "read_entities" if isinstance(document, list) and all(map(_is_entity, document)):
            return sorted(_closed([*map(_entity, document)]), key=lambda entity: _uid_order(entity["uid"]))
        case "read_policies":
            return _policies(document)
        case "read_expression":
            return _expression(document)
        case "answer":
            return answers_form(document, policy_form)
        case "revise" if isinstance(document, list):
            return [_each_step(step) for step in document]
        case "read_schema" if in_canonical_form(document):
            return ordered_form(document)
        case "read_schema" if in_cedars_format(document):
            return resolved_form(document)
        case "link_schemas" if in_cedars_format(document):
            return cedars_form(document)
    return document


def _each_step(step: Any) -> Any:
    """Normalize the documents in the answer to one step of a revision."""
    if not isinstance(step, dict):
        return step
    return step | {
        part: one_form(f"read_{part}", step.get(part) or empty)
        for part, empty in (("policies", {}), ("entities", []))
    }


def written(document: Any) -> str:
    """Write a JSON document canonically."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


# Entities


def _is_entity(document: Any) -> bool:
    match document:
        case {"uid": dict()}:
            attrs, parents = _member(document, "attrs", {}), _member(document, "parents", [])
            return (
                isinstance(attrs, dict)
                and isinstance(parents, list)
                and all(isinstance(parent, dict) for parent in parents)
            )
    return False


def _member(document: Mapping[str, Any], name: str, empty: Any) -> Any:
    """Return a member of a document, the empty one where it is absent or null."""
    member = document.get(name)
    return empty if member is None else member


def _entity(entity: Mapping[str, Any]) -> dict[str, Any]:
    form = {**entity, "uid": _uid(entity["uid"]), "attrs": _fields(_member(entity, "attrs", {}))}
    form["parents"] = [*map(_uid, _member(entity, "parents", []))]
    tags = form.pop("tags", None)
    return form if tags in (None, {}) else form | {"tags": _fields(tags)}


def _closed(entities: Sequence[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """List all ancestors of each entity, of which a document may give the parents only (spec 05 §4)."""
    above = {_uid_order(entity["uid"]): entity["parents"] for entity in entities}
    for entity in entities:
        found: dict[tuple[str, str], Any] = {}
        waiting = [*entity["parents"]]
        while waiting:
            uid = waiting.pop()
            if (key := _uid_order(uid)) not in found:
                found[key] = uid
                waiting += above.get(key, ())
        yield {**entity, "parents": [found[key] for key in sorted(found)]}


def _fields(values: Any) -> Any:
    """Attributes or tags, whose names mean nothing."""
    return _each(_value, values) if isinstance(values, dict) else values


def _uid(uid: Any) -> Any:
    match uid:
        case {"__entity": dict() as inner} if len(uid) == 1:
            return inner
    return uid


def _uid_order(uid: Any) -> tuple[str, str]:
    return str(uid.get("type")), str(uid.get("id"))


def _value(value: Any) -> Any:
    match value:
        case {"__extn": {"fn": str() as name, "arg": str() as text}} if len(value) == 1 and name in SPELLED:
            return SPELLED[name](text) or value
        case {"__extn": {"fn": "offset", "args": [moment, duration]}} if len(value) == 1:
            return _moved(_value(moment), _value(duration)) or value
        case {"__extn": _}:
            return value
        case dict():
            return _fields(value)
        case list():
            return sorted(_distinct(map(_value, value)), key=written)
    return value


def _distinct(values: Iterable[Any]) -> list[Any]:
    return list({written(value): value for value in values}.values())


# Extension values, each as the document that our engines write; `None` for a text that is none


def _call(name: str, text: str) -> dict[str, Any]:
    return {CALL: {"fn": name, "arg": text}}


def _decimal(text: str) -> Any:
    found = DECIMAL.fullmatch(text)
    if found is None:
        return None
    sign, whole, fraction = found.groups()
    is_zero = not (whole + fraction).strip("0")
    return _call("decimal", f"{'' if is_zero else sign}{whole}.{fraction:0<4}")


def _ip(text: str) -> Any:
    address, slash, prefix = text.partition("/")
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return None
    shown = (
        str(read)
        if read.version == 4
        else ":".join(f"{int(group, 16):x}" for group in read.exploded.split(":"))
    )
    return _call("ip", f"{shown}/{prefix if slash else read.max_prefixlen}")


def _datetime(text: str) -> Any:
    found = DATETIME.fullmatch(text)
    if found is None:
        return None
    year, day, time, milliseconds, sign, hours, minutes = found.groups()
    cycles = int(year == "0000")  # Python's first year is 1; 400 years later the calendar is the same
    try:
        moment = datetime.datetime.fromisoformat(f"{int(year) + 400 * cycles:04}{day}{time or ''}")
    except ValueError:
        return None
    count = (moment - EPOCH - cycles * CYCLE) // MILLISECOND + int(milliseconds or 0)
    if sign is not None:
        ahead = int(hours) * UNITS[1] + int(minutes) * UNITS[2]
        count += -ahead if sign == "+" else ahead
    return {CALL: {"fn": "offset", "args": [_call("datetime", "1970-01-01"), _milliseconds(count)]}}


def _moved(moment: Any, duration: Any) -> Any:
    """Write a datetime that is an offset from any other as one from the beginning of 1970."""
    match moment, duration:
        case (
            {"__extn": {"fn": "offset", "args": [epoch, {"__extn": {"arg": str() as first}}]}},
            {"__extn": {"fn": "duration", "arg": str() as second}},
        ):
            count = int(first.removesuffix("ms")) + int(second.removesuffix("ms"))
            return {CALL: {"fn": "offset", "args": [epoch, _milliseconds(count)]}}
    return None


def _duration(text: str) -> Any:
    found = DURATION.fullmatch(text)
    if found is None or not any(found.groups()[1:]):
        return None
    total = sum(int(amount or 0) * unit for amount, unit in zip(found.groups()[1:], UNITS, strict=True))
    return _milliseconds(-total if found.group(1) else total)


def _milliseconds(count: int) -> Any:
    return _call("duration", f"{count}ms")


SPELLED: Mapping[str, Callable[[str], Any]] = {
    "decimal": _decimal,
    "ip": _ip,
    "datetime": _datetime,
    "duration": _duration,
}


# Policies and expressions


def _policies(document: Any) -> Any:
    if not isinstance(document, dict):
        return document
    forms = {part: _member(document, part, {}) for part in ("staticPolicies", "templates")}
    links = _member(document, "templateLinks", [])
    if not all(isinstance(policies, dict) for policies in forms.values()) or not isinstance(links, list):
        return document
    parts = {part: _each(policy_form, policies) for part, policies in forms.items()}
    return document | parts | {"templateLinks": [_link(link) for link in links]}


def _link(link: Any) -> Any:
    if not isinstance(link, dict):
        return link
    values = _member(link, "values", {})
    return link | {"values": _each(_uid, values) if isinstance(values, dict) else values}


def policy_form(policy: Any) -> Any:
    """Normalize the JSON of one policy."""
    if not isinstance(policy, dict) or not isinstance(conditions := _member(policy, "conditions", []), list):
        return policy
    form = {key: item for key, item in policy.items() if key != "annotations" or item not in (None, {})}
    if form.get("action") == {"op": "in"}:
        form["action"] = {"op": "in", "entities": []}
    scopes = {name: _scope(form[name]) for name in SCOPE if name in form}
    return form | scopes | {"conditions": [_condition(condition) for condition in conditions]}


def _scope(scope: Any) -> Any:
    """Write the entities of a constraint as bare uids, and its operator as the documents of ours do."""
    match scope:
        case {"op": "all"}:
            return {"op": "All"}
        case {"in": dict() as inner}:
            return scope | {"in": _scope(inner)}
        case {"entity": dict() as uid}:
            return scope | {"entity": _uid(uid)}
        case {"op": "in", "entities": [dict() as uid]}:
            return {"op": "in", "entity": _uid(uid)}  # as a list of one is written (spec 06 §2)
        case {"entities": list() as uids}:
            return scope | {"entities": [_uid(uid) for uid in uids]}
    return scope


def _condition(condition: Any) -> Any:
    match condition:
        case {"body": body}:
            return condition | {"body": _expression(body)}
    return condition


def _expression(node: Any) -> Any:
    match node:
        case {"Value": dict() | list() as value} if len(node) == 1:
            return _constructor(value)
        case {"has": {"left": left, "attr": [str() as name]}}:
            return {"has": {"left": _expression(left), "attr": name}}
        case {"like": {"left": left, "pattern": list() as pattern}}:
            return {"like": {"left": _expression(left), "pattern": _pieces(pattern)}}
        case {"like": {"left": left, **others}} if others in ({}, {"pattern": None}):
            return {"like": {"left": _expression(left), "pattern": []}}
        case dict() if len(node) == 1:
            return _each(_operands, node)
    return node


def _operands(argument: Any) -> Any:
    """List what an operator applies to; the fields of a record too, whose names mean nothing."""
    if isinstance(argument, list):
        return [_expression(item) for item in argument]
    return _each(_expression, argument) if isinstance(argument, dict) else argument


def _each(change: Callable[[Any], Any], members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: change(item) for name, item in members.items()}


def _constructor(value: Any) -> Any:
    """Give the expression that makes a value; an escape stands alone (spec 06 §3.1)."""
    match value:
        case {"__entity": {"type": str() as kind, "id": str() as name}} if len(value) == 1:
            return {"Value": {ENTITY: {"type": kind, "id": name}}}
        case {"__extn": {"fn": str() as name, "arg": argument}} if len(value) == 1:
            return {name: [_constructor(argument)]}
        case {"__extn": {"fn": str() as name, "args": list() as arguments}} if len(value) == 1:
            return {name: [_constructor(argument) for argument in arguments]}
        case dict():
            return {"Record": {key: _constructor(item) for key, item in value.items()}}
        case list():
            return {"Set": [_constructor(item) for item in value]}
    return {"Value": value}


def _pieces(pattern: list[Any]) -> list[Any]:
    """Split a pattern so that each literal has one character."""
    pieces: list[Any] = []
    for piece in pattern:
        match piece:
            case {"Literal": str() as text}:
                pieces += [{"Literal": character} for character in text]
            case _:
                pieces.append(piece)
    return pieces
