"""The laws of the targets `symbolic` and `translation`: clean on drawn cases, broken by planted defects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from drt.engines import build
from drt.engines.guard import Guarded
from drt.model.case import Case, Source
from drt.model.divergence import Checked
from drt.symbolic import calls, outcomes, z3_terms
from drt.symbolic.outcomes import Failure, Outcome
from drt.symbolic.sorts import DATETIME
from drt.symbolic.store import Store
from drt.symbolic.targets import TARGETS
from drt.symbolic.terms import Term, operation
from generators.choice.sources import RecordingSource
from production.execution import codegen, codegen_operators
from production.language import lowering as op
from tests.drt.symbolic.questions import SCHEMA, written

ENGINES = [Guarded(build(name)) for name in ("reference", "production")]


def judged(target: str, *conditions: str) -> Checked:
    case = Case(Source("".join(map(written, conditions))), schema=Source(SCHEMA))
    return TARGETS[target].oracle(case, ENGINES)


def laws(checked: Checked) -> Sequence[str]:
    return [one.question for one in checked.divergences]


@pytest.mark.parametrize("target", ["symbolic", "translation"])
def test_drawn_cases_are_clean(target: str) -> None:
    comparisons = 0
    for seed in range(12):
        checked = TARGETS[target].oracle(TARGETS[target].draw(RecordingSource(seed)), ENGINES)
        assert checked.divergences == ()
        comparisons += checked.comparisons
    assert comparisons > 30


def test_a_wrong_overflow_predicate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(outcomes.OVERFLOWS, "add", "sub-overflows")

    assert "drawn input" in laws(
        judged("symbolic", "context.a + 9223372036854775807 != 77 || context.b + -9223372036854775807 == 3")
    )


def test_in_without_equality(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "is_in", Store.is_below)

    assert "drawn input" in laws(judged("symbolic", "principal in principal.boss", "context.g in context.g"))


def test_truncation_for_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    def to_date(failure: Failure, moment: Term) -> Outcome:
        return Outcome(failure, operation("quotient", DATETIME, moment, payload=calls.DAY))

    monkeypatch.setattr(calls, "to_date", to_date)

    assert "drawn input" in laws(judged("symbolic", 'context.t.toDate() == datetime("1969-12-31")'))


def test_an_error_of_another_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "LONG", DATETIME)

    assert "drawn input" in laws(
        judged("symbolic", "context.a + 9223372036854775807 != 77 || context.b + -9223372036854775807 == 3")
    )


def test_a_wrong_mask(monkeypatch: pytest.MonkeyPatch) -> None:
    right = z3_terms.Encoder.mask

    def mask(self: z3_terms.Encoder, prefix: Any, width: int, bits: int) -> Any:
        return ~right(self, prefix, width, bits)

    monkeypatch.setattr(z3_terms.Encoder, "mask", mask)
    conditions = ('context.i.isInRange(ip("10.0.0.0/8"))', 'context.j.isInRange(ip("10.0.0.0/8"))')

    assert "encoding" in laws(judged("symbolic", *conditions, "context.i.isInRange(context.j)"))


def test_a_defect_in_the_code_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(codegen._WRITERS, op.LE, codegen_operators.write_order("<"))

    assert "translation of policy0" in laws(judged("translation", "context.a <= context.b"))


def test_a_case_without_a_schema_is_not_compared() -> None:
    checked = TARGETS["translation"].oracle(Case(Source("permit(principal, action, resource);")), ENGINES)

    assert (checked.comparisons, len(checked.inconclusive)) == (0, 1)
