"""Production's operators are the reference's, for every kind of operand and every number.

Owns the pairs of functions that are compared. Numbers, and what is made of numbers (decimals, datetimes, durations),
are symbols; of every other kind a few examples stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import product
from typing import Any

import z3

from drt.proofs.defects import Defect
from drt.proofs.explore import Path, explore
from drt.proofs.operands import Ask, Operand, applied, longs, operands
from drt.proofs.symbols import Number, Truth, formula, is_number, is_truth, number
from drt.proofs.theorem import Counterexample, Goal, Theorem
from production.entities import Entities
from production.errors import EvaluationError as ProductionError
from production.language.lowering import ADD, EQ, GE, GT, IN, LE, LT, MUL, NE, NEG, NOT, SUB
from reference import entities, values
from reference.errors import EvaluationError as ReferenceError
from reference.extensions.datetime import Datetime
from reference.extensions.duration import Duration


@dataclass(frozen=True, slots=True)
class Pair:
    """One operator in both engines, as functions of values."""

    name: str
    reference: Ask
    production: Ask
    arity: int = 2


EMPTY_STORE = Entities.from_json("[]")


def _pairs() -> Iterator[Pair]:
    evaluator, machine = (
        import_module("reference.evaluator"),
        import_module("production.execution.interpreter"),
    )
    store = entities.EMPTY
    frame = machine.Frame(None, None, None, {}, EMPTY_STORE)
    opcodes = {
        "==": EQ, "!=": NE, "<": LT, "<=": LE, ">": GT, ">=": GE, "+": ADD, "-": SUB, "*": MUL, "in": IN,
    }  # fmt: skip
    for sign, opcode in opcodes.items():
        yield Pair(
            sign,
            lambda left, right, sign=sign: evaluator.binary(sign, left, right, store),
            lambda left, right, opcode=opcode: machine._BINARY[opcode](left, right, frame),
        )
    for sign, opcode in {"!": NOT, "neg": NEG}.items():
        yield Pair(
            sign,
            lambda value, sign=sign: evaluator.unary(sign, value),
            lambda value, opcode=opcode: machine._UNARY[opcode](value, None, frame),
            1,
        )


METHODS = (
    ("lessThan", 2), ("lessThanOrEqual", 2), ("greaterThan", 2), ("greaterThanOrEqual", 2),
    ("offset", 2), ("durationSince", 2), ("toDate", 1), ("toTime", 1), ("toMilliseconds", 1),
)  # fmt: skip


def _methods() -> Iterator[Pair]:
    functions, extensions = (
        import_module("reference.extension_functions"),
        import_module("production.language.extensions"),
    )
    for name, arity in METHODS:
        yield Pair(
            name,
            lambda *operands, name=name: functions.call(name, operands),
            lambda *operands, name=name: extensions.call(extensions.FUNCTIONS[name], list(operands)),
            arity,
        )


def _goals(pairs: Callable[[], Iterator[Pair]], wanted: tuple[str, ...]) -> Callable[[], Sequence[Goal]]:
    def goals() -> Sequence[Goal]:
        return [goal for pair in pairs() if pair.name in wanted for goal in _same_answers(pair)]

    return goals


def _same_answers(pair: Pair) -> Iterator[Goal]:
    """For every choice of kinds: the same value, or the same kind of error."""
    sides = [operands(side) for side in ("left", "right")[: pair.arity]]
    for given in product(*sides):
        hypotheses, symbols = longs(given), [one.symbol for one in given]
        ours = explore(
            *applied(pair.reference, [one.reference for one in given], symbols),
            assuming=hypotheses,
            errors=(ReferenceError,),
        )
        theirs = explore(
            *applied(pair.production, [one.production for one in given], symbols),
            assuming=hypotheses,
            errors=(ProductionError,),
        )
        claim = z3.And(
            *(
                z3.Implies(z3.And(one.condition, other.condition), _same(one, other))
                for one in ours
                for other in theirs
            )
        )
        description = " and ".join(operand.description for operand in given)
        yield Goal(
            f"`{pair.name}` of {description}",
            claim,
            hypotheses,
            lambda model, given=given: _confirmed(pair, given, model),  # type: ignore[misc]  # its type is not inferred past a default
            _small(given),
        )


def _small(operands: Sequence[Operand]) -> tuple[Any, ...]:
    """Numbers near zero before others."""
    symbols = [one.symbol for one in operands if one.symbol is not None]
    return (
        tuple(z3.And(*(z3.And(-most <= one, one <= most) for one in symbols)) for most in (1, 100))
        if symbols
        else ()
    )


def _same(one: Path, other: Path) -> Any:
    if one.error is not None or other.error is not None:
        kinds = [getattr(path.error, "kind", None) for path in (one, other)]
        return z3.BoolVal(kinds[0] == kinds[1])
    match one.value:
        case values.Bool(truth):
            return (
                is_truth(other.value, formula(truth)) if type(truth) in (bool, Truth) else z3.BoolVal(False)
            )
        case values.Long(n):
            return is_number(other.value, number(n)) if type(n) in (int, Number) else z3.BoolVal(False)
        case Datetime(n) | Duration(n):
            same_kind = type(one.value).__name__ == type(other.value).__name__
            return is_number(other.value.milliseconds, number(n)) if same_kind else z3.BoolVal(False)
    return z3.BoolVal(False)


def _confirmed(pair: Pair, operands: Sequence[Operand], model: Any) -> Counterexample:
    """Both functions on the numbers of the model."""
    numbers = [
        None if one.symbol is None else model.eval(one.symbol, model_completion=True).as_long()
        for one in operands
    ]
    ours = _answer(pair.reference, [one.reference(n) for one, n in zip(operands, numbers, strict=True)])
    theirs = _answer(pair.production, [one.production(n) for one, n in zip(operands, numbers, strict=True)])
    description = " and ".join(one.description.format(n) for one, n in zip(operands, numbers, strict=True))
    return Counterexample(
        f"`{pair.name}` of {description}: reference {ours}, production {theirs}", ours != theirs
    )


def _answer(ask: Ask, operands: Sequence[Any]) -> str:
    try:
        value = ask(*operands)
    except (ReferenceError, ProductionError) as error:
        return f"fails: {error.kind}"
    match value:
        case values.Bool(inner) | values.Long(inner):
            return str(inner)
        case _:
            return str(getattr(value, "milliseconds", value))


RANGED = "    if MIN_LONG <= value <= MAX_LONG:\n"
LOST_MINIMUM = Defect(
    "the least number counts as overflow",
    "production.execution.operations",
    RANGED,
    RANGED.replace("<= value", "< value", 1),
)
ONE_TOO_FAR = Defect(
    "one number too many fits",
    "production.execution.operations",
    RANGED,
    RANGED.replace("value <= MAX_LONG", "value <= MAX_LONG + 1"),
)
WRAPS = Defect(
    "arithmetic goes round at 64 bits",
    "production.execution.operations",
    '    raise EvaluationError("overflow", "the result does not fit in 64 bits")',
    "    return value - 2 * (MAX_LONG + 1) if value > MAX_LONG else value + 2 * (MAX_LONG + 1)",
)

THEOREMS = (
    Theorem(
        "Production compares as the reference does",
        "`==`, `!=`, `<`, `<=`, `>`, `>=` and `in` give the same answer or error kind for every pair of kinds.",
        "ours: production operator = reference operator",
        "S",
        _goals(_pairs, ("==", "!=", "<", "<=", ">", ">=", "in")),
        (
            Defect(
                "less is less or equal", "production.execution.operations", "return a < b", "return a <= b"
            ),
            Defect(
                "datetimes are compared by difference",
                "production.execution.operations",
                'return left.milliseconds, right.milliseconds\n        wrong_kind("datetime", right)',
                'return (left.milliseconds - right.milliseconds + 2**63) % 2**64 - 2**63, 0\n        wrong_kind("datetime", right)',
            ),
            Defect(
                "the reference takes 1 for true",
                "reference.evaluator",
                "return boolean(left == right)",
                "return Bool(left == right or (isinstance(left, Bool) and isinstance(right, Long)))",
            ),
            Defect(
                "anything may be in itself",
                "production.execution.operations",
                '    if not isinstance(left, Uid):\n        wrong_kind("Entity", left)\n    if isinstance(right, Uid):\n'
                "        return left is right",
                "    if left is right:\n        return True\n"
                '    if not isinstance(left, Uid):\n        wrong_kind("Entity", left)\n    if isinstance(right, Uid):\n'
                "        return False",
            ),
        ),
        "every kind of operand has its own proof; of kinds without numbers a few values stand for all",
    ),
    Theorem(
        "Production calculates as the reference does",
        "`+`, `-`, `*` and negation give the same number, or fail alike, for all 64-bit numbers and all kinds.",
        "ours: production operator = reference operator",
        "S",
        _goals(_pairs, ("+", "-", "*", "neg", "!")),
        (
            LOST_MINIMUM,
            ONE_TOO_FAR,
            WRAPS,
            Defect(
                "subtraction is turned round",
                "production.execution.interpreter",
                "op.SUB: lambda left, right, frame: ranged(long(left) - long(right)),",
                "op.SUB: lambda left, right, frame: ranged(long(right) - long(left)),",
            ),
        ),
        "one proof an operator and pair of kinds",
    ),
    Theorem(
        "Production's decimals, datetimes and durations are the reference's",
        "Order of decimals, offset, durationSince, toDate, toTime and toMilliseconds give the same, or fail alike.",
        "Lean Ext; ours",
        "S",
        _goals(_methods, tuple(name for name, _ in METHODS)),
        (
            Defect(
                "the day is cut off toward zero",
                "production.language.extensions",
                "return datetime_of(_in_range(instant.milliseconds - instant.milliseconds % DAY))",
                "return datetime_of(_in_range(instant.milliseconds + (-instant.milliseconds) % DAY))",
            ),
            Defect(
                "offset does not overflow",
                "production.language.extensions",
                "return datetime_of(_in_range(start.milliseconds + by.milliseconds))",
                "return datetime_of(start.milliseconds + by.milliseconds)",
            ),
            Defect(
                "an instant before 1970 has a negative time",
                "production.language.extensions",
                "    return duration_of(instant.milliseconds % DAY)",
                "    return duration_of(instant.milliseconds % DAY - (DAY if instant.milliseconds < 0 else 0))",
            ),
        ),
        "one proof a function and choice of kinds",
    ),
)
