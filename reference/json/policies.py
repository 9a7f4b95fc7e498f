"""Policies in JSON (spec 06): documents to syntax. `policy_writer` is the way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from reference.errors import InputError
from reference.json.document import Json
from reference.json.expressions import array, entity_type, expression, keys_of, object_of, refusal
from reference.json.reader import read_json
from reference.json.values import uid
from reference.names import is_action_type, is_word
from reference.policies import (
    ActionConstraint,
    ActionEquals,
    ActionIn,
    Anything,
    Body,
    Clause,
    Effect,
    Equals,
    OfType,
    OfTypeWithin,
    ScopeConstraint,
    ScopeVariable,
    Within,
    slots,
)
from reference.policy_set import Link, PolicySet
from reference.syntax import Slot, SlotName
from reference.text.uid_text import show
from reference.values import EntityUid


def parse_policy_set(text: str) -> PolicySet:
    """Read the policy set that a document describes.

    Raises:
        InputError: part `policies`.
    """
    names = ("staticPolicies", "templates", "templateLinks")
    document = keys_of("the policy set", read_json(text, "policies"), names)
    static = _bodies("staticPolicies", document["staticPolicies"])
    templates = _bodies("templates", document["templates"])
    for policy_id, body in static.items():
        if slots(body):
            raise refusal(f"the static policy {policy_id!a} has a slot")
    for policy_id in sorted(static.keys() & templates.keys()):
        raise refusal(f"the id {policy_id!a} is that of a static policy and of a template")
    links = [_link(item) for item in array("templateLinks", document["templateLinks"])]
    return PolicySet(static, templates).link_all(links, "policies")


def _bodies(name: str, json: Json) -> dict[str, Body]:
    bodies = {}
    for policy_id, item in object_of(name, json).items():
        try:
            bodies[policy_id] = body_of(item)
        except InputError as error:
            raise InputError("policies", f"{name}, {policy_id!a}: {error.message}") from None
    return bodies


def _link(json: Json) -> tuple[str, Link]:
    keys = keys_of("a template link", json, ("templateId", "newId", "values"))
    template_id, new_id = keys["templateId"], keys["newId"]
    if not isinstance(template_id, str) or not isinstance(new_id, str):
        raise refusal("expected strings as `templateId` and `newId`")
    values = keys_of("values", keys["values"], (), ("?principal", "?resource"))
    return new_id, Link(template_id, {cast(SlotName, slot): _uid(item) for slot, item in values.items()})


def body_of(json: Json) -> Body:
    """One policy or template (spec 06 §2).

    Raises:
        InputError: part `policies`.
    """
    required = ("effect", "principal", "action", "resource", "conditions")
    keys = keys_of("a policy", json, required, ("annotations",))
    if keys["effect"] not in ("permit", "forbid"):
        raise refusal("expected `permit` or `forbid` as `effect`")
    return Body(
        cast(Effect, keys["effect"]),
        _annotations(keys.get("annotations", {})),
        _scope("principal", keys["principal"]),
        _action(keys["action"]),
        _scope("resource", keys["resource"]),
        tuple(_clause(item) for item in array("conditions", keys["conditions"])),
    )


def _annotations(json: Json) -> tuple[tuple[str, str | None], ...]:
    annotations = []
    for key, item in object_of("annotations", json).items():
        if not is_word(key):
            raise refusal(f"{key!a} is no key of an annotation")
        if item is not None and not isinstance(item, str):
            raise refusal(f"expected a string or null as annotation {key!a}")
        annotations.append((key, item))
    return tuple(annotations)


def _clause(json: Json) -> Clause:
    keys = keys_of("a condition", json, ("kind", "body"))
    match keys["kind"]:
        case "when":
            return Clause("when", expression(keys["body"]))
        case "unless":
            return Clause("unless", expression(keys["body"]))
        case _:
            raise refusal("expected `when` or `unless` as `kind`")


def _scope(variable: ScopeVariable, json: Json) -> ScopeConstraint:
    """Read a constraint on principal or resource; meaningless keys are ignored but in `is` (spec 06 §2.1)."""
    match object_of(variable, json):
        case {"op": "All" | "all"}:
            return Anything()
        case {"op": "=="} as keys:
            return Equals(_target(variable, keys))
        case {"op": "in"} as keys:
            return Within(_target(variable, keys))
        case {"op": "is"} as keys:
            keys_of("is", keys, ("op", "entity_type"), ("in",))
            type_name, within = entity_type(keys["entity_type"]), keys.get("in")
            if within is None:
                return OfType(type_name)
            return OfTypeWithin(type_name, _target(variable, object_of("in", within)))
        case _:
            raise refusal(f"expected `All`, `==`, `in` or `is` as `op` of the {variable}")


def _target(variable: ScopeVariable, keys: Mapping[str, Json]) -> EntityUid | Slot:
    """Read the entity, which wins over a slot beside it; or the slot of this variable."""
    if "entity" in keys:
        return _uid(keys["entity"])
    if keys.get("slot") != f"?{variable}":
        raise refusal(f"expected an `entity` or the slot `?{variable}` in the scope of the {variable}")
    return Slot("?principal" if variable == "principal" else "?resource")


def _action(json: Json) -> ActionConstraint:
    match object_of("action", json):
        case {"op": "All" | "all"}:
            return Anything()
        case {"op": "==", "entity": item}:
            return ActionEquals(_action_uid(item))
        case {"op": "in", "entity": item}:
            return ActionIn((_action_uid(item),))
        case {"op": "in", "entities": items}:
            return ActionIn(tuple(_action_uid(item) for item in array("entities", items)))
        case _:
            raise refusal("expected `All`, or `==` or `in` with an entity, as constraint of the action")


def _action_uid(json: Json) -> EntityUid:
    found = _uid(json)
    if not is_action_type(found.type):
        raise refusal(f"{show(found)} is no action: the name of its type must end in `Action`")
    return found


def _uid(json: Json) -> EntityUid:
    return uid(json, "policies", "an entity")
