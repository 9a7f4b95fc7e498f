"""Confirmation of a finding: its own case, replayed in fresh processes, each with another salt of hashes.

Owns the folder in which an unconfirmed case waits, so that no case of the corpus is ever confirmed in its
stead.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drt.engines.sandbox import cause_of
from drt.model.case_directory import write_case
from drt.model.divergence import Divergence
from drt.model.divergence_json import divergence_to_json
from drt.model.saved_case import SavedCase
from drt.run.log import LogWriter
from drt.run.options import RunOptions

SHOWN, NOT_SHOWN = 0, 20
"""Exit codes of a fresh process; with any other it broke, which says nothing of the case."""

HASH_SEEDS = (1, 2, 3)
STARTING_SECONDS = 10.0
"""What a fresh process may take beside the case itself; one that gets less says nothing of the case."""


@dataclass(frozen=True, slots=True)
class Confirmer:
    """Confirms the findings of one worker; `remaining` gives the seconds left in the budget of the run."""

    options: RunOptions
    remaining: Callable[[], float]
    stopped: Callable[[], bool]
    log: LogWriter

    def confirm(
        self, number: str, saved: SavedCase, divergence: Divergence, target: str, engines: Sequence[str]
    ) -> bool | None:
        """Whether every fresh process sees the divergence on this case; None where the budget ends first."""
        folder = self.options.place / "confirming" / f"{number}-{os.getpid()}"
        folder.mkdir(parents=True)
        try:
            write_case(folder, saved)
            job = {
                "path": str(folder),
                "divergence": divergence_to_json(divergence),
                "engines": list(engines),
                "target": target,
                "targets_from": self.options.targets_from,
                "deadline": self.options.deadline,
            }
            return self._all_see(json.dumps(job))
        finally:
            shutil.rmtree(folder)

    def _all_see(self, job: str) -> bool | None:
        for seed in HASH_SEEDS:
            until = time.monotonic() + min(self.remaining(), STARTING_SECONDS + 3 * self.options.deadline)
            sees = None if self.stopped() else self._sees(job, seed, until)
            if sees is not True:
                return sees
        return True

    def _sees(self, job: str, seed: int, until: float) -> bool | None:
        allowed = until - time.monotonic()
        if allowed < 1.0:
            return None
        try:
            answer = subprocess.run(
                [sys.executable, "-m", "drt.run.recheck", "confirm", job],
                env={**os.environ, "PYTHONHASHSEED": str(seed)},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=allowed,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None if allowed < STARTING_SECONDS else False
        if answer.returncode not in (SHOWN, NOT_SHOWN):
            words = answer.stderr.decode("utf-8", "replace").strip().splitlines() or [
                cause_of(answer.returncode)
            ]
            self.log.write("broken", what="a confirmation", error=words[-1], traceback="\n".join(words))
            return None
        return answer.returncode == SHOWN
