"""Depths beyond which the Rust engine's binding would take the whole process down with it.

Only what nests counts: elements of a list, however many, lie beside each other.
"""

from __future__ import annotations

import re

from drt.model.case import Source

SAFE_NESTING = 150
"""Brackets inside each other that the binding takes without dying, with room to spare."""

SAFE_CHAIN = 250
"""Operators and accesses in one policy, likewise: its JSON nests twice as deep, and is read by recursion."""

SAFE_RECORD_NESTING = 24
"""Nesting of a schema's record types; reading a document doubles its time with each (spec 05 §2.3)."""

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\r\n]*|[\[({]|[\])}]|[;,]|&&|\|\||[-+*!.]|\bif\b|::')


def too_deep(text: str) -> bool:
    """Whether a Cedar text nests or chains beyond what the binding survives."""
    opened: list[int] = []  # the length of the chain at each bracket that is open
    longest: list[int] = []  # the longest chain of an element in each
    chain = 0
    for token in TOKEN.findall(text):
        match token:
            case "(" | "[" | "{":
                chain += 1
                opened.append(chain)
                longest.append(chain)
            case ")" | "]" | "}" if opened:
                chain = max(chain, longest.pop())
                opened.pop()
            case "," if opened:
                longest[-1] = max(chain, longest[-1])
                chain = opened[-1]
            case ";" | ",":
                chain = 0
            case ")" | "]" | "}":
                pass
            case _:
                chain += 1
        if chain > SAFE_CHAIN or len(opened) > SAFE_NESTING:
            return True
    return False


def schema_too_deep(schema: Source) -> bool:
    """Whether a schema nests deeper than the binding survives, or than it reads in good time."""
    brackets_per_level = 1 if schema.format == "cedar" else 2
    depth = deepest = 0
    for token in TOKEN.findall(schema.text):
        if token == "{":
            depth += 1
            deepest = max(deepest, depth)
        elif token == "}":
            depth -= 1
    return deepest > SAFE_RECORD_NESTING * brackets_per_level or too_deep(schema.text)


def policies_too_deep(policies: Source) -> bool:
    """Whether policies nest deeper than the binding survives."""
    # Policy JSON has a limit of its own, 127, which the engine enforces cleanly.
    return policies.format == "cedar" and too_deep(policies.text)
