"""The definition of literals says what spec 03 says, and kills what both engines have wrong alike."""

from __future__ import annotations

import pytest

from drt.assess.planted.copies import Copy
from drt.assess.planted.historic import read_plants
from drt.engines.guard import Guarded
from drt.model.outcome import Evaluated, Failed
from drt.oracles.literals import defined, literals_have_their_values
from drt.targets.documents import literals
from generators.choice.sources import RecordingSource

BOTH = {plant.id: plant for plant in read_plants() if plant.where == "both"}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('decimal("-0.5")', "decimal(-5000)"),
        ('ip("::1/127").isLoopback()', "false"),
        ('datetime("1969-12-31T23:59:59.999Z").toTime()', "duration(86399999ms)"),
        ('datetime("2024-02-29T00:00:00-0100")', "datetime(1709168400000ms)"),
        ('duration("-1h1ms").toSeconds()', "-3600"),
        ("(9223372036854775806) + (1)", "9223372036854775807"),
        ("[1, true].containsAll([true])", "true"),
        ("[1, [true]] == [1, [1]]", "false"),
    ],
)
def test_values(expression: str, value: str) -> None:
    assert defined(expression) == Evaluated(value)


@pytest.mark.parametrize(
    "expression",
    ['decimal("1.00000")', 'ip("1::2::3")', 'ip("::ffff:1.2.3.4")', 'datetime("2023-02-29")', 'duration("1s1m")',
     'datetime("1970-01-01").offset(duration("-9223372036854775808ms")).toDate()'],
)  # fmt: skip
def test_failures(expression: str) -> None:
    assert defined(expression) == Failed("extension")


def test_other_expressions_are_unknown() -> None:
    assert [defined(text) for text in ("context", 'decimal("1.0").toDate()', 'f("x")')] == [None] * 3


@pytest.mark.parametrize(
    "id_", ["XD-1", "XD-3b", "XI-3", "XI-6", "XT-7", "XT-11a", "XU-1", "EV-13b", "PY-1", "EV-5"]
)
def test_a_defect_of_both_engines_alike_is_caught(id_: str) -> None:
    plant = BOTH[id_]
    engines = [Guarded(Copy(name, plant.sources(name)).build()) for name in plant.engines]
    cases = (literals(RecordingSource(seed)) for seed in range(600))
    assert any(literals_have_their_values(case, engines).divergences for case in cases)
