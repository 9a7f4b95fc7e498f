"""Canonical JSON of policies whose set values are compared as sets (spec 09 §5.2, §13)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Json = Any

VALUE_FUNCTIONS = frozenset({"decimal", "ip", "duration", "datetime", "offset"})
"""Calls that are written for values (spec 09 §5.1)."""


def canonical_residual(policy: Json) -> str:
    """Write a residual policy with sorted keys and without spaces, the elements of set values sorted.

    Recurses once per level, on Python's stack only.
    """
    pieces: list[str] = []
    _write(policy, pieces)
    return "".join(pieces)


def unordered(text: str) -> str:
    """Write documents, one per line, with set values and links sorted, which have no order.

    What is no JSON, or nests too deep, is left as it is.
    """
    try:
        documents = map(json.loads, text.split("\n"))
        return "\n".join(sorted(canonical_residual(_without_order(document)) for document in documents))
    except (ValueError, RecursionError):
        return text


def _without_order(document: Json) -> Json:
    match document:
        case {"staticPolicies": _, "templateLinks": list(links)}:
            return document | {"templateLinks": sorted(links, key=json.dumps)}
    return document


def _write(document: Json, pieces: list[str]) -> bool:
    """Write a document; return whether it is the expression of a value."""
    match document:
        case {"Value": value} if len(document) == 1:
            _write_object({"Value": value}, pieces)
            return True
        case {"Set": list(elements)} if len(document) == 1:
            return _write_set(elements, pieces)
        case {"Record": dict(fields)} if len(document) == 1:
            pieces.append('{"Record":')
            are_values = _write_object(fields, pieces)
            pieces.append("}")
            return are_values
        case dict():
            are_values = _write_object(document, pieces)
            return are_values and len(document) == 1 and document.keys() <= VALUE_FUNCTIONS
        case list():
            return _write_array(document, pieces)
        case _:
            pieces.append(json.dumps(document))
            return False


def _write_set(elements: list[Json], pieces: list[str]) -> bool:
    written: list[str] = []
    are_values = True
    for element in elements:
        parts: list[str] = []
        are_values = _write(element, parts) and are_values
        written.append("".join(parts))
    pieces.append(f'{{"Set":[{",".join(sorted(written) if are_values else written)}]}}')
    return are_values


def _write_object(fields: Mapping[str, Json], pieces: list[str]) -> bool:
    """Write an object; return whether all its members are expressions of values."""
    are_values, before = True, "{"
    for key in sorted(fields):
        pieces.append(f"{before}{json.dumps(key)}:")
        are_values = _write(fields[key], pieces) and are_values
        before = ","
    pieces.append("}" if fields else "{}")
    return are_values


def _write_array(items: list[Json], pieces: list[str]) -> bool:
    """Write an array; return whether all its items are expressions of values."""
    are_values, before = True, "["
    for item in items:
        pieces.append(before)
        are_values = _write(item, pieces) and are_values
        before = ","
    pieces.append("]" if items else "[]")
    return are_values
