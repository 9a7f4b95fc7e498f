"""A definition of policy JSON: what a document means in canonical form, or that it is refused (spec 06).

Owns a third reader, which shares nothing with an engine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from drt.oracles.defined_names import FUNCTIONS, METHODS, WORD, Refused, Undefined, checked_name
from drt.oracles.texts import nests_beyond

Json = Any

_DEEPEST = 100
_LIMIT = 127
_UNARY = ("!", "neg", "isEmpty")
_BINARY = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "&&", "||", "+", "-", "*"}) | {
    name for name, arity in METHODS.items() if arity == 1
}
_CALLS = frozenset(FUNCTIONS) | {name for name, arity in METHODS.items() if arity is None}
_VARIABLES = ("principal", "action", "resource", "context")


def defined_policy_set(text: str) -> Json:
    """Return the canonical form of a policy-set document; raise `Refused` or `Undefined`."""
    document = object_of(strict_json(text), "staticPolicies templates templateLinks")
    parts: dict[str, dict[str, Json]] = {}
    for part in ("staticPolicies", "templates"):
        parts[part] = {name: _policy(policy) for name, policy in mapping(document[part]).items()}
    statics, templates = parts["staticPolicies"], parts["templates"]
    if statics.keys() & templates.keys() or any(_slots(policy) for policy in statics.values()):
        raise Refused("an id twice, or a static policy with a slot")
    used = {*statics, *templates}
    links = []
    for link in listed(document["templateLinks"]):
        links.append(_link(link, templates))
        if links[-1]["newId"] in used:
            raise Refused("the id of a link is used already")
        used.add(links[-1]["newId"])
    return {"staticPolicies": statics, "templates": templates, "templateLinks": links}


def strict_json(text: str) -> Json:
    """Parse JSON as RFC 8259 has it, without a key twice in an object; raise `Refused` or `Undefined`."""
    try:
        document = json.loads(
            text, object_pairs_hook=_distinct, parse_constant=_refused, parse_float=_number, parse_int=_number
        )
    except ValueError:
        raise Refused("no JSON") from None
    except RecursionError:
        raise Undefined from None
    _scalars(document)
    if nests_beyond(text, _DEEPEST):
        raise Refused("deep nesting") if nests_beyond(text, _LIMIT) else Undefined
    return document


def _distinct(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Refused("a key twice")
    return found


def _scalars(document: Json) -> None:
    """Raise `Refused` where half a surrogate pair stands in a string or a key."""
    pending = [document]
    while pending:
        match pending.pop():
            case str() as text:
                if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
                    raise Refused("half a surrogate pair")
            case dict() as members:
                pending += [*members, *members.values()]
            case list() as elements:
                pending += elements


def _refused(_: str) -> Json:
    raise Refused("no number of JSON")


def _number(digits: str) -> Json:
    if digits.startswith("-0") or float(digits) in (float("inf"), float("-inf")):
        raise Undefined if digits.startswith("-0") else Refused("a number beyond all range")
    return int(digits) if digits.lstrip("-").isdigit() else float(digits)


def mapping(node: Json) -> Mapping[str, Json]:
    """Return an object; raise `Refused`."""
    if not isinstance(node, dict):
        raise Refused(f"{node!r} is no object")
    return node


def listed(node: Json) -> list[Json]:
    """Return an array; raise `Refused`."""
    if not isinstance(node, list):
        raise Refused(f"{node!r} is no array")
    return node


def text_of(node: Json) -> str:
    """Return a string; raise `Refused`."""
    if not isinstance(node, str):
        raise Refused(f"{node!r} is no string")
    return node


def object_of(node: Json, required: str, optional: str = "") -> Mapping[str, Json]:
    """Return an object that has the required keys, and beside them only optional ones."""
    wanted = {*required.split()}
    if not wanted <= mapping(node).keys() <= {*wanted, *optional.split()}:
        raise Refused(f"the keys {list(node)}")
    return mapping(node)


def _link(link: Json, templates: Mapping[str, Json]) -> Json:
    found = object_of(link, "templateId newId values")
    template = templates.get(text_of(found["templateId"]))
    values = {slot: _uid(uid) for slot, uid in mapping(found["values"]).items()}
    if template is None or values.keys() != _slots(template):
        raise Refused("a link to no template, or with other slots")
    return {"templateId": found["templateId"], "newId": text_of(found["newId"]), "values": values}


def _slots(policy: Json) -> set[str]:
    constraints = (policy["principal"], policy["resource"])
    targets = (one.get("in", {}) if one["op"] == "is" else one for one in constraints)
    return {target["slot"] for target in targets if "slot" in target}


def _policy(policy: Json) -> Json:
    found = object_of(policy, "effect principal action resource conditions", "annotations")
    if found["effect"] not in ("permit", "forbid"):
        raise Refused("no effect")
    made = {
        "effect": found["effect"],
        "principal": _scope(found["principal"], "?principal"),
        "action": _action(mapping(found["action"])),
        "resource": _scope(found["resource"], "?resource"),
        "conditions": [_condition(condition) for condition in listed(found["conditions"])],
    }
    annotations = mapping(found.get("annotations", {}))
    for key, value in annotations.items():
        if not WORD.fullmatch(key) or not isinstance(value, str | None):
            raise Refused(f"the annotation {key}")
    return made | ({"annotations": annotations} if annotations else {})


def _scope(constraint: Json, slot: str) -> Json:
    match mapping(constraint).get("op"):
        case "All" | "all":
            return {"op": "All"}
        case "==" | "in" as operator:
            return {"op": operator, **_target(constraint, slot)}
        case "is":
            found = object_of(constraint, "op entity_type", "in")
            made = {"op": "is", "entity_type": checked_name(found["entity_type"])}
            within = found.get("in")
            return made | ({} if within is None else {"in": _target(mapping(within), slot)})
    raise Refused("no operator of a scope")


def _target(constraint: Mapping[str, Json], slot: str) -> Json:
    if "entity" in constraint:
        return {"entity": _uid(constraint["entity"])}
    if constraint.get("slot") != slot:
        raise Refused("a scope without entity or slot")
    return {"slot": slot}


def _action(constraint: Mapping[str, Json]) -> Json:
    operator = constraint.get("op")
    if operator in ("All", "all"):
        return {"op": "All"}
    if operator not in ("==", "in"):
        raise Refused("no operator of the scope of actions")
    if "entity" in constraint:
        entities = [_uid(constraint["entity"])]
    elif operator == "in":
        entities = [_uid(uid) for uid in listed(constraint.get("entities"))]
    else:
        raise Refused("`==` without entity")
    if any(uid["type"].rpartition("::")[2] != "Action" for uid in entities):
        raise Refused("no action in the scope of actions")
    return {"op": operator, **({"entity": entities[0]} if len(entities) == 1 else {"entities": entities})}


def _uid(node: Json) -> Json:
    if isinstance(mapping(node).get("__expr"), str):
        raise Refused("`__expr`")
    match node.get("__entity"):
        case {"type": str(), "id": str()} as inner:
            node = inner
    return {"type": checked_name(node.get("type")), "id": text_of(node.get("id"))}


def _condition(condition: Json) -> Json:
    found = object_of(condition, "kind body")
    if found["kind"] not in ("when", "unless"):
        raise Refused("no kind of condition")
    return {"kind": found["kind"], "body": _expression(found["body"])}


def _expression(node: Json) -> Json:
    if len(mapping(node)) != 1:
        raise Refused("an expression has one key")
    ((key, body),) = node.items()
    if key in _UNARY:
        return {key: {"arg": _expression(object_of(body, "arg")["arg"])}}
    if key in _BINARY:
        return {key: {side: _expression(part) for side, part in object_of(body, "left right").items()}}
    if key in _CALLS or key == "Set":
        return {key: [_expression(part) for part in listed(body)]}
    match key:
        case "Value":
            return _value(body)
        case "Var" if body in _VARIABLES:
            return {"Var": body}
        case "Record":
            return {"Record": {name: _expression(part) for name, part in mapping(body).items()}}
        case "if-then-else":
            return {key: {name: _expression(part) for name, part in object_of(body, "if then else").items()}}
        case ".":
            found = object_of(body, "left attr")
            return {key: {"left": _expression(found["left"]), "attr": text_of(found["attr"])}}
        case "has":
            return _has(mapping(body))
        case "is":
            found = object_of(body, "left entity_type", "in")
            made = {"left": _expression(found["left"]), "entity_type": checked_name(found["entity_type"])}
            within = found.get("in")
            return {"is": made | ({} if within is None else {"in": _expression(within)})}
        case "like":
            found = object_of(body, "left pattern")
            pattern = [each for element in listed(found["pattern"]) for each in _element(element)]
            return {"like": {"left": _expression(found["left"]), "pattern": pattern}}
    raise Refused(f"no expression has the key {key!r}")


def _has(body: Mapping[str, Json]) -> Json:
    if "left" not in body or "attr" not in body:
        raise Refused("`has` without `left` or `attr`")
    if len(body) > 2:
        raise Undefined
    path = body["attr"] if isinstance(body["attr"], list) else [body["attr"]]
    names = [text_of(name) for name in path]
    if not names:
        raise Refused("`has` of nothing")
    return {"has": {"left": _expression(body["left"]), "attr": names if len(names) > 1 else names[0]}}


def _element(element: Json) -> list[Json]:
    if element == "Wildcard":
        return ["Wildcard"]
    return [{"Literal": character} for character in text_of(object_of(element, "Literal")["Literal"])]


def _value(node: Json) -> Json:
    _check_numbers(node)
    match node:
        case None:
            raise Refused("null")
        case bool() | int() | str():
            return {"Value": node}
        case list():
            return {"Set": [_value(part) for part in node]}
        case {"__expr": str()} if len(node) == 1:
            raise Refused("`__expr`")
        case {"__entity": {"type": str(name), "id": str(id_)}} if len(node) == 1:
            return {"Value": {"__entity": {"type": checked_name(name), "id": id_}}}
        case {"__extn": {"fn": str(name), **others}} if len(node) == 1:
            if "arg" in others:
                return _called(name, [others["arg"]])
            if isinstance(arguments := others.get("args"), list):
                return _called(name, arguments)
    return {"Record": {name: _value(part) for name, part in node.items()}}


def _called(name: str, arguments: list[Json]) -> Json:
    if name not in _CALLS:
        raise Refused(f"there is no function {name!r}")
    return {name: [_value(part) for part in arguments]}


def _check_numbers(node: Json) -> None:
    waiting = [node]
    while waiting:
        match waiting.pop():
            case float():
                raise Refused("a number that is no integer")
            case int() as number if not -(2**63) <= number < 2**63:
                raise Refused("a number beyond 64 bits")
            case dict() as inner:
                waiting += inner.values()
            case list() as inner:
                waiting += inner
