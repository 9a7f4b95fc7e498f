"""A saved case looked at again in fresh processes, each with the hash of texts salted otherwise.

Owns the question whether a divergence that does not show now shows elsewhere: only then is a case fixed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HASH_SEEDS = (1, 2, 3)
STARTING_SECONDS = 20.0


def shows_elsewhere(path: Path, engines: Sequence[str], targets_from: str, deadline: float) -> bool:
    """Whether any fresh process sees the engines diverge; one that does not answer sees nothing."""
    command = [
        *(sys.executable, "-m", "drt", "replay", "--once", "--json"),
        *(f"--engine={name}" for name in engines),
        *("--targets-from", targets_from, "--deadline", f"{deadline:g}s", "--", str(path.resolve())),
    ]
    looks = [
        subprocess.Popen(
            command,
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for seed in HASH_SEEDS
    ]
    try:
        return any(_sees(look, STARTING_SECONDS + 4 * deadline) for look in looks)
    finally:
        for look in looks:
            look.kill()
            look.wait()


def _sees(look: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        answer, _ = look.communicate(timeout=seconds)
        return bool(json.loads(answer)[0]["divergences"])
    except (subprocess.TimeoutExpired, ValueError, LookupError):
        return False
