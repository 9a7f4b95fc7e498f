"""Warnings about texts that may mislead a reader (spec 08 §8).

They depend on neither schema nor types, and look at all texts of a policy, reachable or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from reference.support.traversal import walk
from reference.syntax import (
    Expr,
    GetAttr,
    HasAttr,
    HasPath,
    Like,
    Lit,
    Pattern,
    RecordOf,
    Star,
)
from reference.validation.problems import Caution
from reference.validation.scripts import is_escaped, is_identifier_character, is_single_script
from reference.values import EntityUid, String

BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
ESCAPES = {
    "*": r"\*", "\\": r"\\", '"': r"\"", "'": r"\'", "\0": r"\0", "\t": r"\t", "\n": r"\n", "\r": r"\r",
}  # fmt: skip


class Text(NamedTuple):
    """A text of a policy, and its use."""

    role: Literal["string", "identifier"]
    text: str


def text_warnings(expr: Expr) -> Iterator[Caution]:
    """Return the warnings about the texts of a condition, one per text."""
    seen: set[Text] = set()
    for node in walk(expr):
        for text in texts_of(node):
            if text not in seen:
                seen.add(text)
                warning = string_warning if text.role == "string" else identifier_warning
                yield from warning(text.text, node)


def texts_of(node: Expr) -> Iterator[Text]:
    """Return the texts that a form itself holds (spec 08 §8.1)."""
    match node:
        case Lit(String(text)):
            yield Text("string", text)
        case Like(_, pattern):
            yield Text("string", printed(pattern))
        case Lit(EntityUid(_, name)) | GetAttr(_, name) | HasAttr(_, name):
            yield Text("identifier", name)
        case HasPath(_, path):
            yield from (Text("identifier", name) for name in path)
        case RecordOf(fields):
            yield from (Text("identifier", name) for name, _ in fields)


def printed(pattern: Pattern) -> str:
    """Return the pattern as it is looked at: escaped, with a star for each wildcard."""
    return "".join("*" if isinstance(element, Star) else _printed(element) for element in pattern)


def _printed(character: str) -> str:
    if character in ESCAPES:
        return ESCAPES[character]
    return f"\\u{{{ord(character):x}}}" if is_escaped(character) else character


def string_warning(text: str, node: Expr) -> Iterator[Caution]:
    """Return the first warning that fits a string."""
    if not BIDIRECTIONAL.isdisjoint(text):
        message = f"the string {text!a} holds a character that changes the direction of writing"
        yield Caution("bidi_string", message, node, text)
    elif not is_single_script(text):
        yield Caution("mixed_script_string", f"the string {text!a} mixes scripts", node, text)


def identifier_warning(text: str, node: Expr) -> Iterator[Caution]:
    """Return the first warning that fits an identifier."""
    odd = next((character for character in text if not is_identifier_character(character)), None)
    if not BIDIRECTIONAL.isdisjoint(text):
        message = f"the identifier {text!a} holds a character that changes the direction of writing"
        yield Caution("bidi_identifier", message, node, text)
    elif odd is not None:
        message = f"the identifier {text!a} holds {odd!a}, which is easily confused"
        yield Caution("confusable_identifier", message, node, text, odd)
    elif not is_single_script(text):
        yield Caution("mixed_script_identifier", f"the identifier {text!a} mixes scripts", node, text)
