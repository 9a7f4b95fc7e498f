"""Defects planted in the compiler and the encoding are found, by confirmation or by the check of models."""

from __future__ import annotations

from typing import Any

import pytest

from drt.symbolic import calls, hierarchy, outcomes, z3_terms
from drt.symbolic.analyzer import Unconfirmed
from drt.symbolic.outcomes import Failure, Outcome, arithmetic
from drt.symbolic.problems import Refused
from drt.symbolic.sorts import DATETIME
from drt.symbolic.store import Store
from drt.symbolic.terms import Term, const, member, operation
from tests.drt.symbolic.questions import asked


def test_a_wrong_overflow_predicate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(outcomes.OVERFLOWS, "add", "sub-overflows")

    assert isinstance(asked("never-errors", "context.a + 1 > 0"), Unconfirmed)


def test_transitivity_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hierarchy, "transitivity", lambda *_: ())
    chain = 'principal in Group::"a" && Group::"a" in Group::"b" && !(principal in Group::"b")'

    assert isinstance(asked("never-matches", chain), Unconfirmed)


def test_in_on_equal_uids(monkeypatch: pytest.MonkeyPatch) -> None:
    def is_in(self: Store, entity: Term, group: Term) -> Term:
        return member(group, self.ancestors(entity, "User"))

    monkeypatch.setattr(Store, "is_in", is_in)

    assert isinstance(
        asked("matches-implies", 'principal == User::"a"', 'principal in User::"a"'), Unconfirmed
    )


def test_truncation_for_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    def to_date(failure: Failure, moment: Term) -> Outcome:
        days = operation("quotient", DATETIME, moment, payload=calls.DAY)
        return arithmetic("mul", DATETIME, failure, days, const(DATETIME, calls.DAY))

    monkeypatch.setattr(calls, "to_date", to_date)

    assert isinstance(asked("never-matches", "context.t.toDate() > context.t"), Unconfirmed)


def test_a_wrong_mask(monkeypatch: pytest.MonkeyPatch) -> None:
    right = z3_terms.Encoder.mask

    def mask(self: z3_terms.Encoder, prefix: Any, width: int, bits: int) -> Any:
        return right(self, prefix, width, bits) << 1

    monkeypatch.setattr(z3_terms.Encoder, "mask", mask)
    outside = 'context.i.isInRange(ip("10.0.0.0/8")) && !context.i.isInRange(ip("10.0.0.0/7"))'

    with pytest.raises(Refused, match="does not satisfy the assertions"):
        asked(
            "never-matches",
            f'{outside} || context.i.isInRange(ip("10.0.0.1")) && context.i != ip("10.0.0.1")',
        )
