"""Description of a saved case: the sentence that names its engines and the question on which it was found.

Owns the form of the sentence: written when a case is saved, and read when it is replayed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from drt.model.divergence import Divergence
from drt.model.outcome import Unsupported

FORM = re.compile(r"(?P<names>.+?): other [\w-]+ for (?P<question>.+) \(\w+\)")


class Described(NamedTuple):
    """The engines that took part in a divergence, and the question on which they differ."""

    engines: frozenset[str]
    question: str


def describe(divergence: Divergence) -> str:
    """Describe a divergence in one sentence, without the engines that do not support the question."""
    names = [name for name, answer in divergence.answers if not isinstance(answer, Unsupported)]
    return f"{' and '.join(names)}: other {divergence.kind} for {divergence.question} ({divergence.law})"


def read_description(text: str) -> Described | None:
    """Read what `describe` wrote; None for another sentence."""
    if (match := FORM.fullmatch(text)) is None:
        return None
    names = match["names"].split(" and ")
    return Described(frozenset(name.partition(",")[0] for name in names), match["question"])
