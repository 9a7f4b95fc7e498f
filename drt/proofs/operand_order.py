"""Each operand of a form is evaluated at most once, from left to right, and nothing after an error: both engines.

So evaluation ends, and takes time linear in the size of the expression. Owns the operands, which record that they
are evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from drt.proofs.defects import Defect
from drt.proofs.theorem import Goal, Theorem
from drt.proofs.tried import tried
from production.entities import Entities as ProductionEntities
from production.errors import EvaluationError as ProductionError
from production.execution.interpreter import run
from production.language import lowering as op
from production.language.lowering import lower_expression
from production.language.uids import Uid
from production.language.values import SetValue
from production.text.expression_parser import parse_expression as production_expression
from reference.entities import EMPTY
from reference.errors import EvaluationError
from reference.evaluator import Evaluator
from reference.syntax import Expr, Var
from reference.text.parser import parse_expression
from reference.values import FALSE, TRUE, EntityUid, Long, Record, Set, String

Operands = Mapping[str, Any]


def _until(*steps: tuple[str, Any]) -> Callable[[Operands], list[str]]:
    """Return the rule that evaluates the operands up to the first that is not the value beside it."""

    def asked(values: Operands) -> list[str]:
        names = []
        for name, wanted in steps:
            names.append(name)
            if values[name] is not wanted:
                break
        return names

    return asked


def _chosen(values: Operands) -> list[str]:
    branches = {True: ["resource"], False: ["context"]}
    return ["principal", *(branches[values["principal"]] if isinstance(values["principal"], bool) else ())]


LAZY: dict[str, Callable[[Operands], list[str]]] = {
    "principal && resource": _until(("principal", True), ("resource", None)),
    "principal || resource": _until(("principal", False), ("resource", None)),
    "if principal then resource else context": _chosen,
    "principal is U in resource": lambda values: [
        "principal",
        *(["resource"] if isinstance(values["principal"], Uid) else ()),
    ],
    "principal is V in resource": lambda values: ["principal"],
    "principal && resource && context": _until(("principal", True), ("resource", True), ("context", None)),
    "principal || resource || context": _until(("principal", False), ("resource", False), ("context", None)),
    "principal && (resource || context)": _until(("principal", True), ("resource", False), ("context", None)),
    "principal || resource && context": _until(("principal", False), ("resource", True), ("context", None)),
}
"""Forms that do not evaluate all their operands: which they evaluate, by the values in production's form."""

