"""Problems reported in one sentence, with the file and the line where there is one.

Owns the difference between what the user handed in and what the machine refuses.
"""

from __future__ import annotations

import os
from pathlib import Path


class InputProblem(Exception):
    """A file, a folder or an option cannot be used; its text is one sentence for the user (exit code 2)."""

    def __init__(self, sentence: str, path: Path | None = None, line: int | None = None) -> None:
        where = "" if path is None else f"{path}{'' if line is None else f':{line}'}: "
        super().__init__(where + sentence)


class MachineProblem(InputProblem):
    """The machine refuses: a disk is full, a stream is closed, an engine does not start (exit code 3)."""


def cannot_write(what: str, error: OSError, path: Path | None = None) -> MachineProblem:
    """Report something that the system does not let us write."""
    reason = (os.strerror(error.errno) if error.errno else str(error)).lower()
    return MachineProblem(f"{what} cannot be written: {reason}", path)


class NothingChosen(InputProblem):
    """A name or pattern chooses nothing, so that there is nothing to run."""
