"""Declared differences: where the language guide departs from the recorded engine on purpose.

Owns the reading of `declared.toml`. A difference is data with a reason and a source; no check knows any by
name. The recorded engine is the Rust one, which may be asked too.
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

from drt.case import Case

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
        return expected == self.expected and self.is_about(engine, check) and self.fits(text)

    def is_about(self, engine: str, check: str) -> bool:
        return check in self.checks and engine in (self.engines or (engine,))

    def fits(self, text: str) -> bool:
        """Whether the text has the shape that the difference is about."""
        if self.pattern:
            return re.search(self.pattern, text) is not None
        if self.repeats:
            return _repeats_a_key(text)
        return any(isinstance(value, _KINDS[self.kind]) for value in _at(text, self.path.split("/")))


@cache
def differences() -> tuple[Difference, ...]:
    """All declared differences, in the order of the file."""
    return tuple(_difference(entry) for entry in _document()["difference"])


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("declared.toml").read_text("utf-8"))


def _difference(entry: dict[str, Any]) -> Difference:
    fields: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in entry.items()}
    return Difference(**fields)


def explanation(engine: str, check: str, expected: str, text: str) -> Difference | None:
    """The first declared difference that explains another answer than `expected`, if any does."""
    return next((d for d in differences() if d.explains(engine, check, expected, text)), None)


def held(engine: str, case: Case) -> Difference | None:
    """The first declared difference that a text of the case holds, where the engine is the recorded one."""
    if engine not in _document()["recorded"]:
        return None
    checks = list(_checks(case))
    for difference in differences():
        if any(difference.is_about(engine, check) and difference.fits(text) for check, text in checks):
            return difference
    return None


def _checks(case: Case) -> Iterator[tuple[str, str]]:
    """What is checked of each text of a case."""
    if case.policies.format == "json":
        yield "policy JSON accepted", case.policies.text
        yield "policy JSON to text", case.policies.text
    else:
        yield "policies accepted", case.policies.text
    yield "entities accepted", case.entities
    if case.schema is not None:
        yield "schema accepted", case.schema.text
    yield from (("expression result", expression) for expression in case.expressions)
    yield from (("response", request.text) for request in case.requests)


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
