"""Other engines are measured where they are installed, and stated to be missing where they are not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

pytest.importorskip("cedarpy")

from drt.bench import analysers, direct_grants, native, other_engines, table
from drt.bench.applications import abac
from drt.bench.contestants import cedar_rust
from drt.bench.contestants.cedar_rust import CedarRust
from drt.bench.contestants.contestant import Answer, Unmeasurable
from drt.bench.contestants.direct_grants import asked, grants_of
from drt.bench.contestants.production import Production
from drt.bench.race import Disagreement, compare, race
from drt.bench.schemas import VALIDATED
from drt.bench.workload import Maker
from drt.cli.main import main


def test_grants_are_triples() -> None:
    made = direct_grants.direct(20)
    triples = grants_of(made)
    answers = Production().prepare(made).answers()
    assert len(triples) == 20
    for question, answer in zip(made.requests, answers, strict=True):
        assert (asked(question) in triples) == (answer.decision == "allow")


@pytest.mark.parametrize("make", [direct_grants.many, direct_grants.links])
def test_what_is_more_than_a_grant_is_refused(make: object) -> None:
    with pytest.raises(ValueError, match="no direct grant"):
        grants_of(make(20))  # type: ignore[operator]  # a Maker, stated to pytest as a parameter


@pytest.mark.parametrize("other", other_engines.OTHERS, ids=lambda each: each.name)
def test_an_engine_that_is_here_decides_alike(other: other_engines.Other) -> None:
    if other.version() is None:
        pytest.skip(f"{other.name} is not installed ({other.install})")
    made = direct_grants.direct(50)
    ours = Production().prepare(made).answers()
    theirs = other.make().prepare(made).answers()
    assert all(one.agrees(another) for one, another in zip(ours, theirs, strict=True))


@pytest.mark.slow
def test_an_engine_that_is_not_here_is_told_and_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = other_engines.Other("elsewhere", "pip install elsewhere", "", lambda: None, Production)
    monkeypatch.setattr(other_engines, "OTHERS", (missing,))
    assert other_engines.figures() == []
    items = [each for each in table.every_item() if each.name == "parse ÷ cedarpy, gdrive"]
    monkeypatch.setattr(table, "every_item", lambda: items)
    result = CliRunner().invoke(main, ["bench", "--quick"])
    assert "not installed: elsewhere (pip install elsewhere)" in result.stdout.splitlines()
    assert result.exit_code in (0, 1)
    assert result.stderr == ""


@pytest.fixture
def crate() -> None:
    if not cedar_rust.is_built():
        pytest.skip("examples/cedar_rust is not built: run `cargo build --release --locked` there")


@pytest.mark.usefixtures("crate")
@pytest.mark.parametrize("make", [abac, VALIDATED["github"]], ids=["abac", "validated github"])
@pytest.mark.parametrize("plain", [False, True])
def test_the_crate_answers_alike_and_times_itself(make: Maker, plain: bool) -> None:
    made = make(100)
    prepared = {each.name: each.prepare(made) for each in (CedarRust(plain), Production(plain))}
    compare(prepared, made)
    assert all(min(timing.rounds) > 0.1 for timing in race(prepared, 3).values()), "microseconds a request"


@pytest.mark.usefixtures("crate")
def test_a_crate_that_answers_otherwise_is_not_raced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cedar_rust, "_read", lambda answer: Answer("deny"))
    made = abac(100)
    with pytest.raises(Disagreement, match="cedar-rust says deny"):
        compare({each.name: each.prepare(made) for each in (CedarRust(), Production())}, made)


@pytest.mark.usefixtures("crate")
def test_a_case_that_the_crate_refuses_is_not_measured() -> None:
    with pytest.raises(Unmeasurable, match="Rejected"):
        CedarRust().prepare(replace(abac(10), entities="["))


def test_without_the_crate_there_are_no_native_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "engine.toml").write_text('command = ["target/release/nothing"]')
    assert not cedar_rust.is_built(tmp_path)
    assert not cedar_rust.is_built(tmp_path / "nowhere")
    monkeypatch.setattr(cedar_rust, "is_built", lambda: False)
    monkeypatch.setattr(analysers, "is_there", lambda: False)
    assert native.figures() == []
