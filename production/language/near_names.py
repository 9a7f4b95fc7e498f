"""Suggestions for a name that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

SUGGESTION_CANDIDATES = 300
"""Names that a suggestion looks at; keeps a hostile schema from making its own error message slow."""


def near_name(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean x?` for the known name most like `name`, or nothing."""
    import difflib  # Only errors need it.

    close = difflib.get_close_matches(name, islice(known, SUGGESTION_CANDIDATES), n=1, cutoff=0.7)
    return f"; did you mean {close[0]}?" if close else ""
