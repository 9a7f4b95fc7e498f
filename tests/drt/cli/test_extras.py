"""Commands and targets without the libraries of an extra: one sentence that names it, and all else works."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drt.cli.main import main
from drt.corpus.store import Corpus
from drt.model.case import Case, Source
from drt.model.saved_case import SavedCase
from drt.replay.replay import Replayer
from drt.symbolic.targets import TARGETS
from drt.targets.table import TARGETS as DRAWN

SCHEMA = 'entity U; action "a" appliesTo { principal: U, resource: U };'
ANALYSED = ["policies.cedar", "schema.cedarschema"]
ENVIRONMENT = ["--principal-type", "U", "--action", 'Action::"a"', "--resource-type", "U"]
COMMANDS = {
    "prove": ["prove", "--only", "nothing*"],
    "symcc": ["symcc", *ENVIRONMENT, "-s", ANALYSED[1], "never-errors", "-p", ANALYSED[0]],
    "analyze policies": ["analyze", "policies", *ANALYSED],
    "analyze compare": ["analyze", "compare", ANALYSED[0], *ANALYSED],
    "analyze validator": ["analyze", "validator", "--policies", "1"],
    "analyze engine": ["analyze", "engine", "reference", "--queries", "1"],
    "verify-filter": ["verify-filter", ANALYSED[0]],
    "cover": ["cover", *ANALYSED],
    "run": ["run", "--target", "symbolic", "--cases", "1", "--corpus", "."],
}
WITHOUT = """
import runpy, sys
class Without:
    def __init__(self, finder):
        self.finder = finder
    def __getattr__(self, name):
        return getattr(self.finder, name)
    def find_spec(self, name, path=None, target=None):
        missing = name.partition(".")[0] in ("z3", "cvc5")
        return None if missing else self.finder.find_spec(name, path, target)
sys.meta_path[:] = map(Without, sys.meta_path)
runpy.run_module("drt", run_name="__main__", alter_sys=True)
"""


@pytest.fixture
def no_solver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Keep Z3 from being found and imported, and write files to analyse."""
    monkeypatch.setitem(sys.modules, "z3", None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ANALYSED[0]).write_text("permit (principal, action, resource);")
    (tmp_path / ANALYSED[1]).write_text(SCHEMA)
    return tmp_path


def ran(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_names_the_extra_that_it_needs(name: str, no_solver: Path) -> None:
    done = ran(*COMMANDS[name])
    assert done.exit_code == (1 if name == "symcc" else 2)
    [line] = done.stderr.splitlines()
    assert " needs z3, which is not installed: install the extra `proofs`" in line


def test_a_query_can_still_be_written(no_solver: Path) -> None:
    done = ran("symcc", *COMMANDS["symcc"][1:-3], "--smtlib", *COMMANDS["symcc"][-3:])
    assert done.exit_code == 0
    assert "(check-sat)" in done.stdout


def test_replay_says_that_a_law_cannot_be_judged(no_solver: Path) -> None:
    case = Case(Source("permit (principal, action, resource);"))
    saved = SavedCase(case=case, signature="a bug", status="open", origin={"target": "symbolic"})
    folder = Corpus(no_solver).save_counterexample(saved)
    replayer = Replayer(("reference",), TARGETS)
    for replayed in (*replayer.replay([folder]), replayer.alone(folder, saved)):
        assert (replayed.verdict, replayed.reason) == ("cannot run", "its law needs the extra `proofs`")


def test_every_target_that_proves_names_the_extra() -> None:
    """The targets that are only drawn are in a room that cannot import the proving ones."""
    assert {name for name, target in TARGETS.items() if name not in DRAWN and not target.walk} == {
        name for name, target in TARGETS.items() if target.extra == "proofs"
    }


def test_a_run_leaves_its_targets_out_with_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            WITHOUT,
            *["run", "-q", "--cases", "8", "--jobs", "1", "--seed", "1", "--corpus", ".", "--oracle", "none"],
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "drt: left out for want of the extra `proofs`: symbolic, translation, soundness\n" in done.stderr
