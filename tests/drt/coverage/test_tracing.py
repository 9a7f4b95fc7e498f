"""Evaluation step by step: the same values and errors as without, every form reported after its operands."""

from __future__ import annotations

import pytest

from drt.coverage.tracing import Tracer
from reference.errors import ErrorKind, EvaluationError
from reference.evaluator import Evaluator
from reference.json.entities import read_entities
from reference.request import Request
from reference.support.recursion import deep_recursion
from reference.syntax import Compound, Expr, Slot, Unary
from reference.text.expression_printer import print_expression
from reference.text.parser import parse_expression
from reference.values import FALSE, TRUE, EntityUid, Long, Record, Value

ENTITIES = read_entities(
    '[{"uid": {"type": "U", "id": "a"}, "attrs": {"n": 1, "r": {"x": [1]}}, "parents": []}]'
)
REQUEST = Request(EntityUid("U", "a"), EntityUid("Action", "x"), EntityUid("D", "d"), Record({}))
PRINCIPAL = EntityUid("U", "a")

Step = tuple[str, list[Value], Value | ErrorKind]

STEPS: list[tuple[str, list[Step]]] = [
    ("1 + 2", [("1 + 2", [Long(1), Long(2)], Long(3))]),
    ("1 + true", [("1 + true", [Long(1), TRUE], "type")]),
    ("false && 1 + true == 2", [("false && 1 + true == 2", [FALSE], FALSE)]),
    ("!(1 + true)", [("1 + true", [Long(1), TRUE], "type")]),
    ("true && 1", [("true && 1", [TRUE, Long(1)], "type")]),
    ("principal is D in [1]", [("principal is D in [1]", [PRINCIPAL], FALSE)]),
    (
        "if 1 == 1 then principal.n else 2",
        [
            ("1 == 1", [Long(1), Long(1)], TRUE),
            ("principal.n", [PRINCIPAL], Long(1)),
            ("if 1 == 1 then principal.n else 2", [TRUE, Long(1)], Long(1)),
        ],
    ),
]


def steps(expr: Expr) -> tuple[Value | ErrorKind, list[Step]]:
    """What an expression comes to, and what is reported of it."""
    seen: list[Step] = []

    def note(form: Compound, operands: object, result: Value | ErrorKind) -> None:
        seen.append((print_expression(form), list(operands), result))  # type: ignore[call-overload]

    return came(Tracer(REQUEST, ENTITIES, note), expr), seen


def came(evaluator: Evaluator, expr: Expr) -> Value | ErrorKind:
    try:
        return evaluator.value(expr)
    except EvaluationError as error:
        return error.kind


@pytest.mark.parametrize(("text", "expected"), STEPS, ids=[text for text, _ in STEPS])
def test_steps(text: str, expected: list[Step]) -> None:
    expr = parse_expression(text)
    found, seen = steps(expr)
    assert seen == expected
    assert found == expected[-1][2] == came(Evaluator(REQUEST, ENTITIES), expr)


def test_a_form_without_values_of_its_operands_is_not_reported() -> None:
    assert steps(Unary("!", Slot("?principal"))) == ("unlinked-slot", [])


def test_a_tracer_may_be_used_again_after_an_error() -> None:
    seen: list[Value | ErrorKind] = []
    tracer = Tracer(REQUEST, ENTITIES, lambda form, operands, result: seen.append(result))
    assert came(tracer, parse_expression("[1, 1 + true]")) == "type"
    assert came(tracer, parse_expression("1 + 1")) == Long(2)
    assert seen == ["type", Long(2)]


@pytest.mark.slow
def test_deep_expressions_are_reported_to_the_bottom() -> None:
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    with deep_recursion():
        text = " + ".join(["1"] * 100_000)
        assert came(Tracer(REQUEST, ENTITIES, note), parse_expression(text)) == Long(100_000)
        assert came(Tracer(REQUEST, ENTITIES, note), parse_expression(f"true && {text} + true")) == "type"
    assert count == 2 * 99_999 + 1
