"""The starter of processes: what a process gets, how its end is reported, and that nothing else starts one."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from drt.engines.processes import (
    ROOT,
    TimedOut,
    module,
    our_environment,
    run,
    signal_group,
    start_logged,
)

STARTING = {"subprocess", "multiprocessing", "ProcessPoolExecutor"}
STARTERS = {
    "drt/engines/processes.py",
    "drt/engines/child.py",  # engines in processes of their own
    "drt/symbolic/worker.py",  # a solver that is ended and replaced within a query
    "drt/replay/bisect_step.py",  # a script by itself, of the standard library alone
}


def test_nothing_else_in_drt_starts_processes() -> None:
    importing = set()
    for path in (ROOT / "drt").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {getattr(node, "module", None), *(one.name for one in node.names)}
                if names & STARTING:
                    importing.add(path.relative_to(ROOT).as_posix())
    assert importing == STARTERS


def test_output_errors_and_code_are_told_apart() -> None:
    script = "import sys; print(sys.stdin.read()); sys.stderr.write('first\\nlast\\n'); sys.exit(7)"
    done = run([sys.executable, "-c", script], stdin="given")
    assert (done.code, done.output, done.errors, done.last_words) == (7, "given\n", "first\nlast\n", "last")


def test_a_process_without_last_words_is_known_by_its_end() -> None:
    assert run([sys.executable, "-c", "import os; os.abort()"]).last_words == "SIGABRT"


def test_a_process_that_takes_too_long_is_killed() -> None:
    began = time.monotonic()
    with pytest.raises(TimedOut):
        run([sys.executable, "-c", "import time; time.sleep(60)"], seconds=0.2)
    assert time.monotonic() - began < 30


def test_our_packages_are_found_from_any_folder_under_the_given_salt(tmp_path: Path) -> None:
    script = "import drt, os; print(drt.__path__[0], os.environ['PYTHONHASHSEED'])"
    done = run([sys.executable, "-c", script], folder=tmp_path, environment=our_environment((1 << 32) + 5))
    assert done.output.split() == [str(ROOT / "drt"), "5"], done.errors


def test_a_group_ends_with_all_that_it_started(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    log = tmp_path / "log"
    process = start_logged([sys.executable, "-c", script], log, os.environ)
    while not log.read_text(encoding="utf-8").endswith("\n"):
        assert process.poll() is None
        time.sleep(0.02)
    signal_group(process, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    child = int(log.read_text(encoding="utf-8"))
    until = time.monotonic() + 20
    while Path(f"/proc/{child}").exists() and _state(child) != "Z":
        assert time.monotonic() < until, "the child outlives its group"
        time.sleep(0.02)


def _state(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"


def test_a_module_is_run_by_this_python() -> None:
    assert module("drt.run.worker", Path("a b"), 3) == [sys.executable, "-m", "drt.run.worker", "a b", "3"]
    assert issubclass(TimedOut, subprocess.SubprocessError)
