"""Partial evaluation of `&&`, `||` and `if` in both engines, for all operands: one step per rule.

A rule looks only at the class of an operand: a value, the error, or a residual that is free of errors or not. Owns
the operands of each class, and what they may evaluate to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

import z3

from drt.proofs.defects import Defect
from drt.proofs.theorem import Counterexample, Goal, Theorem
from production.partial import terms
from production.partial.code import code_of
from production.partial.evaluator import partially_evaluate
from reference.errors import EvaluationError
from reference.evaluator import Evaluator
from reference.partial.evaluator import PartialEvaluator
from reference.partial.residuals import Failing, Known, Open
from reference.schema.schema import Schema
from reference.schema.types import BOOL, EMPTY_RECORD
from reference.syntax import And, Expr, GetAttr, If, Lit, Or, Unary, Var
from reference.values import FALSE, TRUE

Result, (T, F, ERR, WRONG) = z3.EnumSort("Result", ["is_true", "is_false", "is_error", "is_a_wrong_form"])
RESULTS: dict[Any, Expr] = {T: Lit(TRUE), F: Lit(FALSE), ERR: Unary("neg", Lit(TRUE))}
CLASSES = ("true", "false", "error", "free of errors", "maybe erring")
WITHIN = {
    "true": (T,),
    "false": (F,),
    "error": (ERR,),
    "free of errors": (T, F),
    "maybe erring": (T, F, ERR),
    "wrong": (WRONG,),
}
DECIDING = ("true", "false", "error")
"""Classes of a first operand that leave no form: its operand, the other, or the error is the result."""
Form = Callable[..., Expr]


def _definition(form: Form, operands: Sequence[Any]) -> Any:
    """Return what a form evaluates to, by the reference's evaluator, as a term over what its operands do."""
    term = ERR
    for results in product(RESULTS, repeat=len(operands)):
        when = z3.And(*(one == each for one, each in zip(operands, results, strict=True)))
        term = z3.If(when, _evaluated(form(*(RESULTS[each] for each in results))), term)
    return term


def _evaluated(expr: Expr) -> Any:
    try:
        return T if Evaluator(None, None).value(expr) == TRUE else F  # type: ignore[arg-type]  # nothing is looked up
    except EvaluationError:
        return ERR


@dataclass(frozen=True, slots=True)
class Engine:
    """A partial evaluator: how to make an operand of a class, apply a form, and take a result apart.

    `taken` returns a class for a result that is decided, and the operands for a form that is left.
    """

    name: str
    operand: Callable[[str], Any]
    apply: Callable[[Form, Sequence[Any]], Any]
    taken: Callable[[Any], str | tuple[Any, ...]]


def _reference_operand(kind: str) -> Any:
    match kind:
        case "true" | "false":
            return Known(TRUE if kind == "true" else FALSE, BOOL)
        case "error":
            return Failing(BOOL)
        case "free of errors":
            return Open(Var("principal"), BOOL)
        case _:
            return Open(GetAttr(Var("context"), "a"), BOOL, (Open(Var("context"), EMPTY_RECORD),))


def _reference_apply(form: Form, operands: Sequence[Any]) -> Any:
    written = form(*[Var("principal")] * len(operands))
    return PartialEvaluator(None, None, Schema()).node(Open(written, BOOL, tuple(operands)))  # type: ignore[arg-type]  # nothing is looked up


def _reference_taken(result: Any) -> str | tuple[Any, ...]:
    match result:
        case Known(value):
            return "true" if value == TRUE else "false"
        case Failing():
            return "error"
        case Open(_, _, parts):
            return tuple(parts)
        case _:
            return "wrong"


OPERATORS: dict[Form, int] = {And: terms.AND, Or: terms.OR, If: terms.IF}
PLACES = {2: (terms.PRINCIPAL, terms.RESOURCE), 3: (terms.PRINCIPAL, terms.RESOURCE, terms.CONTEXT)}


def _production_operand(kind: str) -> Any:
    match kind:
        case "true" | "false":
            return kind == "true"
        case "error":
            return terms.ERROR
        case "free of errors":
            return terms.Term(terms.HAS, (("a",), False), (terms.CONTEXT,))
        case _:
            return terms.Term(terms.GET, "a", (terms.CONTEXT,))


def _production_apply(form: Form, operands: Sequence[Any]) -> Any:
    places = PLACES[len(operands)]
    if len(operands) == 3 and operands[1] is operands[2] and isinstance(operands[1], terms.Term):
        places = (places[0], places[1], places[1])
    variables = operands[0], None, operands[1], operands[-1]
    return partially_evaluate(code_of(terms.Term(OPERATORS[form], None, places)), variables, None)  # type: ignore[arg-type]  # nothing is looked up


def _production_taken(result: Any) -> str | tuple[Any, ...]:
    if isinstance(result, bool):
        return "true" if result else "false"
    if isinstance(result, terms.Term):
        return tuple(result.children)
    return "error" if result is terms.ERROR else "wrong"


ENGINES = (
    Engine("reference", _reference_operand, _reference_apply, _reference_taken),
    Engine("production", _production_operand, _production_apply, _production_taken),
)


def _goals(form: Form, arity: int) -> Sequence[Goal]:
    return list(_steps(form, arity))


