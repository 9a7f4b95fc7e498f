"""Policies, templates, links and policy sets from JSON (spec 06)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from ..errors import JsonError, PolicyError
from ..language.deep_stack import with_stack
from ..language.gc_pause import without_collection
from ..language.names import is_action_type, is_name, is_word
from ..language.nodes import Condition
from ..language.policies import (
    ANY,
    ANY_ACTION,
    PRINCIPAL_SLOT,
    RESOURCE_SLOT,
    ActionScope,
    Annotations,
    Effect,
    Policy,
    Scope,
    Slot,
    make_action_scope,
    make_policy,
    make_scope,
)
from ..language.uids import Uid
from ..text.json_text import Json, check_document, read_json
from .entity_json import read_uid
from .expression_json import read_expression

_NO_ANNOTATIONS: Final[Annotations] = MappingProxyType({})
_EFFECTS: Final[dict[str, Effect]] = {"permit": "permit", "forbid": "forbid"}
_PARTS: Final = frozenset({"staticPolicies", "templates", "templateLinks"})
_REQUIRED: Final = frozenset({"effect", "principal", "action", "resource", "conditions"})


def members(node: Json, what: str, required: frozenset[str], optional: frozenset[str]) -> dict[str, Json]:
    """Return an object with all of the required keys and no others than these; raise `JsonError`."""
    if not isinstance(node, dict):
        raise JsonError(f"{what} is an object")
    for name in sorted(required):
        if name not in node:
            raise JsonError(f"{what} has no `{name}`")
    for name in node:
        if name not in required and name not in optional:
            raise JsonError(f"{what} has no key {name!r}")
    return node


def _operator(node: Json, what: str) -> tuple[str, dict[str, Json]]:
    if not isinstance(node, dict) or not isinstance(node.get("op"), str):
        raise JsonError(f"a constraint on the {what} is an object with a string `op`")
    return str(node["op"]), node


def _entity_or_slot(node: dict[str, Json], slot: Slot) -> Uid | Slot:
    """Return an `entity`, which wins, or the `slot` of the variable."""
    if "entity" in node:
        return read_uid(node["entity"], 0)
    if "slot" not in node:
        raise JsonError("a constraint names an `entity` or a `slot`")
    if node["slot"] != slot.name:
        raise JsonError(f"the only slot here is {slot.name!r}")
    return slot


def _scope(node: Json, what: str, slot: Slot) -> Scope:
    op, node = _operator(node, what)
    if op in ("All", "all"):
        return ANY
    if op == "==":
        return make_scope("==", _entity_or_slot(node, slot))
    if op == "in":
        return make_scope("in", _entity_or_slot(node, slot))
    if op != "is":
        raise JsonError(f"unknown operator {op!r} on the {what}")
    members(node, "an `is` constraint", frozenset({"op", "entity_type"}), frozenset({"in"}))
    type_name = node["entity_type"]
    if not isinstance(type_name, str) or not is_name(type_name):
        raise JsonError("`entity_type` is a normalized name")
    inner = node.get("in")
    if inner is None:
        return make_scope("is", None, type_name)
    if not isinstance(inner, dict):
        raise JsonError("the `in` of an `is` constraint is an object")
    return make_scope("is", _entity_or_slot(inner, slot), type_name)


def _action(node: Json) -> Uid:
    action = read_uid(node, 0)
    if not is_action_type(action.type):
        raise JsonError(f"expected an entity of type Action, found {action!r}")
    return action


def _action_scope(node: Json) -> ActionScope:
    op, node = _operator(node, "action")
    if op in ("All", "all"):
        return ANY_ACTION
    if op not in ("==", "in"):
        raise JsonError(f"unknown operator {op!r} on the action")
    if "entity" in node:
        return make_action_scope("==" if op == "==" else "in", (_action(node["entity"]),))
    entities = node.get("entities")
    if op == "==" or not isinstance(entities, list):
        raise JsonError("a constraint on the action names an `entity`, or for `in` a list of `entities`")
    return make_action_scope("in", tuple(_action(entity) for entity in entities))


def _condition(node: Json) -> Condition:
    condition = members(node, "a condition", frozenset({"kind", "body"}), frozenset())
    kind = condition["kind"]
    if kind != "when" and kind != "unless":
        raise JsonError("the kind of a condition is `when` or `unless`")
    return Condition("when" if kind == "when" else "unless", read_expression(condition["body"]))


def _annotations(node: Json) -> Annotations:
    if not isinstance(node, dict):
        raise JsonError("`annotations` is an object")
    annotations: dict[str, str | None] = {}
    for name, value in node.items():
        if not is_word(name):
            raise JsonError(f"{name!r} cannot name an annotation")
        if value is not None and not isinstance(value, str):
            raise JsonError("an annotation is a string or null")
        annotations[name] = value
    return MappingProxyType(annotations)


def read_policy(node: Json) -> Policy:
    """Return a policy or template object (spec 06 §2); raise `JsonError`."""
    policy = members(node, "a policy", _REQUIRED, frozenset({"annotations"}))
    effect = policy["effect"]
    conditions = policy["conditions"]
    if not isinstance(effect, str) or effect not in _EFFECTS:
        raise JsonError("the effect is `permit` or `forbid`")
    if not isinstance(conditions, list):
        raise JsonError("`conditions` is an array")
    return make_policy(
        _EFFECTS[effect],
        _scope(policy["principal"], "principal", PRINCIPAL_SLOT),
        _action_scope(policy["action"]),
        _scope(policy["resource"], "resource", RESOURCE_SLOT),
        tuple(map(_condition, conditions)),
        _annotations(policy["annotations"]) if "annotations" in policy else _NO_ANNOTATIONS,
    )


def _policies(node: Json, what: str) -> dict[str, Policy]:
    if not isinstance(node, dict):
        raise JsonError(f"`{what}` is an object keyed by id")
    policies = {}
    for policy_id, inner in node.items():
        try:
            policies[policy_id] = read_policy(inner)
        except JsonError as error:
            raise JsonError(f"{what} {policy_id!r}: {error}") from None
    return policies


def _link(node: Json) -> tuple[str, str, Mapping[str, Uid]]:
    link = members(node, "a link", frozenset({"templateId", "newId", "values"}), frozenset())
    template_id, new_id, values = link["templateId"], link["newId"], link["values"]
    if not isinstance(template_id, str) or not isinstance(new_id, str):
        raise JsonError("`templateId` and `newId` are strings")
    if not isinstance(values, dict):
        raise JsonError("the `values` of a link are an object")
    return template_id, new_id, {slot: read_uid(value, 0) for slot, value in values.items()}


class PolicyDocument(NamedTuple):
    """The contents of a policy-set document; ids and links are not checked yet."""

    statics: dict[str, Policy]
    templates: dict[str, Policy]
    links: list[tuple[str, str, Mapping[str, Uid]]]


def read_policy_set(text: str) -> PolicyDocument:
    """Read a policy-set document; raises `PolicyError`."""
    try:
        with without_collection():
            return with_stack(lambda: _policy_set(text))
    except JsonError as error:
        raise PolicyError(str(error)) from None


def _policy_set(text: str) -> PolicyDocument:
    document = read_json(text)
    check_document(document)
    whole = members(document, "a policy set", _PARTS, frozenset())
    links = whole["templateLinks"]
    if not isinstance(links, list):
        raise JsonError("`templateLinks` is an array")
    return PolicyDocument(
        _policies(whole["staticPolicies"], "staticPolicies"),
        _policies(whole["templates"], "templates"),
        list(map(_link, links)),
    )
