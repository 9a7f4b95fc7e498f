"""In a step of GitHub Actions, no text of a case or an engine is heard as a command; our own commands are."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from drt.cli.main import COMMANDS, FOREIGN
from drt.corpus.store import Corpus
from drt.model.case import Case, Request, Source
from drt.model.case_directory import write_case
from drt.model.saved_case import Expectations, ExpectedResponse, SavedCase, Verdict

REPOSITORY = Path(__file__).resolve().parents[3]
PLANTED = "x\n::error::planted\n  ::add-mask::planted\n##[error]planted and ##[add-mask]planted"
UID = {"type": "User", "id": "::error::planted"}
CASE = Case(
    Source(
        f"// {PLANTED.replace(chr(10), f'{chr(10)}// ')}\npermit(principal, action, resource);\n::error::planted"
    ),
    requests=(Request(json.dumps({"principal": UID, "action": UID, "resource": UID})),),
)
SAVED = SavedCase(
    CASE,
    name=PLANTED,
    description=PLANTED,
    tags=(PLANTED,),
    signature=PLANTED,
    status="open",
    verdict=Verdict(PLANTED, PLANTED, PLANTED),
    expected=Expectations(responses=(ExpectedResponse(0, "allow", (PLANTED,)),)),
    origin={"target": "authorize", "engines": {"reference": PLANTED, "production": PLANTED}},
)
ENGINE = f"""
from drt.engines.reference_engine import ReferenceEngine

class Loud(ReferenceEngine):
    name = "loud"
    version = "1"

    def load(self, case):
        raise ValueError({PLANTED!r})
"""


def commands(log: str) -> list[str]:
    """What the runner of a workflow hears in a log: a line that begins with `::`, or `##[` anywhere."""
    stopped, found = "", []
    for line in log.splitlines():
        command = re.match(r"\s*::([^:]*)::(.*)", line)
        if stopped:
            stopped = "" if command is not None and command[1] == stopped else stopped
        elif command is not None and command[1] == "stop-commands":
            stopped = command[2]
        elif command is not None or "##[" in line:
            found.append(line)
    assert not stopped, "commands are heard again in the end"
    return found


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a corpus, another corpus and an engine, all of them a stranger's."""
    Corpus(tmp_path / "corpus").save_counterexample(SAVED)
    place = tmp_path / "corpus/seeds/topic/a-fact"
    place.mkdir(parents=True)
    write_case(place, SAVED)
    Corpus(tmp_path / "other").save_counterexample(SAVED)
    (tmp_path / BAD).mkdir()
    (tmp_path / BAD / "case.json").write_text(PLANTED, encoding="utf-8")
    schema = "entity U; action v appliesTo { principal: U, resource: U };"
    (tmp_path / "s.cedarschema").write_text(schema, encoding="utf-8")
    wrong = 'permit(principal, action, resource) when {\n::error::planted == "##[error]planted" };'
    (tmp_path / "unreadable.cedar").write_text(wrong, encoding="utf-8")
    (tmp_path / "wrong.cedar").write_text(
        wrong.replace("::error::planted", '1 + "::error::planted"'), "utf-8"
    )
    (tmp_path / "engine.py").write_text(ENGINE, encoding="utf-8")
    return tmp_path


BAD = "other/counterexamples/bad\n::error::planted"
LOUD = "--engine=./engine.py:Loud"
COMMAND_LINES = {
    "replay": ["replay", "--once", "corpus/counterexamples"],
    "replay with the engine": ["replay", "--once", LOUD, "--engine=production", "corpus/seeds"],
    "triage": ["triage", "--corpus", "corpus"],
    "conclude": ["triage", "corpus/seeds/topic/a-fact", "--status", "open"],
    "check": ["corpus", "check", "--corpus", "corpus"],
    "check the other": ["corpus", "check", "--corpus", "other"],
    "stats": ["corpus", "stats", "--corpus", "corpus"],
    "show": ["corpus", "show", "corpus/seeds/topic/a-fact"],
    "merge": ["corpus", "merge", "other", "--corpus", "corpus"],
    "bisect": ["bisect", BAD, "--good", "HEAD"],
    "conformance": ["conformance", "corpus/seeds", LOUD],
    "validate": ["validate", "-s", "s.cedarschema", "-p", "wrong.cedar"],
    "check-parse": ["check-parse", "-p", "unreadable.cedar"],
    "authorize": ["authorize", "-p", "unreadable.cedar", "-l", 'U::"a"', "-a", 'Action::"v"', "-r", 'U::"a"'],
    "format": ["format", "-p", "unreadable.cedar"],
    "a missing file": ["link", "-p", "no\n::error::planted", "--template-id", "t", "-n", "l", "-a", "{}"],
    "a missing case": ["replay", "no\n::error::planted"],
}


def drt(here: Path, *arguments: str, actions: bool = True) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    environment |= {"GITHUB_ACTIONS": "true"} if actions else {}
    return subprocess.run(
        [sys.executable, "-m", "drt", *arguments],
        cwd=here, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("line", COMMAND_LINES.values(), ids=COMMAND_LINES)
def test_no_text_of_a_case_or_an_engine_is_heard(here: Path, line: list[str]) -> None:
    said = drt(here, *line)

    assert commands(said.stdout) == []
    lines = [one for one in said.stdout.splitlines() if "::" not in one or "planted" in one]
    assert commands("\n".join(lines)), "without the lines of ours it would be heard"


def test_elsewhere_nothing_is_stopped(here: Path) -> None:
    assert "stop-commands" not in drt(here, *COMMAND_LINES["triage"], actions=False).stdout


@pytest.mark.parametrize("line", ["replay", "triage", "check", "stats", "show", "merge", "conformance"])
def test_json_stays_json_and_is_not_heard(here: Path, line: str) -> None:
    said = drt(here, *COMMAND_LINES[line], "--json")

    *_, document = re.split(r"^::[0-9a-f]{32}::\n", said.stdout, flags=re.MULTILINE)
    assert "planted" in json.dumps(json.loads(document))
    assert commands(said.stdout) == []


@pytest.mark.slow
def test_a_run_is_heard_and_what_it_prints_is_not(here: Path) -> None:
    toys = [f"--engine=tests.drt.toys:{name}" for name in ("Toy", "Faulty")]
    line = [
        "run",
        "--targets-from",
        "tests.drt.toys:TARGETS",
        *toys,
        "--cases",
        "30",
        "--jobs",
        "1",
        "--seed",
        "1",
    ]

    said = drt(here, *line, "--oracle", "none", "--corpus", "corpus", "--log", "log", "--reduce", "1s")

    heard = commands(said.stdout)
    assert heard
    assert all(command.startswith("::error ") and "title=drt" in command for command in heard)
    assert said.stdout.count("::stop-commands::") >= 1


def test_a_new_token_stops_each_time(here: Path) -> None:
    tokens = re.findall(
        r"::stop-commands::([0-9a-f]{32})$",
        drt(here, *COMMAND_LINES["triage"]).stdout + drt(here, *COMMAND_LINES["triage"]).stdout,
        re.MULTILINE,
    )

    assert len(tokens) == len(set(tokens)) == 2


def test_the_commands_that_show_cases_are_there() -> None:
    assert set(FOREIGN) <= set(COMMANDS)
