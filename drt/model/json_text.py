"""JSON read strictly, with the line of whatever is wrong: for files that people may have edited by hand.

Owns reading (no duplicate key, no NaN, no endless nesting), the depth that `json` follows, and the search for
the line on which a member stands.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drt.model.errors import InputProblem

DEEPEST = 6_000
"""Nesting limit of a JSON document inside `deep_json`; the C stack of a small thread can take it."""

Way = tuple[str | int, ...]
"""The way to a member from the document's root: keys and positions."""


class _DuplicateKey(Exception):
    pass


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members: dict[str, object] = {}
    for key, value in pairs:
        if key in members:
            raise _DuplicateKey(key)
        members[key] = value
    return members


def no_constant(name: str) -> object:
    """Refuse NaN and the infinities, which Python reads as numbers."""
    raise ValueError(f"{name} is not JSON")


def parse(text: str, path: Path | None = None) -> object:
    """Parse JSON; raises `InputProblem` with the line where the text stops being JSON."""
    try:
        return json.loads(text, object_pairs_hook=_members, parse_constant=no_constant)
    except json.JSONDecodeError as error:
        raise InputProblem(
            f"not JSON: {error.msg.lower()} at column {error.colno}", path, error.lineno
        ) from None
    except _DuplicateKey as error:
        key = json.dumps(str(error))
        spots = [found.start() for found in re.finditer(re.escape(key) + r"\s*:", text)]
        line = text.count("\n", 0, spots[-1]) + 1 if spots else None
        raise InputProblem(f"the member {key} is there twice", path, line) from None
    except RecursionError:
        raise InputProblem("not usable: the JSON is nested too deeply", path, 1) from None
    except ValueError as error:
        raise InputProblem(f"not JSON: {error}", path) from None


@contextmanager
def deep_json() -> Iterator[None]:
    """Let the `json` module follow documents that nest deeper than Python's ordinary limit."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, DEEPEST))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def read_text(path: Path) -> str:
    """Read a file's text with its line ends as they are; raises `InputProblem` when it cannot be read."""
    try:
        return decoded(path.read_bytes(), path)
    except FileNotFoundError:
        raise InputProblem("there is no such file", path) from None
    except OSError as error:
        raise InputProblem(f"cannot be read: {(error.strerror or str(error)).lower()}", path) from None


def decoded(content: bytes, path: Path) -> str:
    """Decode the bytes of a file; raises `InputProblem` with the line of the first that are no text."""
    try:
        return content.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputProblem("not text: a byte that is not UTF-8", path, line) from None


def encoded(text: str) -> bytes:
    """Encode a text as it is: no line end is translated, and lone surrogates survive."""
    return text.encode("utf-8", "surrogatepass")


def write_text(path: Path, text: str) -> None:
    """Write the text as it is."""
    path.write_bytes(encoded(text))


def dump(document: object) -> str:
    """Write a document as all our files are written: sorted keys, two spaces, a final line end."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


_TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([{}\[\],:])|([^\s{}\[\],:"]+))')


def line_of(text: str, wanted: Way) -> int | None:
    """Find the line on which the member at `wanted` begins, in a text that is JSON; None without one."""
    way: list[str | int] = []  # where the scanner stands: a key or position for every open bracket
    expect_key = False
    position = 0
    while (found := _TOKEN.match(text, position)) is not None:
        position = found.end()
        string, punctuation, _ = found.groups()
        if string is not None and expect_key:
            way[-1] = json.loads(string)
            if tuple(way) == wanted:
                return text.count("\n", 0, found.start(1)) + 1
            expect_key = False
            continue
        if tuple(way) == wanted and punctuation not in ("]", "}", ",", ":"):
            return text.count("\n", 0, found.end() - 1) + 1
        match punctuation:
            case "{":
                way.append("")
                expect_key = True
            case "[":
                way.append(0)
            case "}" | "]":
                way.pop()
                expect_key = False
            case ",":
                last = way[-1]
                if isinstance(last, int):
                    way[-1] = last + 1
                else:
                    expect_key = True
    return None


_MAX_ORDINARY_DEPTH = 64


def is_ordinary(text: str) -> bool:
    """Whether reading the text and writing it again keeps its meaning for every reader of JSON.

    Not so for duplicate keys, fractions and exponents, minus zero, lone surrogates, deep nesting, no JSON.
    """
    try:
        document = json.loads(
            text,
            object_pairs_hook=_members,
            parse_constant=no_constant,
            parse_float=no_constant,
            parse_int=_plain_integer,
        )
        text.encode("utf-8")
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except (_DuplicateKey, ValueError, RecursionError):
        return False
    depth = deepest = 0
    for character in re.sub(r'"(?:[^"\\]|\\.)*"', "", text):
        depth += (character in "{[") - (character in "}]")
        deepest = max(deepest, depth)
    return deepest <= _MAX_ORDINARY_DEPTH


def _plain_integer(text: str) -> int:
    if text == "-0" or len(text) > 40:
        raise ValueError(text)
    return int(text)