def _steps(form: Form, arity: int) -> Iterator[Goal]:
    for engine, kinds in product(ENGINES, product(CLASSES, repeat=arity)):
        yield _step(engine, form, kinds, [engine.operand(kind) for kind in kinds])
        if form is If and kinds[1] == kinds[2]:
            guard, branch = engine.operand(kinds[0]), engine.operand(kinds[1])
            yield _step(engine, form, kinds, [guard, branch, branch])


def _step(engine: Engine, form: Form, kinds: Sequence[str], operands: Sequence[Any]) -> Goal:
    """Return the obligation that what is left of a form means what the form means; one operand is one constant."""
    constants = {id(one): z3.Const(f"operand{place}", Result) for place, one in enumerate(operands)}
    means = [constants[id(one)] for one in operands]
    result = engine.apply(form, operands)
    is_reduced = (
        not _is_decided(form, kinds) or id(result) in constants or isinstance(engine.taken(result), str)
    )
    left = _meaning(engine, form, result, constants) if is_reduced else WRONG
    within = [z3.Or(*(one == each for each in WITHIN[kind])) for one, kind in zip(means, kinds, strict=True)]
    name = f"{engine.name}: operands {', '.join(kinds)}"
    right = _definition(form, means)

    def decode(model: Any) -> Counterexample:
        def end(term: Any) -> str:
            return str(model.eval(term, model_completion=True)).removeprefix("is_").replace("_", " ")

        shown = ", ".join(f"{kind} ({end(one)})" for kind, one in zip(kinds, means, strict=True))
        return Counterexample(
            f"{engine.name}, {form.__name__} of operands {shown}: {end(right)}, but what is left is {end(left)}",
            True,
        )

    return Goal(name, left == right, tuple(within), decode)


def _is_decided(form: Form, kinds: Sequence[str]) -> bool:
    """Whether no form may be left: the first operand chooses, or a known right side of `&&` or `||` does."""
    if kinds[0] in DECIDING or form is If:
        return kinds[0] in DECIDING
    neutral, absorbing = ("true", "false") if form is And else ("false", "true")
    return kinds[1] == neutral or (kinds[1] == absorbing and kinds[0] == "free of errors")


def _meaning(engine: Engine, form: Form, result: Any, constants: dict[int, Any]) -> Any:
    """Return what a result evaluates to: an operand as it does, a decided one as it says, a form by its definition."""
    if id(result) in constants:
        return constants[id(result)]
    taken = engine.taken(result)
    if isinstance(taken, str):
        return WITHIN[taken][0]
    return _definition(form, [_meaning(engine, form, each, constants) for each in taken])


EVALUATOR, RULES = "reference.partial.evaluator", "production.partial.rules"
BECAUSE = "one step per rule: the induction over expressions is the evaluators' own"

THEOREMS = (
    Theorem(
        "Partial evaluation of `&&` keeps value and error",
        "For all operands, what either engine leaves of a conjunction evaluates as it does; where a side decides it, none is left.",
        "Lean TPE; spec 09 §4.2",
        "S",
        partial(_goals, And, 2),
        (
            Defect("an error on the right decides", EVALUATOR, "        case _, Known(Bool(True)):\n            return left\n        case _, Known(Bool(False)) if error_free(left):", "        case _, Known(Bool(True)) | Failing():\n            return left\n        case _, Known(Bool(False)) if error_free(left):"),
            Defect("false on the right decides what may err", RULES, "    if right is False and error_free(left):", "    if right is False:"),
            Defect("true on the left decides", "production.partial.evaluator", "if stack[-1] is False or stack[-1] is ERROR:", "if stack[-1] is True or stack[-1] is ERROR:"),
        ),
        BECAUSE,
        ("reference.partial.evaluator.conjunction", "production.partial.rules.conjunction", "production.partial.evaluator.partially_evaluate"),
    ),
    Theorem(
        "Partial evaluation of `||` keeps value and error",
        "For all operands, what either engine leaves of a disjunction evaluates as it does; where a side decides it, none is left.",
        "Lean TPE; spec 09 §4.2",
        "S",
        partial(_goals, Or, 2),
        (
            Defect("true on the right decides what may err", EVALUATOR, "case _, Known(Bool(True)) if error_free(left):", "case _, Known(Bool(True)):"),
            Defect("the left side is lost", RULES, "    if right is False:\n        return left\n    if right is True", "    if right is False:\n        return right\n    if right is True"),
        ),
        BECAUSE,
        ("reference.partial.evaluator.disjunction", "production.partial.rules.disjunction"),
    ),
    Theorem(
        "Partial evaluation of `if` keeps value and error",
        "For all operands, shared branches included, what either engine leaves of an `if` evaluates as it does; a decided condition leaves none.",
        "Lean TPE; spec 09 §4.2",
        "S",
        partial(_goals, If, 3),
        (
            Defect("an erring condition chooses", EVALUATOR, "        case Failing():\n            return Failing(node.type)\n        case _:\n            return node\n", "        case Failing():\n            return f\n        case _:\n            return node\n"),
            Defect("equal branches decide", "production.partial.evaluator", "stack[-1] = Term(IF, None, (condition, branch, branch)) if is_open else branch", "stack[-1] = branch"),
        ),
        BECAUSE,
        ("reference.partial.evaluator.conditional", "production.partial.evaluator._branch"),
    ),
)  # fmt: skip
