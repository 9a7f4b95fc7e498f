"""Places at which readers say that they stopped in a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drt.model.divergence import NamedAnswers
from drt.model.outcome import Outcome, Rejected

Reader = Callable[[str], Outcome]


def text_at_stop(text: str, rejection: Rejected, most: int) -> str:
    """Return the text where a reader stopped, as far as it says where: one line, `most` characters of it."""
    lines = text.split("\n")
    if rejection.line is None or rejection.column is None or not 1 <= rejection.line <= len(lines):
        return ""
    return lines[rejection.line - 1][rejection.column - 1 : rejection.column - 1 + most].strip()


def gets_further(
    text: str, answers: NamedAnswers, readers: Sequence[tuple[str, Reader]]
) -> Callable[[str], bool] | None:
    """Return whether the one reader that refuses a text gets further in another, if it says where it stops.

    A text may have two faults, of which the first names the difference.
    """
    refused = [(name, answer) for name, answer in answers if isinstance(answer, Rejected)]
    stopped = _behind(text, refused[0][1]) if len(refused) == 1 else None
    if stopped is None:
        return None

    def further(other: str) -> bool:
        for name, read in readers:
            answer = read(other)
            left = _behind(other, answer)
            if isinstance(answer, Rejected) and (name != refused[0][0] or left is None or left >= stopped):
                return False
        return True

    return further


def _behind(text: str, answer: Outcome) -> int | None:
    """Return how much of a text a reader has not looked at, if it says so."""
    lines = text.split("\n")
    match answer:
        case Rejected(line=int(line), column=int(column)) if 1 <= line <= len(lines):
            return len("\n".join(lines[line - 1 :])) - column
    return None
