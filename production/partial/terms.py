"""Typed expressions and residuals (spec 09 §2, §3): terms over values.

An operand is a runtime value, as everywhere in this engine, or a `Term`. A term never changes, and knows
whether it is free of errors. Terms may share operands: a decided `if` has one branch twice, `x is T in E` has
one `x` twice. A walk over terms visits a shared operand once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from ..language.uids import Uid
from ..language.values import SetValue, Value

VARIABLE, ERROR_OP = 0, 1
NOT, NEG, IS_EMPTY, LIKE, IS, GET, HAS = 2, 3, 4, 5, 6, 7, 8
EQ, LT, LE, IN, ADD, SUB, MUL, CONTAINS, CONTAINS_ALL, CONTAINS_ANY, GET_TAG, HAS_TAG = range(9, 21)
AND, OR, IF = 21, 22, 23
SET, RECORD, CALL = 24, 25, 26

MAY_ERR: Final = frozenset({ERROR_OP, NEG, ADD, SUB, MUL, GET, GET_TAG, CALL})
"""Forms that are not free of errors, whatever their operands (spec 09 §3)."""


class Term:
    """A form over operands; `extra` is what the form holds besides, by its operator.

    | operator | extra |
    |---|---|
    | `VARIABLE`, `GET` | the name |
    | `LIKE` | the pattern, and the same prepared for matching |
    | `IS` | the type, and whether the operand's type is this one |
    | `HAS` | the path, and whether the operand's type lacks its first attribute |
    | `EQ`, `IN`, `HAS_TAG` | whether the types of the operands make it false |
    | `RECORD`, `CALL` | the names of the fields, the name of the function |
    """

    __slots__ = ("children", "error_free", "extra", "op")

    op: int
    extra: Any
    children: tuple[Operand, ...]
    error_free: bool

    def __init__(self, op: int, extra: Any, children: tuple[Operand, ...]) -> None:
        self.op = op
        self.extra = extra
        self.children = children
        self.error_free = op not in MAY_ERR and all(
            child.__class__ is not Term or child.error_free for child in children
        )

    def __repr__(self) -> str:
        return f"<term {self.op}: {len(self.children)} operands>"


Operand: TypeAlias = Value | Term

ERROR: Final = Term(ERROR_OP, None, ())
"""The expression that always errs."""
PRINCIPAL: Final = Term(VARIABLE, "principal", ())
ACTION: Final = Term(VARIABLE, "action", ())
RESOURCE: Final = Term(VARIABLE, "resource", ())
CONTEXT: Final = Term(VARIABLE, "context", ())
VARIABLES: Final = {"principal": PRINCIPAL, "action": ACTION, "resource": RESOURCE, "context": CONTEXT}


def rebuilt(op: int, extra: Any, children: tuple[Operand, ...]) -> Term:
    """Return the form over these operands, or the error if one of them is the error."""
    for child in children:
        if child is ERROR:
            return ERROR
    return Term(op, extra, children)


def error_free(operand: Operand) -> bool:
    """Return whether an operand is free of errors (spec 09 §3)."""
    return not isinstance(operand, Term) or operand.error_free


def distinct_terms(root: Operand) -> Iterator[Term]:
    """Yield every term of an expression once, operands first."""
    if not isinstance(root, Term):
        return
    seen: set[int] = set()
    pending: list[tuple[Term, bool]] = [(root, False)]
    while pending:
        term, finished = pending.pop()
        if finished:
            yield term
        elif id(term) not in seen:
            seen.add(id(term))
            pending.append((term, True))
            pending.extend((child, False) for child in reversed(term.children) if isinstance(child, Term))


def uids_in(root: Operand) -> set[Uid]:
    """Return the uids in every value of a residual, inside sets and records too (spec 09 §9)."""
    found: set[Uid] = set()
    todo: list[Value] = []
    for term in distinct_terms(root):
        todo.extend(child for child in term.children if not isinstance(child, Term))
    while todo:
        value = todo.pop()
        if isinstance(value, Uid):
            found.add(value)
        elif isinstance(value, dict):
            todo.extend(value.values())
        elif isinstance(value, SetValue):
            todo.extend(value._members)
    return found
