"""The Rust engine compiled to WebAssembly, run by node, which times itself: the pipe is no part of a turn.

Only direct grants are asked of it: entities cannot be kept between its calls, and no other workload can do
without.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from drt.bench.contestants.contestant import Answer, Prepared, Unmeasurable
from drt.bench.contestants.direct_grants import grants_of
from drt.bench.workload import Workload
from drt.engines.rust_messages import error_kind

PACKAGE = "@cedar-policy/cedar-wasm"
_SCRIPT = Path(__file__).with_suffix(".cjs")
_ASKED = (
    f"require(require.resolve('{PACKAGE}/nodejs', {{paths: [process.cwd(), process.env.NODE_PATH || '.']}}))"
    ".getCedarVersion()"
)


@cache
def version() -> str | None:
    """The engine's version where node finds the package, from here or in NODE_PATH."""
    node = shutil.which("node")
    if node is None:
        return None
    done = subprocess.run([node, "-p", _ASKED], capture_output=True, check=False, timeout=60, text=True)
    return None if done.returncode else done.stdout.strip()


class Child:
    """The program that answers; it ends with its input."""

    def __init__(self) -> None:
        command = [shutil.which("node") or "node", os.fspath(_SCRIPT)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def ask(self, question: object) -> Any:
        """One line there, one line back."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise Unmeasurable("no pipes to node")
        stdin.write(json.dumps(question) + "\n")
        stdin.flush()
        line = stdout.readline()
        if not line:
            raise Unmeasurable("cedar-wasm died; its complaint is on standard error")
        return json.loads(line)

    def __del__(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(timeout=60)
        if self._process.stdout:
            self._process.stdout.close()


@dataclass(frozen=True, slots=True)
class CedarWasm:
    """cedar-wasm with policies parsed beforehand."""

    name: str = "cedar-wasm"

    def prepare(self, workload: Workload) -> Prepared:
        grants_of(workload)
        child = Child()
        told = child.ask({"policies": workload.policies.text, "requests": workload.requests})
        questions = list(enumerate(told["answers"]))
        return Prepared(lambda question: question[1], questions, _read, child.ask)


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
