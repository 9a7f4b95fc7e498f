"""Values as Cedar text that reads back, from an engine's canonical text (spec 12 §2).

A value of an extension type is printed as it was written somewhere in the inputs, else in the form that
`cedar` gives to what was computed.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from drt.model.uid_text import LETTERS, normalized_text

_SCALAR = re.compile(r"true|false|-?\d+")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_CALL = re.compile(r"(decimal|ip|datetime|duration)\(([^)]*)\)")
_TYPE = re.compile(r"[_a-zA-Z][\w:]*::(?=\")")
_LITERAL = re.compile(r'\b(decimal|ip|datetime|duration)\s*\(\s*("(?:[^"\\]|\\.)*")\s*\)')

Canonical = Callable[[str], str | None]
"""The canonical text of a constant expression, None if it has no value."""


def written_forms(texts: Iterable[str], documents: Iterable[object], canonical: Canonical) -> dict[str, str]:
    """Map the canonical text of each extension value that is written in the inputs to how it is written."""
    forms: dict[str, str] = {}
    for function, argument in (*_in_texts(texts), *_in_documents(documents)):
        written = f"{function}({argument})"
        value = canonical(written)
        if value is not None:
            forms.setdefault(value, written)
    return forms


def _in_texts(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        yield from _LITERAL.findall(text)


def _in_documents(documents: Iterable[object]) -> Iterator[tuple[str, str]]:
    todo = list(documents)
    while todo:
        match todo.pop():
            case {"fn": str(function), "arg": str(argument)}:
                yield function, quoted(argument)
            case dict(members):
                todo += members.values()
            case list(elements):
                todo += elements


def quoted(text: str) -> str:
    """Write a string literal."""
    return '"' + "".join(LETTERS.get(c, c) if c != "'" else c for c in text) + '"'


def cedar_text(canonical: str, written: Mapping[str, str]) -> str:
    """Write a value as Cedar text; `written` as `written_forms` gives it."""
    text, end = _value(canonical, 0, written)
    assert end == len(canonical)
    return text


def _value(text: str, at: int, written: Mapping[str, str]) -> tuple[str, int]:
    if text[at] == "[":
        return _set(text, at, written)
    if text[at] == "{":
        return _record(text, at, written)
    if found := _CALL.match(text, at):
        return written.get(found[0]) or _computed(found[1], found[2]), found.end()
    if found := _TYPE.match(text, at):
        identity = _STRING.match(text, found.end())
        assert identity is not None
        return normalized_text(found[0][:-2], json.loads(identity[0])), identity.end()
    if found := _STRING.match(text, at):
        return quoted(json.loads(found[0])), found.end()
    found = _SCALAR.match(text, at)
    assert found is not None, text[at : at + 20]
    return found[0], found.end()


def _set(text: str, at: int, written: Mapping[str, str]) -> tuple[str, int]:
    elements = []
    at += 1
    while text[at] != "]":
        element, at = _value(text, at, written)
        elements.append(element)
        at += 2 if text.startswith(", ", at) else 0
    return f"[{', '.join(sorted(set(elements), key=_order))}]", at + 1


def _order(element: str) -> tuple[bool, int, str]:
    number = int(element) if re.fullmatch(r"-?\d+", element) else None
    return number is None, number or 0, element


def _record(text: str, at: int, written: Mapping[str, str]) -> tuple[str, int]:
    members = []
    at += 1
    while text[at] != "}":
        key = _STRING.match(text, at)
        assert key is not None
        value, at = _value(text, key.end() + 2, written)
        members.append(f"{quoted(json.loads(key[0]))}: {value}")
        at += 2 if text.startswith(", ", at) else 0
    return "{" + ", ".join(members) + "}", at + 1


def _computed(function: str, argument: str) -> str:
    """Write an extension value that no input holds, from its number."""
    if function == "ip":
        version, address, prefix = argument.split(", ")
        kind = ipaddress.IPv4Address if version == "v4" else ipaddress.IPv6Address
        return f'ip("{kind(int(address, 16))}{prefix}")'
    number = int(argument.removesuffix("ms"))
    match function:
        case "decimal":
            whole, part = divmod(abs(number), 10_000)
            return f'decimal("{"-" if number < 0 else ""}{whole}.{part:04d}")'
        case "duration":
            return f'duration("{number}ms")'
    return f'datetime("1970-01-01").offset(duration("{number}ms"))'
