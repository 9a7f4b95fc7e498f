"""Schema texts with one slip or one rarity around `external`: some are legal, some just not (spec 13 §5)."""

from __future__ import annotations

import json
import re
from typing import Any

from generators.choice.sources import Source

_DECLARATION = re.compile(r"external\s+(?:entity|action)\b[^;{}\"]*;")

ENTITY_TAILS = (" {}", " = {}", " {a: Long}", " tags Long", ' enum ["a"]', " in []", ' in ["a"]')
ACTION_TAILS = (
    " appliesTo {principal: [Extra], resource: [Extra]}",
    " appliesTo {}",
    " attributes {}",
    " in []",
)
LINES = (
    "entity external;",
    "action external;",
    "namespace external {}",
    "type external = Long;",
    "entity Extra {external: Long};",
    "entity Extra {external: external}; type external = {};",
    "external entity external;",
    "external entity Extra, Other in [Extra];",
    "external entity Extra in Extra;",
    "external entity Extra; entity Extra;",
    "external entity Extra; external entity Extra;",
    'external entity Extra; entity Extra enum ["a"];',
    'entity Listed enum ["a"]; external entity Extra in [Listed];',
    "external entity Extra in [Undeclared];",
    "external action extra, other;",
    'external action "a b" in [extra]; external action extra;',
    'external action extra in [Action::"undeclared"];',
    "external action extra; action extra;",
    "action extra in [other]; external action other;",
    '@doc("x") external entity Extra;',
    'external @doc("x") entity Extra;',
    '@doc("x") external action extra;',
    "external external entity Extra;",
    "external type Extra = Long;",
    "external namespace Extra {}",
    "external;",
    "external entity;",
    "external entity __cedar;",
)
"""Declarations for the end of a schema."""

VALUES: tuple[Any, ...] = (True, True, True, False, None, 1, "true", [])
MEMBERS: tuple[tuple[str, Any], ...] = (
    ("shape", {}),
    ("shape", {"type": "Record", "attributes": {}}),
    ("tags", {"type": "Long"}),
    ("enum", ["a"]),
    ("enum", []),
    ("appliesTo", {"principalTypes": [], "resourceTypes": []}),
    ("appliesTo", None),
    ("attributes", {}),
    ("annotations", {"doc": "x"}),
    ("memberOfTypes", []),
    ("memberOf", []),
)


def slipped_text(source: Source, text: str) -> str:
    """Add something to an external declaration in Cedar syntax, or add a declaration."""
    found = list(_DECLARATION.finditer(text))
    if not found or source.boolean():
        return f"{text}\n{source.choice(LINES)}\n"
    match = source.choice(found)
    tails = ENTITY_TAILS if "entity" in match[0] else ACTION_TAILS
    return f"{text[: match.end() - 1]}{source.choice(tails)}{text[match.end() - 1 :]}"


def slipped_json(source: Source, text: str) -> str:
    """Make one entry of a JSON schema external, with a good or a bad value, and perhaps add a member."""
    document = json.loads(text)
    entries = [
        entry
        for namespace in document.values()
        for kind in ("entityTypes", "actions")
        for entry in namespace[kind].values()
    ]
    if not entries:
        return text
    entry = source.choice(entries)
    if "external" not in entry or source.boolean(0.3):
        entry["external"] = source.choice(VALUES)
    if source.boolean(0.6):
        name, value = source.choice(MEMBERS)
        entry[name] = value
    return json.dumps(document)
