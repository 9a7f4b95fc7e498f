"""Warnings about texts that a reader may take for others (spec 08 §8.1–§8.3), after Unicode TS 39.

Owns which texts of a policy are looked at, and the three questions about them: bidirectional controls,
characters that do not belong into identifiers, and mixed scripts. A text of printable ASCII is none of these,
so the tables of Unicode are read only for others.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate
from typing import Final

from ..language.escapes import Pattern
from ..language.nodes import Attribute, Constant, Has, Like, Node, RecordOf
from ..language.strings import quoted
from ..language.uids import Uid
from .excerpts import excerpt
from .problems import ValidationWarning, WarningKind
from .sites import Sites

BIDIRECTIONAL: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_EVERY_SCRIPT: Final = frozenset({"Zyyy", "Zinh"})
_FURTHER: Final = {
    "Hani": ("Hanb", "Jpan", "Kore"),
    "Hira": ("Jpan",),
    "Kana": ("Jpan",),
    "Hang": ("Kore",),
    "Bopo": ("Hanb",),
}
"""The writing systems that a script is part of."""

_ESCAPES: Final = {
    "*": "\\*", "\\": "\\\\", '"': '\\"', "'": "\\'", "\0": "\\0", "\t": "\\t", "\n": "\\n", "\r": "\\r",
}  # fmt: skip


def misleading_texts(policy_id: str, sites: Sites) -> Iterator[ValidationWarning]:
    """Yield the warnings about texts of a static policy or a template, each where the text stands first."""
    strings, identifiers = _texts(sites.nodes)
    for text, node in strings.items():
        if (kind := _of_string(text)) is not None:
            yield _warning(policy_id, kind, (text,), node, sites)
    for text, node in identifiers.items():
        found = _of_identifier(text)
        if found is not None:
            yield _warning(policy_id, found[0], (text, *found[1:]), node, sites)


def _warning(
    policy_id: str, kind: WarningKind, texts: tuple[str, ...], node: Node, sites: Sites
) -> ValidationWarning:
    message = _MESSAGES[kind].format(*map(quoted, texts))
    return ValidationWarning(policy_id, kind, message, texts, excerpt(node), site=sites.of(node))


_MESSAGES: Final[dict[WarningKind, str]] = {
    "bidi_string": "the string {0} holds a bidirectional control character",
    "mixed_script_string": "the string {0} mixes scripts",
    "bidi_identifier": "the identifier {0} holds a bidirectional control character",
    "confusable_identifier": "the identifier {0} holds {1}, which is not recommended in identifiers",
    "mixed_script_identifier": "the identifier {0} mixes scripts",
}


def _texts(nodes: Iterable[Node]) -> tuple[dict[str, Node], dict[str, Node]]:
    """Return the strings and the identifiers of a policy, each with the first expression that holds it."""
    strings: dict[str, Node] = {}
    identifiers: dict[str, Node] = {}
    for node in nodes:
        if node.__class__ in _WITH_TEXTS:
            _look_at(node, strings, identifiers)
    return strings, identifiers


_WITH_TEXTS: Final = frozenset({Constant, Like, Attribute, Has, RecordOf})


def _look_at(node: Node, strings: dict[str, Node], identifiers: dict[str, Node]) -> None:
    match node:
        case Constant(str() as text):
            strings.setdefault(text, node)
        case Constant(Uid() as uid):
            identifiers.setdefault(uid.id, node)
        case Like(pattern=pattern):
            strings.setdefault(_printed(pattern), node)
        case Attribute(name=name):
            identifiers.setdefault(name, node)
        case Has(path=names) | RecordOf(names=names):
            for name in names:
                identifiers.setdefault(name, node)


def _printed(pattern: Pattern) -> str:
    """Return a pattern as it is printed, escapes included."""
    return "".join("*" if part is None else "".join(map(_printed_character, part)) for part in pattern)


def _printed_character(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isascii() and character.isprintable():
        return character
    return f"\\u{{{ord(character):x}}}" if _in(_escaped(), character) else character


def _of_string(text: str) -> WarningKind | None:
    if text.isascii():
        return None
    if not BIDIRECTIONAL.isdisjoint(text):
        return "bidi_string"
    return None if is_single_script(text) else "mixed_script_string"


def _of_identifier(text: str) -> tuple[WarningKind] | tuple[WarningKind, str] | None:
    if text.isascii() and text.isprintable():
        return None
    if not BIDIRECTIONAL.isdisjoint(text):
        return ("bidi_identifier",)
    odd = next((character for character in text if not is_allowed(character)), None)
    if odd is not None:
        return "confusable_identifier", odd
    return None if is_single_script(text) else ("mixed_script_identifier",)


def is_allowed(character: str) -> bool:
    """Return whether a character belongs into identifiers; printable ASCII does."""
    return " " <= character <= "~" or _in(_allowed(), character)


def is_single_script(text: str) -> bool:
    """Return whether one script or writing system has all characters of a text (Unicode TS 39 §5.1)."""
    common: frozenset[str] | None = None
    for character in dict.fromkeys(text):
        scripts = scripts_of(character)
        if _EVERY_SCRIPT.isdisjoint(scripts):
            common = scripts if common is None else common & scripts
            if not common:
                return False
    return True


def scripts_of(character: str) -> frozenset[str]:
    """Return the script extensions of a character with the writing systems that they are part of."""
    borders, scripts = _scripts()
    return scripts[bisect_right(borders, ord(character))]


def _in(borders: Sequence[int], character: str) -> bool:
    """Return whether a character is in a class whose ranges begin and end at the borders."""
    return bisect_right(borders, ord(character)) % 2 == 1


def _borders(lengths: Iterable[str]) -> Sequence[int]:
    return list(accumulate(int(length, 16) for length in lengths))


@cache
def _allowed() -> Sequence[int]:
    from .unicode_tables import ALLOWED

    return _borders(ALLOWED.split())


@cache
def _escaped() -> Sequence[int]:
    from .unicode_tables import ESCAPED

    return _borders(ESCAPED.split())


@cache
def _scripts() -> tuple[Sequence[int], Sequence[frozenset[str]]]:
    """Return where the ranges of equal scripts end, and their scripts."""
    from .unicode_tables import SCRIPT_RANGES, SCRIPTS

    return _borders(SCRIPT_RANGES.split()), [_with_systems(names) for names in SCRIPTS.split()]


@cache
def _with_systems(names: str) -> frozenset[str]:
    scripts = names.split("/") if names != "-" else ()
    return frozenset(scripts).union(*(_FURTHER.get(script, ()) for script in scripts))
