"""One inductive step per rule of the type checker: if the operands keep what is promised of them, so does the form.

Owns the promise. An expression that has type T under capabilities evaluates, wherever those hold, to a value of T
or to an error that validity allows; and where it is true, the capabilities that it grants hold. The rules are run
as they are, their operands answered by any types; the evaluator's own rules give the outcome of the form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import product
from typing import Any

import z3

from drt.proofs.defects import Defect
from drt.proofs.theorem import Counterexample, Goal, Theorem
from reference.errors import EvaluationError
from reference.schema.schema import Schema
from reference.schema.types import BOOL, EMPTY_RECORD, FALSE, LONG, STRING, TRUE, Type, describe
from reference.syntax import And, Expr, If, Or, Var
from reference.validation.capabilities import Capabilities
from reference.validation.environments import Environment
from reference.validation.judgement import Checker, Judgement, Typed
from reference.values import Bool, EntityUid, Long, String, Value

CONTROL = "reference.validation.control"
CAPABILITIES = "reference.validation.capabilities"
TYPES: tuple[Type, ...] = (TRUE, FALSE, BOOL, LONG, STRING)

Came, (T, F, NUMBER, TEXT, ALLOWED, FORBIDDEN) = z3.EnumSort(
    "Came", ["came_true", "came_false", "came_number", "came_text", "allowed_error", "forbidden_error"]
)
"""The outcome of an operand, as far as control forms can tell."""

OUTCOMES = (T, F, NUMBER, TEXT, ALLOWED, FORBIDDEN)
VALUES: dict[Any, Value] = {T: Bool(True), F: Bool(False), NUMBER: Long(1), TEXT: String("a")}
WITHIN = {TRUE: (T,), FALSE: (F,), BOOL: (T, F), LONG: (NUMBER,), STRING: (TEXT,)}

OPERANDS: tuple[Expr, ...] = (Var("principal"), Var("action"), Var("resource"))
"""Stand for any operands: the rules ask for their judgements and look no further."""


NOWHERE = Environment("U", EntityUid("Action", "a"), "R", EMPTY_RECORD)
"""An environment for rules that look at nothing in it."""


class _Answering(Checker):
    """A checker that answers for operands: operand n has the n-th type and grants capability n.

    `asked` are the capabilities under which each was judged (None: not judged).
    """

    def __init__(self, types: Sequence[Type]) -> None:
        super().__init__(Schema(), NOWHERE)
        self.capability = import_module(CAPABILITIES).Capabilities
        self.types = types
        self.asked: list[Any] = [None] * len(types)

    def judge(self, expr: Expr, known: Capabilities) -> Judgement:
        place = OPERANDS.index(expr)
        self.asked[place] = known
        return Judgement(Typed(expr, self.types[place]), self.capability(1 << place))


def _run_rule(expr: Expr, types: Sequence[Type]) -> tuple[Any, _Answering, Any]:
    """Return the rule's judgement, the checker that it asked, and the capabilities of the form: one further one."""
    control = import_module(CONTROL)
    check = _Answering(types)
    known = check.capability(1 << len(types))
    match expr:
        case And():
            return control.conjunction(expr, known, check), check, known
        case Or():
            return control.disjunction(expr, known, check), check, known
        case _:
            return control.conditional(expr, known, check), check, known


class _Ended(Exception):
    """An operand has no value."""

    def __init__(self, came: Any) -> None:
        super().__init__(came)
        self.came = came


def _comes_to(expr: Expr, outcomes: Sequence[Any]) -> Any:
    """Evaluate the form by the evaluator's own row, on operands with these outcomes."""
    evaluator: Any = import_module("reference.evaluator")

    class Answering(evaluator.Evaluator):  # type: ignore[misc]  # the module under proof
        def value(self, x: Expr) -> Value:
            if x not in OPERANDS:
                found: Value = super().value(x)
                return found
            came = outcomes[OPERANDS.index(x)]
            if came in (ALLOWED, FORBIDDEN):
                raise _Ended(came)
            return VALUES[came]

    try:
        found = Answering(None, None).value(expr)
    except _Ended as ended:
        return ended.came
    except EvaluationError:
        return FORBIDDEN
    return next(came for came, value in VALUES.items() if value == found)


def _goals(form: Callable[[Sequence[Expr]], Expr], arity: int) -> Callable[[], Sequence[Goal]]:
    def goals() -> Sequence[Goal]:
        expr = form(OPERANDS[:arity])
        came = z3.Consts(" ".join(f"came{n}" for n in range(arity)), Came)
        results = [
            (z3.And(*(one == each for one, each in zip(came, outcomes, strict=True))), outcomes)
            for outcomes in product(OUTCOMES, repeat=arity)
        ]
        table = [(when, _comes_to(expr, outcomes)) for when, outcomes in results]
        return list(_steps(expr, came, table))

    return goals


