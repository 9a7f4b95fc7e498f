"""Strict JSON (RFC 8259), read with an explicit stack.

Integers within 64 bits are read as `int`; every other number stays a `Number`, as Cedar has no use for it.
Arrays and objects may be nested 127 deep (spec 05 §2, 06 §1.1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from reference.errors import InputError, Part
from reference.integers import from_digits, in_range
from reference.positions import SURROGATE, refuse_surrogates, refused

DEEPEST_NESTING = 127

SPACE = re.compile(r"[ \t\n\r]*")
WORD = re.compile(r"true|false|null")
NUMBER = re.compile(r"(-?)(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
STRING = re.compile(r'"([^"\\\x00-\x1f]*+(?:\\[^\x00-\x1f][^"\\\x00-\x1f]*+)*+)"')
ESCAPE = re.compile(
    r"\\(?:(?P<simple>[\"\\/bfnrt])"
    r"|u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|u(?P<code>[0-9a-fA-F]{4})"
    r"|(?P<bad>.))"
)
SIMPLE = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
WORDS = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is no 64-bit integer, or is written as none (`1.0`, `1e2`, `-0`); `text` as written."""

    text: str

    @property
    def is_finite(self) -> bool:
        """Whether it is within the range of a double."""
        return float(self.text) not in (float("inf"), float("-inf"))


Json: TypeAlias = "bool | int | Number | str | list[Json] | dict[str, Json] | None"


class Repeating(dict[str, Json]):
    """An object with repeated keys, read leniently: the last value counts, `repeated` are the keys."""

    def __init__(self, fields: dict[str, Json], repeated: set[str]) -> None:
        super().__init__(fields)
        self.repeated = repeated


def read_json(text: str, part: Part, *, lenient: bool = False) -> Json:
    """The JSON value that the text holds, and nothing else.

    With `lenient`, repeated keys, lone surrogates, numbers beyond a double and any nesting are let through,
    as there are documents with parts that nobody looks at; `require_strict` is for the others.

    Raises:
        InputError: of `part`, with line and column.
    """
    refuse_surrogates(text, part)
    return _Reader(text, part, lenient).document()


def require_strict(json: Json, part: Part, where: str, around: int, *, repeating: bool = False) -> None:
    """Refuse what only a lenient reading lets through, repeated keys only unless `repeating`.

    `around` arrays and objects are around the value, and count as nesting.

    Raises:
        InputError: of `part`; `where` names the value.
    """
    todo = [(json, around + 1)]
    while todo:
        node, depth = todo.pop()
        match node:
            case Repeating(repeated=keys) if not repeating:
                raise InputError(part, f"{where}: the key {min(keys)!a} is repeated")
            case Number(text) if not node.is_finite:
                raise InputError(part, f"{where}: the number {text[:40]} is beyond the range of a double")
            case str() if SURROGATE.search(node):
                raise InputError(part, f"{where}: a lone surrogate is no character")
            case list() | dict() if depth > DEEPEST_NESTING:
                raise InputError(part, f"{where}: nesting deeper than {DEEPEST_NESTING} levels")
            case list():
                todo.extend((item, depth + 1) for item in node)
            case dict():
                todo.extend((key, depth) for key in node)
                todo.extend((item, depth + 1) for item in node.values())


