"""Observations of a run: a JSON line per case, in the form of Hypothesis' observability, for its viewers."""

from __future__ import annotations

import json
import os
from pathlib import Path

from drt.model.divergence import Checked
from drt.model.errors import InputProblem
from drt.model.records import to_json
from drt.run.options import HYPOTHESIS, RunOptions
from drt.targets.cases import Drawn


class Observations:
    """The file of one run, to which every worker appends whole lines; nothing if the run has none."""

    def __init__(self, options: RunOptions) -> None:
        self._options = options
        self._file = None if options.observe is None else _opened(Path(options.observe))
        settings = options.place / "options.json"
        self._began = settings.stat().st_mtime if settings.exists() else 0.0

    def add(
        self, target: str, index: int, drawn: Drawn, checked: Checked, times: tuple[float, float]
    ) -> None:
        """Append a case; `times` are the seconds in which it was drawn and judged."""
        if self._file is None:
            return
        case, diverging = drawn.case, checked.divergences
        reasons = [f"{one.law}: {one.question}" for one in diverging] or sorted(set(checked.inconclusive))
        line = {
            "type": "test_case",
            "property": f"drt run --target {target}",
            "run_start": self._began,
            "status": "failed" if diverging else "passed" if checked.comparisons else "gave_up",
            "status_reason": "; ".join(reasons) if diverging or not checked.comparisons else "",
            "representation": case.policies.text,
            "arguments": to_json(case),
            "how_generated": self._how(index),
            "features": {
                "stream": drawn.stream or "",
                "comparisons": checked.comparisons,
                "decisions": checked.decisions,
                **{f"event: {name}": checked.events.count(name) for name in set(checked.events)},
            },
            "coverage": None,
            "timing": {"generate:case": times[0], "execute:test": times[1]},
            "metadata": {"index": index, "inconclusive": list(checked.inconclusive)},
        }
        os.write(self._file, json.dumps(line, sort_keys=True).encode() + b"\n")

    def _how(self, index: int) -> str:
        if index >= HYPOTHESIS:
            return "drawn by Hypothesis"
        return f"drawn with random seed {self._options.random_seed}"


def _opened(path: Path) -> int:
    """Open a file for lines of several processes: each write of a line is one append."""
    try:
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputProblem(f"no observations can be written: {reason}", path) from None


def check_observable(path: Path) -> str:
    """Return the whole path of a file that observations can be written to; raises `InputProblem`."""
    os.close(_opened(path))
    return str(path.resolve())
