"""The production compiler's rewriting: conditions cut into guards, literals folded, mean what they meant.

Owns the outcomes that an operand can have, each by an expression in both engines: true, false, a value that is
no boolean, an error. A rewriting that looks at the outcomes of operands is right if it is right for these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from itertools import product
from typing import Any

from drt.proofs.defects import Defect
from drt.proofs.theorem import Goal, Theorem
from drt.proofs.tried import tried
from production.entities import Entities
from production.errors import EvaluationError as ProductionError
from production.language import nodes
from production.language.values import SetValue
from reference import policies as cedar
from reference.entities import EMPTY
from reference.errors import EvaluationError as ReferenceError
from reference.evaluator import evaluate
from reference.request import Request
from reference.syntax import And, Expr, Lit, Or, RecordOf, SetOf, Unary
from reference.values import FALSE, TRUE, Bool, EntityUid, Long, Record, Set, String, Value

MIN = -(2**63)
OPERANDS: tuple[tuple[str, Expr, Any], ...] = (
    ("true", Lit(TRUE), nodes.Constant(True)),
    ("false", Lit(FALSE), nodes.Constant(False)),
    ("1", Lit(Long(1)), nodes.Constant(1)),
    ("overflow", Unary("neg", Lit(Long(MIN))), nodes.Unary("neg", nodes.Constant(MIN))),
)

Tree = tuple[str, Expr, Any]


def _trees(depth: int) -> Iterator[Tree]:
    """Every tree of `&&`, `||` and `!` over the operands, up to a depth."""
    yield from OPERANDS
    if depth == 0:
        return
    inner = list(_trees(depth - 1))
    for description, one, other in inner:
        yield f"!({description})", Unary("!", one), nodes.Unary("!", other)
    for (left, a, b), (right, c, d) in product(inner, OPERANDS):
        for description, one, other in (
            (f"({left}) && {right}", And(a, c), nodes.Binary("&&", b, d)),
            (f"{right} && ({left})", And(c, a), nodes.Binary("&&", d, b)),
            (f"({left}) || {right}", Or(a, c), nodes.Binary("||", b, d)),
            (f"{right} || ({left})", Or(c, a), nodes.Binary("||", d, b)),
        ):
            yield description, one, other


REQUEST = Request(EntityUid("U", "a"), EntityUid("Action", "x"), EntityUid("R", "r"), Record({}))
STORE = Entities.from_json("[]")


def _guards() -> Sequence[Goal]:
    lowering, machine = (
        import_module("production.language.lowering"),
        import_module("production.execution.interpreter"),
    )
    frame = machine.Frame(None, None, None, {}, STORE)

    def wrong() -> Iterator[str]:
        for description, one, other in _trees(2):
            for kind in ("when", "unless"):
                right = _reference(kind, one)
                guards = lowering.lower_conditions([nodes.Condition(kind, other)])
                produced = _production(partial(machine.run, guards, frame))
                if produced != right:
                    yield f"{kind} {{ {description} }}: reference {right}, production {produced}"

    return (tried("every condition of two levels", wrong()),)


def _reference(kind: Any, body: Expr) -> str:
    try:
        value = evaluate(And(Lit(TRUE), cedar.clause_condition(cedar.Clause(kind, body))), REQUEST, EMPTY)
    except ReferenceError as error:
        return str(error.kind)
    assert isinstance(value, Bool)
    return str(value.value)


def _production(run: Any) -> str:
    try:
        return str(run())
    except ProductionError as error:
        return str(error.kind)


# Sets and records.

VALUES: tuple[tuple[Value, Any], ...] = (
    (Long(1), 1),
    (TRUE, True),
    (String("1"), "1"),
    (Set(frozenset()), SetValue([])),
    (Set(frozenset([Long(1)])), SetValue([1])),
    (Record({}), {}),
    (Record({"a": Long(1)}), {"a": 1}),
    (Record({"a": TRUE}), {"a": True}),
)


def _folded() -> Sequence[Goal]:
    """Prove that a set or record of literals is folded to what the reference makes of it."""
    lowering, machine = (
        import_module("production.language.lowering"),
        import_module("production.execution.interpreter"),
    )
    frame = machine.Frame(None, None, None, {}, STORE)
    plain = [(Lit(one), nodes.Constant(other)) for one, other in VALUES[:3]]

    def wrong() -> Iterator[str]:
        for size in range(4):
            for each in product(plain, repeat=size):
                ours = evaluate(SetOf(tuple(one for one, _ in each)), REQUEST, EMPTY)
                theirs = machine.run(
                    lowering.lower_expression(nodes.SetOf(tuple(other for _, other in each))), frame
                )
                assert isinstance(ours, Set)
                if len(theirs) != len(ours.elements):
                    yield f"a set of {size} literals: {len(ours.elements)} elements, folded {len(theirs)}"
                names = tuple("abc"[:size])
                pairs = tuple(zip(names, (one for one, _ in each), strict=True))
                record = evaluate(RecordOf(pairs), REQUEST, EMPTY)
                literal = machine.run(
                    lowering.lower_expression(nodes.RecordOf(names, tuple(other for _, other in each))), frame
                )
                assert isinstance(record, Record)
                if any(_plain(record.fields[name]) != (type(literal[name]), literal[name]) for name in names):
                    yield f"a record of {size} literals: {record}, folded {literal}"

    return (tried("every set and record of up to three literals", wrong()),)


def _plain(value: Value) -> tuple[type, Any]:
    match value:
        case Bool(inner) | Long(inner) | String(inner):
            return type(inner), inner
    raise AssertionError(value)


THEOREMS = (
    Theorem(
        "Conditions cut into guards mean the same",
        "`when` and `unless` with `&&`, `||` and `!` of two levels, on operands of every outcome, are satisfied, not, or err alike.",
        "ours: each rewrite rule preserves outcome and error kind",
        "B",
        _guards,
        (
            Defect(
                "a negated conjunction is cut like a conjunction",
                "production.language.lowering",
                'node.op == ("&&" if wanted else "||")',
                'node.op in ("&&", "||")',
            ),
            Defect(
                "the right side goes first",
                "production.language.lowering",
                "pending += ((node.right, wanted), (node.left, wanted))",
                "pending += ((node.left, wanted), (node.right, wanted))",
            ),
            Defect(
                "a double negation is lost",
                "production.language.lowering",
                "pending.append((node.operand, not wanted))",
                "pending.append((node.operand, wanted))",
            ),
        ),
        "operands of each outcome stand for all; generated code is tested against the machine",
        functions=(
            "production.language.lowering.lower_conditions",
            "production.execution.interpreter.run",
            "production.execution.interpreter._control",
        ),
    ),
    Theorem(
        "Literals are folded to their values",
        "A set or record of literals is made once, and is what evaluation would make every time.",
        "ours: each rewrite rule preserves outcome and error kind",
        "B",
        _folded,
        (
            Defect(
                "fields are folded in the wrong order",
                "production.language.lowering",
                "folded = dict(zip(argument, values, strict=True))",
                "folded = dict(zip(argument, values[::-1], strict=True))",
            ),
        ),
        "up to three literals",
        ("production.language.lowering.lower_expression",),
    ),
)