class _Reader:
    def __init__(self, text: str, part: Part, lenient: bool) -> None:
        self.text = text
        self.part = part
        self.lenient = lenient
        self.position = 0

    def document(self) -> Json:
        """Values are completed from the inside out; `opened` are the arrays and objects still open."""
        opened: list[_Open] = []
        while True:
            value = self.start(opened)
            while True:
                if isinstance(value, _Open):
                    break
                if not opened:
                    if self.peek():
                        self.refuse("the end of the text")
                    return value
                opened[-1].add(value)
                if self.take(","):
                    self.key(opened[-1])
                    break
                value = self.close(opened)

    def start(self, opened: list[_Open]) -> Json | _Open:
        """A whole value; or an array or object that has just been opened and is not empty."""
        character = self.peek()
        if character in ("[", "{"):
            if len(opened) >= DEEPEST_NESTING and not self.lenient:
                self.refuse(f"no more than {DEEPEST_NESTING} arrays and objects inside each other")
            self.position += 1
            container = _Open(character == "{")
            opened.append(container)
            if self.peek() in ("]", "}"):
                return self.close(opened)
            self.key(container)
            return container
        if character == '"':
            return self.string()
        word = WORD.match(self.text, self.position)
        if word:
            self.position = word.end()
            return WORDS[word[0]]
        return self.number()

    def close(self, opened: list[_Open]) -> Json:
        """The innermost array or object, which must end here."""
        container = opened[-1]
        if not self.take("}" if container.is_object else "]"):
            self.refuse("`,` or `}`" if container.is_object else "`,` or `]`")
        opened.pop()
        return container.value()

    def key(self, container: _Open) -> None:
        """In an object, the key of the value to come."""
        if not container.is_object:
            return
        if self.peek() != '"':
            self.refuse("a key in double quotes")
        start = self.position
        container.name = self.string()
        if container.name in container.fields:
            container.repeated.add(container.name)
            if not self.lenient:
                raise refused(self.part, f"the key {container.name!a} is repeated", self.text, start)
        if not self.take(":"):
            self.refuse("`:`")

    def string(self) -> str:
        match = STRING.match(self.text, self.position)
        if match is None:
            self.refuse("a string that is closed, without raw control characters")
        self.position = match.end()
        raw = match[1]
        if "\\" not in raw:
            return raw
        return ESCAPE.sub(lambda escape: self.unescape(escape, match.start(1)), raw)

    def unescape(self, escape: re.Match[str], start: int) -> str:
        if escape["simple"]:
            return SIMPLE[escape["simple"]]
        if escape["high"]:
            high, low = int(escape["high"], 16), int(escape["low"], 16)
            return chr(0x10000 + (high - 0xD800 << 10) + low - 0xDC00)
        if escape["code"] and (self.lenient or not SURROGATE.fullmatch(chr(int(escape["code"], 16)))):
            return chr(int(escape["code"], 16))
        self.position = start + escape.start()
        raise self.refusal("an escape that JSON has, and surrogates in pairs")

    def number(self) -> int | Number:
        match = NUMBER.match(self.text, self.position)
        if match is None:
            self.refuse("a value")
        sign, digits, fraction, exponent = match.groups()
        if not fraction and not exponent and match[0] != "-0":
            integer = -from_digits(digits) if sign else from_digits(digits)
            if in_range(integer):
                self.position = match.end()
                return integer
        number = Number(match[0])
        if not self.lenient and not number.is_finite:
            self.refuse("a number within the range of a double")
        self.position = match.end()
        return number

    def peek(self) -> str:
        """The next character after white space; empty at the end."""
        character = self.text[self.position : self.position + 1]
        if character > " ":
            return character
        space = SPACE.match(self.text, self.position)
        self.position = space.end() if space else self.position
        return self.text[self.position : self.position + 1]

    def take(self, character: str) -> bool:
        if self.peek() != character:
            return False
        self.position += 1
        return True

    def refuse(self, expected: str) -> NoReturn:
        raise self.refusal(expected)

    def refusal(self, expected: str) -> InputError:
        found = self.text[self.position : self.position + 1]
        shown = f"{found!a}" if found else "the end of the text"
        return refused(self.part, f"expected {expected}, found {shown}", self.text, self.position)


class _Open:
    """An array or object that is being read."""

    __slots__ = ("fields", "is_object", "items", "name", "repeated")

    def __init__(self, is_object: bool) -> None:
        self.is_object = is_object
        self.items: list[Json] = []
        self.fields: dict[str, Json] = {}
        self.name = ""
        self.repeated: set[str] = set()

    def add(self, value: Json) -> None:
        if self.is_object:
            self.fields[self.name] = value
        else:
            self.items.append(value)

    def value(self) -> Json:
        if self.repeated:
            return Repeating(self.fields, self.repeated)
        return self.fields if self.is_object else self.items
