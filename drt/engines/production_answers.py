"""The production engine's answers to an inquiry, as the records of spec 13 have them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from drt.model.case import Inquiry
from production import Link, Policy, PolicyError, PolicySet, RequestEnvironment, Schema, Uid
from production.language.policies import ActionScope, Scope, Slot

Answer = dict[str, Any]


def answers(
    inquiry: Inquiry,
    schema: Schema | None,
    policies: PolicySet | None,
    actions: Iterable[Uid],
    replacements: Mapping[Uid, Uid],
) -> str:
    """Write the canonical text of all answers."""
    found: Answer = {}
    if schema is not None:
        found["schema"] = _about_schema(schema, inquiry.extra_types, actions)
    if policies is not None:
        found["policies"] = _about_policies(policies, schema, replacements)
    if schema is not None and policies is not None:
        found["valid"] = schema.validate(policies).valid
    return json.dumps(found, sort_keys=True, separators=(",", ":"))


def _about_schema(schema: Schema, extra_types: Iterable[str], extra_actions: Iterable[Uid]) -> Answer:
    types = sorted({*schema.entity_types, *extra_types})
    actions = {*schema.actions, *extra_actions}
    by_types = ((p, r, _texts(schema.actions_for_types(p, r))) for p in types for r in types)
    return {
        "principals": sorted(schema.principals),
        "resources": sorted(schema.resources),
        "entity_types": sorted(schema.entity_types),
        "actions": _texts(schema.actions),
        "action_groups": _texts(schema.action_groups),
        "request_envs": _environments(schema.request_environments()),
        "external_entity_types": sorted(schema.external_entity_types),
        "external_actions": _texts(schema.external_actions),
        "is_complete": schema.is_complete,
        "ancestors": {name: _sorted(schema.ancestors(name)) for name in types},
        "principals_for_action": {_text(uid): _sorted(schema.principals_for_action(uid)) for uid in actions},
        "resources_for_action": {_text(uid): _sorted(schema.resources_for_action(uid)) for uid in actions},
        "actions_for_principal_and_resource": [[p, r, found] for p, r, found in by_types if found],
        "action_entities": {_text(entity.uid): _texts(entity.parents) for entity in schema.action_entities()},
    }


def _about_policies(policies: PolicySet, schema: Schema | None, replacements: Mapping[Uid, Uid]) -> Answer:
    found: Answer = {}
    for name, policy in policies.statics.items():
        found[name] = {
            **_about_policy(policy, schema),
            "static": True,
            "entity_literals": _listed(policy.entity_literals()),
            **(_replaced(policy, replacements) if replacements else {}),
        }
    for name, policy in policies.templates.items():
        found[name] = {**_about_policy(policy, schema), "template": True, "slots": sorted(policy.slots)}
    for name, link in policies.links.items():
        found[name] = _about_link(link, schema)
    return found


def _about_link(link: Link, schema: Schema | None) -> Answer:
    linked = link.policy()
    return {
        **_about_policy(link.template, schema),
        "principal": _constraint(linked.principal),
        "resource": _constraint(linked.resource),
        "static": False,
        "entity_literals": _listed(link.entity_literals()),
        "template": link.template_id,
        "links": {slot: _text(uid) for slot, uid in link.values.items()},
    }


def _about_policy(policy: Policy, schema: Schema | None) -> Answer:
    """Answer what every policy and template is asked."""
    found: Answer = {
        "effect": policy.effect,
        "principal": _constraint(policy.principal),
        "action": _action_constraint(policy.action),
        "resource": _constraint(policy.resource),
        "has_non_scope_constraint": policy.has_conditions,
        "annotations": {key: value or "" for key, value in policy.annotations.items()},
    }
    if schema is not None:
        found["valid_request_envs"] = _environments(schema.live_environments(policy))
    return found


def _replaced(policy: Policy, replacements: Mapping[Uid, Uid]) -> Answer:
    try:
        replaced = PolicySet({"policy": policy}).replacing(replacements)
    except PolicyError:
        return {"substituted": None}
    document = json.loads(replaced.to_json())
    return {
        "substituted": document["staticPolicies"]["policy"],
        "substituted_literals": _listed(replaced.statics["policy"].entity_literals()),
    }


def _constraint(scope: Scope) -> list[str]:
    entity = "slot" if isinstance(scope.entity, Slot) else _text(scope.entity)
    match scope.op, scope.type_name:
        case "All", _:
            return ["any"]
        case "is", str(type_name):
            return ["is", type_name] if scope.entity is None else ["is in", type_name, entity]
        case op, _:
            return [op, entity]


def _action_constraint(scope: ActionScope) -> list[str | list[str]]:
    if scope.op == "All":
        return ["any"]
    listed = [_text(uid) for uid in scope.entities]
    return ["==", listed[0]] if scope.op == "==" else ["in", listed]


def _environments(found: Iterable[RequestEnvironment]) -> list[dict[str, str]]:
    """Environments in order, those without slots without their keys."""
    rows = {
        (one.principal, _text(one.action), one.resource, one.principal_slot, one.resource_slot)
        for one in found
    }
    keys = ("principal", "action", "resource", "principal_slot", "resource_slot")
    ordered = sorted(rows, key=lambda values: tuple(value or "" for value in values))
    return [
        {key: value for key, value in zip(keys, values, strict=True) if value is not None}
        for values in ordered
    ]


def _texts(uids: Iterable[Uid]) -> list[str]:
    return sorted(map(_text, uids))


def _sorted(names: Iterable[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)


def _listed(literals: Counter[Uid]) -> list[str]:
    return sorted(_text(uid) for uid in literals.elements())


def _text(uid: Uid | None) -> str:
    """Write a uid as recorded, which escapes single quotes too."""
    return str(uid).replace("'", "\\'")
