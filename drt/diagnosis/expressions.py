"""The innermost sub-expression on which engines differ although they agree on its operands.

Owns the descent through an expression. The caller chooses the question about each part: its value, its
type, or the response to a policy that has it for a condition.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drt.diagnosis.located import Answers
from drt.model.outcome import Crashed, ExceededBudget, Unsupported
from drt.oracles.comparing import first_difference
from drt.scan.expressions import Node, NotAnExpression, read_expression
from drt.scan.tokens import Token, tokenize

Ask = Callable[[str, tuple[str, ...]], Answers]
"""Asks all engines about a text; the second are the conditions that hold where the text stands."""

MOST_ASKED = 2_000
"""Most texts evaluated in one descent: a reduced case needs a dozen."""


@dataclass(frozen=True, slots=True)
class Innermost:
    """A node of an expression with what the engines make of it and of its operands.

    `operator` is the token at issue where the node is a chain of several operators; `given` are the
    conditions that hold where it stands.
    """

    node: Node
    tokens: tuple[Token, ...]
    text: str
    answers: Answers
    operands: tuple[tuple[str, Answers], ...]
    operator: int | None = None
    given: tuple[str, ...] = ()


def differ(answers: Answers) -> bool:
    """Whether the engines that can answer answer differently."""
    outcomes = [outcome for _, outcome in answers]
    if any(isinstance(outcome, Crashed) for outcome in outcomes):
        return True
    able = [outcome for outcome in outcomes if not isinstance(outcome, Unsupported)]
    if any(isinstance(outcome, ExceededBudget) for outcome in able):
        return not all(isinstance(outcome, ExceededBudget) for outcome in able)
    return first_difference(able) is not None


def innermost(
    text: str, ask: Ask, given: tuple[str, ...] = (), *, anywhere: bool = False
) -> Innermost | None:
    """Find the innermost part of the expression on which the engines differ; None where they agree on all.

    `given` are conditions that hold wherever the expression is evaluated. With `anywhere`, a part is looked
    for even where the engines agree on the whole.
    """
    tokens = tuple(tokenize(text))
    try:
        root = read_expression(tokens, 0, len(tokens))
    except NotAnExpression:
        answers = ask(text, given)
        whole = Node("atom", "any", 0, len(tokens))
        return Innermost(whole, tokens, text, answers, ()) if differ(answers) else None
    descent = _Descent(text, tokens, ask)
    return descent.anywhere(root, given) if anywhere else descent.into(root, given)


class _Descent:
    def __init__(self, text: str, tokens: Sequence[Token], ask: Ask) -> None:
        self.text = text
        self.tokens = tuple(tokens)
        self.ask = ask
        self.left = MOST_ASKED

    def anywhere(self, root: Node, given: tuple[str, ...]) -> Innermost | None:
        """Follow the first differing part, outer parts before inner ones.

        Each is asked about by itself too, since what holds where it stands may be at fault for all engines.
        """
        waiting = deque([(root, given)])
        while waiting and self.left:
            node, also = waiting.popleft()
            found = self.into(node, also) or self.into(node, ())
            if found is not None:
                return found
            waiting += self._parts(node, also)
        return None

    def into(self, node: Node, given: tuple[str, ...]) -> Innermost | None:
        """Follow differing parts down; loops, since a case need not have been reduced."""
        answers = self._ask(node.start, node.end, given)
        if not differ(answers):
            return None
        while True:
            for part, also in self._parts(node, given):
                found = self._ask(part.start, part.end, also)
                if differ(found):
                    node, given, answers = part, also, found
                    break
            else:
                return self._named(node, given, answers)

    def _parts(self, node: Node, given: tuple[str, ...]) -> list[tuple[Node, tuple[str, ...]]]:
        """List the operands, each with the conditions under which it is evaluated."""
        if node.shape == "chain" and self._operator(node, 1) == "&&":
            written = [self._text(part.start, part.end) for part in node.parts]
            return [(part, given + tuple(written[:number])) for number, part in enumerate(node.parts)]
        if node.shape == "if" and len(node.parts) == 3:
            condition, then, otherwise = node.parts
            return [
                (condition, given),
                (then, (*given, self._text(condition.start, condition.end))),
                (otherwise, given),
            ]
        return [(part, given) for part in node.parts]

    def _named(self, node: Node, given: tuple[str, ...], answers: Answers) -> Innermost:
        if node.shape == "chain" and len(node.parts) > 2:
            return self._in_chain(node, given, answers)
        operands = tuple(
            (self._text(part.start, part.end), self._ask(part.start, part.end, also))
            for part, also in self._parts(node, given)
        )
        return Innermost(node, self.tokens, self._text(node.start, node.end), answers, operands, given=given)

    def _in_chain(self, node: Node, given: tuple[str, ...], answers: Answers) -> Innermost:
        """Find the first operator of `a + b + c` up to which the engines differ."""
        for number in range(1, len(node.parts)):
            last = node.parts[number]
            found = answers if last.end == node.end else self._ask(node.start, last.end, given)
            if differ(found):
                before = node.parts[number - 1]
                sides = ((node.start, before.end), (last.start, last.end))
                operands = tuple((self._text(*side), self._ask(*side, given)) for side in sides)
                text = self._text(node.start, last.end)
                return Innermost(node, self.tokens, text, found, operands, before.end, given)
        return Innermost(node, self.tokens, self._text(node.start, node.end), answers, ())

    def _operator(self, node: Node, number: int) -> str:
        return self.tokens[node.parts[number - 1].end].text if len(node.parts) > number else ""

    def _ask(self, start: int, end: int, given: tuple[str, ...]) -> Answers:
        if self.left == 0:
            return ()
        self.left -= 1
        return self.ask(self._text(start, end), given)

    def _text(self, start: int, end: int) -> str:
        return self.text[self.tokens[start].start : self.tokens[end - 1].end]
