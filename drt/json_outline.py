"""JSON texts as the harness needs them: by outline at any depth, and compared without coercion.

An engine's canonical document can nest far deeper than the `json` module can follow, so the outline is read
from the text by counting brackets.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]')

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]


def spans(document: str) -> list[str]:
    """The texts of the direct elements of an array, or of the direct `key:value` members of an object."""
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
    """The direct members of an object: key to the text of its value."""
    result = {}
    for piece in spans(document):
        key = _TOKEN.match(piece)
        if key is not None and key.group().startswith('"'):
            result[str(json.loads(key.group()))] = piece[key.end() :].lstrip().removeprefix(":").strip()
    return result


def same(left: JsonValue, right: JsonValue) -> bool:
    """Equality of JSON values by kind and content: `1`, `1.0` and `true` are three different values."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right, strict=True))
    return left == right


def first_difference(left: JsonValue, right: JsonValue, path: str = "$") -> str:
    """Where two JSON values part, for people: a path and both sides; empty when they are the same."""
    if isinstance(left, dict) and isinstance(right, dict) and left.keys() == right.keys():
        found = (first_difference(left[key], right[key], f"{path}.{key}") for key in sorted(left))
        return next(filter(None, found), "")
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        pairs = enumerate(zip(left, right, strict=True))
        return next(filter(None, (first_difference(a, b, f"{path}[{i}]") for i, (a, b) in pairs)), "")
    if same(left, right):
        return ""
    return f"at {path}: {json.dumps(left)[:200]} against {json.dumps(right)[:200]}"


def sort_sets(value: JsonValue) -> None:
    """Order the elements of every set in a value by their JSON text, inner ones first."""
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        sort_sets(part)
    if isinstance(value, list):
        value.sort(key=lambda element: json.dumps(element, sort_keys=True, separators=(",", ":")))
