"""Evaluation that is watched: the same rules, with every step told to somebody.

Owns the second way to compose the evaluator's rules. For each form whose operands have values it tells the
form, those values and what the form came to; a form that ends because an operand has no value is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reference.errors import ErrorKind, EvaluationError
from reference.evaluator import rule
from reference.meaning import Meaning, Situation, compose, run
from reference.syntax import Compound, Expr, Leaf
from reference.values import Value

Seen = Callable[[Compound, Sequence[Value], Value | ErrorKind], None]
"""Told of a compound form, the values of the operands that it evaluated, and its value or error kind."""


def observed(expr: Expr, seen: Seen) -> Meaning:
    """What the expression means, as `meaning` gives it; `seen` is told of every compound form, each time."""
    return _Observer(seen).observed(expr)


class _Observer:
    """`waiting` holds the values of operands that the forms now open have got, the innermost form last.

    An error ends all open forms, and empties the list.
    """

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.waiting: list[list[Value]] = []

    def observed(self, expr: Expr) -> Meaning:
        meaning = compose(expr, self.rule, self.run)

        def watched(at: Situation) -> Value:
            self.waiting[:] = [[]]
            return meaning(at)

        return watched

    def rule(self, expr: Expr, operands: Sequence[Meaning]) -> Meaning:
        """The evaluator's rule, and a word about what it came to."""
        made = rule(expr, operands)
        return self.got(made) if isinstance(expr, Leaf) else self.told(expr, made)

    def got(self, made: Meaning) -> Meaning:
        """The same, and its value is one that the form around waits for."""
        waiting = self.waiting

        def value(at: Situation) -> Value:
            try:
                found = made(at)
            except EvaluationError:
                waiting.clear()
                raise
            waiting[-1].append(found)
            return found

        return value

    def told(self, expr: Compound, made: Meaning) -> Meaning:
        waiting = self.waiting

        def value(at: Situation) -> Value:
            operands: list[Value] = []
            waiting.append(operands)
            try:
                found = made(at)
            except EvaluationError as error:
                if waiting:
                    self.seen(expr, operands, error.kind)
                    waiting.clear()
                raise
            waiting.pop()
            self.seen(expr, operands, found)
            waiting[-1].append(found)
            return found

        return value

    def run(self, layer: Meaning, at: Situation) -> Callable[[], Value]:
        """Run a layer aside; what there is to tell of it is told when somebody asks for its outcome."""
        aside: list[tuple[Compound, Sequence[Value], Value | ErrorKind]] = []
        waiting, seen = list(self.waiting), self.seen
        self.waiting[:], self.seen = [[]], lambda *step: aside.append(step)
        outcome = run(layer, at)
        self.waiting[:], self.seen = waiting, seen
        ask = self.got(lambda _: outcome())

        def asked() -> Value:
            for step in aside:
                self.seen(*step)
            return ask(at)

        return asked
