"""Outcomes as JSON, both ways: their form in a log, on the wire and in machine-readable reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import msgspec

from drt.model.outcome import Outcome

CLASSES: Mapping[str, type[Outcome]] = {outcome.__name__: outcome for outcome in get_args(Outcome)}


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """Write the outcome's class under `outcome`, and its fields by name."""
    return {"outcome": type(outcome).__name__, **msgspec.to_builtins(outcome)}


def outcome_from_json(document: Mapping[str, Any]) -> Outcome:
    """Read what `outcome_to_json` wrote; raises `ValueError` for anything else."""
    kind = CLASSES.get(str(document.get("outcome")))
    if kind is None:
        raise ValueError(f"no such outcome: `{document.get('outcome')}`")
    return msgspec.convert(dict(document), kind)
