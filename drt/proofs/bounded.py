"""What is proved by trying everything up to a bound: patterns.

Owns the exhaustive rows. Reachability is not first order, and patterns against texts are beyond Z3, so these rows
say how far they go and what stands beyond.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from itertools import product
from typing import Any

from drt.proofs.defects import Defect
from drt.proofs.theorem import Goal, Theorem
from drt.proofs.tried import tried
from reference.syntax import Star

PATTERN, TEXT = 6, 5
ALPHABET = "ab"


# Patterns.


def _definition(pattern: tuple[Star | str, ...], text: str) -> bool:
    """Match by definition: a star is nothing, or one more character; anything else is itself."""

    @cache
    def described(place: int, position: int) -> bool:
        if place == len(pattern):
            return position == len(text)
        if isinstance(pattern[place], Star):
            return described(place + 1, position) or (position < len(text) and described(place, position + 1))
        return (
            position < len(text) and pattern[place] == text[position] and described(place + 1, position + 1)
        )

    return described(0, 0)


def _pieces(pattern: tuple[Star | str, ...]) -> tuple[str | None, ...]:
    """Write a pattern as production holds it: texts, and None for stars, one for many."""
    pieces: list[str | None] = []
    for element in pattern:
        if isinstance(element, Star):
            if not pieces or pieces[-1] is not None:
                pieces.append(None)
        elif pieces and pieces[-1] is not None:
            pieces[-1] += element
        else:
            pieces.append(element)
    return tuple(pieces)


def _patterns() -> Sequence[Goal]:
    matches, prepare = (
        import_module("reference.wildcard").matches,
        import_module("production.language.wildcard").prepare,
    )
    elements: tuple[Any, ...] = (*ALPHABET, Star())
    texts = ["".join(each) for size in range(TEXT + 1) for each in product(ALPHABET, repeat=size)]

    def wrong() -> Iterator[str]:
        for size in range(PATTERN + 1):
            for pattern in product(elements, repeat=size):
                ready = prepare(_pieces(pattern))
                for text in texts:
                    right = _definition(pattern, text)
                    answer, other = matches(text, pattern), ready.matches(text)
                    if answer != right or other != right:
                        shown = "".join("*" if isinstance(each, Star) else each for each in pattern)
                        yield f'"{text}" like "{shown}" is {right}; reference {answer}, production {other}'

    return (tried(f"all patterns of up to {PATTERN} elements", wrong()),)


THEOREMS = (
    Theorem(
        "`like` matches as its definition says",
        f"For all patterns of up to {PATTERN} elements and texts of up to {TEXT}, both matchers say what the definition says.",
        "Lean Wildcard",
        "B",
        _patterns,
        (
            Defect(
                "a star stands for one character at most",
                "reference.wildcard",
                "range(rest[-1] + 1) if rest else []",
                "range(max(0, rest[-1] - 1), rest[-1] + 1) if rest else []",
            ),
            Defect(
                "a prefix and a suffix may overlap",
                "production.language.wildcard",
                "if at > end or not text.startswith",
                "if not text.startswith",
            ),
        ),
        "Z3 leaves inner stars undecided; longer ones are tested by the target `wildcard`",
        functions=(
            "reference.wildcard.matches",
            "reference.wildcard.before",
            "production.language.wildcard.Wildcard.matches",
            "production.language.wildcard.prepare",
        ),
    ),
)
