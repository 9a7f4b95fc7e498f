"""Near misses: valid policy text and JSON, changed in a few places.

Owns the changes and the dictionaries they draw from. They look at tokens only, so that a changed text stays
close to the grammar and a parser has to look closely.
"""

from __future__ import annotations

import json
import re
from typing import Any

from generators.choice.sources import Source
from generators.texts.grammar import NUMBERS, PATTERNS, RESERVED, STRINGS, WORDS

TOKEN = re.compile(r'\s+|//[^\r\n]*|\w+|"(?:[^"\\]|\\.)*"|::|==|!=|<=|>=|&&|\|\||.', re.DOTALL)
PUNCTUATION = (
    "@", ".", ",", ";", ":", "::", "(", ")", "{", "}", "[", "]", "==", "!=", "<", "<=", ">", ">=", "||",
    "&&", "+", "-", "*", "/", "%", "!", "=", "?", "&", "|", "//", "/*", "..", "->", "'",
)  # fmt: skip
KEYWORDS = ("permit", "forbid", "when", "unless", "principal", "action", "resource", "context", "?principal")
ODD_STRINGS = (
    r'"\q"', r'"\x80"', r'"\xZ0"', r'"\u{}"', r'"\u{_1}"', r'"\u{D800}"', r'"\u{110000}"',
    r'"\u{0001F600}"', r'"\u0041"', r'"\*"', r'"\b"', '"\r"', '"', r'"\"', "'a'", '"\\\n"', r'"\x+1"',
    r'"\u{+1}"', '"\x00"',
)  # fmt: skip
ODD_CHARACTERS = (
    "\ufeff", "\u00a0", "\u200b", "\u1680", "\u2028", "\u3000", "\x1c", "\x85", "\x0b", "\r", "\n", "\0",
    "é", "٣", "²", "_", "\u180e", "\u2060", "#", "$", "~", "\\",
)  # fmt: skip
ODD_NUMBERS = ("1_000", "1.0", "0x10", "1e5", "１", "9223372036854775809", "99999999999999999999999", "-1")
DICTIONARY = (
    *PUNCTUATION,
    *KEYWORDS,
    "external",
    *WORDS,
    *RESERVED,
    *NUMBERS,
    *STRINGS,
    *PATTERNS,
    *ODD_STRINGS,
    *ODD_NUMBERS,
)


def mutated_text(source: Source, text: str) -> str:
    """Return a policy or expression text with one to three small changes."""
    tokens: list[str] = TOKEN.findall(text)
    for _ in range(source.choice((1, 1, 1, 2, 3))):
        if not tokens:
            return source.choice(DICTIONARY)
        _mutate_tokens(source, tokens)
    return "".join(tokens)


def _mutate_tokens(source: Source, tokens: list[str]) -> None:
    at = source.integer(0, len(tokens) - 1)
    match source.integer(0, 9):
        case 0:
            del tokens[at]
        case 1:
            tokens.insert(at, tokens[at])
        case 2:
            other = source.integer(0, len(tokens) - 1)
            tokens[at], tokens[other] = tokens[other], tokens[at]
        case 3 | 4:
            tokens[at] = source.choice(DICTIONARY)
        case 5:
            tokens.insert(at, source.choice(DICTIONARY))
        case 6:
            tokens.insert(at, source.choice(ODD_CHARACTERS))
        case 7:
            end = min(at + source.integer(1, 6), len(tokens))
            tokens[at:end] = ["(", *tokens[at:end], ")"]
        case 8:
            token = tokens[at]
            place = source.integer(0, len(token))
            tokens[at] = (
                token[:place] + source.choice((*ODD_CHARACTERS, "", " ", "a", "0")) + token[place + 1 :]
            )
        case _:
            end = min(at + source.integer(1, 8), len(tokens))
            to = source.integer(0, len(tokens))
            tokens[to:to] = tokens[at:end]


