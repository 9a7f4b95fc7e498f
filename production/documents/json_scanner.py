"""A JSON reader with a stack of its own, and the pieces that both readers make.

It reads what is nested too deep for the standard library's recursive one; the results are the same.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Final

from ..errors import JsonError

_SPACE: Final = re.compile(r"[ \t\n\r]*+")
_TOKEN: Final = re.compile(
    r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"'
    r"|-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+"
    r"|[{}\[\],:]|true|false|null"
)
_ESCAPE: Final = re.compile(
    r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\(.)"
)
_SIMPLE: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS: Final = {"true": True, "false": False, "null": None}


class Number:
    """A number with a fraction or an exponent, minus zero, or one beyond any double (`is_huge`)."""

    __slots__ = ("is_huge", "text")

    def __init__(self, text: str, is_huge: bool) -> None:
        self.text = text
        self.is_huge = is_huge

    def shown(self) -> str:
        """Return the text, cut where it gets long."""
        return self.text if len(self.text) <= 40 else f"{self.text[:37]}..."


class Repeated(dict[str, Any]):
    """An object with repeated keys: `name` and perhaps others of `names`; the last value counts."""

    __slots__ = ("name", "names")

    name: str
    names: frozenset[str]


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object of these members, marked if a key is repeated."""
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    repeated = Repeated(members)
    repeated.name = twice[0]
    repeated.names = frozenset(twice)
    return repeated


def number(text: str) -> Number:
    """Return a number with a fraction or an exponent."""
    return Number(text, float(text) in (float("inf"), float("-inf")))


def integer(text: str) -> int | Number:
    """Return a number without fraction and exponent; minus zero counts as a fraction (spec 05 §2.2)."""
    if text == "-0":
        return Number(text, False)
    if len(text) > 300 and float(text) in (float("inf"), float("-inf")):
        return Number(text, True)
    return int(text)


def _character(match: re.Match[str]) -> str:
    high, low, single, letter = match.groups()
    if high:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
    return chr(int(single, 16)) if single else _SIMPLE.get(letter, letter)


def _scalar(token: str) -> Any:
    if token[0] == '"':
        return _ESCAPE.sub(_character, token[1:-1]) if "\\" in token else token[1:-1]
    if token in _WORDS:
        return _WORDS[token]
    return integer(token) if token.lstrip("-").isdecimal() else number(token)


def scan(text: str) -> Any:
    """Read one JSON text of any depth; raises `JsonError`."""
    at = 0
    open_: list[tuple[str, list[Any]]] = []
    expected = "value"
    result: Any = None
    while True:
        start = _behind_space(text, at)
        match = _TOKEN.match(text, start)
        if match is None:
            if expected == "end" and start == len(text):
                return result
            raise _error(text, start)
        token, at = match[0], match.end()
        if expected == "end":
            raise _error(text, start)
        if token in ("[", "{") and expected in ("value", "value or ]"):
            open_.append((token, []))
            expected = "value or ]" if token == "[" else "key or }"
            continue
        if expected in ("key", "key or }") and token[0] == '"':
            open_[-1][1].append(_scalar(token))
            expected = ":"
            continue
        if expected == ":" and token == ":":
            expected = "value"
            continue
        if expected == "separator" and token == ",":
            expected = "value" if open_[-1][0] == "[" else "key"
            continue
        if open_ and _closes(token, open_[-1][0], expected):
            kind, items = open_.pop()
            made = items if kind == "[" else object_of(list(zip(items[::2], items[1::2], strict=True)))
        elif expected in ("value", "value or ]") and token not in ("]", "}", ",", ":"):
            made = _scalar(token)
        else:
            raise _error(text, start)
        if open_:
            open_[-1][1].append(made)
            expected = "separator"
        else:
            result, expected = made, "end"


def _behind_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _closes(token: str, kind: str, expected: str) -> bool:
    """Return whether a token ends the innermost array or object here."""
    if kind == "[":
        return token == "]" and expected in ("value or ]", "separator")
    return token == "}" and expected in ("key or }", "separator")


def _error(text: str, at: int) -> JsonError:
    line = text.count("\n", 0, at) + 1
    column = at - text.rfind("\n", 0, at)
    found = f"`{text[at]}`" if at < len(text) else "the end of the text"
    return JsonError(f"line {line}, column {column}: unexpected {found}")
