"""Exit codes, the same for every command that compares or manages cases."""

from __future__ import annotations

from typing import Final

CLEAN: Final = 0
FOUND: Final = 1
WRONG_INPUT: Final = 2
BROKEN: Final = 3
UNREPRODUCIBLE: Final = 4
NOTHING_RUN: Final = 5
INTERRUPTED: Final = 130
