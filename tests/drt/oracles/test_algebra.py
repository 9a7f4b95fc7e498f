"""Each law of operators catches an engine that reads or evaluates one wrongly, and acquits the reference."""

from __future__ import annotations

import pytest

from drt.assess.planted.engines import Fault, Planted
from drt.engines import build
from drt.oracles.algebra import comparable_values_have_an_order, equals_may_replace_equals
from drt.oracles.law import Law
from drt.targets.cases import grid
from drt.targets.documents import literals
from generators.choice.sources import RecordingSource

DRAWN = {equals_may_replace_equals: grid, comparable_values_have_an_order: literals}
FAULTS = (
    (equals_may_replace_equals, Fault(expression=lambda text: text.replace("!!", "!"))),
    (equals_may_replace_equals, Fault(expression=lambda text: text.replace("|| false", "|| true"))),
    (comparable_values_have_an_order, Fault(expression=lambda text: text.replace("<=", "<"))),
    (comparable_values_have_an_order, Fault(expression=lambda text: text.replace(") > (", ") >= ("))),
)


@pytest.mark.parametrize(("law", "fault"), FAULTS)
def test_a_wrong_operator_is_caught(law: Law, fault: Fault) -> None:
    cases = (DRAWN[law](RecordingSource(seed)) for seed in range(60))
    assert any(law(case, [Planted(fault)]).divergences for case in cases)


@pytest.mark.parametrize("law", DRAWN, ids=lambda law: law.name)
def test_the_engines_keep_the_law(law: Law) -> None:
    checked = [
        law(DRAWN[law](RecordingSource(seed)), [build("reference"), build("production")]) for seed in range(8)
    ]
    assert [found for one in checked for found in one.divergences] == []
    assert sum(one.comparisons for one in checked) > 50
