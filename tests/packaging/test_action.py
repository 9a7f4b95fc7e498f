"""The composite action: what its script does in a workflow, run here, and that its inputs are documented."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPT = REPOSITORY / "packaging" / "action" / "run.sh"
ACTION = (REPOSITORY / "action.yml").read_text(encoding="utf-8")
INPUTS = re.findall(r"^  ([\w-]+):\n    description: ", ACTION.partition("outputs:")[0], re.MULTILINE)


def workflow(folder: Path, engine: str, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the script as a workflow's step does, with an installed `drt`."""
    drt = folder / "drt"
    drt.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m drt "$@"\n')
    drt.chmod(0o755)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPOSITORY),
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(folder / "outputs"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "DRT": str(drt),
        "DRT_ACTION_ENGINE": f"production\n{engine}\n" if engine else "",
        "DRT_ACTION_FOR": "60s",
        "DRT_ACTION_JOBS": "1",
        "DRT_ACTION_ARGUMENTS": "--target scopes --cases 80 --oracle 'none'",
    }
    environment |= {f"DRT_ACTION_{name.upper()}": value for name, value in inputs.items()}
    return subprocess.run(
        ["bash", SCRIPT],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    shutil.copytree(REPOSITORY / "examples" / "forty_lines", tmp_path / "engine")
    return tmp_path / "engine"


@pytest.mark.slow
def test_a_planted_defect_fails_the_step_with_annotation_summary_and_reports(engine: Path) -> None:
    file = engine / "engine.py"
    file.write_text(file.read_text().replace(' and not ids["forbid"]', ""))
    folder = engine.parent
    done = workflow(folder, "./engine", seed="7")

    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / "outputs").read_text() == "exit-code=1\n"
    [annotation] = re.findall(r"^::error .*", done.stdout, re.MULTILINE)
    assert "forty-lines-allow-production-deny" in annotation
    assert "1 finding" in (folder / "summary.md").read_text()
    output = folder / "drt-output"
    names = {path.name for path in output.iterdir()}
    assert names == {"run", "report.html", "junit.xml", "badge.json", "counterexamples"}
    badge = json.loads((output / "badge.json").read_text())
    assert (badge["schemaVersion"], badge["label"], badge["color"]) == (1, "cedar drt", "red")
    assert badge["message"].startswith("1 finding, ")


@pytest.mark.slow
def test_a_sound_engine_of_the_settings_passes_the_step(engine: Path) -> None:
    (engine.parent / "drt.toml").write_text('[run]\nengine = ["production", "./engine"]\n')
    arguments = "--target scopes --cases 40 --allow-partial"
    done = workflow(engine.parent, "", arguments=arguments, replay="false")
    assert "production against engine: 1 target" in done.stderr
    assert (engine.parent / "outputs").read_text() == "exit-code=0\n", done.stdout + done.stderr
    assert "::error" not in done.stdout


def test_wrong_input_is_exit_2_and_runs_nothing_of_it(engine: Path) -> None:
    done = workflow(engine.parent, "./engine", arguments="--no-such-option '$(touch ran)' `touch ran`")
    assert (engine.parent / "outputs").read_text() == "exit-code=2\n", done.stdout + done.stderr
    assert not (engine.parent / "ran").exists()


def test_every_input_is_documented_and_passed_on() -> None:
    documented = set(
        re.findall(r"^\| `([\w-]+)` \|", (REPOSITORY / "docs" / "ci.md").read_text(), re.MULTILINE)
    )
    assert set(INPUTS) <= documented
    for name in set(INPUTS) - {"artifact", "python-version"}:
        assert f"DRT_ACTION_{name.upper()}: ${{{{ inputs.{name} }}}}" in ACTION
        assert f"DRT_ACTION_{name.upper()}" in SCRIPT.read_text(encoding="utf-8")


def test_other_actions_are_pinned_by_commit() -> None:
    used = re.findall(r"uses: (\S+)", ACTION)
    assert len(used) == 2
    assert all(re.search(r"@[0-9a-f]{40}$", name) for name in used)


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_the_script_is_clean() -> None:
    subprocess.run(["shellcheck", SCRIPT], check=True)
