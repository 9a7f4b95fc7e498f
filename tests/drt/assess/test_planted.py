"""Planted defects are found, reduced to next to nothing, bucketed once and named: a quick part of the table.

`drt mutants` measures them all.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from drt.assess.mutation import Effort, Measured, limits, measure, shared
from drt.assess.planted.current import FALSE_IN_NOTHING
from drt.assess.planted.defects import DEFECTS
from drt.assess.planted.engines import Fault, Planted
from drt.cli.main import main
from drt.engines.guard import Guarded
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource

QUICK = (
    "PermitBeatsForbid",
    "SwappedLess",
    "OneAncestorLevel",
    "DecimalSign",
    "ZoneIgnored",
    "AndIsEager",
    "UnlessIsWhen",
    "GetTagErrsAsAttribute",
    "SlotsSwapped",
    "CommentsInStrings",
    "StarEscapeLost",
    "JsonContainsAll",
    "TagsLost",
    "PrintedUnless",
    "FormatLosesComment",
    "InIsFalse",
    "ContextUnchecked",
    "ActionGroupsLost",
)
EFFORT = Effort(cases=300, seconds=60.0, finds=2)
BY_NAME = {defect.name: defect for defect in DEFECTS}


@pytest.fixture(scope="module")
def measured() -> list[Measured]:
    return [measure(BY_NAME[name], EFFORT) for name in QUICK]


@pytest.mark.slow
def test_every_promise_is_kept(measured: list[Measured]) -> None:
    assert [(one.promise, one.measured) for one in limits(measured) if not one.kept] == []


def test_each_is_named(measured: list[Measured]) -> None:
    assert [row.defect.name for row in measured if not row.right] == []


def test_a_bucket_that_two_defects_share_is_told(measured: list[Measured]) -> None:
    assert shared(measured) == []
    assert shared([measured[0], measured[0]]) == list(measured[0].buckets)


def test_the_table_is_large_and_of_every_component() -> None:
    assert len(BY_NAME) == len(DEFECTS) >= 40
    assert len({defect.component for defect in DEFECTS}) >= 15
    assert {defect.target for defect in DEFECTS} <= TARGETS.keys()


@pytest.mark.parametrize("sound", ["reference", "production"])
def test_an_engine_without_a_fault_is_never_condemned(sound: str) -> None:
    """The wrapping itself changes nothing."""
    engines = [Guarded(Planted(Fault(), "reference")), Guarded(Planted(Fault(), sound))]
    for name in {defect.target for defect in DEFECTS}:
        case = TARGETS[name].draw(RecordingSource(1))
        assert TARGETS[name].oracle(case, engines).divergences == ()


def test_the_command_prints_every_limit_and_fails_where_one_is_missed(tmp_path: Path) -> None:
    one = ["--only", "PermitBeatsForbid", "--finds", "1", "--badge", str(tmp_path / "badge.json")]
    run = CliRunner().invoke(main, ["mutants", *one, "--json"])
    document = json.loads(run.output)
    badge = json.loads((tmp_path / "badge.json").read_text())
    assert (badge["label"], badge["message"]) == ("planted defects", "1 of 1 found")
    assert (badge["color"] == "brightgreen") is (run.exit_code == 0)
    assert run.exit_code == 0 or not all(limit["kept"] for limit in document["limits"])
    assert [row["defect"] for row in document["defects"]] == ["PermitBeatsForbid"]
    assert CliRunner().invoke(main, ["mutants", "--only", "nothing"]).exit_code == 5
    assert CliRunner().invoke(main, ["mutants", "nowhere:NOTHING"]).exit_code == 2


def test_a_permissive_empty_set_that_holds_nothing_for_certain_is_found() -> None:
    assert measure(FALSE_IN_NOTHING, Effort(cases=400, seconds=60, finds=1)).finds
