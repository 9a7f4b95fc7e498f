"""Classes of typing cases, and errors of which the order of evaluation decides one: each named once, and reached."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from drt.coverage.observation import observe
from drt.coverage.situations import ERRORS_TOGETHER
from drt.coverage.typing_rows import PREFIX, TYPING_ROWS
from drt.model.case import Case, Request, Source
from drt.targets.table import TARGETS
from drt.targets.target import Target
from generators.choice.sources import RecordingSource
from generators.texts import typing_world

CASES = 80
RARE = 8
"""So many rows may be missed by so few cases."""


@cache
def reached(target: str, cases: int) -> Counter[str]:
    drawn: Target = TARGETS[target]
    found: Counter[str] = Counter()
    for seed in range(cases):
        found.update(observe(drawn.draw(RecordingSource(seed))).situations)
    return found


def test_a_few_cases_reach_most_rows_and_no_others() -> None:
    found = {name for name in reached("typing", CASES) if name.startswith(PREFIX)}
    assert found <= set(TYPING_ROWS)
    assert len(found) >= len(TYPING_ROWS) - RARE
    assert len(set(TYPING_ROWS)) == len(TYPING_ROWS)


@pytest.mark.parametrize(
    ("condition", "row"),
    [
        ("principal has name && principal.name like \"v\"", "attribute of an entity: tested"),
        ("principal.name like \"v\"", "attribute of an entity: untested"),
        ("(if context.c then principal else resource) has level", "has of several entity types: Bool"),
        ("(if context.c then context.a else {g: 1}).f == 1", "attribute of an open record: undeclared"),
        ("principal has rec.deep.x", "has path: Bool"),
        ("resource.hasTag(\"t\") && resource.getTag(\"t\").boss.ok", "getTag: tested"),
        ("false || context.c", "||: False, Bool"),
        ("[1, true] == [1]", "set: no bound"),
    ],
)  # fmt: skip
def test_a_condition_reaches_its_row(condition: str, row: str) -> None:
    scope = 'principal is User, action == Action::"view", resource is Group'
    policy = Source(f"permit({scope}) when {{ {condition} }};")
    case = Case(policy, schema=Source(typing_world.SCHEMA))
    assert f"{PREFIX}{row}" in observe(case).situations


@pytest.mark.parametrize(
    ("expression", "pair"),
    [
        ("[1 + true, 9223372036854775807 + 1]", ("type", "overflow")),
        ("[9223372036854775807 + 1, 1 + true]", ("overflow", "type")),
        ("{a: context.x, b: 1 + true}", ("attr-missing", "type")),
        ("(1 + true) == User::\"u\".x", ("type", "entity-missing")),
    ],
)  # fmt: skip
def test_of_two_errors_the_pair_is_noted(expression: str, pair: tuple[str, str]) -> None:
    case = Case(
        Source(""),
        requests=(Request(typing_world.requests(RecordingSource(1))[0]),),
        expressions=(expression,),
    )
    found = [name for name in observe(case).situations if name in ERRORS_TOGETHER]
    assert found == [f"input: errors: {pair[0]} is reported, {pair[1]} is not"]


def test_a_few_cases_reach_most_pairs_of_errors() -> None:
    found = set(reached("kinds", 40)) | set(reached("evaluate", 20)) | set(reached("authorize-untyped", 40))
    assert len(found & set(ERRORS_TOGETHER)) >= len(ERRORS_TOGETHER) // 2
