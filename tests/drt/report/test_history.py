"""Nights beside each other: findings opened and closed, kills, and a page without script or network."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from drt.cli.main import main
from drt.model.errors import InputProblem
from drt.report.gathered import Report
from drt.report.history import SCORE, history, history_html, history_json, history_markdown
from drt.report.terminal.progress import Quiet
from drt.run.coordinator import start
from drt.run.options import RunOptions

SCORED = {"killed": [{"one engine": 1, "both alike": 0}, {"one engine": 7, "both alike": 2}],
          "planted": {"one engine": 8, "both alike": 4}}  # fmt: skip


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three nights: a fault, in two shards; the same fault again; and no fault any more."""
    folder = tmp_path_factory.mktemp("nights")
    (folder / "corpus").mkdir()
    options = RunOptions(
        targets=("toy",),
        engines=("tests.drt.toys:Toy", "tests.drt.toys:Faulty"),
        random_seed=1,
        corpus=str(folder / "corpus"),
        folder="",
        cases=24,
        reduce_seconds=1.0,
        targets_from="tests.drt.toys:TARGETS",
    )
    sound = replace(options, engines=("tests.drt.toys:Toy", "tests.drt.toys:Twin"))
    runs = (replace(options, shard=(0, 2)), replace(options, shard=(1, 2)), options, sound)
    places = []
    for number, (run, random_seed) in enumerate(zip(runs, (1, 1, 2, 3), strict=True)):
        places.append(folder / f"run-{number}")
        start(replace(run, folder=str(places[-1]), random_seed=random_seed), Quiet())
    (places[2] / SCORE).write_text(json.dumps(SCORED))
    return places


def test_findings_open_and_close(nights: list[Path]) -> None:
    first, second, third = history(reversed_order(nights))

    assert [len(night.report.runs) for night in (first, second, third)] == [2, 1, 1]
    assert first.opened
    assert set(second.open) >= set(first.opened) - set(second.closed)
    assert third.open == third.opened == ()
    assert set(third.closed) == set(second.open)
    assert (first.killed, second.killed) == (None, (9, 12))
    assert first.flaky == 0.0
    assert third.flaky is None
    assert first.report.counts.cases == 24


def reversed_order(folders: list[Path]) -> list[Path]:
    return folders[::-1]


def test_a_night_that_was_cut_off_closes_nothing(nights: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Report, "complete", False)
    *_, last = history(nights)
    assert last.closed == ()
    assert last.open


def test_the_page_is_one_file_and_names_every_finding(nights: list[Path]) -> None:
    read = history(nights)
    page = history_html(read)

    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert page.count("<figure") == 5
    assert "9 of 12" in page
    assert "Nothing open" in page
    assert history_markdown(read).count("\n") == 5
    assert [len(night["opened"]) for night in json.loads(history_json(read))["nights"]][2] == 0


def test_the_command_takes_what_it_can_use(nights: list[Path], tmp_path: Path) -> None:
    page = tmp_path / "nights.html"
    done = CliRunner().invoke(
        main, ["report", "--history", *map(str, nights), "--format", "html", "-o", str(page)]
    )
    assert done.exit_code == 0, done.output
    assert "Open findings" in page.read_text()
    for wrong in (["--format", "sarif"], ["--github"], ["--exit-code"]):
        done = CliRunner().invoke(main, ["report", "--history", str(nights[0]), *wrong])
        assert done.exit_code == 2
        assert "--history" in done.stderr


def test_a_score_of_another_form_is_one_sentence(nights: list[Path]) -> None:
    before = (nights[2] / SCORE).read_text()
    (nights[2] / SCORE).write_text('{"killed": []}')
    with pytest.raises(InputProblem, match=r"score.json: not what `drt mutants --score"):
        history(nights)
    (nights[2] / SCORE).write_text(before)
