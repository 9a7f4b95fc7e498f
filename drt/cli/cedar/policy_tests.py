"""`run-tests` as `cedar` runs it (spec 12 §6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drt.cli import testing


def run_tests(options: Mapping[str, Any]) -> int:
    """Run the tests of a file; `cedar` takes one file of each kind."""
    several = {name: () if options[name] is None else (options[name],) for name in ("policies", "schema")}
    return testing.run_tests({**options, **several, "form": "text", "coverage": False})
