"""The Rust engine compiled to WebAssembly, run by node, which times itself: the pipe is no part of a turn.

Only direct grants are asked of it: entities cannot be kept between its calls, and no other workload can do
without.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from drt.bench.contestants.contestant import Answer, Prepared, Unmeasurable
from drt.bench.contestants.direct_grants import grants_of
from drt.bench.workload import Workload
from drt.engines.child import Child, ChildDied, DeadlinePassed, Limits, LineTooLong, MemoryExceeded
from drt.engines.processes import run
from drt.engines.rust_messages import error_kind

LIMITS = Limits(600.0, 16_384)
"""Seconds for a turn, and MiB."""

PACKAGE = "@cedar-policy/cedar-wasm"
_SCRIPT = Path(__file__).with_suffix(".cjs")
_ASKED = (
    f"require(require.resolve('{PACKAGE}/nodejs', {{paths: [process.cwd(), process.env.NODE_PATH || '.']}}))"
    ".getCedarVersion()"
)


@cache
def version() -> str | None:
    """Return the engine's version where node finds the package, from here or in NODE_PATH."""
    node = shutil.which("node")
    if node is None:
        return None
    done = run([node, "-p", _ASKED], seconds=60)
    return None if done.code else done.output.strip()


def _ask(child: Child, question: object) -> Any:
    """Send one line to the program that answers, and read one."""
    try:
        return json.loads(child.exchange(json.dumps(question).encode(), LIMITS, lambda _: True))
    except (ChildDied, DeadlinePassed, MemoryExceeded, LineTooLong) as error:
        raise Unmeasurable(f"cedar-wasm: {type(error).__name__} {error}") from error


@dataclass(frozen=True, slots=True)
class CedarWasm:
    """cedar-wasm with policies parsed beforehand."""

    name: str = "cedar-wasm"

    def prepare(self, workload: Workload) -> Prepared:
        grants_of(workload)
        child = Child([shutil.which("node") or "node", os.fspath(_SCRIPT)])
        child.start()
        answered = _ask(child, {"policies": workload.policies.text, "requests": workload.requests})
        questions = list(enumerate(answered["answers"]))
        return Prepared(lambda question: question[1], questions, _read, partial(_ask, child))


def _read(answer: dict[str, Any]) -> Answer:
    if answer["type"] != "success":
        return Answer(f"no decision: {answer}")
    diagnostics = answer["response"]["diagnostics"]
    erring = ((each["policyId"], each["error"]["message"]) for each in diagnostics["errors"])
    return Answer(
        answer["response"]["decision"],
        frozenset(diagnostics["reason"]),
        frozenset((policy, error_kind(message) or message) for policy, message in erring),
    )
