"""Strict JSON (RFC 8259), read with an explicit stack, one look for a key, its value and what follows."""

from __future__ import annotations

import re

from reference.errors import InputError, Part
from reference.integers import from_digits, in_range
from reference.json.document import DEEPEST_NESTING, Json, Number, Reading, Repeating
from reference.text.positions import SURROGATE, refuse_surrogates, refused

BLANK = r"[ \t\n\r]*+"
QUOTED = r'"([^"\\\x00-\x1f]*+(?:\\[^\x00-\x1f][^"\\\x00-\x1f]*+)*+)"'
NUMERIC = r"(-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)"
NOTHING_IN_IT = rf"(\[{BLANK}\]|\{{{BLANK}\}})"
AFTER = rf"{BLANK}([,\]}}])?"
VALUE = rf"{BLANK}(?:(?:{QUOTED}|{NUMERIC}|(true|false|null)|{NOTHING_IN_IT}){AFTER}|([\[{{]))"

SPACE = re.compile(BLANK)
STRING = re.compile(QUOTED)
KEY = re.compile(f"{BLANK}{QUOTED}{BLANK}:")
MARK = re.compile(AFTER)
ITEM = re.compile(f"(){VALUE}")
MEMBER = re.compile(f"{KEY.pattern}{VALUE}")
"""Groups: key, string, number, word, empty array or object, the mark after these; what opens any other."""

ESCAPE = re.compile(
    r"\\(?:(?P<simple>[\"\\/bfnrt])"
    r"|u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|u(?P<code>[0-9a-fA-F]{4})"
    r"|(?P<bad>.))"
)
SIMPLE = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
WORDS = {"true": True, "false": False, "null": None}
A_STRING = "a string that is closed, without raw control characters"


def read_json(text: str, part: Part) -> Json:
    """Read the JSON value that the text holds, and nothing else.

    Raises:
        InputError: of `part`, with line and column.
    """
    refuse_surrogates(text, part)
    return _Reader(text, part, lenient=False).document()


def read_leniently(text: str, part: Part) -> Reading:
    """Read the JSON value that the text holds, and nothing else.

    Raises:
        InputError: of `part`, with line and column.
    """
    refuse_surrogates(text, part)
    reader = _Reader(text, part, lenient=True)
    return Reading(reader.document(), reader.is_strict)


class _Reader:
    """A parser; `is_strict` stays true until it accepts something lenient."""

    def __init__(self, text: str, part: Part, lenient: bool) -> None:
        self.text = text
        self.part = part
        self.lenient = lenient
        self.is_strict = True

    def document(self) -> Json:
        """Values go into `items`, or into `fields` if what is open is an object.

        `around` are the arrays and objects around it, each with the key under which the next value will be;
        outermost is an array for the document alone.
        """
        text = self.text
        whole: list[Json] = []
        items = whole
        fields: dict[str, Json] | None = None
        around: list[tuple[list[Json], dict[str, Json] | None, str]] = []
        position = 0
        value: Json
        while not whole:
            found = (ITEM if fields is None else MEMBER).match(text, position)
            if found is None:
                raise self.fault(fields is not None, position)
            key, string, number, word, empty, mark, opening = found.groups()
            position = found.end()
            if "\\" in key:
                key = self.unescaped(key, found.start(1))
            if fields is not None and key in fields:
                fields = self.repeating(fields, key, found.start(1) - 1)
            if opening is not None:
                around.append((items, fields, key))
                self.count_levels(len(around), position)
                items, fields = [], None if opening == "[" else {}
                continue
            if string is not None:
                value = self.unescaped(string, found.start(2)) if "\\" in string else string
            elif number is not None:
                value = self.number(number, found.start(3))
            elif word is not None:
                value = WORDS[word]
            else:
                self.count_levels(len(around) + 1, found.start(5) + 1)
                value = [] if empty[0] == "[" else {}
            while True:
                if fields is None:
                    items.append(value)
                else:
                    fields[key] = value
                if mark == "," or not around:
                    break
                if mark != ("]" if fields is None else "}"):
                    expected = "`,` or `]`" if fields is None else "`,` or `}`"
                    raise self.expected(expected, position - len(mark or ""))
                value = items if fields is None else fields
                items, fields, key = around.pop()
                mark, position = self.mark(position)
        if mark is not None or position < len(text):
            raise self.expected("the end of the text", position - len(mark or ""))
        return whole[0]

    def mark(self, position: int) -> tuple[str | None, int]:
        found = MARK.match(self.text, position)
        return (found[1], found.end()) if found else (None, position)

    def count_levels(self, depth: int, position: int) -> None:
        """`position` is behind what opens the innermost."""
        if depth > DEEPEST_NESTING:
            self.is_strict = False
            if not self.lenient:
                limit = f"no more than {DEEPEST_NESTING} arrays and objects inside each other"
                raise self.expected(limit, position - 1)

    def repeating(self, fields: dict[str, Json], key: str, position: int) -> Repeating:
        self.is_strict = False
        if not self.lenient:
            raise refused(self.part, f"the key {key!a} is repeated", self.text, position)
        repeating = fields if isinstance(fields, Repeating) else Repeating(fields)
        repeating.repeated.add(key)
        return repeating

    def unescaped(self, raw: str, start: int) -> str:
        return ESCAPE.sub(lambda escape: self.denoted(escape, start), raw)

    def denoted(self, escape: re.Match[str], start: int) -> str:
        if escape["simple"]:
            return SIMPLE[escape["simple"]]
        if escape["high"]:
            high, low = int(escape["high"], 16), int(escape["low"], 16)
            return chr(0x10000 + (high - 0xD800 << 10) + low - 0xDC00)
        character = chr(int(escape["code"], 16)) if escape["code"] else ""
        if not character or SURROGATE.match(character):
            self.is_strict = False
            if not character or not self.lenient:
                raise self.expected(
                    "an escape that JSON has, and surrogates in pairs", start + escape.start()
                )
        return character

    def number(self, written: str, start: int) -> int | Number:
        digits = written.removeprefix("-")
        if digits.isdigit() and written != "-0":
            integer = from_digits(digits) if digits is written else -from_digits(digits)
            if in_range(integer):
                return integer
        number = Number(written)
        if not number.is_finite:
            self.is_strict = False
            if not self.lenient:
                raise self.expected("a number within the range of a double", start)
        return number

    def fault(self, in_object: bool, position: int) -> InputError:
        """Why there is no item or member here."""
        start = self.after_space(position)
        if in_object:
            key = STRING.match(self.text, start)
            if key is None:
                what = A_STRING if self.text.startswith('"', start) else "a key in double quotes"
                return self.expected(what, start)
            start = self.after_space(key.end())
            if not self.text.startswith(":", start):
                return self.expected("`:`", start)
            start = self.after_space(start + 1)
        return self.expected(A_STRING if self.text.startswith('"', start) else "a value", start)

    def after_space(self, position: int) -> int:
        space = SPACE.match(self.text, position)
        return space.end() if space else position

    def expected(self, expected: str, position: int) -> InputError:
        found = self.text[position : position + 1]
        shown = f"{found!a}" if found else "the end of the text"
        return refused(self.part, f"expected {expected}, found {shown}", self.text, position)
