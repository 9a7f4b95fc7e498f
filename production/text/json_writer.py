"""JSON text of any depth: a writer with its own stack, since `json.dumps` recurses."""

from __future__ import annotations

from json.encoder import encode_basestring_ascii
from typing import Any, Final

from ..errors import JsonError
from ..language.arguments import long_of

_CONTAINERS: Final = (dict, list, tuple)


def write_json(value: Any, indent: int | None = None, depth_limit: int | None = None) -> str:
    """Return JSON text with sorted keys, in ASCII: canonical on one line, or indented by so many columns.

    Raises `JsonError` where arrays and objects nest deeper than `depth_limit`.
    """
    pieces: list[str] = []
    width = None if indent is None else long_of(indent, "indent")
    colon = ":" if width is None else ": "
    inner = outer = ""
    # Work still to do, last first: a piece of text, or an array or object with its level.
    pending: list[Any] = [(value, 0) if isinstance(value, _CONTAINERS) else _scalar(value)]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        current, level = item
        if depth_limit is not None and level >= depth_limit:
            raise JsonError(f"nested deeper than {depth_limit} levels")
        if width is not None:
            inner, outer = "\n" + " " * (width * (level + 1)), "\n" + " " * (width * level)
        if isinstance(current, dict):
            pieces.append("{")
            pending.append(outer + "}" if current else "}")
            for name in sorted(current, reverse=True):
                part = current[name]
                text = f",{inner}{encode_basestring_ascii(name)}{colon}"
                if isinstance(part, str):
                    pending.append(text + encode_basestring_ascii(part))
                elif isinstance(part, _CONTAINERS):
                    pending += ((part, level + 1), text)
                else:
                    pending.append(text + _scalar(part))
        else:
            pieces.append("[")
            pending.append(outer + "]" if current else "]")
            for part in reversed(current):
                if isinstance(part, _CONTAINERS):
                    pending += ((part, level + 1), "," + inner)
                else:
                    pending.append(f",{inner}{_scalar(part)}")
        if current:
            pending[-1] = pending[-1][1:]
    return "".join(pieces)


def _scalar(item: Any) -> str:
    if isinstance(item, str):
        return encode_basestring_ascii(item)
    return "null" if item is None else "true" if item is True else "false" if item is False else f"{item:d}"
