"""Repeated keys of JSON documents: a repetition deep inside is moved outward, where less is needed around it.

Owns the proposals only; the problem decides whether one is still interesting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from drt.reduce.documents import NOTHING, Again, Path, at_path, read, with_at, write
from drt.reduce.pieces import pieces
from drt.reduce.problem import Problem

LONGEST_REPEATED_ANYWHERE = 2_000
"""Characters of a document each of whose members is tried as the repeated one."""

DEEPEST = 200
"""Levels of a document that is looked into; what is done with each level is recursive."""


def hoist_repeated_keys(problem: Problem) -> None:
    """Repeat a member outside of the object whose key is repeated."""
    for piece in pieces(problem.best):
        if piece.kind != "document":
            continue
        value = read(piece.read(problem.best))
        repetition = None if value is NOTHING else _repetition(value)
        if repetition is None:
            continue
        for proposed in _proposals(value, repetition, len(piece.read(problem.best))):
            if problem.consider(piece.write(problem.best, write(proposed, compact=True))):
                break


def _proposals(value: Any, repetition: Path, characters: int) -> Iterator[Any]:
    """Propose the document in short spelling, then documents repeated elsewhere, outermost first."""
    yield value
    plain = _without_repetition(value)
    for depth in range(len(repetition)):
        path, child = repetition[:depth], repetition[depth]
        here = at_path(plain, path)
        if isinstance(here, dict):
            for lighter in ({**here, child: _emptied(here[child])}, _with_emptied_members(here)):
                yield from (with_at(plain, path, twice) for twice in _repeating(lighter))
    if characters <= LONGEST_REPEATED_ANYWHERE:
        for path, here in _objects(plain, ()):
            yield from (with_at(plain, path, twice) for twice in _repeating(here))


def _repeating(members: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each member twice: beside a plain value, before it and after it, and beside itself emptied."""
    for key, value in members.items():
        yield {Again(key): True, **members}
        yield {**members, Again(key): True}
        yield {**members, Again(key): _emptied(value)}


def _repetition(document: Any) -> Path | None:
    """Find the path of an outermost object that has a key twice; None in a document nested too deep."""
    found: Path | None = None
    level: list[tuple[Path, Any]] = [((), document)]
    for _ in range(DEEPEST):
        if found is None:
            found = next((path for path, value in level if _has_key_twice(value)), None)
        level = [((*path, key), item) for path, value in level for key, item in _items(value)]
        if not level:
            return found
    return None


def _has_key_twice(value: Any) -> bool:
    return isinstance(value, dict) and any(isinstance(key, Again) for key in value)


def _items(value: Any) -> Iterable[tuple[Any, Any]]:
    return value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()


def _without_repetition(value: Any) -> Any:
    """Keep the last of the members of one key, as most readers of JSON do."""
    match value:
        case dict():
            return {str(key): _without_repetition(item) for key, item in value.items()}
        case list():
            return [_without_repetition(item) for item in value]
    return value


def _objects(value: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    if isinstance(value, dict):
        yield path, value
    for key, item in _items(value):
        yield from _objects(item, (*path, key))


def _with_emptied_members(members: dict[str, Any]) -> dict[str, Any]:
    return {key: _emptied(value) for key, value in members.items()}


def _emptied(value: Any) -> Any:
    return type(value)() if isinstance(value, dict | list) else value
