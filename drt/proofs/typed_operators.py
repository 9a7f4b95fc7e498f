"""Operators keep their types: what the checker types never fails by a type error, and has a value of that type.

Owns the values that stand for each type: numbers are symbols, of every other type a value or two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import product
from typing import Any

import z3

from drt.proofs.defects import Defect
from drt.proofs.explore import Path, explore
from drt.proofs.operands import Operand, applied, longs, operands
from drt.proofs.symbols import formula
from drt.proofs.theorem import Counterexample, Goal, Theorem
from reference.entities import EMPTY
from reference.errors import EvaluationError
from reference.schema.schema import Schema
from reference.schema.types import (
    BOOL,
    DATETIME,
    DECIMAL,
    DURATION,
    EMPTY_RECORD,
    FALSE,
    IPADDR,
    LONG,
    STRING,
    TRUE,
    SetType,
    Type,
    describe,
    entity,
)
from reference.syntax import Binary, BinaryOp, Expr, Unary, UnaryOp, Var
from reference.validation.capabilities import Capabilities
from reference.validation.environments import Environment
from reference.validation.judgement import Checker, Judgement, Typed
from reference.values import Bool, EntityUid, Long

MODULE = "reference.validation.operators"
ALLOWED = ("overflow", "entity-missing", "extension")

BY_TYPE: dict[str, tuple[Type, ...]] = {
    "true": (TRUE, BOOL), "false": (FALSE, BOOL), "{}": (LONG,), "decimal {}": (DECIMAL,),
    "datetime {}": (DATETIME,), "duration {}": (DURATION,), '"a"': (STRING,), '"b"': (STRING,),
    'U::"a"': (entity("U"),), "[1]": (SetType(LONG),), '[U::"a"]': (SetType(entity("U")),),
    "ip 127.0.0.0/8": (IPADDR,), "record": (EMPTY_RECORD,),
}  # fmt: skip

UNARY: tuple[UnaryOp, ...] = ("!", "neg", "isEmpty")
BINARY: tuple[BinaryOp, ...] = (
    "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "contains", "containsAll", "containsAny",
)  # fmt: skip


NOWHERE = Environment("U", EntityUid("Action", "a"), "R", EMPTY_RECORD)
"""An environment for rules that look at nothing in it."""


class Operators(Checker):
    """A checker for operators whose operands have types already; none of them is a literal."""

    def judge(self, expr: Expr, known: Capabilities) -> Judgement:
        raise AssertionError("rules for operators judge no operands")

    def literal(self, expr: Expr) -> None:
        return None


def _typed(side: str) -> Iterator[tuple[Operand, Type]]:
    for operand in operands(side):
        for t in BY_TYPE.get(operand.name, ()):
            yield operand, t


def _goals(arity: int) -> Callable[[], Iterator[Goal]]:
    def goals() -> Iterator[Goal]:
        return _unary() if arity == 1 else _binary()

    return goals


def _unary() -> Iterator[Goal]:
    rules, evaluator = import_module(MODULE), import_module("reference.evaluator")
    for op in UNARY:
        for operand, t in _typed("left"):
            check, form = Operators(Schema(), NOWHERE), Unary(op, Var("principal"))
            found = rules.unary_type(form, Typed(form.operand, t), check)
            if check.problems:
                continue
            yield _step(op, (operand,), (t,), found, lambda value, op=op: evaluator.unary(op, value))


def _binary() -> Iterator[Goal]:
    rules, evaluator = import_module(MODULE), import_module("reference.evaluator")
    for op in BINARY:
        for (left, t), (right, u) in product(_typed("left"), _typed("right")):
            check, form = Operators(Schema(), NOWHERE), Binary(op, Var("principal"), Var("resource"))
            found = rules.binary_type(form, Typed(form.left, t), Typed(form.right, u), check)
            if check.problems:
                continue
            yield _step(
                op,
                (left, right),
                (t, u),
                found,
                lambda one, other, op=op: evaluator.binary(op, one, other, EMPTY),
            )


def _step(
    op: str, given: Sequence[Operand], types: Sequence[Type], found: Type, evaluate: Callable[..., Any]
) -> Goal:
    """Apply the operator to any values of these types; to the value 1 if it looks numbers up in a set."""
    if op.startswith("contains"):
        given = tuple(_with_number(one, 1) for one in given)
    hypotheses = longs(given)
    function, symbols = applied(evaluate, [one.reference for one in given], [one.symbol for one in given])
    paths = explore(function, symbols, assuming=hypotheses, errors=(EvaluationError,))
    claim = z3.And(*(z3.Implies(path.condition, _within(path, found)) for path in paths))
    description = f"`{op}` of {' and '.join(map(describe, types))}, typed {describe(found)}"

    def decode(model: Any) -> Counterexample:
        known = [
            one
            if one.symbol is None
            else _with_number(one, model.eval(one.symbol, model_completion=True).as_long())
            for one in given
        ]
        shown = ", ".join(one.description for one in known)
        try:
            path = Path(None, evaluate(*(one.reference(None) for one in known)))
        except EvaluationError as error:
            path = Path(None, None, error)
        came = f"fails: {path.error}" if path.error else f"is {path.value}"
        wrong = not z3.is_true(z3.simplify(_within(path, found)))
        return Counterexample(f"{description}, on {shown} {came}", wrong)

    return Goal(description, claim, hypotheses, decode)


def _with_number(operand: Operand, n: int) -> Operand:
    if operand.symbol is None:
        return operand
    return Operand(operand.description.format(n), lambda _: operand.reference(n), operand.production)


def _within(path: Path, found: Type) -> Any:
    if path.error is not None:
        return z3.BoolVal(getattr(path.error, "kind", None) in ALLOWED)
    match path.value:
        case Bool(truth) if found in (TRUE, FALSE):
            return formula(truth) == (found == TRUE)
        case Bool():
            return z3.BoolVal(found == BOOL)
        case Long():
            return z3.BoolVal(found == LONG)
        case _:
            return z3.BoolVal(False)


THEOREMS = (
    Theorem(
        "Typed operators of one operand keep their types",
        "`!`, negation and `isEmpty`, where they have a type, give a value of it or overflow.",
        "Lean Typechecking: unary operators",
        "S",
        _goals(1),
        (
            Defect(
                "`!` leaves true as it is",
                MODULE,
                "        case TrueType():\n            return FALSE\n        case FalseType():",
                "        case TrueType():\n            return TRUE\n        case FalseType():",
            ),
            Defect(
                "any value may be empty",
                MODULE,
                "            check.expect(operand, SET)\n",
                "",
            ),
        ),
        "one step per operator and type",
        (f"{MODULE}.unary_type", f"{MODULE}.negation", "reference.evaluator.unary"),
    ),
    Theorem(
        "Typed operators of two operands keep their types",
        "Comparison, arithmetic, equality and containment, where they have a type, give a value of it or overflow.",
        "Lean Typechecking: binary operators",
        "S",
        _goals(2),
        (
            Defect(
                "anything may be compared",
                MODULE,
                "    t, u = check.expect(left, ORDERED), check.expect(right, ORDERED)",
                "    t, u = left.type, right.type",
            ),
            Defect(
                "a number may be added to anything",
                MODULE,
                "            check.expect(right, NUMBER)\n",
                "",
            ),
            Defect(
                "equal types are never equal",
                MODULE,
                "    return related(expr, left.type, right.type, check)",
                "    return FALSE",
            ),
        ),
        "one step per operator and pair of types; `in`, attributes and tags need a schema and are tested by `valid-sound`",
        (
            *(
                f"{MODULE}.{each}"
                for each in ("binary_type", "equality", "comparison", "element_type", "related")
            ),
            "reference.evaluator.binary",
        ),
    ),
)
