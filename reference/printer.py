"""Syntax to Cedar text in one canonical form, which reads back to the same syntax (spec 01 §7, 06 §4).

An operand gets parentheses unless it binds more tightly than where it stands. Text is built from nested pieces, so
that neither depth costs recursion nor a long chain copies its text again and again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from reference.errors import InputError
from reference.extensions.functions import METHODS
from reference.names import is_identifier
from reference.policies import (
    ActionConstraint,
    ActionEquals,
    ActionIn,
    Anything,
    Body,
    Equals,
    OfType,
    OfTypeWithin,
    ScopeConstraint,
    Within,
)
from reference.strings import escape, escape_pattern
from reference.sugar import core
from reference.syntax import (
    And,
    Binary,
    Call,
    Expr,
    GetAttr,
    HasAttr,
    HasPath,
    If,
    Is,
    IsIn,
    Like,
    Lit,
    Or,
    RecordOf,
    SetOf,
    Slot,
    Unary,
    Var,
    fold,
)
from reference.templates import PolicySet
from reference.values import Bool, EntityUid, Long, String

Piece = "str | tuple[Piece, ...]"


class Level(IntEnum):
    """How tightly an expression binds (spec 01 §4.1)."""

    IF = 1
    OR = 2
    AND = 3
    RELATION = 4
    ADD = 5
    MULT = 6
    UNARY = 7
    MEMBER = 8


INFIX = {
    "==": Level.RELATION, "!=": Level.RELATION, "<": Level.RELATION, "<=": Level.RELATION,
    ">": Level.RELATION, ">=": Level.RELATION, "in": Level.RELATION,
    "+": Level.ADD, "-": Level.ADD, "*": Level.MULT,
}  # fmt: skip
