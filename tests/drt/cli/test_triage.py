"""Concluding on counterexamples: what is listed, what is written, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drt.cli.main import main
from drt.corpus.store import Corpus
from drt.model.case import Case, Request, Source
from drt.model.case_directory import read_case
from drt.model.saved_case import SavedCase, Verdict

CASE = Case(Source("permit(principal, action, resource);"), requests=(Request("{}"),))


def drt(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["triage", *arguments], catch_exceptions=False)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "counterexamples").mkdir()
    return tmp_path


@pytest.fixture
def case(corpus: Path) -> Path:
    return Corpus(corpus).save_counterexample(
        SavedCase(CASE, signature="answers differ at `<`", status="open")
    )


def rows(corpus: Path) -> list[dict[str, str | None]]:
    found: list[dict[str, str | None]] = json.loads(drt("--corpus", str(corpus), "--json").stdout)
    return found


def test_an_empty_corpus_has_none(corpus: Path) -> None:
    result = drt("--corpus", str(corpus))
    assert (result.exit_code, result.stdout) == (0, "counterexamples: none\n")


def test_a_verdict_is_written_and_listed(corpus: Path, case: Path) -> None:
    assert [(row["signature"], row["status"]) for row in rows(corpus)] == [("answers differ at `<`", "open")]
    result = drt(
        str(case), "--status", "fixed", "--wrong", "mine", "--because", "it swapped", "--source", "spec 02"
    )
    assert result.exit_code == 0
    saved = read_case(case)
    assert (saved.status, saved.verdict) == ("fixed", Verdict("mine", "it swapped", "spec 02"))
    assert saved.case == CASE
    [row] = rows(corpus)
    assert row["verdict"] == "mine is wrong: it swapped"
    assert "1 fixed" in drt("--corpus", str(corpus)).stdout
    assert not list(case.parent.glob(".*.new*"))


def test_a_part_of_a_verdict_may_be_changed_later(case: Path) -> None:
    assert drt(str(case), "--wrong", "a", "--because", "b").exit_code == 0
    assert drt(str(case), "--because", "c").exit_code == 0
    assert read_case(case).verdict == Verdict("a", "c")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--status", "declared"], "a declared difference needs a verdict"),
        (["--wrong", "a"], "a verdict needs the engine that is wrong"),
    ],
)
def test_half_a_conclusion_is_refused_and_changes_nothing(
    case: Path, arguments: list[str], said: str
) -> None:
    before = (case / "case.json").read_text()
    result = drt(str(case), *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert (case / "case.json").read_text() == before


def test_a_case_that_cannot_be_read_is_listed_beside_the_others(corpus: Path, case: Path) -> None:
    broken = corpus / "counterexamples" / "broken"
    broken.mkdir()
    (broken / "case.json").write_text("{")
    assert sorted(str(row["status"]) for row in rows(corpus)) == ["open", "unreadable"]
    assert drt(str(broken), "--status", "fixed").exit_code == 2


def test_a_verdict_without_a_case_is_wrong_usage() -> None:
    assert drt("--status", "fixed").exit_code == 2


@pytest.mark.parametrize("spelling", ["name", "file", "folder", "here"])
def test_a_case_is_concluded_on_however_it_is_named(
    corpus: Path, case: Path, spelling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(case)
    named = {"name": case.name, "file": str(case / "case.json"), "folder": f"{case}/", "here": "."}
    result = drt(named[spelling], "--status", "fixed", "--corpus", str(corpus))

    assert result.exit_code == 0
    assert read_case(case).status == "fixed"
    assert [path.name for path in case.parent.iterdir() if path.name != ".lock"] == [case.name]
