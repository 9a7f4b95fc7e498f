"""JSON texts as the harness needs them: by outline at any depth, and compared without coercion.

An engine's canonical document can nest far deeper than the `json` module can follow, so the outline is read
from the text by counting brackets, and no value is walked by recursion.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]')

SHOWN = 200
"""Characters of a value that are shown where two differ."""

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]


def spans(document: str) -> list[str]:
    """Split an array into the texts of its elements, or an object into its `key:value` members."""
    depth = 0
    cuts = []
    for token in _TOKEN.finditer(document):
        match token.group():
            case "[" | "{":
                depth += 1
                if depth == 1:
                    cuts.append(token.end())
            case "]" | "}":
                depth -= 1
                if depth == 0:
                    cuts.append(token.end())
            case "," if depth == 1:
                cuts.append(token.end())
    pieces = [document[start : end - 1].strip() for start, end in pairwise(cuts)]
    return [piece for piece in pieces if piece]


def members(document: str) -> dict[str, str]:
    """Split an object into its members: key to the text of its value."""
    result = {}
    for piece in spans(document):
        key = _TOKEN.match(piece)
        if key is not None and key.group().startswith('"'):
            result[str(json.loads(key.group()))] = piece[key.end() :].lstrip().removeprefix(":").strip()
    return result


def same(left: JsonValue, right: JsonValue) -> bool:
    """Equality of JSON values by kind and content: `1`, `1.0` and `true` are three different values."""
    return next(_differences(left, right), None) is None


def first_difference(left: JsonValue, right: JsonValue) -> str:
    """Describe the first difference of two JSON values: its path and both sides; empty without one."""
    for path, one, other in _differences(left, right):
        return f"at {path}: {_shown(one)} against {_shown(other)}"
    return ""


def _differences(left: JsonValue, right: JsonValue) -> Iterator[tuple[str, JsonValue, JsonValue]]:
    """List the innermost values in which two values differ, with the path to each, in the order of keys."""
    todo = [("$", left, right)]
    while todo:
        path, one, other = todo.pop()
        if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
            todo += ((f"{path}.{key}", one[key], other[key]) for key in sorted(one, reverse=True))
        elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
            inner = [(f"{path}[{i}]", a, b) for i, (a, b) in enumerate(zip(one, other, strict=True))]
            todo += reversed(inner)
        elif type(one) is not type(other) or isinstance(one, dict | list) or one != other:
            yield path, one, other


def _shown(value: JsonValue) -> str:
    try:
        return json.dumps(value)[:SHOWN]
    except RecursionError:
        return "a value that nests too deeply to show"


def containers(value: JsonValue) -> list[dict[str, JsonValue] | list[JsonValue]]:
    """All objects and arrays of a value, outer ones first."""
    todo, found = [value], []
    while todo:
        part = todo.pop()
        if isinstance(part, dict | list):
            found.append(part)
            todo += part.values() if isinstance(part, dict) else part
    return found


def sort_sets(value: JsonValue) -> None:
    """Order the elements of every set in a value by their JSON text, inner ones first."""
    for part in reversed(containers(value)):
        if isinstance(part, list):
            part.sort(key=lambda element: json.dumps(element, sort_keys=True, separators=(",", ":")))
