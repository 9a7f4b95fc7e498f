"""Outcomes and divergences as JSON, both ways: how they stand in a log and in machine-readable reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, cast, get_args

from drt.model.outcome import Outcome

_CLASSES = {outcome.__name__: outcome for outcome in get_args(Outcome)}


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """The outcome's class under `outcome`, and its fields by name."""
    values = {field.name: _plain(getattr(outcome, field.name)) for field in fields(outcome)}
    return {"outcome": type(outcome).__name__, **values}


def outcome_from_json(document: Mapping[str, Any]) -> Outcome:
    """Read back what `outcome_to_json` gave."""
    values = {name: _tuples(value) for name, value in document.items() if name != "outcome"}
    return cast(Outcome, _CLASSES[document["outcome"]](**values))


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
