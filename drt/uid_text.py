"""Entity literals as Cedar text, turned into the JSON of a uid without asking any engine.

Owns the reading of `Type::"id"` as engines print it: a type name, two colons, a string with escapes.
"""

from __future__ import annotations

import json
import re

LITERAL = re.compile(r'(\w+(?:::\w+)*)::"((?:[^"\\]|\\.)*)"', re.DOTALL)
ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|x([0-7][0-9a-fA-F])|(.))", re.DOTALL)
NAMED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}


def uid_json(literal: str) -> str:
    """The uid of an entity literal as JSON text; raises `ValueError` where it is none."""
    found = LITERAL.fullmatch(literal)
    if found is None:
        raise ValueError(f"not an entity literal: {literal!r}")
    return json.dumps({"type": found[1], "id": ESCAPE.sub(_character, found[2])})


def _character(escape: re.Match[str]) -> str:
    code, byte, name = escape.groups()
    if name is not None:
        return NAMED.get(name, name)
    return chr(int(code or byte, 16))
