"""Defects of production's optimiser are found by the cases that the target `translation` draws itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest

from drt.symbolic.targets import TARGETS
from generators.choice.sources import RecordingSource
from production.execution import codegen
from production.execution.codegen_writer import Writer
from production.language import lowering as op
from production.language import policies
from production.serving import compiled_shapes, index, plans
from tests.drt.symbolic.test_laws import ENGINES
from tests.drt.symbolic.test_translation import WRITERS

MOST_CASES = 400

lower_conditions, set_of, plan = policies.lower_conditions, op.set_of, plans.Plans.plan
tabled, key_of, shape_of, parts = index.tabled, index.key_of, index.shape_of, op._parts


def _guard_without_ancestors(out: Writer, variable: str, scope: Any, entity: Any) -> None:
    if entity is not None:
        out.line(f"if {out.named(entity)} is not {variable}: {out.ending('0')}")


def _branches_exchanged(node: Any) -> Any:
    match parts(node):
        case (condition, (op.IF, _), then, (op.ELSE, _), otherwise, end):
            return condition, (op.IF, None), otherwise, (op.ELSE, None), then, end
        case other:
            return other


def _key_without_ancestors(rule: Any, side: index.Side) -> index.Key | None:
    key = key_of(rule, side)
    return None if key is None else key._replace(is_equal=True)


DEFECTS: dict[str, tuple[object, str, Callable[..., Any]]] = {
    "clauses in another order": (policies, "lower_conditions", lambda c: lower_conditions(list(c)[::-1])),
    "a skipped clause": (policies, "lower_conditions", lambda c: lower_conditions(list(c)[:1])),
    "a wrong fold": (op, "set_of", lambda values: set_of(list(values)[:-1] or values)),
    "the plan of a wrong action": (plans.Plans, "plan", lambda self, a, _: plan(self, a, frozenset())),
    "a guard without ancestors": (compiled_shapes, "_guard_scope", _guard_without_ancestors),
    "branches exchanged": (op, "_parts", _branches_exchanged),
    "an index without ancestors": (index, "key_of", _key_without_ancestors),
    "a table without keys": (index, "tabled", lambda *asked: replace(tabled(*asked), keys=frozenset())),
    "a shape without its type": (index, "shape_of", lambda p, _, code: shape_of(p, None, code)),
}


def is_found(planted: AbstractContextManager[Any]) -> bool:
    """Draw cases until one refutes what production runs; its answers are those of running it."""
    target = TARGETS["translation"]
    with planted:
        for seed in range(MOST_CASES):
            for one in target.oracle(target.draw(RecordingSource(seed)), ENGINES).divergences:
                (_, expected), (_, got) = one.answers
                return expected != got
    return False


@pytest.mark.slow
@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_of_the_optimiser_is_found(name: str) -> None:
    assert is_found(mock.patch.object(*DEFECTS[name]))


@pytest.mark.slow
@pytest.mark.parametrize(("opcode", "writer"), [row[1:3] for row in WRITERS], ids=[row[0] for row in WRITERS])
def test_a_defect_of_the_code_generator_is_found(opcode: int, writer: Callable[[Writer, Any], None]) -> None:
    assert is_found(mock.patch.dict(codegen._WRITERS, {opcode: writer}))
