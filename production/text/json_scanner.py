"""A JSON reader with a stack of its own, and the pieces that both readers make.

It reads what is nested too deep for the standard library's recursive one, with the same results, and it can
note where everything stands.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Set
from typing import Any, Final, TypeAlias

from ..errors import JsonError

Container: TypeAlias = dict[str, Any] | list[Any]

_SPACE: Final = re.compile(r"[ \t\n\r]*+")
_TOKEN: Final = re.compile(
    r'(?P<string>"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+")'
    r"|(?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+)"
    r"|(?P<word>true|false|null)|(?P<mark>[{}\[\],:])"
)
_ESCAPE: Final = re.compile(
    r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\(.)"
)
_SIMPLE: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS: Final = {"true": True, "false": False, "null": None}

MAX_DEPTH: Final = 127
"""Arrays and objects inside each other that a document may have (spec 05 §2, 06 §1.1, 07 §3)."""

SURROGATE: Final = re.compile("[\ud800-\udfff]")


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
    return repeated(
        members, {name for name, count in Counter(name for name, _ in pairs).items() if count > 1}
    )


def repeated(members: dict[str, Any], names: Set[str]) -> Repeated:
    """Mark an object whose keys of these names are repeated."""
    marked = Repeated(members)
    marked.name = next(name for name in members if name in names)
    marked.names = frozenset(names)
    return marked


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


class MisreadError(JsonError):
    """A text that is not JSON at the offset `at`; `problem` is the message without the place."""

    def __init__(self, problem: str, text: str, at: int) -> None:
        line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        super().__init__(f"line {line}, column {column}: {problem}")
        self.problem = problem
        self.at = at


class Places:
    """The offsets of members and items in a text, and of its value."""

    def __init__(self) -> None:
        self.start = 0
        self._keys: dict[tuple[int, str], int] = {}
        self._values: dict[tuple[int, str | int], int] = {}

    def of_key(self, owner: dict[str, Any], key: str) -> int:
        """Return the offset of a key of an object."""
        return self._keys[id(owner), key]

    def of(self, owner: Container, key: str | int) -> int:
        """Return the offset of a member of an object or an item of an array."""
        return self._values[id(owner), key]

    def note_key(self, owner: dict[str, Any], key: str, at: int) -> None:
        """Note where a key of an object stands."""
        self._keys[id(owner), key] = at

    def note(self, owner: Container, key: str | int, at: int) -> None:
        """Note where a member of an object or an item of an array stands."""
        self._values[id(owner), key] = at


def scan(text: str, places: Places | None = None) -> Any:
    """Read one JSON text; raises `MisreadError`.

    Without `places`, depth, repeated keys and lone surrogates are left to the caller. With them these are
    errors, and the places of all parts are noted.
    """
    scanner = _Scanner(text, places)
    root: list[Any] = []
    stack: list[Container] = [root]
    keys: list[str | int] = [0]
    scanner.next()
    if places is not None:
        places.start = scanner.at
    while True:
        # The cursor is on the first token of a value.
        if places is not None:
            places.note(stack[-1], keys[-1], scanner.at)
        opened = scanner.opened(len(stack))
        if opened is None:
            _put(stack[-1], keys[-1], scanner.scalar())
        else:
            stack.append(opened)
            scanner.next()
            if not scanner.closes(opened):
                keys.append(scanner.key(opened))
                continue
            keys.append(0)
            _close(scanner, stack, keys)
        scanner.next()
        while len(stack) > 1 and scanner.closes(stack[-1]):
            _close(scanner, stack, keys)
            scanner.next()
        if len(stack) == 1:
            break
        if not scanner.is_mark(","):
            raise scanner.expected("`,` or `}`" if isinstance(stack[-1], dict) else "`,` or `]`")
        scanner.next()
        keys[-1] = scanner.key(stack[-1])
    if scanner.kind != "end":
        raise scanner.expected("the end of the text")
    return root[0]


class _Scanner:
    """A cursor over the text; `kind`, `token` and `at` describe the token that it is on."""

    def __init__(self, text: str, places: Places | None) -> None:
        self.text = text
        self.places = places
        self.at = 0
        self.end = 0
        self.kind = ""
        self.token = ""
        self.repeated: dict[int, set[str]] = {}

    def next(self) -> None:
        blank = _SPACE.match(self.text, self.end)
        self.at = blank.end() if blank else self.end
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            self.kind, self.token = "end" if self.at == len(self.text) else "bad", ""
            return
        self.kind, self.token, self.end = match.lastgroup or "", match.group(), match.end()

    def error(self, problem: str) -> MisreadError:
        return MisreadError(problem, self.text, self.at)

    def expected(self, what: str) -> MisreadError:
        found = {"end": "the end of the text", "bad": f"{self.text[self.at : self.at + 1]!a}"}.get(
            self.kind, f"`{self.token}`" if self.kind in ("mark", "word") else f"a {self.kind}"
        )
        return self.error(f"expected {what}, found {found}")

    def is_mark(self, mark: str) -> bool:
        return self.token == mark and self.kind == "mark"

    def opened(self, level: int) -> Container | None:
        """Return the empty object or array that the token opens."""
        opened: Container | None = {} if self.is_mark("{") else [] if self.is_mark("[") else None
        if opened is not None and self.places is not None and level > MAX_DEPTH:
            raise self.error(f"nesting deeper than {MAX_DEPTH} levels")
        return opened

    def closes(self, container: Container) -> bool:
        return self.is_mark("}" if isinstance(container, dict) else "]")

    def string(self) -> str:
        value = self.token[1:-1]
        if "\\" in value:
            value = _ESCAPE.sub(_character, value)
        if self.places is not None and not value.isascii() and SURROGATE.search(value):
            raise self.error("a lone surrogate in a string")
        return value

    def key(self, into: Container) -> str | int:
        """Move onto the next value of an object or array; its key there, or its number."""
        if isinstance(into, list):
            return len(into)
        if self.kind != "string":
            raise self.expected("a string as a key")
        key = self.string()
        if key in into:
            self.repeated.setdefault(id(into), set()).add(key)
        if self.places is not None:
            if key in into:
                raise self.error(f"the key {json.dumps(key)} comes twice in one object")
            self.places.note_key(into, key, self.at)
        self.next()
        if not self.is_mark(":"):
            raise self.expected("`:`")
        self.next()
        return key

    def scalar(self) -> Any:
        match self.kind:
            case "string":
                return self.string()
            case "number":
                return integer(self.token) if self.token.lstrip("-").isdecimal() else number(self.token)
            case "word":
                return _WORDS[self.token]
        raise self.expected("a JSON value")


def _close(scanner: _Scanner, stack: list[Container], keys: list[str | int]) -> None:
    """Put the innermost container, which is complete, into the one around it."""
    made = stack.pop()
    keys.pop()
    names = scanner.repeated.pop(id(made), None)
    if names and isinstance(made, dict):
        made = repeated(made, names)
    _put(stack[-1], keys[-1], made)


def _put(container: Container, key: str | int, value: Any) -> None:
    if isinstance(container, list):
        container.append(value)
    else:
        container[str(key)] = value
