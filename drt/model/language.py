"""The version of the Cedar language that the language guide describes."""

from __future__ import annotations

LANGUAGE = "4.6"
"""As `cedar language-version` reports it (spec 12 §5)."""
