"""The symbolic compiler of the Rust engine (`examples/cedar_symcc`) against drt's analyser, and their race."""

from __future__ import annotations

from pathlib import Path

import pytest

from drt.bench import analysers
from drt.bench.contestants.contestant import Unmeasurable
from drt.bench.race import Disagreement
from drt.engines import build
from drt.engines.process_engine import ProcessEngine
from drt.model.case import Source
from drt.model.outcome import Analyzed, Rejected
from drt.model.question import Analyze
from drt.symbolic.native import tally
from drt.symbolic.queries import QUERIES, Query
from tests.drt.symbolic.questions import ENVIRONMENT, SCHEMA

ANALYSERS = Path(__file__).parents[1] / "symbolic" / "analysers.py"


@pytest.fixture
def symcc() -> ProcessEngine:
    if not analysers.is_there():
        pytest.skip("examples/cedar_symcc is not built, or cvc5 is not installed")
    engine = build(str(analysers.FOLDER))
    assert isinstance(engine, ProcessEngine)
    return engine


def test_verdicts_are_those_of_drt(symcc: ProcessEngine) -> None:
    found = tally(symcc, 0, 40)
    assert found.different == []
    assert found.same > 30


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_each_property_has_a_verdict(symcc: ProcessEngine, query: Query) -> None:
    policies = (Source("permit(principal, action, resource) when { context.a > 3 };"),) * query.sides
    answer = symcc.ask(Analyze(query.name, Source(SCHEMA), policies, *ENVIRONMENT))
    alike = query.name in {"never-errors", "matches-equivalent", "matches-implies", "equivalent", "implies"}
    assert answer == Analyzed(alike)


def test_what_cannot_be_read_is_refused(symcc: ProcessEngine) -> None:
    policies = (Source("permit("),)
    answer = symcc.ask(Analyze("never-matches", Source(SCHEMA), policies, *ENVIRONMENT))
    assert isinstance(answer, Rejected)
    assert answer.part == "policies"


def test_a_wrong_analyser_is_not_measured() -> None:
    with pytest.raises(Disagreement, match="differ about"):
        analysers.by_ours(4, f"{ANALYSERS}:WithoutAncestors", 4)


def test_an_engine_that_analyses_nothing_is_not_measured() -> None:
    with pytest.raises(Unmeasurable, match="no query has two verdicts"):
        analysers.by_ours(1, "reference", 1)


def test_the_race_gives_a_ratio_and_milliseconds() -> None:
    measured = analysers.by_ours(1, f"{ANALYSERS}:Ours", 3)
    assert 0.1 < measured.value < 10
    assert measured.medians.keys() == {"symcc", "ours"}


def test_without_the_program_there_is_no_race(tmp_path: Path) -> None:
    (tmp_path / "engine.toml").write_text('command = ["target/release/nothing"]')
    assert not analysers.is_there(tmp_path)
    assert not analysers.is_there(tmp_path / "nowhere")
