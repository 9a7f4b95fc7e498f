"""Declared differences: where the language guide departs from the recorded engine on purpose.

Owns the reading of `declared.toml`. A difference is data with a reason and a source; no check knows any by
name.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

_KINDS: dict[str, type] = {"array": list, "object": dict, "string": str, "null": type(None)}


@dataclass(frozen=True, slots=True)
class Difference:
    """A recorded verdict, `expected`, that the guide overrules for texts of a certain shape."""

    name: str
    checks: tuple[str, ...]
    expected: str
    reason: str
    source: str
    pattern: str = ""
    path: str = ""
    kind: str = ""
    repeats: bool = False
    engines: tuple[str, ...] = ()

    def explains(self, engine: str, check: str, expected: str, text: str) -> bool:
        """Whether `engine` may answer `check` on `text` otherwise than `expected`."""
        if check not in self.checks or expected != self.expected or engine not in (self.engines or (engine,)):
            return False
        if self.pattern:
            return re.search(self.pattern, text) is not None
        if self.repeats:
            return _repeats_a_key(text)
        return any(isinstance(value, _KINDS[self.kind]) for value in _at(text, self.path.split("/")))


@cache
def differences() -> tuple[Difference, ...]:
    """All declared differences, in the order of the file."""
    document = tomllib.loads(resources.files(__package__).joinpath("declared.toml").read_text("utf-8"))
    return tuple(_difference(entry) for entry in document["difference"])


def _difference(entry: dict[str, Any]) -> Difference:
    fields: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in entry.items()}
    return Difference(**fields)


def explanation(engine: str, check: str, expected: str, text: str) -> Difference | None:
    """The first declared difference that explains another answer than `expected`, if any does."""
    return next((d for d in differences() if d.explains(engine, check, expected, text)), None)


def _at(text: str, path: list[str]) -> Iterator[Any]:
    try:
        level = [json.loads(text)]
    except (json.JSONDecodeError, RecursionError):
        return iter(())
    for step in path:
        below: list[Any] = []
        for value in level:
            if step == "*":
                below += (
                    value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
                )
            elif isinstance(value, dict) and step in value:
                below.append(value[step])
        level = below
    return iter(level)


def _repeats_a_key(text: str) -> bool:
    repeated = []

    def look(pairs: list[tuple[str, Any]]) -> None:
        repeated.append(len({key for key, _ in pairs}) < len(pairs))

    try:
        json.loads(text, object_pairs_hook=look)
    except (json.JSONDecodeError, RecursionError):
        return False
    return any(repeated)