ODD_KEYS = (
    "",
    "type",
    "id",
    "entity",
    "slot",
    "__entity",
    "__extn",
    "__expr",
    "in",
    "op",
    "x",
    "attr",
    "Value",
    "left",
    "external",
)
ODD_VALUES: tuple[Any, ...] = (
    None, True, 0, 1, -1, "", "a", "A :: B", "if", "?principal", [], {}, [None], {"x": 1}, {"type": "A",
    "id": "x"}, {"__entity": {"type": "A", "id": "x"}}, {"__entity": {"type": "A"}}, {"__expr": "1"},
    {"Value": 1}, {"Var": "context"}, {"__extn": {"fn": "ip", "arg": "1.1.1.1"}}, {"__extn": {"fn": "nope",
    "arg": "a"}}, 9223372036854775807, 9223372036854775808, -9223372036854775808, -9223372036854775809,
    "All", "==", "*", "Wildcard", {"Literal": "a*"},
)  # fmt: skip
RAW_NUMBERS = ("1.0", "1e2", "-0", "00", "1E400", "NaN", "Infinity", "-", "0.0", "1" * 40, "+1", "0x1")
RAW_STRINGS = (
    r'"\ud800"',
    r'"\ud83d\ude00"',
    r'"\u0041"',
    '"\t"',
    r'"\x41"',
    r'"\/"',
    '"\x7f"',
    "'a'",
    r'"\u00"',
    '"\u2028"',
)
DEPTHS = (3, 60, 61, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129)
"""Around the limit of 127 nested arrays and objects (spec 05 §2, 06 §1.1), whatever is around the place."""
JSON_TOKEN = re.compile(r'\s+|"(?:[^"\\]|\\.)*"|-?\d+|\w+|.', re.DOTALL)


def mutated_json(source: Source, text: str) -> str:
    """Return a JSON document with one to three small changes, to its values or to its text."""
    for _ in range(source.choice((1, 1, 1, 2, 3))):
        if source.boolean(0.7):
            text = _with_mutated_value(source, text)
        else:
            text = _with_mutated_json_text(source, text)
    return text


def _with_mutated_value(source: Source, text: str) -> str:
    """Exchange, drop or move one value; return a text that is not JSON unchanged."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return text
    places = [(container, key) for container in _containers(document) for key in _keys(container)]
    if not places:
        return json.dumps(source.choice(ODD_VALUES))
    container, key = source.choice(places)
    match source.integer(0, 6):
        case 0:
            del container[key]
        case 1 | 2:
            container[key] = source.choice(ODD_VALUES)
        case 3:
            other, its_key = source.choice(places)
            container[key] = json.loads(json.dumps(other[its_key]))
        case 4 if isinstance(container, dict):
            container[source.choice((*ODD_KEYS, *map(str, _keys(container))))] = container.pop(key)
        case 5 if isinstance(container, dict):
            container[source.choice(ODD_KEYS)] = source.choice(ODD_VALUES)
        case _:
            container[key] = source.choice(
                ([container[key]], {"x": container[key]}, {"Value": container[key]})
            )
    return json.dumps(document)


def _containers(document: Any) -> list[Any]:
    found = [document] if isinstance(document, dict | list) else []
    for container in found:
        found += [part for part in _values(container) if isinstance(part, dict | list)]
    return found


def _keys(container: Any) -> list[Any]:
    return list(container) if isinstance(container, dict) else list(range(len(container)))


def _values(container: Any) -> list[Any]:
    return list(container.values()) if isinstance(container, dict) else container


def _with_mutated_json_text(source: Source, text: str) -> str:
    tokens: list[str] = JSON_TOKEN.findall(text)
    if not tokens:
        return text
    at = source.integer(0, len(tokens) - 1)
    match source.integer(0, 6):
        case 0:
            tokens[at] = source.choice((*RAW_NUMBERS, *RAW_STRINGS))
        case 1:
            tokens.insert(
                at, source.choice((",", "}", "]", "//x\n", "\ufeff", "\u00a0", " ", "\x0c", "null"))
            )
        case 2:
            del tokens[at]
        case 3 | 4:
            _repeat_member(source, tokens)
        case 5 if not tokens[at].isspace():
            deep = source.choice(DEPTHS)
            opening, closing = source.choice((("[", "]"), ('{"x":', "}"), ('{"!":{"arg":', "}}")))
            tokens[at] = f"{opening * deep}{tokens[at]}{closing * deep}"
        case _:
            tokens.append(source.choice((" ", "x", "{}", "\0", "\n", "\u00a0")))
    return "".join(tokens)


def _repeat_member(source: Source, tokens: list[str]) -> None:
    """Repeat a key of one of the objects with a small value, on which JSON readers disagree."""
    keys = [at for at in range(len(tokens) - 1) if tokens[at].startswith('"') and tokens[at + 1] == ":"]
    if keys:
        at = source.choice(keys)
        tokens[at:at] = [tokens[at], ":", source.choice(("1", "null", '""', "{}", "[]", "1.5")), ","]
