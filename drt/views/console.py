"""The consoles, and the spelling of text that somebody else has made.

Owns the choice of width and colour: a terminal's own, else 120 columns and none.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path

from rich.console import Console

PLAIN_WIDTH = 120
_SPELLED = frozenset(["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"])


def results() -> Console:
    """Where results go: standard output."""
    return _console(sys.stdout.isatty(), stderr=False)


def progress() -> Console:
    """Where progress and complaints go: standard error."""
    return _console(sys.stderr.isatty(), stderr=True)


def _console(terminal: bool, *, stderr: bool) -> Console:
    width = None if terminal or "COLUMNS" in os.environ else PLAIN_WIDTH
    return Console(stderr=stderr, width=width, markup=False, highlight=False, emoji=False, soft_wrap=False)


def visible(text: str, longest: int = 2000) -> str:
    """The text with every character spelled out that would not show or would steer the terminal."""
    shown = "".join(
        character
        if character == "\n" or unicodedata.category(character) not in _SPELLED
        else ("\\t" if character == "\t" else f"\\u{{{ord(character):x}}}")
        for character in text[:longest]
    )
    left_out = len(text) - longest
    return shown if left_out <= 0 else f"{shown}… ({left_out:,} characters more)"


def from_here(path: str) -> str:
    """The path as short as it can be from the current folder."""
    place = Path(path)
    return str(place.relative_to(Path.cwd()) if place.is_relative_to(Path.cwd()) else place)
