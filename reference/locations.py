"""Where the expressions of a policy text stand, for messages: the text read once more, with its positions.

Syntax carries no positions, as it means the same wherever it stands. Here the same syntax is built once more,
and the place of everything built is noted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reference.grammar import Token
from reference.nesting import NestingLimit
from reference.parser import GRAMMAR
from reference.policies import ANYTHING, ActionConstraint, Body, ScopeConstraint
from reference.positions import one_line
from reference.syntax import Expr, Lit, walk

LONGEST_LINE = 100

Constraint = ScopeConstraint | ActionConstraint


@dataclass(frozen=True, slots=True)
class Located:
    """A policy text, and where its policies (by id) and their expressions (by identity) begin in it."""

    text: str
    policies: Mapping[str, int]
    expressions: Mapping[int, int]

    def place(self, policy_id: str, expr: object) -> tuple[int, int] | None:
        """Line and column of the expression, or of its policy; None for policies of another origin."""
        offset = self.expressions.get(id(expr), self.policies.get(policy_id))
        if offset is None:
            return None
        return self.text.count("\n", 0, offset) + 1, offset - self.text.rfind("\n", 0, offset)

    def caret(self, line: int, column: int) -> str:
        """The line of the text, cut around the column, and a caret under it."""
        whole = self.text.split("\n")[line - 1]
        start = max(0, column - 1 - LONGEST_LINE // 2)
        shown = one_line(whole[start : start + LONGEST_LINE].removesuffix("\r"))
        return f"  {shown}\n  {' ' * (column - 1 - start)}^"


def locate(text: str, policies: Mapping[str, Body]) -> Located:
    """Where everything stands in a text from which `parse_policies` made these, named `policy<n>`."""
    bodies, offsets = _read(text)
    expressions: dict[int, int] = {}
    starts: dict[str, int] = {}
    for number, again in enumerate(bodies):
        policy_id = f"policy{number}"
        starts[policy_id] = offsets[id(again)]
        body = policies[policy_id]
        for clause, twin in zip(body.clauses, again.clauses, strict=True):
            expressions.update(_places(clause.body, twin.body, offsets))
        for test, twin_test, constraint in zip(body.scope, again.scope, _constraints(again), strict=True):
            if test is not ANYTHING:
                expressions.update(_places(test, twin_test, offsets, offsets[id(constraint)]))
    return Located(text, starts, expressions)


def _places(
    expr: Expr, twin: Expr, offsets: Mapping[int, int], otherwise: int | None = None
) -> Iterator[tuple[int, int]]:
    """The identities of an expression and all inside it, with the offsets of their twins.

    Of a scope only the constraint and its entities are written; the rest stands `otherwise`.
    """
    for node, located in zip(walk(expr), walk(twin), strict=True):
        written = located.value if isinstance(located, Lit) and otherwise is not None else located
        offset = offsets.get(id(written), otherwise)
        if offset is not None:
            yield id(node), offset


def _constraints(body: Body) -> tuple[ScopeConstraint, ActionConstraint, ScopeConstraint]:
    return body.principal, body.action, body.resource


def _read(text: str) -> tuple[tuple[Body, ...], dict[int, int]]:
    """The policies, and the offsets of whatever was built for them, by identity."""
    offsets: dict[int, int] = {}
    built: list[Any] = []

    def note(result: Any, parts: Sequence[Any]) -> None:
        if result == ():
            return  # there is only one empty tuple, so that its identity says nothing
        built.append(result)  # lives as long as its identity is looked at
        starts = (part.start if isinstance(part, Token) else offsets.get(id(part)) for part in parts)
        start = next((start for start in starts if start is not None), None)
        if start is not None and isinstance(result, Constraint):
            offsets[id(result)] = start  # the constraint with its variable, which is read last
        elif start is not None:
            offsets.setdefault(id(result), start)

    bodies: tuple[Body, ...] = GRAMMAR.read(text, "policies", NestingLimit(1), note)
    return bodies, offsets
