"""Strict JSON text with places (spec 07 §3): no key comes twice, at most 127 levels, no lone surrogates.

Iterative, so depth costs no stack.
"""

from __future__ import annotations

import json
import re
from typing import Final, TypeAlias

from .errors import Place, SchemaTextError

DEPTH_LIMIT: Final = 127


class Number:
    """A number, which a schema has no place for."""

    __slots__ = ()

    def __init__(self, text: str) -> None:
        """Take any number; which one it is matters to nobody."""


Members: TypeAlias = dict[str, "Json"]
Json: TypeAlias = bool | str | Number | list["Json"] | Members | None

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_TOKEN: Final = re.compile(
    r'(?P<string>"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+")'
    r"|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<word>true|false|null)|(?P<mark>[{}\[\],:])"
)
_WORDS: Final = {"true": True, "false": False, "null": None}
SURROGATE: Final = re.compile("[\ud800-\udfff]")
_ESCAPEDSURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


def shown(value: Json) -> str:
    """Describe a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return "a string"
        case Number():
            return "a number"
        case list():
            return "an array"
        case dict():
            return "an object"


class Places:
    """The offsets of members and items in a text, and of its value."""

    def __init__(self) -> None:
        self.start = 0
        self._keys: dict[tuple[int, str], int] = {}
        self._values: dict[tuple[int, str | int], int] = {}

    def of_key(self, owner: Members, key: str) -> int:
        """Return the offset of a key of an object."""
        return self._keys[id(owner), key]

    def of(self, owner: Members | list[Json], key: str | int) -> int:
        """Return the offset of a member of an object or an item of an array."""
        return self._values[id(owner), key]

    def note_key(self, owner: Members, key: str, at: int) -> None:
        """Note where a key of an object stands."""
        self._keys[id(owner), key] = at

    def note(self, owner: Members | list[Json], key: str | int, at: int) -> None:
        """Note where a member of an object or an item of an array stands."""
        self._values[id(owner), key] = at


def read_json(text: str) -> tuple[Json, Places]:
    """Return the one JSON value of the text, and where its parts stand.

    Raises `SchemaTextError` naming the place and what was expected.
    """
    reader = _Reader(text)
    root: list[Json] = []
    stack: list[Members | list[Json]] = [root]
    key: str | int = 0
    reader.next()
    reader.places.start = reader.at
    while True:
        # The cursor is on the first token of a value.
        reader.places.note(stack[-1], key, reader.at)
        opened = reader.opened()
        if opened is None:
            _put(stack[-1], key, reader.scalar())
        else:
            if len(stack) > DEPTH_LIMIT:
                raise SchemaTextError(f"nesting deeper than {DEPTH_LIMIT} levels", Place(text, reader.at))
            _put(stack[-1], key, opened)
            reader.next()
            if not reader.closes(opened):
                stack.append(opened)
                key = reader.key(opened)
                continue
        reader.next()
        while len(stack) > 1 and reader.closes(stack[-1]):
            stack.pop()
            reader.next()
        if len(stack) == 1:
            break
        if not reader.is_mark(","):
            raise reader.expected("`,` or `}`" if isinstance(stack[-1], dict) else "`,` or `]`")
        reader.next()
        key = reader.key(stack[-1])
    if reader.kind != "end":
        raise reader.expected("the end of the text")
    return root[0], reader.places


class NoPlaces(Places):
    """Places in a text that was read without noting any."""

    def of_key(self, owner: Members, key: str) -> int:
        """Return 0."""
        return 0

    def of(self, owner: Members | list[Json], key: str | int) -> int:
        """Return 0."""
        return 0


class _Reader:
    """A cursor over the text; `kind`, `token` and `at` describe the token that it is on."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.places = Places()
        self.at = 0
        self.end = 0
        self.kind = ""
        self.token = ""

    def next(self) -> None:
        blank = _SPACE.match(self.text, self.end)
        self.at = blank.end() if blank else self.end
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            self.kind, self.token = "end" if self.at == len(self.text) else "bad", ""
            return
        self.kind, self.token, self.end = match.lastgroup or "", match.group(), match.end()

    def expected(self, what: str) -> SchemaTextError:
        found = {"end": "the end of the text", "bad": f"{self.text[self.at : self.at + 1]!a}"}.get(
            self.kind, f"`{self.token}`" if self.kind in ("mark", "word") else f"a {self.kind}"
        )
        return SchemaTextError(f"expected {what}, found {found}", Place(self.text, self.at))

    def is_mark(self, mark: str) -> bool:
        return self.token == mark and self.kind == "mark"

    def opened(self) -> Members | list[Json] | None:
        """Return the empty object or array that the token opens."""
        if self.is_mark("{"):
            return {}
        return [] if self.is_mark("[") else None

    def closes(self, container: Members | list[Json]) -> bool:
        return self.is_mark("}" if isinstance(container, dict) else "]")

    def string(self) -> str:
        value: str = json.loads(self.token)
        if not value.isascii() and SURROGATE.search(value):
            raise SchemaTextError("a lone surrogate in a string", Place(self.text, self.at))
        return value

    def key(self, into: Members | list[Json]) -> str | int:
        """Move onto the next value of an object or array; its key there, or its number."""
        if isinstance(into, list):
            return len(into)
        if self.kind != "string":
            raise self.expected("a string as a key")
        key = self.string()
        if key in into:
            raise SchemaTextError(
                f"the key {json.dumps(key)} comes twice in one object", Place(self.text, self.at)
            )
        self.places.note_key(into, key, self.at)
        self.next()
        if not self.is_mark(":"):
            raise self.expected("`:`")
        self.next()
        return key

    def scalar(self) -> Json:
        match self.kind:
            case "string":
                return self.string()
            case "number":
                return Number(self.token)
            case "word":
                return _WORDS[self.token]
        raise self.expected("a JSON value")


def _put(container: Members | list[Json], key: str | int, value: Json) -> None:
    if isinstance(container, list):
        container.append(value)
    else:
        container[str(key)] = value
