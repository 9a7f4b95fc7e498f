"""All errors of a policy set in JSON, although an engine reports only the first."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from drt.cli.merging import POLICY_MEMBERS, SET_MEMBERS, File
from drt.model import json_text
from drt.model.errors import InputProblem
from drt.model.outcome import Rejected

ANYONE = {"op": "All"}
NEUTRAL: dict[str, dict[str, Any]] = {
    "staticPolicies": {
        "effect": "permit",
        "principal": ANYONE,
        "action": ANYONE,
        "resource": ANYONE,
        "conditions": [],
    },
    "templates": {
        "effect": "permit",
        "principal": {"op": "==", "slot": "?principal"},
        "action": ANYONE,
        "resource": {"op": "==", "slot": "?resource"},
        "conditions": [],
    },
}
"""A policy and a template in which one part of another can stand by itself."""
ALWAYS = {"kind": "when", "body": {"Value": True}}

UNREADABLE = "cannot be read"

Read = Callable[[str], object]
"""An engine's answer to a policy set in JSON."""


def errors(file: File, read: Read, all_refused: Rejected) -> list[str]:
    """List the errors of each policy and link with their lines; `all_refused` answers all of them."""
    document = _document(file.text)
    found: dict[tuple[str | int, str], str] = {}
    for way, part in _parts(document):
        for narrow, alone in _alone(way, part, document):
            message = _refusal(read, alone)
            if message is not None and not (way[0] == "templateLinks" and _is_reported(message, found)):
                found.setdefault((way[1], message), _placed(file, narrow, message))
    if _is_reported(all_refused.detail, found):
        return list(found.values())
    return [f"{file.path}: {all_refused.detail or UNREADABLE}", *found.values()]


def _document(text: str) -> dict[str, Any]:
    """Take the policy set apart, without what is no JSON object."""
    try:
        document = json_text.parse(text)
    except InputProblem:
        return {}
    return document if isinstance(document, dict) else {}


def _is_reported(detail: str, found: Iterable[tuple[object, str]]) -> bool:
    return any(message == detail for _, message in found)


def _parts(document: Mapping[str, Any]) -> Iterator[tuple[json_text.Way, Any]]:
    """Yield the policies, templates and links of a set, with the path to each."""
    for key in SET_MEMBERS:
        found = document.get(key)
        if isinstance(found, dict):
            yield from (((key, name), policy) for name, policy in found.items())
        elif isinstance(found, list):
            yield from (((key, index), link) for index, link in enumerate(found))


def _alone(way: json_text.Way, part: Any, document: Mapping[str, Any]) -> Iterator[tuple[json_text.Way, Any]]:
    """Policy sets with only that part; for a policy, sets with one piece of it first."""
    key, name = way
    if key == "templateLinks":
        templates = document.get("templates")
        named = part.get("templateId") if isinstance(part, dict) else None
        known = {named: templates[named]} if isinstance(templates, dict) and named in templates else {}
        yield way, _set("templates", known) | {"templateLinks": [part]}
        return
    if isinstance(part, dict):
        for narrow, piece in _pieces(key, part):
            yield (*way, *narrow), _set(key, {name: piece})
    yield way, _set(key, {name: part})


def _pieces(key: str | int, policy: Mapping[str, Any]) -> Iterator[tuple[json_text.Way, Any]]:
    """Policies that have one part of this one each, at its place, and are right otherwise."""
    neutral = NEUTRAL[str(key)]
    for part in POLICY_MEMBERS:
        value = policy.get(part, neutral[part])
        if part != "conditions" or not isinstance(value, list):
            yield (part,), neutral | {part: value}
            continue
        for index, condition in enumerate(value):
            yield (part, index), neutral | {part: [*[ALWAYS] * index, condition]}


def _set(key: str | int, policies: Mapping[Any, Any]) -> dict[str, Any]:
    return {"staticPolicies": {}, "templates": {}, "templateLinks": [], str(key): policies}


def _refusal(read: Read, document: object) -> str | None:
    """Why the document is refused, None where it is not."""
    try:
        answer = read(json.dumps(document))
    except RecursionError:
        return None
    return (answer.detail or UNREADABLE) if isinstance(answer, Rejected) else None


def _placed(file: File, way: json_text.Way, message: str) -> str:
    """Add its line to the error, and the name of the policy if the engine does not give it."""
    name = str(way[1])
    known = way[0] == "templateLinks" or any(f"{quote}{name}{quote}" in message for quote in "'`\"")
    about = "" if known else f"policy `{name}`: "
    return str(InputProblem(f"{about}{message}", file.path, json_text.line_of(file.text, way)))
