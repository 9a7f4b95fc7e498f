"""The Rust engine as a crate (`examples/cedar_rust`), which times itself: the pipe is no part of a turn.

Requests are prepared beforehand, or read from their JSON as part of the question; with a schema they are
validated whenever they are read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from drt.bench.contestants.contestant import Answer, Prepared, Unmeasurable
from drt.bench.workload import Workload
from drt.engines.child import Child, ChildDied, DeadlinePassed, Limits, LineTooLong, MemoryExceeded
from drt.engines.manifest import read_manifest
from drt.engines.process_engine import ProcessEngine
from drt.engines.processes import ROOT
from drt.engines.wire import members_of
from drt.model.case import Case
from drt.model.question import Load

FOLDER = ROOT / "examples" / "cedar_rust"
LIMITS = Limits(600.0, 16_384)
"""Seconds for a turn, and MiB."""


def is_built(folder: Path = FOLDER) -> bool:
    """Whether the program has been built; away from a checkout there is none."""
    return folder.is_dir() and (folder / read_manifest(folder).command[0]).is_file()


@cache
def version() -> str | None:
    """Return the version of the crate, None where its program has not been built."""
    if not is_built():
        return None
    engine = ProcessEngine(read_manifest(FOLDER).command, FOLDER)
    engine.close()
    return engine.version


def _ask(child: Child, ask: str, **members: object) -> Any:
    """Send one question to the program, and read its answer."""
    question = json.dumps({"seq": 0, "ask": ask, **members}).encode()
    try:
        answer = json.loads(child.exchange(question, LIMITS, lambda _: True))
    except (ChildDied, DeadlinePassed, MemoryExceeded, LineTooLong) as error:
        raise Unmeasurable(f"cedar-rust: {type(error).__name__} {error}") from error
    if "failure" in answer or "outcome" in answer:
        raise Unmeasurable(f"cedar-rust: {ask}: {answer}")
    return answer


@dataclass(frozen=True, slots=True)
class CedarRust:
    """The crate with policies and entities parsed beforehand; `plain` reads each request from its JSON."""

    plain: bool = False

    @property
    def name(self) -> str:
        return "cedar-rust, JSON" if self.plain else "cedar-rust"

    def prepare(self, workload: Workload) -> Prepared:
        child = Child(read_manifest(FOLDER).command, FOLDER)
        child.start()
        case = Case(workload.policies, workload.entities, workload.schema)
        _ask(child, "load", **members_of(Load(case)))
        requests = [{"text": json.dumps(each), "validate": True} for each in workload.requests]
        answers = _ask(child, "prepare", requests=requests)["answers"]
        return Prepared(
            lambda question: question[1], list(enumerate(answers)), _read, partial(self._turn, child)
        )

    def _turn(self, child: Child, repeats: int) -> int:
        spent: int = _ask(child, "turn", repeats=repeats, read=self.plain)["nanoseconds"]
        return spent


def _read(answer: dict[str, Any]) -> Answer:
    if answer["outcome"] != "Authorized":
        return Answer(f"no decision: {answer}")
    erring = frozenset((policy, kind) for policy, kind in answer["erring"])
    return Answer(answer["decision"], frozenset(answer["determining"]), erring)
