"""Output for GitHub: annotations, the job summary, issues through a `gh` that writes down what it is asked."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from drt.cli.workflow_log import inside
from drt.model.errors import InputProblem
from drt.report import gather
from drt.report.github import annotation_lines, append_summary
from drt.report.issues import file_issues
from drt.report.words import identity
from tests.drt.report.logs import HOSTILE, find, write_log

GH = """#!{python}
import json, os, sys
with open({log!r}, "a") as log:
    body = sys.stdin.read() if "--body-file" in sys.argv else ""
    log.write(json.dumps([*sys.argv[1:], body]) + "\\n")
if sys.argv[1:3] == ["issue", "list"]:
    print(open({answer!r}).read())
sys.exit({code})
"""


def test_a_new_finding_is_one_line_that_nothing_can_leave(tmp_path: Path) -> None:
    finds = [find(f"a{HOSTILE}", "1-1", HOSTILE), find("flaky", "1-2", solid=False)]
    lines = list(annotation_lines(gather([write_log(tmp_path / "run", finds)])))

    [line] = lines
    assert "\n" not in line
    assert line.startswith("::error title=drt%3A a<script>")
    properties, _, message = line.removeprefix("::error ").partition("::")
    assert "," not in properties, "one property, whose commas and colons are escaped"
    assert "%250A" in message, "what looks escaped is escaped again"
    assert message.endswith("the case was not saved")


def test_the_annotation_stands_at_the_saved_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = tmp_path / "corpus/counterexamples/x, y"
    case.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    [line] = annotation_lines(gather([write_log(tmp_path / "run", [find("a", path=str(case))])]))

    assert line.startswith(
        "::error file=corpus/counterexamples/x%2C y/case.json,title=drt%3A a::fail-open; seen 6 times;"
    )
    assert f"%0Athey part at `<` 1 < 2 (spec 02 §4.4; policy0, when)%0Adrt replay '{case}'" in line


def test_there_are_ten_annotations_at_most(tmp_path: Path) -> None:
    finds = [find(f"s{number}", f"1-{number}") for number in range(25)]
    lines = list(annotation_lines(gather([write_log(tmp_path / "run", finds)])))

    assert [line.startswith("::error ") for line in lines] == [True] * 10 + [False]
    assert lines[-1] == "::notice title=drt::15 findings more in the job summary"


def test_the_summary_is_appended_and_stays_below_the_limit(tmp_path: Path) -> None:
    report = gather(
        [write_log(tmp_path / "run", [find(f"s{n}", f"1-{n}", HOSTILE * 50) for n in range(300)])]
    )
    path = tmp_path / "summary.md"
    path.write_text("before\n")
    for _ in range(4):
        append_summary(report, {"GITHUB_STEP_SUMMARY": str(path)})
    append_summary(report, {})

    assert path.read_text(encoding="utf-8").startswith("before\n## drt: 300 findings\n")
    assert 500_000 < path.stat().st_size <= 1024 * 1024


def test_only_a_workflow_is_a_workflow() -> None:
    assert inside({"GITHUB_ACTIONS": "true"})
    assert not inside({})
    assert not inside({"GITHUB_ACTIONS": "false"})


@pytest.fixture
def gh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a `gh` in it; `asked` is its log, and it answers a list of issues with `issues.json`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    install(folder, 0)
    (folder / "issues.json").write_text("[]")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def install(folder: Path, code: int) -> None:
    log, answer = str(folder / "asked"), str(folder / "issues.json")
    (folder / "gh").write_text(GH.format(python=sys.executable, log=log, answer=answer, code=code))
    (folder / "gh").chmod(0o755)


def asked(folder: Path, *words: str) -> list[list[str]]:
    lines = [json.loads(line) for line in (folder / "asked").read_text().splitlines()]
    return [line for line in lines if line[: len(words)] == list(words)]


def test_every_signature_has_one_issue(tmp_path: Path, gh: Path) -> None:
    finds = [find(name, f"1-{name}") for name in ("open", "closed", "new")] + [
        find("flaky", "1-9", solid=False)
    ]
    report = gather([write_log(tmp_path / "run", finds)])
    marks = {one.finding.signature: f"text\n<!-- drt:{identity(one)} -->\nmore" for one in report.buckets}
    known = [
        {"number": 4, "state": "OPEN", "body": marks["open"]},
        {"number": 5, "state": "CLOSED", "body": marks["closed"]},
        {"number": 6, "state": "OPEN", "body": "somebody else's"},
    ]
    (gh / "issues.json").write_text(json.dumps(known))
    link = {"GITHUB_SERVER_URL": "https://g", "GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "1"}
    filed = file_issues(report, link)

    assert filed.opened == ("new", "flaky")
    assert (filed.reopened, filed.there, filed.left) == (("closed",), ("open",), ())
    created, flaky = asked(gh, "issue", "create")
    assert created[created.index("--title") + 1] == "drt: new"
    assert flaky[flaky.index("--title") + 1] == "drt (flaky): flaky"
    assert marks["new"].splitlines()[1] in created[-1]
    assert "https://g/o/r/actions/runs/1" in created[-1]
    [reopened] = asked(gh, "issue", "reopen")
    assert reopened[2] == "5"
    assert asked(gh, "issue", "close") == []


def test_hostile_findings_make_an_issue_that_can_be_written(tmp_path: Path, gh: Path) -> None:
    report = gather([write_log(tmp_path / "run", [find(f"a{HOSTILE}", "1-1", HOSTILE * 2000)])])
    file_issues(report, {})

    [created] = asked(gh, "issue", "create")
    title = created[created.index("--title") + 1]
    assert "\n" not in title
    assert len(title) < 300
    assert len(created[-1]) < 65_536


def test_a_flood_is_dammed(tmp_path: Path, gh: Path) -> None:
    report = gather([write_log(tmp_path / "run", [find(f"s{n}", f"1-{n}") for n in range(30)])])
    filed = file_issues(report, {})

    assert len(asked(gh, "issue", "create")) == len(filed.opened) == 20
    assert len(filed.left) == 10


def test_a_clean_run_asks_nothing(tmp_path: Path, gh: Path) -> None:
    file_issues(gather([write_log(tmp_path / "run", [])]), {})

    assert not (gh / "asked").exists()


def test_a_gh_that_refuses_or_is_not_there_is_one_sentence(
    tmp_path: Path, gh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = gather([write_log(tmp_path / "run", [find("a")])])
    install(gh, 1)
    with pytest.raises(InputProblem, match="`gh label create` refuses: no word of why"):
        file_issues(report, {})
    install(gh, 0)
    (gh / "issues.json").write_text("null")
    with pytest.raises(InputProblem, match="does not answer with issues"):
        file_issues(report, {})
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputProblem, match="which is not here"):
        file_issues(report, {})