def _steps(expr: Expr, came: Sequence[Any], table: list[tuple[Any, Any]]) -> Iterator[Goal]:
    arity = len(came)
    holds = [z3.Bool(f"capability{n}") for n in range(arity + 1)]
    whole = z3.Const("whole", Came)
    evaluated = z3.And(*(z3.Implies(when, whole == result) for when, result in table))

    def all_of(capabilities: Any) -> Any:
        held = [each for n, each in enumerate(holds) if capabilities.bits >> n & 1]
        return z3.And(*held) if held else z3.BoolVal(True)

    def within(value: Any, found: Type) -> Any:
        return z3.Or(value == ALLOWED, *(value == each for each in WITHIN[found]))

    for types in product(TYPES, repeat=arity):
        judgement, check, known = _run_rule(expr, types)
        if check.problems:
            continue
        promises = [
            z3.Implies(all_of(under), z3.And(within(value, found), z3.Implies(value == T, holds[place])))
            for place, (value, found, under) in enumerate(zip(came, types, check.asked, strict=True))
            if under is not None
        ]
        claim = z3.Implies(
            all_of(known),
            z3.And(within(whole, judgement.type), z3.Implies(whole == T, all_of(judgement.grants))),
        )
        description = ", ".join(describe(each) for each in types)
        yield Goal(
            f"operands of types {description}",
            claim,
            (evaluated, *promises),
            lambda model, description=description, judged=judgement: _described(
                model, came, holds, whole, description, judged
            ),  # type: ignore[misc]  # its type is not inferred past a default
        )


def _described(
    model: Any, came: Sequence[Any], holds: Sequence[Any], whole: Any, types: str, judgement: Judgement
) -> Counterexample:
    """Describe the step that fails; building it has run the rule and the evaluator, so it is confirmed."""

    def value(term: Any) -> Any:
        return model.eval(term, model_completion=True)

    outcomes = ", ".join(str(value(one)).replace("_", " ") for one in came)
    granted = [n for n, held in enumerate(holds) if judgement.grants.bits >> n & 1 and not value(held)]
    also = f", granting what operand {granted[0] + 1} did not test" if granted else ""
    description = (
        f"operands of types {types} with outcomes {outcomes}: the form is typed {describe(judgement.type)}"
        f" and its outcome is {str(value(whole)).replace('_', ' ')}{also}"
    )
    return Counterexample(description, True)


THEOREMS = (
    Theorem(
        "The rule for `&&` keeps the promise",
        "If both operands keep their types and capabilities, so does the conjunction.",
        "Lean Typechecking; paper: validation soundness",
        "S",
        _goals(lambda parts: And(parts[0], parts[1]), 2),
        (
            Defect(
                "the right operand is taken for true",
                CONTROL,
                "        case TrueType(), TrueType():\n            return TRUE\n",
                "        case TrueType(), _:\n            return TRUE\n",
            ),
            Defect(
                "a conjunction with a true operand is true",
                CONTROL,
                "        case TrueType(), TrueType():\n            return TRUE\n",
                "        case _, TrueType():\n            return TRUE\n",
            ),
        ),
        "one step per rule: the induction over expressions is the checker's own recursion",
        (f"{CONTROL}.conjunction", f"{CONTROL}.and_type", f"{CONTROL}.boolean"),
    ),
    Theorem(
        "The rule for `||` keeps the promise",
        "If both operands keep their types and capabilities, so does the disjunction; it grants what both grant.",
        "Lean Typechecking; paper: validation soundness",
        "S",
        _goals(lambda parts: Or(parts[0], parts[1]), 2),
        (
            Defect(
                "either side grants for both",
                CONTROL,
                "return Judgement(Typed(expr, BOOL, parts), left.grants & right.grants)",
                "return Judgement(Typed(expr, BOOL, parts), left.grants | right.grants)",
            ),
            Defect(
                "a false left side does not hide the right",
                CONTROL,
                "            return Judgement(Typed(expr, t, parts), right.grants)",
                "            return Judgement(Typed(expr, FALSE, parts), right.grants)",
            ),
        ),
        "one step per rule",
        (f"{CONTROL}.disjunction", f"{CONTROL}.boolean"),
    ),
    Theorem(
        "The rule for `if` keeps the promise",
        "The chosen branch keeps its type; capabilities of the condition hold in `then` alone.",
        "Lean Typechecking; paper: validation soundness",
        "S",
        _goals(lambda parts: If(parts[0], parts[1], parts[2]), 3),
        (
            Defect(
                "the other branch sees what the condition tested",
                CONTROL,
                "\n    otherwise = check.judge(expr.otherwise, known)\n",
                "\n    otherwise = check.judge(expr.otherwise, known | condition.grants)\n",
            ),
            Defect(
                "either branch grants for both",
                CONTROL,
                "return Judgement(typed, (condition.grants | then.grants) & otherwise.grants)",
                "return Judgement(typed, condition.grants | then.grants | otherwise.grants)",
            ),
        ),
        "one step per rule",
        (f"{CONTROL}.conditional", f"{CONTROL}.boolean"),
    ),
)
