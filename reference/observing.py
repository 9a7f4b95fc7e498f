"""Evaluation that is watched: the same rules, with every step told to somebody.

Owns the second way to compose the evaluator's rules. For each form whose operands have values it tells the
form, those values and what the form came to; a form that ends because an operand has no value is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reference.errors import ErrorKind, EvaluationError
from reference.evaluator import rule
from reference.meaning import Meaning, Situation, compose, run
from reference.syntax import Compound, Expr, Lit, Slot, Var
from reference.values import Value

Seen = Callable[[Compound, Sequence[Value], Value | ErrorKind], None]
"""Told of a compound form, the values of the operands that it evaluated, and its value or error kind."""


def observed(expr: Expr, seen: Seen) -> Meaning:
    """What the expression means, as `meaning` gives it; `seen` is told of every compound form, each time."""
    return _Observer(seen).observed(expr)


class _Observer:
    """`waiting` holds the values of operands that the forms now open have got, the innermost form last.

    An error ends all open forms, and `waiting` is emptied.
    """

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.waiting: list[list[Value]] = []

    def observed(self, expr: Expr) -> Meaning:
        meaning = compose(expr, self.rule, self.run)

        def watched(at: Situation) -> Value:
            self.waiting = [[]]
            return meaning(at)

        return watched

    def rule(self, expr: Expr, operands: Sequence[Meaning]) -> Meaning:
        """The evaluator's rule, and a word about what it came to."""
        made = rule(expr, operands)
        match expr:
            case Lit() | Var():
                return lambda at: self.got(made(at))
            case Slot():
                return lambda at: self.got(self.unless_failing(lambda: made(at)))
            case _:
                return lambda at: self.got(self.told(expr, made, at))

    def got(self, value: Value) -> Value:
        """The value, which the form around waits for."""
        self.waiting[-1].append(value)
        return value

    def told(self, expr: Compound, made: Meaning, at: Situation) -> Value:
        operands: list[Value] = []
        self.waiting.append(operands)
        try:
            value = made(at)
        except EvaluationError as error:
            if self.waiting:
                self.seen(expr, operands, error.kind)
                self.waiting = []
            raise
        self.waiting.pop()
        self.seen(expr, operands, value)
        return value

    def unless_failing(self, outcome: Callable[[], Value]) -> Value:
        try:
            return outcome()
        except EvaluationError:
            self.waiting = []
            raise

    def run(self, layer: Meaning, at: Situation) -> Callable[[], Value]:
        """Run a layer aside; what there is to tell of it is told when somebody asks for its outcome."""
        aside: list[tuple[Compound, Sequence[Value], Value | ErrorKind]] = []
        waiting, seen = self.waiting, self.seen
        self.waiting, self.seen = [[]], lambda *step: aside.append(step)
        outcome = run(layer, at)
        self.waiting, self.seen = waiting, seen

        def asked() -> Value:
            for step in aside:
                self.seen(*step)
            return self.got(self.unless_failing(outcome))

        return asked
