"""The reference, production's machine and its generated code agree on every form, for every kind and all numbers.

Owns the comparison: what each gives for the same operands, a value or a kind of error, as one formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

import z3

from drt.proofs.explore import ENDS, Path, explore
from drt.proofs.forms import ACTION, PRINCIPAL, PRODUCTION_STORE, RESOURCE, STORE, Form, form, reads, shown
from drt.proofs.operands import Operand, longs, operands
from drt.proofs.symbols import Number, Truth, formula, is_number, is_truth, number
from drt.proofs.theorem import Counterexample, Goal
from production.errors import ERROR_KINDS, FIRST_ERROR
from production.errors import EvaluationError as ProductionError
from production.execution.interpreter import Frame, run
from production.language.datetimes import Datetime as ProductionDatetime
from production.language.decimals import Decimal as ProductionDecimal
from production.language.durations import Duration as ProductionDuration
from production.language.ipaddrs import IpAddress
from production.language.uids import Uid
from production.language.values import SetValue
from reference.errors import EvaluationError
from reference.evaluator import Evaluator
from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.extensions.ipaddr import IpAddr
from reference.request import Request
from reference.values import Bool, EntityUid, Long, Record, Set, String

PRINCIPAL_UID, ACTION_UID, RESOURCE_UID = (
    EntityUid(each.type, each.id) for each in (PRINCIPAL, ACTION, RESOURCE)
)


def agreement(
    texts: Sequence[str], kinds: Sequence[str], ends: Sequence[int] = ()
) -> Callable[[], Iterator[Goal]]:
    """Obligations for these forms and kinds of operands; with `ends`, for these numbers alone."""
    return lambda: (goal for text in texts for goal in _goals(text, kinds, ends))


def disagreement(texts: Sequence[str], kinds: Sequence[str]) -> Callable[[], Counterexample | None]:
    """Return a search for operands on which the evaluators differ: numbers at their ends, for code that is refused."""

    def search() -> Counterexample | None:
        tried = (
            _compared(made, given)
            for text in texts
            for made in (form(text),)
            for given in _operands(text, kinds, ENDS)
        )
        return next((each for each in tried if each.confirmed), None)

    return search


def _goals(text: str, kinds: Sequence[str], ends: Sequence[int]) -> Iterator[Goal]:
    made = form(text)
    return (_goal(made, given) for given in _operands(text, kinds, ends))


def _operands(text: str, kinds: Sequence[str], ends: Sequence[int]) -> Iterator[tuple[Operand, ...]]:
    """Yield operands of every kind for the places of a form."""
    places = [side for side, name in (("left", "l"), ("right", "r")) if reads(shown(text), name)]
    values = [
        [each for one in operands(side) if one.name in kinds for each in _ended(one, ends)] for side in places
    ]
    return product(*values)


def _ended(operand: Operand, ends: Sequence[int]) -> list[Operand]:
    if operand.symbol is None or not ends:
        return [operand]
    return [_with_number(operand, end) for end in ends]


def _with_number(operand: Operand, n: int) -> Operand:
    return Operand(
        operand.description.format(n), lambda _: operand.reference(n), lambda _: operand.production(n)
    )


def _goal(made: Form, given: Sequence[Operand]) -> Goal:
    symbols = [one.symbol for one in given if one.symbol is not None]
    hypotheses = longs(given)
    ours = explore(_asked(reference, made, given), symbols, assuming=hypotheses, errors=(EvaluationError,))
    claims = []
    for evaluate in (machine, generated):
        theirs = explore(
            _asked(evaluate, made, given), symbols, assuming=hypotheses, errors=(ProductionError,)
        )
        claims += [
            z3.Implies(z3.And(one.condition, other.condition), _same(one, other))
            for one in ours
            for other in theirs
        ]

    def decode(model: Any) -> Counterexample:
        known = [
            one
            if one.symbol is None
            else _with_number(one, model.eval(one.symbol, model_completion=True).as_long())
            for one in given
        ]
        return _compared(form(made.pattern), known)  # whose generated code is not rewritten

    return Goal(made.text, z3.And(*claims), hypotheses, decode, sizes(symbols))


def _compared(made: Form, known: Sequence[Operand]) -> Counterexample:
    """Run the three evaluators on plain operands; a refutation if they differ."""
    answers = [_answer(evaluate, made, known) for evaluate in (reference, machine, generated)]
    description = ", ".join(
        f"context.{name} = {one.description}" for name, one in zip("lr", known, strict=False)
    )
    said = "reference {}, machine {}, generated code {}".format(*map(_described, answers))
    wrong = not all(z3.is_true(z3.simplify(_same(answers[0], other))) for other in answers[1:])
    where = f" where {description}" if description else ""
    return Counterexample(f"`{made.text}`{where}: {said}", wrong)


KEPT = 256
"""Python keeps one object for each integer up to this: what looks at identity is right about them alone."""


def sizes(symbols: Sequence[Any]) -> tuple[Any, ...]:
    """Return constraints on numbers by which a refutation is made plain: near zero first, then large."""
    if not symbols:
        return ()
    near = [[z3.And(-most <= one, one <= most) for one in symbols] for most in (1, 100)]
    return tuple(z3.And(*each) for each in (*near, [one > KEPT for one in symbols]))


def _asked(evaluate: Callable[..., Any], made: Form, given: Sequence[Operand]) -> Callable[..., Any]:
    """Return the evaluator as a function of the numbers alone."""

    def ask(*numbers: Any) -> Any:
        rest = iter(numbers)
        return evaluate(made, [(one, None if one.symbol is None else next(rest)) for one in given])

    return ask


def _answer(evaluate: Callable[..., Any], made: Form, given: Sequence[Operand]) -> Path:
    try:
        return Path(None, evaluate(made, [(one, None) for one in given]))
    except Exception as error:  # an exception of its own is an answer too, and a wrong one
        return Path(None, None, error)


def _described(path: Path) -> str:
    if path.error is None:
        return repr(path.value)
    return f"fails: {getattr(path.error, 'kind', type(path.error).__name__)}"


def reference(made: Form, given: Sequence[tuple[Operand, Any]]) -> Any:
    """Evaluate by the reference."""
    fields = {name: one.reference(n) for name, (one, n) in zip("lr", given, strict=False)}
    return Evaluator(Request(PRINCIPAL_UID, ACTION_UID, RESOURCE_UID, record(fields)), STORE).value(
        made.reference
    )


def record(fields: dict[str, Any]) -> Record:
    """Make the context a record without its hash, which symbols have not."""
    record: Record = object.__new__(Record)
    object.__setattr__(record, "fields", fields)
    object.__setattr__(record, "_hash", 0)
    return record


def _context(given: Sequence[tuple[Operand, Any]]) -> dict[str, Any]:
    return {name: one.production(n) for name, (one, n) in zip("lr", given, strict=False)}


def machine(made: Form, given: Sequence[tuple[Operand, Any]]) -> Any:
    """Evaluate by the stack machine."""
    return run(made.lowered, Frame(PRINCIPAL, ACTION, RESOURCE, _context(given), PRODUCTION_STORE))


def generated(made: Form, given: Sequence[tuple[Operand, Any]]) -> Any:
    """Evaluate by the generated code."""
    function = made.program.bind(PRODUCTION_STORE)
    value, status = function(PRINCIPAL, ACTION, RESOURCE, _context(given))
    if status:
        raise ProductionError(ERROR_KINDS[status - FIRST_ERROR], "")
    return value


def _same(one: Path, other: Path) -> Any:
    if one.error is not None or other.error is not None:
        kinds = [getattr(path.error, "kind", path.error) for path in (one, other)]
        return z3.BoolVal(kinds[0] == kinds[1])
    return same(one.value, other.value)


def same(value: Any, other: Any) -> Any:
    """Return the formula that a value of production is the reference's; false for different kinds."""
    match value:
        case Bool(truth):
            return is_truth(other, formula(truth)) if type(truth) in (bool, Truth) else z3.BoolVal(False)
        case Long(n):
            return is_number(other, number(n)) if type(n) in (int, Number) else z3.BoolVal(False)
        case String(text):
            return z3.BoolVal(type(other) is str and other == text)
        case EntityUid(type_name, entity_id):
            return z3.BoolVal(type(other) is Uid and (other.type, other.id) == (type_name, entity_id))
        case Decimal(n) if type(other) is ProductionDecimal:
            return is_number(other.units, number(n))
        case Datetime(n) if type(other) is ProductionDatetime:
            return is_number(other.milliseconds, number(n))
        case Duration(n) if type(other) is ProductionDuration:
            return is_number(other.milliseconds, number(n))
        case IpAddr(version, address, prefix) if type(other) is IpAddress:
            return z3.BoolVal((other.version, other.address, other.prefix) == (version, address, prefix))
        case Set(elements) if type(other) is SetValue:
            return z3.BoolVal(_same_members(list(elements), list(other)))
        case Record(fields) if isinstance(other, dict) and fields.keys() == other.keys():
            return z3.And(*(same(fields[name], other[name]) for name in fields))
    return z3.BoolVal(False)


def _same_members(ours: list[Any], theirs: list[Any]) -> bool:
    """Whether two plain sets have the same members: as many, and each of the one among the other."""
    found = [[z3.is_true(z3.simplify(same(one, other))) for other in theirs] for one in ours]
    return len(ours) == len(theirs) and all(any(row) for row in found)
