"""Faults of a JSON text as such: repeated keys, and numbers, escapes, commas and signs that JSON may lack.

Owns the changes of a text. What the document is about does not matter.
"""

from __future__ import annotations

import re

from generators.choice.sources import Source

_KEY = re.compile(r'"(?:[^"\\]|\\.)*":')
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[-+.\w]+|\s+|.', re.DOTALL)
_INSIDE = (
    "\\ud800", "\\udfff", "\\ud83d\\ude00", "\\ude00\\ud83d", "\ud800", "\\u00e9", "\\u12", "\\x41", "\\'",
    "\\/", "\\b", "\t", "\n", "\x00", "\x7f", "\\u0000", "\u2028", "\\", "\\uD83D\\uDE00", "\\u{41}",
)  # fmt: skip
"""What is put into a string."""

_SCALARS = (
    "01", "-0", "+1", "1.", ".5", "1e5", "1E400", "-1e-400", "0x1", "1_0", "NaN", "Infinity", "-Infinity",
    "True", "nul", "undefined", "9223372036854775808", "1.0", "'a'", "", "\ufeff1", "\u00a01",
)  # fmt: skip
_BLANKS = ("", " ", " ", "\n", "\t", "\r\n", "  ")
_MARKS = frozenset(":,{}[]")
_BESIDE = (
    ",", "}", "]", "{", "[", ":", "/* */", "//\n", "\ufeff", "\u00a0", "\f", "\x00", '"', "null", ",,",
)  # fmt: skip


def repeat_key(source: Source, text: str) -> str:
    """Give a key a second value, before its own; each name has the same chance, and may have an escape."""
    repeated = _with_a_key_twice(source, text)
    return with_blanks(source, repeated) if source.boolean(0.3) else repeated


def with_blanks(source: Source, text: str) -> str:
    """Put blanks around colons, commas and brackets, everywhere or here and there."""
    share = source.choice((1.0, 0.2))
    return "".join(
        f"{source.choice(_BLANKS)}{token}{source.choice(_BLANKS)}"
        if token in _MARKS and source.boolean(share)
        else token
        for token in _TOKEN.findall(text)
    )


def _with_a_key_twice(source: Source, text: str) -> str:
    places: dict[str, list[re.Match[str]]] = {}
    for place in _KEY.finditer(text):
        places.setdefault(place[0], []).append(place)
    if not places:
        return text
    key = source.choice(places[source.choice(tuple(places))])
    again = key[0]
    if source.boolean(0.4) and again[1].isalpha():
        again = f'"\\u{ord(again[1]):04x}{again[2:]}'
    return f"{text[: key.start()]}{again} {source.choice(('[]', '{}', '1'))}, {text[key.start() :]}"


def faulty_json(source: Source, text: str) -> str:
    """Change a JSON text in one place, so that it may be JSON no more."""
    tokens: list[str] = _TOKEN.findall(text)
    at = source.integer(0, len(tokens) - 1)
    match source.integer(0, 5):
        case 0:
            return repeat_key(source, text)
        case 1:
            del tokens[at]
        case 2:
            tokens.insert(at, source.choice(_BESIDE))
        case 3:
            tokens[at] = source.choice(_SCALARS)
        case _:
            strings = [place for place, token in enumerate(tokens) if token[:1] == '"']
            if strings:
                at = source.choice(strings)
                tokens[at] = f'{tokens[at][:-1]}{source.choice(_INSIDE)}"'
    return "".join(tokens)
