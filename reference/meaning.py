"""Meanings: what an expression means is a function from situations to values, composed of those of its parts.

Functions that call functions go as deep as the expression. A deep one is therefore cut into layers, which are
run from the innermost outwards, each with the outcomes of those below at hand: rules have no effects, so it
does not matter when they are run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from reference.entities import Entities
from reference.errors import ErrorKind, EvaluationError
from reference.request import Request
from reference.syntax import Expr, children
from reference.values import Value

LEVELS = 50
"""Of forms inside forms that make a layer."""


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a value depends on beside the expression; `below` tells what the layers came to, by number."""

    request: Request
    entities: Entities
    below: Sequence[Callable[[], Value]] = ()


Meaning: TypeAlias = Callable[[Situation], Value]
Rule: TypeAlias = Callable[[Expr, Sequence[Meaning]], Meaning]
"""What a form means, from what its children mean."""


def run(part: Meaning, at: Situation) -> Callable[[], Value]:
    """What the part comes to, for whoever asks: its value, or its error."""
    try:
        value = part(at)
    except EvaluationError as error:
        return failing(error.kind)
    return lambda: value


def failing(kind: ErrorKind) -> Callable[..., Value]:
    """A function that has no value."""

    def fail(*_: object) -> Value:
        raise EvaluationError(kind)

    return fail


def compose(
    expr: Expr, rule: Rule, run: Callable[[Meaning, Situation], Callable[[], Value]] = run
) -> Meaning:
    """The meaning of an expression by a rule for every form; `run` runs a layer of a deep one."""
    todo = [(expr, 0)]
    forms: list[tuple[Expr, int, int]] = []
    while todo:
        node, depth = todo.pop()
        parts = children(node)
        forms.append((node, depth, len(parts)))
        depth += 1
        for part in parts:
            todo.append((part, depth))
    done: list[Meaning] = []
    layers: list[Meaning] = []
    for node, depth, count in reversed(forms):
        start = len(done) - count
        made = rule(node, done[start:])
        if depth > 0 and depth % LEVELS == 0:
            layers.append(made)
            made = outcome_of(len(layers) - 1)
        done[start:] = [made]
    return in_layers(layers, done[0], run) if layers else done[0]


def outcome_of(layer: int) -> Meaning:
    return lambda at: at.below[layer]()


def in_layers(
    layers: Sequence[Meaning], top: Meaning, run: Callable[[Meaning, Situation], Callable[[], Value]]
) -> Meaning:
    def whole(at: Situation) -> Value:
        below: list[Callable[[], Value]] = []
        inside = Situation(at.request, at.entities, below)
        for layer in layers:
            below.append(run(layer, inside))
        return top(inside)

    return whole
