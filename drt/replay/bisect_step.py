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
from pathlib import Path
from typing import Any

GOOD, BAD, CANNOT_RUN = 0, 1, 125
WORDS = {GOOD: "does not diverge", BAD: "diverges", CANNOT_RUN: "cannot run"}


def main(path: str) -> int:
    """Judge the tree in the current folder, and print the verdict on standard error too."""
    job = json.loads(Path(path).read_text(encoding="utf-8"))
    answer = verdict(job)
    said = subprocess.run(
        ["git", "log", "-1", "--format=%h %s"], capture_output=True, text=True, check=False
    ).stdout.strip()
    print(f"{WORDS[answer]}: {said}", file=sys.stderr, flush=True)
    return answer


def verdict(job: dict[str, Any]) -> int:
    """`job` names the saved `case`, the `engines`, the `seconds` to wait and where to find a `harness`."""
    tree = Path.cwd()
    path = [str(tree), *([] if (tree / "drt").is_dir() else [job["harness"]])]
    try:
        replay = subprocess.run(
            [sys.executable, "-m", "drt", "replay", "--json", *_engines(job["engines"]), job["case"]],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=job["seconds"],
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
