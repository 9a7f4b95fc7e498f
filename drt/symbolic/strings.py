"""Texts in SMT-LIB: escapes, and the alphabet, which ends below that of Cedar (spec 10 §2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from drt.symbolic.problems import Refused
from drt.symbolic.terms import Term, below

LAST = 0x2FFFF
"""The greatest code point of an SMT-LIB string."""


def escaped(text: str) -> str:
    """Write printable ASCII as it is and everything else as an escape."""
    return "".join(
        character if " " <= character <= "~" and character != "\\" else f"\\u{{{ord(character):x}}}"
        for character in text
    )


def require_alphabet(roots: Iterable[Term]) -> None:
    """Raise `Refused` for a text or pattern that no solver's string can hold."""
    for term in below(roots):
        for text in _texts(term.payload):
            beyond = next((character for character in text if ord(character) > LAST), None)
            if beyond is not None:
                sentence = f"the character U+{ord(beyond):04X} is beyond U+{LAST:04X}, the last of solvers"
                raise Refused("encode-error", sentence)


def _texts(payload: object) -> Iterator[str]:
    """Find the texts in a constant or a pattern; the ids of entities are no solver's strings."""
    match payload:
        case str():
            yield payload
        case frozenset() | tuple():
            for part in payload:
                yield from _texts(part)
