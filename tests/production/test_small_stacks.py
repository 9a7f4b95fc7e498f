"""Small stacks, low recursion limits and deep callers: an answer or a clean error, and the process lives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("small_stacks.py")
ROOT = SCRIPT.parents[2]


@pytest.mark.parametrize("way", ["usual", "small", "low", "deep", "depths"])
def test_little_stack_is_no_harm(way: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.production.small_stacks", way], capture_output=True, text=True, cwd=ROOT
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "done\n", "")
