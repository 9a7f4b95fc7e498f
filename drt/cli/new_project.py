"""The files of a project that tests its own engine: settings, a manifest, a first case, a workflow."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from drt.engines import build
from drt.model import json_text
from drt.model.case import Case, Request, Source
from drt.model.case_directory import files_of_case
from drt.model.errors import InputProblem, cannot_write
from drt.model.saved_case import Expectations, ExpectedResponse, SavedCase

DISTRIBUTION = "cedar-drt-py"
ENGINE_FOLDER = "engine"
FIRST_CASE = "corpus/seeds/first/a-permit-that-matches-allows"
WORKFLOW = ".github/workflows/drt.yml"
PLACEHOLDER = "OWNER/REPO@REF"

SETTINGS = """# What the commands of drt do here unless an option says otherwise (`drt COMMAND --help`).
corpus = "corpus"

[run]
engine = ["production", {engine}]
for = "2m"

[replay]
engine = ["production", {engine}]
"""

MANIFEST = """# How drt starts this engine: a program that answers questions, one JSON object a line.
command = {command}
deadline = 30  # seconds for one answer
"""

STEPS = """name: drt
on: [push, pull_request]
permissions:
  contents: read
jobs:
  compare:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          persist-credentials: false
      - uses: {action}
        with:
          for: 5m
"""


@dataclass(slots=True)
class Made:
    """What was written, what was there before, and the commands to try."""

    written: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    commands: tuple[str, ...] = ()


def set_up(folder: Path, engine: str | None, program: str | None, action: str | None) -> Made:
    """Write the files that are not there yet.

    Raises `InputProblem` if the engine that is named cannot be found, `MachineProblem` if a file cannot be
    written.
    """
    files: dict[str, str] = {}
    if engine is None:
        engine = f"./{ENGINE_FOLDER}"
        files |= _program(program)
    else:
        _find(folder, engine)
    files["drt.toml"] = SETTINGS.format(engine=json.dumps(engine))
    files |= {f"{FIRST_CASE}/{name}": text for name, text in _first_case().items()}
    files[WORKFLOW] = STEPS.format(action=action or _own_action())
    made = _write(folder, files)
    into = "" if folder == Path() else f"cd {shlex.quote(str(folder))} && "
    drt = "drt" if (folder / ".git").exists() else "drt --config drt.toml"
    made.commands = (
        f"{into}drt conformance corpus/seeds --engine {shlex.quote(engine)}",
        f"{into}{drt} run",
        f"{into}{drt} replay",
    )
    return made


def _program(program: str | None) -> dict[str, str]:
    """Give the manifest of a program, and a program where none is named."""
    if program is None:
        command = ["python3", "engine.py"]
        return {
            f"{ENGINE_FOLDER}/engine.toml": MANIFEST.format(command=json.dumps(command)),
            f"{ENGINE_FOLDER}/engine.py": _example(),
        }
    try:
        command = shlex.split(program)
    except ValueError as error:
        raise InputProblem(f"--command cannot be taken apart: {error}") from None
    if not command:
        raise InputProblem("--command is empty")
    started = ["sh", "-c", f"cd .. && exec {shlex.join(command)}"]
    return {f"{ENGINE_FOLDER}/engine.toml": MANIFEST.format(command=json.dumps(started))}


def _example() -> str:
    """Return the engine in forty lines, of the checkout or, away from one, of the package."""
    here = Path(__file__).resolve().parents[1]
    places = (here.parent / "examples" / "forty_lines" / "engine.py", here / "shipped" / "forty_lines.py")
    return next(place for place in places if place.is_file()).read_text(encoding="utf-8")


def _find(folder: Path, engine: str) -> None:
    """Raise `InputProblem` if there is no such engine in the project."""
    where = engine.partition(":")[0]
    if engine.startswith(".") and not (folder / where).exists():
        raise InputProblem(f"there is no engine {engine}: expected ./FILE.py:CLASS or a folder", folder)
    if not engine.startswith("."):
        build(engine)


def _first_case() -> Mapping[str, str]:
    """Give a case whose outcome nobody disputes."""
    request = {
        "principal": {"type": "User", "id": "alice"},
        "action": {"type": "Action", "id": "view"},
        "resource": {"type": "Photo", "id": "beach"},
        "context": {},
    }
    policy = 'permit(principal == User::"alice", action == Action::"view", resource);\n'
    saved = SavedCase(
        name=FIRST_CASE.rpartition("/")[2],
        case=Case(Source(policy), requests=(Request(json.dumps(request)),)),
        description="A request that the scope of a permit matches, and no forbid does, is allowed.",
        expected=Expectations(responses=(ExpectedResponse(0, "allow", ("policy0",)),)),
    )
    return {name: content.decode() for name, content in files_of_case(saved).items()}


def _own_action() -> str:
    """Name the repository and commit that this harness was installed from, if it was."""
    try:
        origin = json.loads(distribution(DISTRIBUTION).read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        origin = {}
    commit = origin.get("vcs_info", {}).get("commit_id")
    owner = "/".join(str(origin.get("url", "")).removesuffix(".git").split("/")[-2:])
    return f"{owner}@{commit}" if commit else f"{PLACEHOLDER} # where this harness's action.yml lies"


def _write(folder: Path, files: Mapping[str, str]) -> Made:
    made = Made()
    for name, text in files.items():
        path = folder / name
        if path.exists():
            made.kept.append(path)
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            json_text.write_text(path, text)
        except OSError as error:
            raise cannot_write("the project", error, path) from None
        made.written.append(path)
    return made
