"""The consoles.

Owns the choice of width and colour: a terminal's own, else 120 columns and none.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TextIO

from rich.console import Console

from drt.model.escape import escape_untrusted

__all__ = ["escape_untrusted", "from_here", "progress", "results"]

PLAIN_WIDTH = 120


def results() -> Console:
    """Open standard output, for results."""
    return _console(sys.stdout.isatty(), stderr=False)


def progress() -> Console:
    """Open standard error, for progress and errors."""
    return _console(sys.stderr.isatty(), stderr=True)


def plain(page: TextIO) -> Console:
    """Open a page without colour, to be shown inside other output."""
    return Console(
        file=page, width=PLAIN_WIDTH, markup=False, highlight=False, emoji=False, color_system=None
    )


def _console(terminal: bool, *, stderr: bool) -> Console:
    width = None if terminal or "COLUMNS" in os.environ else PLAIN_WIDTH
    return Console(stderr=stderr, width=width, markup=False, highlight=False, emoji=False, soft_wrap=False)


def from_here(path: str) -> str:
    """Shorten the path relative to the current folder."""
    here = f"{Path.cwd()}{os.sep}"
    return path.removeprefix(here) or path
