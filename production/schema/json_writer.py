"""JSON text of any depth: a writer with its own stack, since `json.dumps` recurses."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ..errors import SchemaError
from ..language.arguments import long_of

JsonValue = None | bool | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"]


def json_text(value: JsonValue, indent: int | None = None, depth_limit: int | None = None) -> str:
    """Return sorted keys, ASCII only; on one line without spaces, or indented by `indent` columns a level.

    Raises `SchemaError` where arrays and objects nest deeper than `depth_limit`.
    """
    pieces: list[str] = []
    # Work still to do, last first: a piece of text, or a value with its level.
    todo: list[str | tuple[JsonValue, int]] = [(value, 0)]
    width = None if indent is None else long_of(indent, "indent")
    colon = ":" if width is None else ": "
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        current, level = item
        if current is None or isinstance(current, bool | str):
            pieces.append(json.dumps(current))
            continue
        if depth_limit is not None and level >= depth_limit:
            raise SchemaError(f"nested deeper than the {depth_limit} levels of a JSON schema")
        inner, outer = "", ""
        if width is not None:
            inner, outer = "\n" + " " * (width * (level + 1)), "\n" + " " * (width * level)
        parts: list[str | tuple[JsonValue, int]] = []
        if isinstance(current, Mapping):
            for key in sorted(current):
                parts += ["," + inner, json.dumps(key) + colon, (current[key], level + 1)]
            parts[:1] = ["{" + (inner if current else "")]
            parts.append(outer + "}" if current else "}")
        else:
            for element in current:
                parts += ["," + inner, (element, level + 1)]
            parts[:1] = ["[" + (inner if current else "")]
            parts.append(outer + "]" if current else "]")
        todo.extend(reversed(parts))
    return "".join(pieces)
