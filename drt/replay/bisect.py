"""Bisection: find the commit with which a saved case began to diverge, by `git bisect` in a temporary clone.

The clone shares the repository's objects, so that the user's tree, index and refs stay untouched. Each
revision runs `bisect_step` with its own harness and engines.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from drt.engines import BUILT_IN
from drt.engines.processes import ROOT, run
from drt.model.case_directory import read_case, write_case
from drt.model.errors import InputProblem
from drt.replay import bisect_step

SECONDS_A_STEP = 300.0
_ONLY_SKIPPED = 2
_LEADS_ELSEWHERE = frozenset(
    [
        *("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE"),
        *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"),
    ]
)
_FOUND = re.compile(r"^# first bad commit: \[([0-9a-f]+)\]", re.MULTILINE)
_POSSIBLE = re.compile(r"^# possible first bad commit: \[([0-9a-f]+)\]", re.MULTILINE)
_ASKED = re.compile(r"^git bisect (good|bad|skip) ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit as `git log` prints it, with the files that it changed."""

    revision: str
    date: str
    author: str
    subject: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bisected:
    """The first commit on which the case diverges; several if those between could not run.

    `asked` counts the revisions that were tried beside the two ends, `skipped` those among them that could
    not run.
    """

    commits: tuple[Commit, ...]
    asked: int
    skipped: int


def bisect(case: Path, good: str, bad: str, engines: Sequence[str] = ()) -> Bisected:
    """Bisect the repository around the current folder between two revisions.

    Engines named by a file of the repository are taken from each revision. Raises `InputProblem` where there
    is no repository or revision, or the case does not diverge at `bad`, or does at `good`.
    """
    saved = read_case(case)
    here = Path.cwd()
    root = Path(_git(here, "rev-parse", "--show-toplevel"))
    ends = {name: _revision(root, name) for name in (good, bad)}
    with tempfile.TemporaryDirectory(prefix="drt-bisect-") as folder:
        tree, copy = Path(folder, "tree"), Path(folder, "case")
        copy.mkdir()
        write_case(copy, replace(saved, name="case", status="fixed", tags=(), verdict=None))
        job = Path(folder, "job.json")
        named = [_inside(name, here, root) for name in engines]
        content = bisect_step.Job(str(copy), named, SECONDS_A_STEP, str(ROOT))
        job.write_text(json.dumps(asdict(content)), encoding="utf-8")
        _git(
            root, "clone", "-q", "--shared", "--no-checkout", "-c", "core.hooksPath=/dev/null", ".", str(tree)
        )
        step = [sys.executable, "-P", bisect_step.__file__, str(job)]
        _check_end(tree, step, bad, ends[bad], bisect_step.BAD)
        _check_end(tree, step, good, ends[good], bisect_step.GOOD)
        return _run(tree, step, ends[good], ends[bad])


def _run(tree: Path, step: Sequence[str], good: str, bad: str) -> Bisected:
    _git(tree, "bisect", "start", bad, good)
    if not _FOUND.search(_git(tree, "bisect", "log")):  # as it is when nothing lies between the ends
        command = ["git", "bisect", "run", *step]
        done = run(command, folder=tree, environment=_environment(), show_errors=True)
        if done.code not in (0, _ONLY_SKIPPED):
            last = done.output.strip().rpartition("\n")[2] or f"exit code {done.code}"
            raise InputProblem(f"git bisect could not finish: {last}")
    log = _git(tree, "bisect", "log")
    found = _FOUND.findall(log) or _POSSIBLE.findall(log)
    answers = _ASKED.findall(log)
    return Bisected(tuple(_commit(tree, revision) for revision in found), len(answers), answers.count("skip"))


def _check_end(tree: Path, step: Sequence[str], name: str, revision: str, wanted: int) -> None:
    """Check one end of the range; raises `InputProblem` where it does not answer as it should."""
    _git(tree, "checkout", "-q", "--force", "--detach", revision)
    answer = run(step, folder=tree, environment=_environment(), show_errors=True).code
    if answer == wanted:
        return
    said = bisect_step.WORDS.get(answer, "cannot run")
    hint = ": name an older revision with --good" if answer == bisect_step.BAD else ""
    raise InputProblem(f"at {name} the case {said}{hint}")


def _commit(tree: Path, revision: str) -> Commit:
    shown = _git(tree, "show", "--no-patch", "--format=%H%n%as%n%an%n%s", revision)
    full, date, author, subject = shown.split("\n", 3)
    files = _git(tree, "show", "--name-only", "--format=", "--first-parent", revision)
    return Commit(full, date, author, subject, tuple(files.splitlines()))


def _inside(engine: str, here: Path, root: Path) -> str:
    """Name an engine in the repository by its path from the root, as other trees have it."""
    place, mark, rest = engine, "", ""
    if ".py:" in engine:
        place, mark, rest = engine.rpartition(":")
    elif ":" in engine.rpartition("/")[2]:
        place, mark, rest = engine.rpartition("/")
    path = (here / place).resolve()
    if engine in BUILT_IN or engine.startswith("process:") or not place or not path.exists():
        return engine
    inside = path.is_relative_to(root.resolve())
    return f"{f'./{path.relative_to(root.resolve())}' if inside else path}{mark}{rest}"


def _revision(root: Path, name: str) -> str:
    try:
        return _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except InputProblem:
        raise InputProblem(f"there is no revision {name!r}", root) from None


def _git(folder: Path, *arguments: str) -> str:
    """Run git and return its output; raises `InputProblem` with its last words where it refuses."""
    try:
        done = run(["git", *arguments], folder=folder, environment=_environment())
    except OSError as error:
        raise InputProblem(f"git cannot be run: {(error.strerror or str(error)).lower()}") from None
    if done.code != 0:
        raise InputProblem(f"git {arguments[0]}: {done.last_words}", folder)
    return done.output.strip()


def _environment() -> dict[str, str]:
    """Ours without what would lead git elsewhere than to the folder that it is run in, in English."""
    kept = {name: value for name, value in os.environ.items() if name not in _LEADS_ELSEWHERE}
    return {**kept, "LC_ALL": "C.UTF-8"}
