"""An evaluator that reports each step: which form, on which operands, came to what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reference.errors import ErrorKind, EvaluationError
from reference.evaluator import Evaluator
from reference.syntax import Compound, Expr, Leaf
from reference.values import Value

Seen = Callable[[Compound, Sequence[Value], Value | ErrorKind], None]
"""Called with a form, the values of the operands that it evaluated, and its value or error kind."""


@dataclass(frozen=True)
class Tracer(Evaluator):
    """Reports every compound form, except one that ends because an operand has no value.

    `waiting` holds the operands' values of the forms now open, the innermost form last; an error ends all.
    """

    seen: Seen
    waiting: list[list[Value]] = field(default_factory=list)

    def value(self, x: Expr) -> Value:
        """Evaluate an expression and report it."""
        self.waiting.append([])
        try:
            found = super().value(x)
        except EvaluationError as error:
            if self.waiting and not isinstance(x, Leaf):
                self.seen(x, self.waiting[-1], error.kind)
            self.waiting.clear()
            raise
        operands = self.waiting.pop()
        if not isinstance(x, Leaf):
            self.seen(x, operands, found)
        if self.waiting:
            self.waiting[-1].append(found)
        return found
