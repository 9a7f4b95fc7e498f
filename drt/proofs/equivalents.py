"""Mutants that mean the same as the shipped code, each with the reason."""

from __future__ import annotations

EQUIVALENT: dict[tuple[str, str], str] = {}
"""By function and change."""
