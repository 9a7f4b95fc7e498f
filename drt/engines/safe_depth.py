"""Depths beyond which the Rust engine's binding would take the whole process down with it."""

from __future__ import annotations

import re

from drt.case import Source

SAFE_NESTING = 150
"""Brackets inside each other that the binding takes without dying, with room to spare."""

SAFE_CHAIN = 250
"""Operators and accesses in one policy, likewise: its JSON nests twice as deep, and is read by recursion."""

SAFE_RECORD_NESTING = 24
"""Nesting of a schema's record types; reading a document doubles its time with each (spec 05 §2.3)."""

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\r\n]*|[\[({]|[\])}]|;|&&|\|\||[-+*!.]|\bif\b|::')


def too_deep(text: str) -> bool:
    """Whether a Cedar text nests or chains beyond what the binding survives."""
    depth = chain = 0
    for token in TOKEN.finditer(text):
        match token.group():
            case "(" | "[" | "{":
                depth += 1
                if depth > SAFE_NESTING:
                    return True
                chain += 1
            case ")" | "]" | "}":
                depth -= 1
            case ";":
                chain = 0
            case _:
                chain += 1
        if chain > SAFE_CHAIN:
            return True
    return False


def schema_too_deep(schema: Source) -> bool:
    brackets_per_level = 1 if schema.format == "cedar" else 2
    depth = deepest = 0
    for token in TOKEN.finditer(schema.text):
        if token.group() == "{":
            depth += 1
            deepest = max(deepest, depth)
        elif token.group() == "}":
            depth -= 1
    return deepest > SAFE_RECORD_NESTING * brackets_per_level or too_deep(schema.text)


def policies_too_deep(policies: Source) -> bool:
    # Policy JSON has a limit of its own, 127, which the engine enforces cleanly.
    return policies.format == "cedar" and too_deep(policies.text)
