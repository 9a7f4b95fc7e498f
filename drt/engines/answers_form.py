"""One form for answers about schemas and policies (spec 13): sets and multisets as sorted lists."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

MULTISETS = ("entity_literals", "substituted_literals")
SETS = ("slots", "valid_request_envs")
ENVIRONMENT = ("principal", "action", "resource", "principal_slot", "resource_slot")

Form = Callable[[Any], Any]


def answers_form(document: Any, policy_form: Form) -> Any:
    """Sort the lists, drop what a set holds twice, and give each policy its `policy_form`."""
    match document:
        case {"schema": dict() as schema}:
            about = {name: _sets(each) for name, each in schema.items()}
            return _policies(document | {"schema": about}, policy_form)
        case dict():
            return _policies(document, policy_form)
    return document


def _policies(document: dict[str, Any], policy_form: Form) -> dict[str, Any]:
    policies = document.get("policies")
    if not isinstance(policies, dict):
        return document
    return document | {"policies": {name: _policy(policy, policy_form) for name, policy in policies.items()}}


def _policy(policy: Any, policy_form: Form) -> Any:
    if not isinstance(policy, dict):
        return policy
    forms = {**dict.fromkeys(SETS, _sets), **dict.fromkeys(MULTISETS, _in_order), "substituted": policy_form}
    return {name: forms[name](each) if name in forms else each for name, each in policy.items()}


def _sets(value: Any) -> Any:
    """Sort a set, or the sets of a table."""
    match value:
        case dict():
            return {name: _sets(each) for name, each in value.items()}
        case list():
            return _in_order(
                list({json.dumps(_row(each), sort_keys=True): _row(each) for each in value}.values())
            )
    return value


def _row(element: Any) -> Any:
    """Sort the actions of a principal type and a resource type."""
    match element:
        case [str() as principal, str() as resource, list() as actions]:
            return [principal, resource, _sets(actions)]
    return element


def _in_order(elements: list[Any]) -> list[Any]:
    return sorted(elements, key=_order)


def _order(element: Any) -> Any:
    """Order request environments by their members, all else by its JSON."""
    if isinstance(element, dict):
        return [str(element.get(name, "")) for name in ENVIRONMENT]
    return [element] if isinstance(element, str) else [json.dumps(element)]
