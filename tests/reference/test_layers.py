"""Deep expressions are evaluated in layers: the same values, errors and steps told as without."""

from __future__ import annotations

import pytest

from reference import meaning as chapter
from reference.entity_json import read_entities
from reference.errors import ErrorKind, EvaluationError
from reference.evaluator import meaning
from reference.meaning import Meaning, Situation
from reference.observing import observed
from reference.parser import parse_expression
from reference.request import Request
from reference.syntax import Compound, Slot, Unary
from reference.values import TRUE, EntityUid, Record, Value

ENTITIES = read_entities(
    '[{"uid": {"type": "U", "id": "a"}, "attrs": {"n": 1, "r": {"x": [1]}}, "parents": []}]'
)
AT = Situation(
    Request(EntityUid("U", "a"), EntityUid("Action", "x"), EntityUid("D", "d"), Record({})), ENTITIES
)

TEXTS = [
    "true && 1 < 2 && (true || 1 + 1 == 3)",
    "true || 1 + true == 2",
    "false && principal.n.m > 1",
    "if 1 + 1 == 2 then [1 + 2, {a: 1 * 2}.a] else 1 + true",
    "if 1 + 1 == 3 then principal.missing else -(1 + 2)",
    "[{a: [1 + 2]}.a, principal.r.x, !true].contains(1 + true)",
    "principal.r.x.contains(1) && principal.missing == 1 || true",
    "principal is D in [1 + true]",
    "principal is U in [principal, U::\"b\"]",
    'decimal("1.0").lessThan(decimal("1.5")) && ip("10.0.0.1").isInRange(ip(""))',
    "1 + 1 + 1 + 1 + 1 + 1 + true + 1 + 1",
    "((((1 + 2) * 3 - 1) + 4) * 9223372036854775807) + 1",
]  # fmt: skip

Step = tuple[Compound, list[Value], Value | ErrorKind]


def came(made: Meaning) -> Value | ErrorKind:
    try:
        return made(AT)
    except EvaluationError as error:
        return error.kind


def all_told(text: str) -> tuple[Value | ErrorKind, Value | ErrorKind, list[Step], list[Step]]:
    """What an expression comes to, unobserved and observed, and what is told of it, twice."""
    expr = parse_expression(text)
    told: list[Step] = []
    watched = observed(expr, lambda form, operands, result: told.append((form, list(operands), result)))
    found = came(watched)
    once = list(told)
    told.clear()
    came(watched)
    return came(meaning(expr)), found, once, told


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("levels", [1, 2, 3])
def test_layers_change_nothing(text: str, levels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, observed_plain, told, again = all_told(text)
    assert plain == observed_plain
    assert told == again
    assert told
    monkeypatch.setattr(chapter, "LEVELS", levels)
    assert all_told(text) == (plain, plain, told, told)


def test_a_form_without_values_of_its_operands_is_not_told() -> None:
    told: list[Step] = []
    came(observed(Unary("!", Slot("?principal")), lambda *step: told.append(step)))
    assert told == []


@pytest.mark.parametrize("size", [49, 50, 51, 100, 101, 5_000])
def test_deep_expressions_are_evaluated_like_shallow_ones(size: int) -> None:
    conjunction, total = " && ".join(["true"] * size), " + ".join(["1"] * size)
    assert came(meaning(parse_expression(conjunction))) == TRUE
    assert came(meaning(parse_expression(f"{conjunction} && 1"))) == "type"
    assert came(meaning(parse_expression(f"{total} + true"))) == "type"
    assert came(meaning(parse_expression(f"true || {total} + true"))) == TRUE
