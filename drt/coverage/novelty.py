"""Novelty: how much of what a case reaches no earlier case of its worker has reached.

Beside coverage bins and crosses, which only evaluation has, it counts the facts of a law's answers, and which
tokens stand side by side in the texts of a case, by the law's first fact: the bins of documents.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise

from drt.model.case import Case
from drt.reduce.order import texts
from drt.scan.tokens import Token, tokenize
from drt.scan.vocabulary import RESERVED, VARIABLES

LONGEST = 4_000
"""Characters of a text whose tokens are looked at."""

_KEPT = RESERVED | VARIABLES
_EVENTS = frozenset(["accepted", "valid", "invalid", "allow", "deny"])


class Novelty:
    """What the cases of one worker have reached."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def count(self, target: str, case: Case, events: Collection[str], reached: Collection[str]) -> int:
        """Count what a case reaches first, and remember it."""
        found = {*reached, *(f"{target}: {event}" for event in events), *_pairs(case, events)}
        new = found - self._seen
        self._seen |= new
        return len(new)


def _pairs(case: Case, events: Collection[str]) -> Iterator[str]:
    """Yield the pairs of neighbouring tokens in the texts of a case, behind how the case was answered."""
    answer = next((event for event in events if event in _EVENTS or event.startswith("rejected")), "")
    for text in texts(case):
        for one, other in pairwise(map(_shape, tokenize(text[:LONGEST]))):
            yield f"{answer} {one} {other}"


def _shape(token: Token) -> str:
    """Name a token: itself where it belongs to the language or the format, else its kind."""
    if token.kind == "punctuation" or token.text in _KEPT:
        return token.text
    return f"{token.kind} {min(len(token.text), 4)}"
