"""Where a problem stands in the text that the policies were read from: line, column, and a caret.

Nodes keep no positions, so the place is found by looking for the expression's tokens in its policy; brackets
and blanks do not matter. Costs nothing but for whoever asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from production.lexer import offset_of, tokenize
from production.validation.problems import ValidationError, ValidationWarning

Problem = ValidationError | ValidationWarning

BRACKETS = {"(": ")", "[": "]", "{": "}"}
LONGEST_LINE = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column, both from 1, and the line itself."""

    line: int
    column: int
    text: str

    def caret(self) -> str:
        """The line with a caret under the column; nothing for a line that nobody would read."""
        if len(self.text) > LONGEST_LINE:
            return ""
        return f"\n  {self.text}\n  {' ' * (self.column - 1)}^"


class Places:
    """The places of one text. Ids are those that reading gives: `policy0`, `policy1`, … in order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokenize(text)
        self._policies = _policies(self._tokens)

    def told(self, problem: Problem) -> str:
        """The problem in words, with its place and the line that is meant where they are found."""
        found = self.place(problem)
        if found is None:
            return str(problem)
        head, _, rest = str(problem).partition(": ")
        return f"{head}, line {found.line}, column {found.column}: {rest}{found.caret()}"

    def place(self, problem: Problem) -> Place | None:
        """Where the problem's expression first stands in its policy, or else where the policy begins."""
        number = problem.policy.removeprefix("policy")
        if not (number.isascii() and number.isdigit()) or int(number) >= len(self._policies):
            return None
        start, end = self._policies[int(number)]
        at = _find(self._tokens, start, end, problem.expression) if problem.expression else None
        return self._at(start if at is None else at)

    def _at(self, index: int) -> Place:
        offset = offset_of(self._text, index)
        before = self._text[:offset]
        line_start = max(before.rfind("\n"), before.rfind("\r")) + 1
        line = before.count("\n") + before.replace("\r\n", "").count("\r") + 1
        rest = self._text[line_start:].splitlines() or [""]
        return Place(line, offset - line_start + 1, rest[0])


def _policies(tokens: Sequence[str]) -> list[tuple[int, int]]:
    """The first token of each policy, and the one after its semicolon."""
    found = []
    start = depth = 0
    for at, token in enumerate(tokens):
        if token in BRACKETS:
            depth += 1
        elif token in BRACKETS.values():
            depth -= 1
        elif token == ";" and depth == 0:
            found.append((start, at + 1))
            start = at + 1
    return found


def _find(tokens: Sequence[str], start: int, end: int, expression: str) -> int | None:
    """Where the expression's tokens stand between two places, whatever is in parentheses."""
    wanted = [token for token in tokenize(expression.rstrip("…")) if token not in ("", "(", ")")]
    kept = [at for at in range(start, end) if tokens[at] not in ("(", ")")]
    if not wanted:
        return None
    for first in range(len(kept) - len(wanted) + 1):
        if all(tokens[kept[first + n]] == token for n, token in enumerate(wanted)):
            return kept[first]
    return None
