"""Strict JSON text with places (spec 07 §3): every value knows its offset, no key comes twice.

Iterative, so depth costs no stack; the document limit of 127 levels is checked here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from production.schema_errors import Place, SchemaTextError

DEPTH_LIMIT = 127

_SPACE = re.compile(r"[ \t\n\r]*")
_TOKEN = re.compile(
    r'(?P<string>"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+")'
    r"|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<word>true|false|null)|(?P<mark>[{}\[\],:])"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Number:
    """A number, which a schema has no place for."""

    text: str


@dataclass(frozen=True, slots=True)
class Json:
    """A JSON value and where it starts; `keys` holds where each key of an object starts."""

    value: bool | str | Number | list[Json] | dict[str, Json] | None
    at: int
    keys: dict[str, int] | None = None

    def __str__(self) -> str:
        match self.value:
            case None:
                return "null"
            case bool():
                return "true" if self.value else "false"
            case str():
                return "a string"
            case Number():
                return "a number"
            case list():
                return "an array"
            case _:
                return "an object"


class _Reader:
    """A cursor over the text; `kind` and `text_of` describe the token before it."""

    def __init__(self, text: str) -> None:
        self.text = text
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

    def string(self) -> str:
        value: str = json.loads(self.token)
        if not value.isascii() and _SURROGATE.search(value):
            raise SchemaTextError("a lone surrogate in a string", Place(self.text, self.at))
        return value

    def key(self, into: Json) -> str:
        """Reads `"key" :`; the cursor is on the key."""
        if self.kind != "string":
            raise self.expected("a string as a key")
        key = self.string()
        assert isinstance(into.value, dict)
        assert into.keys is not None
        if key in into.value:
            raise SchemaTextError(
                f"the key {json.dumps(key)} comes twice in one object", Place(self.text, self.at)
            )
        into.keys[key] = self.at
        self.next()
        if (self.kind, self.token) != ("mark", ":"):
            raise self.expected("`:`")
        return key

    def scalar(self) -> Json:
        match self.kind, self.token:
            case "string", _:
                return Json(self.string(), self.at)
            case "number", text:
                return Json(Number(text), self.at)
            case "word", text:
                return Json({"true": True, "false": False, "null": None}[text], self.at)
        raise self.expected("a JSON value")


def read_json(text: str) -> Json:
    """The one JSON value of the text. Raises `SchemaTextError` naming the place and what was expected."""
    reader = _Reader(text)
    root = Json([], 0)
    stack: list[Json] = [root]
    key = ""
    reader.next()
    while True:
        # The cursor is on the first token of a value.
        if reader.token in ("{", "[") and reader.kind == "mark":
            if len(stack) > DEPTH_LIMIT:
                raise SchemaTextError(f"nesting deeper than {DEPTH_LIMIT} levels", Place(text, reader.at))
            value = Json({}, reader.at, {}) if reader.token == "{" else Json([], reader.at)
            _put(stack[-1], key, value)
            stack.append(value)
            reader.next()
            if (reader.kind, reader.token) != ("mark", "}" if value.keys is not None else "]"):
                key = _after_opening(reader, value)
                continue
            stack.pop()
        else:
            _put(stack[-1], key, reader.scalar())
        reader.next()
        while len(stack) > 1 and (reader.kind, reader.token) == (
            "mark",
            "}" if stack[-1].keys is not None else "]",
        ):
            stack.pop()
            reader.next()
        if len(stack) == 1:
            break
        if (reader.kind, reader.token) != ("mark", ","):
            raise reader.expected("`,` or `}`" if stack[-1].keys is not None else "`,` or `]`")
        reader.next()
        key = _after_opening(reader, stack[-1])
    if reader.kind != "end":
        raise reader.expected("the end of the text")
    assert isinstance(root.value, list)
    return root.value[0]


def _after_opening(reader: _Reader, container: Json) -> str:
    """Moves onto the next value of the container; the key it will have in an object."""
    if container.keys is None:
        return ""
    key = reader.key(container)
    reader.next()
    return key


def _put(container: Json, key: str, value: Json) -> None:
    match container.value:
        case dict() as members:
            members[key] = value
        case list() as items:
            items.append(value)
