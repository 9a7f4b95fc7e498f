"""One step of a bisection, run by `git bisect run` in a tree at some revision.

A script by itself, of the standard library alone: the harness that it starts is the one of the tree, if that
has one, with the engines of the tree.

    python -P bisect_step.py JOB.json     exits 0 (it does not diverge), 1 (it does) or 125 (cannot run)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

GOOD, BAD, CANNOT_RUN = 0, 1, 125
WORDS = {GOOD: "does not diverge", BAD: "diverges", CANNOT_RUN: "cannot run"}


@dataclass(frozen=True, slots=True)
class Job:
    """The folder of a saved case, the engines, the seconds to wait, and the harness of older trees."""

    case: str
    engines: list[str]
    seconds: float
    harness: str


def main(path: str) -> int:
    """Judge the tree in the current folder, and print the verdict on standard error too."""
    answer = verdict(Job(**json.loads(Path(path).read_text(encoding="utf-8"))))
    said = subprocess.run(
        ["git", "log", "-1", "--format=%h %s"], capture_output=True, text=True, check=False
    ).stdout.strip()
    print(f"{WORDS[answer]}: {said}", file=sys.stderr, flush=True)
    return answer


def verdict(job: Job) -> int:
    """Replay the case in the tree, and return its verdict as an exit code."""
    tree = Path.cwd()
    path = [str(tree), *([] if (tree / "drt").is_dir() else [job.harness])]
    try:
        replay = subprocess.run(
            [sys.executable, "-m", "drt", "replay", "--json", *_engines(job.engines), job.case],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=job.seconds,
            check=False,
        )
        [answer] = json.loads(replay.stdout)
        if answer["verdict"] == "cannot run":
            return CANNOT_RUN
        return BAD if answer["divergences"] or answer["unmet"] else GOOD
    except (subprocess.TimeoutExpired, ValueError, LookupError, TypeError):
        return CANNOT_RUN


def _engines(names: list[str]) -> list[str]:
    return [f"--engine={name}" for name in names]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
