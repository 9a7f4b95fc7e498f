"""`drt report` and `drt completion` on the command line, and what a run says inside GitHub Actions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from drt.cli.main import COMMANDS, main
from tests.drt.report.logs import find, write_log

REPOSITORY = Path(__file__).resolve().parents[3]


def drt(*arguments: str, cwd: Path = REPOSITORY, **more: str) -> subprocess.CompletedProcess[str]:
    env: Mapping[str, str] = {**os.environ, "PYTHONPATH": str(REPOSITORY), **more}
    return subprocess.run(
        [sys.executable, "-m", "drt", *arguments],
        capture_output=True, text=True, cwd=cwd, env=env, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("form", ["md", "html", "junit", "sarif", "json"])
def test_every_format_goes_to_standard_output_or_a_file(tmp_path: Path, form: str) -> None:
    folder = str(write_log(tmp_path / "run", [find("a")]))
    shown = CliRunner().invoke(main, ["report", folder, "--format", form])
    written = CliRunner().invoke(
        main, ["report", folder, "--format", form, "-o", str(tmp_path / "new/folder/out")]
    )

    assert (shown.exit_code, written.exit_code, written.stdout) == (0, 0, "")
    assert (tmp_path / "new/folder/out").read_text(encoding="utf-8") == shown.stdout


def test_without_a_run_it_is_the_newest(tmp_path: Path) -> None:
    write_log(tmp_path / "runs/one", [])
    os.utime(tmp_path / "runs/one/run.jsonl", (1, 1))
    write_log(tmp_path / "runs/two", [find("a")])
    result = drt("report", cwd=tmp_path)

    assert result.returncode == 0
    assert result.stdout.startswith("## drt: 1 finding\n")
    assert drt("report", cwd=tmp_path / "runs").returncode == 2


@pytest.mark.parametrize(("name", "code"), [("found", 1), ("clean", 0), ("flaky", 4)])
def test_the_exit_code_of_the_runs_is_there_for_the_asking(tmp_path: Path, name: str, code: int) -> None:
    finds = {"found": [find("a")], "clean": [], "flaky": [find("a", solid=False)]}[name]
    folder = str(write_log(tmp_path / "run", finds))

    assert CliRunner().invoke(main, ["report", folder, "--exit-code"]).exit_code == code
    assert CliRunner().invoke(main, ["report", folder]).exit_code == 0


@pytest.mark.parametrize("arguments", [["nowhere"], ["."], ["README.md"], [".", "--format", "pdf"]])
def test_an_unfit_run_is_one_sentence(arguments: list[str]) -> None:
    result = drt("report", *arguments)

    assert result.returncode == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    folder = write_log(tmp_path / "run", [])
    result = drt("report", str(folder), "-o", str(folder / "run.jsonl" / "x"))

    assert result.returncode == 2
    assert "the report cannot be written" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_github_gets_annotations_beside_the_document(tmp_path: Path) -> None:
    folder = str(write_log(tmp_path / "run", [find("a")]))
    summary = str(tmp_path / "summary")
    result = drt("report", folder, "--format", "json", "--github", GITHUB_STEP_SUMMARY=summary)

    assert json.loads(result.stdout)["exit_code"] == 1
    assert result.stderr.startswith("::error title=drt%3A a::")
    assert Path(summary).read_text(encoding="utf-8").startswith("## drt: 1 finding\n")


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_run_inside_github_actions_tells_github(tmp_path: Path, form: str) -> None:
    (tmp_path / "corpus").mkdir()
    summary = tmp_path / "summary"
    result = drt(
        "run", "--targets-from", "tests.drt.toys:TARGETS", "--engine=tests.drt.toys:Toy", "--engine=tests.drt.toys:Faulty",
        "--cases=200", "--jobs=1", "--quiet", "--format", form, "--corpus", str(tmp_path / "corpus"),
        "--log", str(tmp_path / "run"), GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary),
    )  # fmt: skip

    assert result.returncode == 1, result.stderr
    output = result.stdout if form == "text" else result.stderr
    commands = [line for line in output.splitlines() if line.startswith("::")]
    assert sum(line.startswith("::error ") for line in commands) == 1
    if form == "text":
        token = next(line for line in commands if line.startswith("::stop-commands::")).split("::")[2]
        assert [line.replace(token, "TOKEN").split(" ")[0] for line in commands] == [
            "::error", "::stop-commands::TOKEN", "::TOKEN::",
        ]  # fmt: skip
    else:
        assert len(commands) == 1
    assert "drt replay" in summary.read_text(encoding="utf-8")
    if form == "json":
        json.loads(result.stdout)
    for output in ("html", "sarif", "md"):
        assert drt("report", str(tmp_path / "run"), "--format", output).returncode == 0
    junit = ET.fromstring(drt("report", str(tmp_path / "run"), "--format", "junit").stdout.encode())
    assert junit.get("failures") == "1"


@pytest.mark.slow
def test_outside_of_github_actions_a_run_says_nothing_to_it(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    result = drt(
        "run", "--targets-from", "tests.drt.toys:TARGETS", "--engine=tests.drt.toys:Toy", "--engine=tests.drt.toys:Faulty",
        "--cases=50", "--jobs=1", "--quiet", "--corpus", str(tmp_path / "corpus"), "--log", str(tmp_path / "run"),
        GITHUB_ACTIONS="", GITHUB_STEP_SUMMARY=str(tmp_path / "summary"),
    )  # fmt: skip

    assert result.returncode == 1
    assert "::error" not in result.stdout + result.stderr
    assert not (tmp_path / "summary").exists()


# Completion


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_names_drt(shell: str) -> None:
    result = CliRunner().invoke(main, ["completion", shell])

    assert result.exit_code == 0
    assert "_DRT_COMPLETE" in result.stdout


def test_commands_and_options_are_completed() -> None:
    def completed(words: str, number: int) -> list[str]:
        output = drt(_DRT_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(number)).stdout
        return [line.partition(",")[2] for line in output.splitlines()]

    assert set(completed("drt ", 1)) == set(COMMANDS)
    assert completed("drt repo", 1) == ["report"]
    assert completed("drt report --format ", 3) == ["md", "html", "junit", "sarif", "json", "badge"]
    assert "--exit-code" in completed("drt report --", 2)


def test_runs_of_the_tests_say_nothing_to_the_workflow_that_runs_them() -> None:
    assert "GITHUB_ACTIONS" not in os.environ
    assert "GITHUB_STEP_SUMMARY" not in os.environ
