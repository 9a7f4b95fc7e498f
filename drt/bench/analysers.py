"""The symbolic compiler of the Rust engine with cvc5 (`examples/cedar_symcc`), beside drt's analyser.

Both answer the same drawn queries in one process of `drt analyze engine`, which compares their verdicts.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from drt.bench.contestants.contestant import Unmeasurable
from drt.bench.race import Disagreement, Measured, middle
from drt.engines.manifest import read_manifest
from drt.engines.processes import ROOT, TimedOut, module, our_environment, run

FOLDER = ROOT / "examples" / "cedar_symcc"
QUERIES = 200
SECONDS = 300


def is_there(folder: Path = FOLDER) -> bool:
    """Whether the program has been built, and its solver is installed."""
    solver = shutil.which(os.environ.get("CVC5", "cvc5"))
    return solver is not None and folder.is_dir() and (folder / read_manifest(folder).command[0]).is_file()


def by_ours(rounds: int, engine: object = FOLDER, queries: int = QUERIES) -> Measured:
    """Measure its wall time by ours, in milliseconds a query; raises `Disagreement`."""
    values, times = [], []
    for number in range(rounds):
        command = module("drt", "analyze", "engine", engine, "--queries", queries, "--seed", number, "--json")
        try:
            done = run(command, seconds=SECONDS, environment=our_environment())
        except TimedOut as late:
            raise Unmeasurable(f"cedar-symcc: no answers in {SECONDS} s") from late
        if done.code not in (0, 1, 5):
            raise Unmeasurable(f"cedar-symcc: {done.last_words}")
        found = json.loads(done.output)
        if found["different"]:
            raise Disagreement(f"cedar-symcc and drt differ about {found['different'][0]}")
        ours, theirs = (sum(pair[side] for pair in found["seconds"]) for side in (0, 1))
        if not ours:
            raise Unmeasurable("cedar-symcc: no query has two verdicts")
        values.append(theirs / ours)
        times.append((theirs / len(found["seconds"]) * 1_000, ours / len(found["seconds"]) * 1_000))
    value, spread = middle(values)
    medians = {name: middle([pair[side] for pair in times])[0] for side, name in enumerate(("symcc", "ours"))}
    return Measured(value, spread, medians, rounds)
