"""Canonical JSON of residual policies: set values are compared as sets (spec 09 §5.2, §13)."""

from __future__ import annotations

import json
from typing import Any

Json = Any

VALUE_FUNCTIONS = frozenset({"decimal", "ip", "duration", "datetime", "offset"})
"""Calls that are written for values (spec 09 §5.1)."""


def canonical_residual(policy: Json) -> str:
    """Write a residual policy with sorted keys and without spaces, the elements of set values sorted."""
    return _text(_canonical(policy)[0])


def _text(document: Json) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def _canonical(document: Json) -> tuple[Json, bool]:
    """Sort the set values inside; also return whether the document is the expression of a value."""
    match document:
        case {"Value": _, **others} if not others:
            return document, True
        case {"Set": list(elements), **others} if not others:
            parts, are_values = _all(elements)
            return {"Set": sorted(parts, key=_text) if are_values else parts}, are_values
        case {"Record": dict(fields), **others} if not others:
            parts, are_values = _all(fields.values())
            return {"Record": dict(zip(fields, parts, strict=True))}, are_values
        case dict():
            parts, are_values = _all(document.values())
            is_call = len(document) == 1 and document.keys() <= VALUE_FUNCTIONS
            return dict(zip(document, parts, strict=True)), is_call and are_values
        case list():
            return _all(document)
        case _:
            return document, False


def _all(documents: Any) -> tuple[list[Json], bool]:
    done = [_canonical(document) for document in documents]
    return [part for part, _ in done], all(is_value for _, is_value in done)
