"""Files of policy tests: what `cedar run-tests` reads, read by its rules (spec 12 §6).

A file that is no JSON list is refused as a whole; a test that cannot be read is a test that errs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from drt.model import json_text
from drt.model.case import Request
from drt.model.errors import InputProblem
from drt.model.uid_text import normalized_uid_json

UNNAMED = "(unnamed)"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PolicyTest:
    """One request under its entities, and what is expected of the response.

    `reason` names policies that have to be among the determining ones; `num_errors` counts erring policies.
    """

    name: str
    request: Request
    entities: str
    decision: str
    reason: tuple[str, ...]
    num_errors: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A test that cannot be read, and why, in one sentence."""

    name: str
    problem: str


class _Wrong(Exception):
    """A member is missing or of another type."""


def read_tests(text: str, path: Path) -> tuple[PolicyTest | Unreadable, ...]:
    """Read all tests of a file; `path` is where the names of entity files start.

    Raises `InputProblem` if the text is no JSON list.
    """
    try:
        document = json.loads(text, parse_constant=json_text.no_constant)
    except json.JSONDecodeError as error:
        where = f"not JSON: {error.msg.lower()} at column {error.colno}"
        raise InputProblem(where, path, error.lineno) from None
    except RecursionError:
        raise InputProblem("the JSON is nested too deeply", path) from None
    except ValueError as error:
        raise InputProblem(f"not JSON: {error}", path) from None
    if not isinstance(document, list):
        raise InputProblem("expected a list of tests", path)
    return tuple(_test(each, path.parent) for each in document)


def _test(document: object, folder: Path) -> PolicyTest | Unreadable:
    name = document.get("name") if isinstance(document, dict) else None
    name = name if isinstance(name, str) else UNNAMED
    try:
        members = _object(document, "the test")
        return PolicyTest(
            name,
            _member(members, "request", _request),
            _member(members, "entities", lambda value, _: _entities(value, folder)),
            _member(members, "decision", _decision),
            _member(members, "reason", _reason),
            _member(members, "num_errors", _count),
        )
    except (_Wrong, InputProblem) as problem:
        return Unreadable(name, str(problem))
    except RecursionError:
        return Unreadable(name, "the test is nested too deeply")


def _member(members: Mapping[str, object], name: str, read: Callable[[object, str], T]) -> T:
    if name not in members:
        raise _Wrong(f"expected a member `{name}`")
    return read(members[name], f"`{name}`")


def _object(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise _Wrong(f"expected {what} to be a JSON object")
    return value


def _request(value: object, what: str) -> Request:
    members = _object(value, what)
    uids = {name: _member(members, name, _uid) for name in ("principal", "action", "resource")}
    context = json.dumps(_member(members, "context", _object))
    written = ", ".join(f'"{name}": {uid}' for name, uid in uids.items())
    return Request(f'{{{written}, "context": {context}}}')


def _uid(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise _Wrong(f'expected {what} to be a text such as User::"alice"')
    try:
        return normalized_uid_json(value)
    except ValueError as error:
        raise _Wrong(f"{what} is {error}: {value!r}") from None


def _entities(value: object, folder: Path) -> str:
    """Write the entity document, or read it from the file that is named."""
    return json.dumps(value) if not isinstance(value, str) else json_text.read_text(_inside(folder, value))


def _inside(folder: Path, name: str) -> Path:
    """Find the file of that name; raises `_Wrong` if it lies outside the folder (links are followed)."""
    try:
        path = (folder / name).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise _Wrong(f"the entity file {name!r} cannot be found: {error}") from None
    if not path.is_relative_to(folder.resolve()):
        raise _Wrong(f"the entity file {name!r} lies outside the folder of the tests")
    return path


def _decision(value: object, what: str) -> str:
    if value not in ("allow", "deny"):
        raise _Wrong(f'expected {what} to be "allow" or "deny"')
    return str(value)


def _reason(value: object, what: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _Wrong(f"expected {what} to be a list of policy ids")
    return tuple(value)


def _count(value: Any, what: str) -> int:
    if type(value) is not int or not 0 <= value < 2**64:
        raise _Wrong(f"expected {what} to be a number of policies, 0 or more")
    return value
