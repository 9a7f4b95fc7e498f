"""Each law of validators catches a validator that breaks it, and acquits the two real ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from drt.assess.planted.copies import Copy
from drt.assess.planted.historic import read_plants
from drt.engines import build
from drt.engines.base import BaseEngine, BaseSession
from drt.engines.guard import Guarded
from drt.model.case import Case, Source
from drt.model.outcome import Outcome, Validated
from drt.oracles.law import Law
from drt.oracles.validator_laws import (
    equal_conditions_are_as_valid,
    higher_levels_accept_more,
    links_fit_as_written_out,
    names_of_types_are_mere_names,
    unused_declarations_change_no_verdict,
    verdicts_follow_from_environments,
)
from drt.targets.documents import typing_for_levels
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource

REFERENCE = build("reference")
Takes = Callable[[Case, int | None], bool]


class Careless(BaseEngine):
    """The reference, which calls all policies of some cases at some levels valid."""

    name = "careless"
    version = "0"

    def __init__(self, takes: Takes) -> None:
        self.takes = takes

    def load(self, case: Case) -> Any:
        loaded, takes = REFERENCE.load(case), self.takes

        class Loaded(BaseSession):
            def validate(self, mode: str = "strict", level: int | None = None) -> Outcome:
                verdict = loaded.validate(mode, level)  # type: ignore[union-attr]  # all cases load
                if not takes(case, level):
                    return verdict
                return Validated(valid=True, policies=tuple((name, True) for name, _ in verdict.policies))

        return Loaded()


DEFECTS: dict[Law, Takes] = {
    higher_levels_accept_more: lambda _, level: level == 1,
    verdicts_follow_from_environments: lambda case, _: "action == N::Action" not in case.policies.text,
    names_of_types_are_mere_names: lambda case, _: case.schema is not None and "User" in case.schema.text,
    unused_declarations_change_no_verdict: lambda case, _: (
        case.schema is not None and case.schema.text.count("entity ") % 4 < 2
    ),
    equal_conditions_are_as_valid: lambda case, _: "(" * 3 in case.policies.text.replace(" ", ""),
}
CASES = [typing_for_levels(RecordingSource(seed)) for seed in range(25)]


@pytest.mark.parametrize("law", DEFECTS, ids=lambda law: law.name)
def test_a_careless_validator_is_caught(law: Law) -> None:
    assert any(law(case, [Careless(DEFECTS[law])]).divergences for case in CASES)


@pytest.mark.parametrize("law", DEFECTS, ids=lambda law: law.name)
def test_the_reference_keeps_the_law(law: Law) -> None:
    checked = [law(case, [REFERENCE]) for case in CASES[:10]]
    assert [found for one in checked for found in one.divergences] == []
    assert sum(one.comparisons for one in checked) >= 10


@pytest.mark.parametrize("blanks", range(5))  # the length of the text chooses the form
def test_what_a_condition_grants_to_the_next_is_kept(blanks: int) -> None:
    case = Case(
        policies=Source(
            "permit(principal, action, resource) when { principal has n } when { principal.n == 1 };"
            + " " * blanks
        ),
        schema=Source("entity A { n?: Long }; action a appliesTo { principal: A, resource: A };"),
    )
    checked = equal_conditions_are_as_valid(case, [REFERENCE])
    assert not checked.divergences
    assert checked.comparisons == 1


def test_links_without_their_warning_are_caught() -> None:
    (plant,) = (one for one in read_plants() if one.name == "VA-7b both")
    planted = [Guarded(Copy(name, plant.sources(name)).build()) for name in plant.engines]
    cases = [TARGETS["valid-links"].draw(RecordingSource(seed)) for seed in range(10)]
    for engine in planted:
        assert any(links_fit_as_written_out(case, [engine]).divergences for case in cases)
    checked = [links_fit_as_written_out(case, [Guarded(REFERENCE)]) for case in cases]
    assert not any(one.divergences for one in checked)
    assert sum(one.comparisons for one in checked) >= 5
