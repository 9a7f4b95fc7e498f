"""Every target as a strategy: drawn by Hypothesis, judged by its law, without a false alarm; examples that run."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from drt.engines import build
from drt.engines.guard import Guarded
from drt.model.case import Case
from drt.model.errors import InputProblem
from drt.symbolic.targets import TARGETS
from drt.targets import strategies
from generators import strategies as drawn_parts

quick = settings(
    max_examples=2,
    database=None,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def engines() -> tuple[Guarded, ...]:
    return Guarded(build("reference")), Guarded(build("production"))


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_holds_on_what_hypothesis_draws(target: str, engines: tuple[Guarded, ...]) -> None:
    asked = []

    @quick
    @given(strategies.cases(target))
    def law_holds(case: Case) -> None:
        checked = TARGETS[target].oracle(case, engines)
        assert not checked.divergences
        asked.append(case)

    law_holds()
    assert asked


@pytest.mark.parametrize("module", [strategies, drawn_parts])
def test_the_examples_of_the_strategies_run(module: object) -> None:
    results = doctest.testmod(module)  # type: ignore[arg-type]  # both are modules

    assert results.attempted >= 6
    assert not results.failed


def test_a_name_that_no_target_has_is_refused() -> None:
    with pytest.raises(InputProblem, match="unknown target 'authorise'"):
        strategies.cases("authorise")


def test_all_targets_together_are_drawn() -> None:
    found = set()

    @settings(quick, max_examples=30)
    @given(strategies.any_case())
    def collect(case: Case) -> None:
        found.add((case.policies.format, case.schema is None, bool(case.requests)))

    collect()
    assert len(found) >= 3
