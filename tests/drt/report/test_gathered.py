"""From log folders to a report: whole, cut off, several at once, and what is no log."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drt.model.errors import InputProblem
from drt.report import FORMATS, gather
from drt.report.json_form import document
from drt.report.series import growth, rates, value_at
from drt.run.log import read_run
from tests.drt.report.logs import BEGAN, find, law, write_log


def test_a_whole_log_gives_its_footer(tmp_path: Path) -> None:
    report = gather([write_log(tmp_path / "run", [find("a"), find("b", "1-2", solid=False)])])
    footer = read_run(tmp_path / "run").footer

    assert footer is not None
    assert report.complete
    assert report.exit_code == footer.exit_code == 1
    assert report.counts.cases == footer.counts.cases == 100
    assert [bucket.finding.signature for bucket in report.failing] == ["a"]
    assert [bucket.state for bucket in report.buckets] == ["confirmed", "flaky"]
    assert [bucket.finding.seen for bucket in report.buckets] == [6, 6]


def test_an_engine_that_changes_its_answers_stands_at_its_severity_and_what_is_flaky_last(
    tmp_path: Path,
) -> None:
    finds = [
        find("flaky", "1-1", solid=False),
        law("loses", "law", "1-2"),
        find("fails open at times", "1-3", solid=False, unsteady=["production"]),
    ]
    report = gather([write_log(tmp_path / "run", finds)])

    assert [(bucket.finding.signature, bucket.state) for bucket in report.buckets] == [
        ("fails open at times", "nondeterministic"),
        ("loses", "confirmed"),
        ("flaky", "flaky"),
    ]
    assert [bucket.finding.signature for bucket in report.failing] == ["loses"]
    page = FORMATS["md"](report)
    assert page.index("fails open at times") < page.index("`loses`") < page.index("`flaky`")


def test_a_log_that_was_cut_off_is_counted_from_what_the_workers_left(tmp_path: Path) -> None:
    whole = gather([write_log(tmp_path / "whole", [find("a")])])
    cut = gather([write_log(tmp_path / "cut", [find("a")], whole=False)])

    assert not cut.complete
    assert cut.counts == whole.counts
    assert cut.buckets == whole.buckets
    assert cut.features == whole.features
    assert cut.seconds == 10.0


def test_a_run_of_which_only_the_header_is_left_is_a_report_all_the_same(tmp_path: Path) -> None:
    folder = write_log(tmp_path / "run", [], whole=False)
    for path in folder.glob("worker-*"):
        path.unlink()
    lines = (folder / "run.jsonl").read_text().splitlines(keepends=True)
    (folder / "run.jsonl").write_text(lines[0] + '{"event": "progress", "elap')
    report = gather([folder])

    assert report.counts.cases == 0
    assert report.exit_code == 130
    assert all("nothing was compared" in FORMATS[form](report) for form in ("md", "json"))
    assert all(FORMATS[form](report) for form in FORMATS)


def test_runs_taken_together_add_up_and_share_their_buckets(tmp_path: Path) -> None:
    first = write_log(tmp_path / "one", [find("a"), find("b", "1-2", solid=False, case=None)])
    second = write_log(tmp_path / "two", [find("b", "1-1"), find("c", "1-2")], random_seed=8)
    report = gather([first, second, first])

    assert len(report.runs) == 2, "a folder named twice counts once"
    assert report.counts.cases == 200
    assert report.features["==|long,long|true"] == 2400
    assert {bucket.finding.signature: bucket.finding.seen for bucket in report.buckets} == {
        "a": 6,
        "b": 12,
        "c": 6,
    }
    [b] = [bucket for bucket in report.buckets if bucket.finding.signature == "b"]
    assert b.state == "confirmed", "what one run has confirmed is confirmed"
    assert b.case is not None
    assert document(report)["seconds"] == 10.0


def test_a_run_that_was_cut_off_is_not_clean_and_hides_no_finding(tmp_path: Path) -> None:
    cut = write_log(tmp_path / "cut", [], whole=False)
    clean, found = write_log(tmp_path / "clean", []), write_log(tmp_path / "found", [find("a")])
    stopped = write_log(tmp_path / "stopped", [find("b")])
    _footer(lambda footer: footer.update(interrupted=True))(stopped)

    assert gather([cut]).exit_code == gather([stopped]).exit_code == 130
    assert gather([cut, clean]).exit_code == 130
    assert gather([cut, found]).exit_code == 1
    assert "cut off before its end" in FORMATS["junit"](gather([cut, clean]))
    assert "1 of 2 runs not finished" in FORMATS["html"](gather([cut, clean]))


def test_known_findings_do_not_fail_and_stand_last(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "known.toml").write_text('[[finding]]\nid="k"\nsignature="a"\nstatus="open"\nreason="r"\n')
    report = gather([write_log(tmp_path / "run", [find("a"), find("b", "1-2")], whole=False)])

    assert [(one.finding.signature, one.state) for one in report.buckets] == [
        ("b", "confirmed"),
        ("a", "known"),
    ]
    assert len(report.failing) == 1


def test_a_saved_case_is_named_where_it_lies_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "checkout"
    (here / "corpus/counterexamples/x").mkdir(parents=True)
    (tmp_path / "corpus").mkdir()
    monkeypatch.chdir(here)
    elsewhere = str(tmp_path / "corpus/counterexamples/y")
    finds = [
        find("a", "1-1", path=str(here / "corpus/counterexamples/x")),
        find("b", "1-2", path=elsewhere),
        find("c", "1-3", path="/nowhere/z"),
    ]
    report = gather([write_log(tmp_path / "run", finds)])

    assert {bucket.path for bucket in report.buckets} == {
        "corpus/counterexamples/x",
        "corpus/counterexamples/y",
        "/nowhere/z",
    }
    assert "drt replay corpus/counterexamples/y" in {bucket.replay for bucket in report.buckets}


def test_the_curves_go_from_the_samples_to_the_footer(tmp_path: Path) -> None:
    [run] = gather([write_log(tmp_path / "run", [])]).runs

    assert run.series.decisions[0] == (0.0, 0.0)
    assert run.series.decisions[-1] == (10.0, 400.0)
    assert [value for _, value in rates([run.series.decisions], 5)] == pytest.approx([40.0] * 5)
    assert [value for _, value in rates([run.series.decisions] * 2, 5)] == pytest.approx([80.0] * 5)
    assert growth([run.series]) == ((0.0, 0.0), (1.0, 0.0), (1.0, 2.0), (5.0, 2.0), (5.0, 3.0), (10.0, 3.0))
    assert growth([run.series, run.series]) == growth([run.series])
    assert value_at(run.series.cases, 4.5) == pytest.approx(45.0)


def test_a_pause_is_no_time_of_the_run(tmp_path: Path) -> None:
    folder = write_log(tmp_path / "run", [])
    with (folder / "run.jsonl").open("a") as log:
        log.write(json.dumps({"event": "resumed", "at": BEGAN + 1000, "elapsed": 6.0}) + "\n")
    with (folder / "worker-0.jsonl").open("a") as log:
        log.write(json.dumps({"event": "reached", "at": BEGAN + 1002, "features": ["!|bool|true"]}) + "\n")
    [run] = gather([folder]).runs

    assert (8.0, "!|bool|true") in run.series.first


def _footer(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], object]:
    def damage(folder: Path) -> object:
        lines = [json.loads(line) for line in (folder / "run.jsonl").read_text().splitlines()]
        change(lines[-1])
        return (folder / "run.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))

    return damage


def _first_line(text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / "run.jsonl").write_text(text)


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "run.jsonl").unlink(),
        _first_line(""),
        _first_line("not json\n"),
        _first_line('{"event": "header"}\n'),
        _first_line('{"event": "header", "at": "now", "options": {}}\n'),
        _first_line('{"event": "header", "at": 1, "options": {"corpus": "c", "targets": 3}}\n'),
        _first_line("[" * 100_000 + "\n"),
        lambda folder: (folder / "run.jsonl").write_bytes(b"\xff\xfe\x00"),
        _footer(lambda footer: footer.pop("targets")),
        _footer(lambda footer: footer.update(seconds="long")),
        _footer(lambda footer: footer.update(features={"x": "y"})),
        _footer(lambda footer: footer.update(features=[1])),
        _footer(lambda footer: footer.update(targets={"typed": {"cases": "many"}})),
        _footer(lambda footer: footer.update(findings=[{}])),
        _footer(lambda footer: footer.update(findings=3)),
        _footer(lambda footer: footer["findings"][0].update(signature=3)),
        _footer(lambda footer: footer["findings"][0].update(seen="often")),
        _footer(lambda footer: footer["findings"][0]["divergence"].update(kind="odd")),
        _footer(lambda footer: footer["findings"][0]["divergence"].update(answers=[{"engine": "e"}])),
        _footer(lambda footer: footer["findings"][0].update(located={"rule": "x"})),
        _footer(lambda footer: footer["findings"][0].update(case={"policies": 3})),
        _footer(lambda footer: footer["findings"][0].update(case="permit")),
        _footer(lambda footer: footer["findings"][0].update(says="yes")),
        _footer(lambda footer: footer["findings"][0].update(engines=3)),
        _footer(lambda footer: footer.update(errors=["x"])),
        _footer(lambda footer: footer.update(lost=[{}])),
    ],
)
def test_what_is_no_log_is_one_sentence(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    folder = write_log(tmp_path / "run", [find("a")])
    damage(folder)
    with pytest.raises(InputProblem) as problem:
        gather([folder])

    assert str(folder) in str(problem.value)
    assert "\n" not in str(problem.value)
    assert len(str(problem.value)) < len(str(folder)) + 250


def test_what_had_to_happen_and_never_did_fails_unless_another_run_has_seen_it(tmp_path: Path) -> None:
    missing, whole = write_log(tmp_path / "missing", []), write_log(tmp_path / "whole", [])
    _footer(lambda footer: footer.update(sometimes={"<a> & b": 0, "c": 1}, missed=["<a> & b"]))(missing)
    _footer(lambda footer: footer.update(sometimes={"<a> & b": 2, "c": 0}))(whole)
    alone, both = gather([missing]), gather([missing, whole])

    assert (alone.exit_code, both.exit_code) == (1, 0)
    assert (alone.missed, both.missed) == (("<a> & b",), ())
    assert "1 event that never happened" in FORMATS["md"](alone)
    assert 'name="&lt;a&gt; &amp; b"' in FORMATS["junit"](alone)
    assert "1 of 2 events that must happen sometimes did" in FORMATS["html"](alone)
    assert "2 of 2 events that must happen sometimes did" in FORMATS["html"](both)
    assert document(alone)["missed"] == ["<a> & b"]


def test_a_shard_says_which(tmp_path: Path) -> None:
    report = gather([write_log(tmp_path / "run", [], shard=(1, 4))])

    assert report.runs[0].shard == "2/4"
    assert "shard 2/4" in FORMATS["md"](report)


def test_a_log_without_what_older_runs_did_not_log_is_read(tmp_path: Path) -> None:
    folder = write_log(tmp_path / "run", [find("a")])
    _footer(lambda footer: [footer["findings"][0].pop(name) for name in ("case", "located", "says")])(folder)
    (folder / "worker-0.jsonl").unlink()
    lines = (folder / "run.jsonl").read_text().splitlines(keepends=True)
    (folder / "run.jsonl").write_text(lines[0] + lines[-1])
    report = gather([folder])

    assert report.runs[0].series.decisions == ()
    assert "no samples" in FORMATS["html"](report)
    assert all(FORMATS[form](report) for form in FORMATS)
