"""Trivial conditions: those with the same outcome whatever the request and the entities."""

from __future__ import annotations

from collections.abc import Iterable

from generators.draw.approximate import Unknown, truth
from generators.draw.syntax import Binary, Expr, ExtV, If, Policy, Uid, Unary, Value, Var
from generators.draw.trees import mentions_request
from generators.draw.world import Entity

_SAME = frozenset(("==", "!=", "<", "<=", ">", ">=", "in"))
"""What is certain of equal operands."""


class _Nothing:
    """Facts of no request: every query is undecided."""

    def __init__(self) -> None:
        self.entities: dict[Uid, Entity] = {}
        self.written: dict[tuple[str, str], ExtV] = {}

    def root_value(self, root: Var) -> Value:
        raise Unknown

    def attribute(self, value: Value, attr: str) -> Value | None:
        raise Unknown

    def tags(self, value: Value | None) -> tuple[tuple[str, Value], ...]:
        raise Unknown


_NOTHING = _Nothing()


def any_decides(policies: Iterable[Policy]) -> bool:
    """Return whether some policy has a condition that is not trivial."""
    return any(not is_trivial(condition.body) for policy in policies for condition in policy.conditions)


def is_trivial(condition: Expr) -> bool:
    """Return whether a condition mentions nothing of the request, or is decided by parts that do not."""
    return not mentions_request(condition) or _constant(condition) is not None


def _constant(expr: Expr) -> bool | None:
    """Return the truth of a condition that depends on no request; None where it may depend on one."""
    match expr:
        case Unary("!", arg):
            inner = _constant(arg)
            return None if inner is None else not inner
        case Binary("&&" | "||" as op, left, right):
            stops = op == "||"
            sides = (_constant(left), _constant(right))
            if stops in sides:
                return stops
            return None if None in sides else not stops
        case If(condition, then, otherwise):
            chosen = _constant(condition)
            if chosen is not None:
                return _constant(then if chosen else otherwise)
            first, second = _constant(then), _constant(otherwise)
            return first if first is second else None
        case Binary(op, left, right) if left == right and op in _SAME:
            return op in ("==", "<=", ">=", "in")
        case _:
            return None if mentions_request(expr) else truth(_NOTHING, expr)
