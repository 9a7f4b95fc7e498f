"""`drt init`: what a project of one's own starts with, and that its first commands work."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from drt.cli.main import main
from drt.cli.new_project import set_up
from drt.engines.manifest import read_manifest
from drt.model.errors import InputProblem, MachineProblem

REPOSITORY = Path(__file__).resolve().parents[3]


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a printed command as a user would."""
    words = shlex.split(line)
    assert words[0] == "drt"
    command = [sys.executable, "-m", "drt", *words[1:]]
    environment = {"PYTHONPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False
    )


@pytest.mark.slow
def test_the_printed_commands_find_reduce_and_replay_a_planted_defect(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["init", "--folder", str(tmp_path)])
    assert done.exit_code == 0, done.output
    engine = tmp_path / "engine" / "engine.py"
    sound = engine.read_text()
    engine.write_text(faulty := sound.replace(' and not ids["forbid"]', ""))
    assert faulty != sound

    conformance, run, replay = [line.partition(" && ")[2] for line in done.output.splitlines()[-3:]]
    assert shell(conformance, tmp_path).returncode == 0
    found = shell(f"{run} --target scopes --cases 60 --jobs 1", tmp_path)
    assert found.returncode == 1, found.stdout + found.stderr
    assert "satisfied forbid, satisfied permit" in found.stdout
    again = shell(replay, tmp_path)
    assert again.returncode == 1
    assert "allow if a permit is satisfied and no forbid is" in again.stdout


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "drt.toml").write_text("# mine\n")
    (tmp_path / "mine.py").write_text("class Mine: ...")
    made = set_up(tmp_path, "./mine.py:Mine", None, "me/drt@v1")
    assert (tmp_path / "drt.toml").read_text() == "# mine\n"
    assert made.kept == [tmp_path / "drt.toml"]
    assert "      - uses: me/drt@v1\n" in (tmp_path / ".github" / "workflows" / "drt.yml").read_text()
    assert set_up(tmp_path, "./mine.py:Mine", None, None).written == []


def test_a_program_gets_a_manifest(tmp_path: Path) -> None:
    set_up(tmp_path, None, "go run . --json", None)
    assert read_manifest(tmp_path / "engine").command == ("sh", "-c", "cd .. && exec go run . --json")
    [toml] = [path.read_text() for path in tmp_path.glob("drt.toml")]
    assert json.dumps(["production", "./engine"]) in toml


@pytest.mark.parametrize("given", [("./none.py:Engine", None), (None, "'"), (None, " ")])
def test_wrong_engines_are_refused_before_anything_is_written(
    tmp_path: Path, given: tuple[str | None, str | None]
) -> None:
    with pytest.raises(InputProblem):
        set_up(tmp_path, *given, None)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "engine").write_text("a file")
    with pytest.raises(MachineProblem, match="the project cannot be written"):
        set_up(tmp_path, None, None, None)
