"""Figures of a large corpus: `python -m tests.corpus_figures [CASES]` prints a line per figure.

Each command runs in a process of its own, as for a user. The first look at a corpus computes its index; a figure
is what it takes from then on. Exit code 1 when a figure is over its limit.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drt.corpus.store import Corpus, slug
from drt.model.case import Case, Request, Source
from drt.model.case_directory import write_case
from drt.model.saved_case import SavedCase

CASES, MERGED = 10_000, 1_000
REPOSITORY = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, in seconds, and the most that it may take; None where nothing is promised."""

    name: str
    seconds: float
    most: float | None = None

    @property
    def is_over(self) -> bool:
        return self.most is not None and self.seconds > self.most

    def __str__(self) -> str:
        most = "" if self.most is None else f"  at most {self.most:g}"
        return f"{self.name:<34} {self.seconds:8.3f} s{most}{'  OVER' if self.is_over else ''}"


def counterexample(number: int) -> SavedCase:
    """A counterexample like those that runs find: reduced, with a signature of its own."""
    uid = {"type": "User", "id": f"u{number}"}
    policy = (
        f"permit(principal, action, resource) when {{ principal.n < {number} && [{number}].contains(1) }};"
    )
    entities = [{"uid": uid, "attrs": {"n": number}, "parents": []}]
    request = {"principal": uid, "action": uid, "resource": uid, "context": {}}
    return SavedCase(
        Case(Source(policy), json.dumps(entities), requests=(Request(json.dumps(request)),)),
        description=f"reference and production part at {number}",
        signature=f"reference allow, production deny > operator {number}",
        status="open",
        origin={"target": "authorize", "index": number, "random_seed": 1},
    )


def make_corpus(root: Path, numbers: range) -> None:
    """Write counterexamples without looking for others of their signature."""
    for number in numbers:
        saved = counterexample(number)
        place = root / "counterexamples" / slug(saved.signature)
        place.mkdir(parents=True)
        write_case(place, SavedCase(**{**fields(saved), "name": place.name}))


def fields(saved: SavedCase) -> dict[str, object]:
    return {name: getattr(saved, name) for name in saved.__slots__}


def measure(root: Path, cases: int, merged: int) -> list[Figure]:
    """Make two corpora below a folder and measure."""
    ours, other = root / "ours", root / "other"
    make_corpus(ours, range(cases))
    make_corpus(other, range(cases, cases + merged))
    commands = {name: ["corpus", name, "--corpus", str(ours)] for name in ("check", "stats")}
    commands["triage"] = ["triage", "--corpus", str(ours)]
    first = [Figure(f"first {name}", drt(*words)) for name, words in commands.items()]
    corpus = Corpus(ours)
    saves = [
        timed(lambda number=number: corpus.save_counterexample(counterexample(cases + merged + number)))
        for number in range(20)
    ]
    return [
        *first,
        Figure("save the first of a process", saves[0]),
        Figure("save one", sorted(saves)[len(saves) // 2], 0.1),
        Figure(f"merge {merged:,}", drt("corpus", "merge", str(other), "--corpus", str(ours)), 30),
        *(Figure(f"{name} after the merge", drt(*words)) for name, words in commands.items()),
        *(Figure(name, drt(*words), 5) for name, words in commands.items()),
    ]


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def drt(*words: str) -> float:
    """The seconds that a command takes, its process included."""

    def run() -> None:
        done = subprocess.run(
            [sys.executable, "-m", "drt", *words], cwd=REPOSITORY, capture_output=True, text=True, check=False
        )
        assert done.returncode in (0, 1), done.stderr

    return timed(run)


def main(arguments: list[str]) -> int:
    cases = int(arguments[0]) if arguments else CASES
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = str(Path(folder) / "cache")
        figures = measure(Path(folder), cases, MERGED)
    print(f"{cases:,} cases")
    for figure in figures:
        print(figure)
    return 1 if any(figure.is_over for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
