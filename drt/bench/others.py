"""Engines of other languages on what they can be asked fairly, where they are installed."""

from __future__ import annotations


def absent() -> tuple[str, ...]:
    """A line for each engine that is not installed."""
    return ()
