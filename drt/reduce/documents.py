"""The pass over JSON documents: entities, requests, policy JSON, link values, JSON schemas.

Works on plain JSON values with no idea of what they mean. A text that is not JSON, or whose point is lost
when it is written again (an odd number), is left to the raw passes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from drt.reduce.pieces import Piece, pieces
from drt.reduce.problem import Problem
from drt.reduce.sequences import fewer

Path = tuple[str | int, ...]

PLAIN_EXPRESSIONS: tuple[Any, ...] = ({"Value": True}, {"Value": 0}, {"Value": ""})
UID_KEYS = frozenset(["type", "id", "__entity"])
NOTHING: Any = object()


class Again(str):
    """A key that its object has before: it equals itself alone, so that a `dict` holds it too."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    def __str__(self) -> str:
        return "".join(self)


def at_path(document: Any, path: Path) -> Any:
    """Return the value at a path."""
    for key in path:
        document = document[key]
    return document


def with_at(document: Any, path: Path, value: Any) -> Any:
    """Return the document with another value at a path; only the containers on the way are copied."""
    for depth in range(len(path) - 1, -1, -1):
        container = at_path(document, path[:depth])
        copy: Any = dict(container) if isinstance(container, dict) else list(container)
        copy[path[depth]] = value
        value = copy
    return value


def drop_entities(problem: Problem) -> None:
    """Leave out whole entities."""
    document = read(problem.best.entities)
    if isinstance(document, list):
        fewer(document, lambda kept: problem.consider(replace(problem.best, entities=write(kept))))


def bridge_entities(problem: Problem) -> None:
    """Leave out an entity between others: its children get its parents."""
    at = 0
    while isinstance(document := read(problem.best.entities), list) and at < len(document):
        if not problem.consider(replace(problem.best, entities=write(_bridged(document, at)))):
            at += 1


def _bridged(document: list[Any], at: int) -> list[Any]:
    gone = document[at]
    above = gone.get("parents") if isinstance(gone, dict) else None
    rest = [dict(one) if isinstance(one, dict) else one for one in document[:at] + document[at + 1 :]]
    for one in rest:
        if isinstance(above, list) and isinstance(one, dict) and isinstance(one.get("parents"), list):
            one["parents"] = [
                parent
                for given in one["parents"]
                for parent in (above if given == gone.get("uid") else [given])
            ]
    return rest


def simplify_documents(problem: Problem) -> None:
    """Leave out members and elements, and put simpler values in the place of others, everywhere."""
    for piece in pieces(problem.best):
        if piece.kind == "document":
            _Document(problem, piece).simplify()


def read(text: str) -> Any:
    """Parse the JSON value of a text; `NOTHING` where there is none."""
    try:
        return json.loads(text, object_pairs_hook=_members)
    except (ValueError, RecursionError):
        return NOTHING


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, value in pairs:
        members[Again(key) if key in members else key] = value
    return members


def write(value: Any, compact: bool = False) -> str:
    """JSON text, with other characters than ASCII as they are wherever UTF-8 has them."""
    separators = (",", ":") if compact else None
    text = json.dumps(value, ensure_ascii=False, separators=separators)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=separators)
    return text


def _take(problem: Problem, piece: Piece, value: Any) -> bool:
    return problem.consider(piece.write(problem.best, write(value)))


class _Document:
    """One document being simplified; `value` follows the best case."""

    def __init__(self, problem: Problem, piece: Piece) -> None:
        self.problem = problem
        self.piece = piece
        self.value = read(piece.read(problem.best))

    def simplify(self) -> None:
        if self.value is NOTHING:
            return
        self.take(self.value)
        waiting: list[Path] = [()]
        while waiting:
            path = waiting.pop()
            self.simplify_at(path)
            waiting += reversed([(*path, key) for key in _keys(at_path(self.value, path))])

    def take(self, value: Any) -> bool:
        if _take(self.problem, self.piece, value):
            self.value = value
            return True
        return False

    def simplify_at(self, path: Path) -> None:
        here = at_path(self.value, path)
        for simpler in (*_simpler(here), *_joined_has(here)):
            if self.take(with_at(self.value, path, simpler)):
                return self.simplify_at(path)
        if isinstance(here, list):
            fewer(here, lambda kept: self.take(with_at(self.value, path, kept)))
        elif isinstance(here, dict) and not UID_KEYS.issuperset(here):
            fewer(list(here.items()), lambda kept: self.take(with_at(self.value, path, dict(kept))))
        return None


def _keys(value: Any) -> Iterator[str | int]:
    if isinstance(value, dict):
        yield from value
    elif isinstance(value, list):
        yield from range(len(value))


def _simpler(value: Any) -> Iterator[Any]:
    """Values to try in the place of one: empty ones of its kind, its parts, plain scalars."""
    match value:
        case {"op": "==" | "in" | "is"}:
            yield {"op": "All"}
        case dict() | list() if value:
            yield type(value)()
            if isinstance(value, dict) and len(value) == 1:
                yield from PLAIN_EXPRESSIONS
            for part in value.values() if isinstance(value, dict) else value:
                yield part
                if isinstance(part, dict):
                    yield from part.values()
            yield from (True, 0, "")
        case str() if value:
            yield from (True, 0, "", "a")
        case bool():
            yield True
        case int() | float():
            yield from (True, 0, 1)


def _joined_has(value: Any) -> Iterator[Any]:
    """Put one extended `has` in the place of its conjunction."""
    match value:
        case {
            "&&": {
                "left": {"has": {"left": holder, "attr": str() | list() as attr}},
                "right": {"has": {"left": read, "attr": str() as last}},
            }
        }:
            attrs = [attr] if isinstance(attr, str) else attr
            path = holder
            for name in attrs:
                path = {".": {"left": path, "attr": name}}
            if path == read:
                yield {"has": {"left": holder, "attr": [*attrs, last]}}