STRICT = (
    "!principal", "-principal", "principal.isEmpty()", 'principal like "a*"', "principal is U", "principal has a", "principal has a.b.c",
    "principal.a", 'principal["a b"]',
    *(f"principal {each} resource" for each in ("==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "in")),
    *(f"principal.{each}(resource)" for each in ("contains", "containsAll", "containsAny", "hasTag", "getTag", "isInRange", "lessThan", "offset")),
    *(f"{each}(principal)" for each in ("ip", "decimal", "datetime", "duration")), *(f"principal.{each}()" for each in ("isIpv4", "toDate", "toDays")),
    "[principal, resource, context]", "{a: principal, b: resource, c: context}", "[resource, principal]", "resource == principal",
)  # fmt: skip
VALUES: tuple[tuple[Any, Any], ...] = (
    (TRUE, True), (FALSE, False), (Long(1), 1), (String("a"), "a"), (EntityUid("U", "a"), Uid("U", "a")), (Set(frozenset()), SetValue([])),
    (Record({}), {}),
)  # fmt: skip
"""A value of each kind, in both engines' forms."""
FAILED = None
"""Stands for an operand that has no value."""


class _Ended(Exception):
    """An operand has no value."""


class _Recording(Evaluator):
    """The reference's evaluator, with operands that are these values; `asked` are those that were evaluated."""

    def __init__(self, values: dict[str, Any], asked: list[str]) -> None:
        super().__init__(None, EMPTY)  # type: ignore[arg-type]  # no variable of the request is read
        object.__setattr__(self, "take", _taking(values, asked))

    def value(self, x: Expr) -> Any:
        """Evaluate an operand, or a form by the reference's own rules."""
        return self.take(x.name) if isinstance(x, Var) else super().value(x)  # type: ignore[attr-defined]  # set above


def _taking(values: dict[str, Any], asked: list[str]) -> Callable[[str], Any]:
    def take(name: str) -> Any:
        asked.append(name)
        if values[name] is FAILED:
            raise _Ended
        return values[name]

    return take


class _Frame:
    """A request of production's machine that records which variables are read."""

    entities = ProductionEntities.from_json("[]")

    def __init__(self, values: dict[str, Any], asked: list[str]) -> None:
        self._take = _taking(values, asked)

    principal = property(lambda self: self._take("principal"))
    resource = property(lambda self: self._take("resource"))
    context = property(lambda self: self._take("context"))


def _goals() -> Sequence[Goal]:
    return tuple(tried(text, _wrong(text)) for text in (*LAZY, *STRICT))


def _wrong(text: str) -> Iterator[str]:
    order = re.findall(r"\b(?:principal|resource|context)\b", text)
    ours, code = parse_expression(text), lower_expression(production_expression(text))
    for place, (opcode, argument) in enumerate(code.instructions):
        target = argument[1] if opcode == op.IS_LEFT else argument
        if opcode in JUMPS and not place < target <= len(code.instructions):
            yield f"`{text}`: instruction {place} of production's machine jumps back, to {target}"
    for given in product((*VALUES, (FAILED, FAILED)), repeat=len(order)):
        for engine, side in (("reference", 0), ("machine", 1)):
            values = {name: each[side] for name, each in zip(order, given, strict=True)}
            asked: list[str] = []
            try:
                if side:
                    run(code, _Frame(values, asked))  # type: ignore[arg-type]  # a frame that records
                else:
                    _Recording(values, asked).value(ours)
            except (_Ended, EvaluationError, ProductionError):
                pass
            right = _expected(text, order, dict(zip(order, (each for _, each in given), strict=True)))
            if asked != right:
                operands = ", ".join("an error" if each[0] is FAILED else repr(each[1]) for each in given)
                yield (
                    f"`{text}` of {operands}: {engine} evaluates {', '.join(asked) or 'nothing'}, in this order,"
                    f" not {', '.join(right)}"
                )


def _expected(text: str, order: list[str], values: Operands) -> list[str]:
    """Return the operands that a form evaluates: all up to the first that has no value, unless it is lazy."""
    lazy = LAZY.get(text)
    if lazy is not None:
        return lazy(values)
    failed = next((place for place, name in enumerate(order) if values[name] is FAILED), len(order) - 1)
    return order[: failed + 1]


JUMPS = (op.AND_LEFT, op.OR_LEFT, op.IS_LEFT, op.IF, op.ELSE)


THEOREMS = (
    Theorem(
        "Each operand is evaluated at most once, from left to right",
        "Every form evaluates its operands in order, none twice and none after an error; `&&`, `||`, `if` and `is in` only those that they need. Jumps of"
        " production's machine go forward. So evaluation ends, in time linear in the size of the expression.",
        "paper: termination",
        "S",
        _goals,
        (
            Defect("the left side of `||` is evaluated twice", "reference.evaluator", "boolean(truth(self.value(left)) or truth(self.value(right)))", "boolean(truth(self.value(left)) or truth(self.value(right)) or truth(self.value(left)))"),
            Defect("the right operand comes first", "reference.evaluator", "return binary(operator, self.value(left), self.value(right), self.entities)", "return binary(operator, *reversed((self.value(right), self.value(left))), self.entities)"),
            Defect("`&&` evaluates both sides", "production.execution.interpreter", "    if value is (opcode == op.OR_LEFT):\n        return int(argument)\n", "    if value is True and opcode == op.OR_LEFT:\n        return int(argument)\n"),
        ),
        "one step per form: an operand is a smaller expression, so the induction is the evaluators' own; a value of each kind stands for all, and generated code is not counted",
        ("reference.evaluator.Evaluator.value", "production.execution.interpreter._control"),
    ),
)  # fmt: skip
