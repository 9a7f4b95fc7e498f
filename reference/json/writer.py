"""JSON to text in one canonical form: keys sorted, no spaces, ASCII; without recursion."""

from __future__ import annotations

from json.encoder import encode_basestring_ascii

from reference.json.document import Json, Number


def write_json(json: Json) -> str:
    """Write the canonical text of a JSON value."""
    pieces: list[str] = []
    todo: list[tuple[bool, Json]] = [(False, json)]
    while todo:
        is_text, node = todo.pop()
        match node:
            case str():
                pieces.append(node if is_text else encode_basestring_ascii(node))
            case None:
                pieces.append("null")
            case bool():
                pieces.append("true" if node else "false")
            case int():
                pieces.append(f"{node:d}")
            case Number(text):
                pieces.append(text)
            case list():
                todo.append((True, "]"))
                for place in range(len(node) - 1, -1, -1):
                    todo.append((False, node[place]))
                    todo.append((True, "," if place else "["))
                if not node:
                    pieces.append("[")
            case dict():
                todo.append((True, "}"))
                opening = "{"
                keys = sorted(node)
                for place in range(len(keys) - 1, -1, -1):
                    todo.append((False, node[keys[place]]))
                    opening = "," if place else "{"
                    todo.append((True, f"{opening}{encode_basestring_ascii(keys[place])}:"))
                if not node:
                    pieces.append(opening)
    return "".join(pieces)
