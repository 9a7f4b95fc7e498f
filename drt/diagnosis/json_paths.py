"""Places in JSON documents: the values at them, and documents with other values there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drt.diagnosis.places import Path
from drt.reduce.documents import NOTHING


def inside_out(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Every value inside another, before what holds it."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from inside_out(item, (*path, key))
        yield (*path, key), item


def counterpart(document: Any, written: Any, path: Path) -> Any:
    """Find what stands at a path of a document in another whose entities come in another order."""
    if written is NOTHING or not path or not isinstance(path[0], int) or not isinstance(written, list):
        return NOTHING
    uid = document[path[0]].get("uid") if isinstance(document[path[0]], dict) else None
    entities: list[Any] = written
    here: Any = next((one for one in entities if isinstance(one, dict) and one.get("uid") == uid), NOTHING)
    for key in path[1:]:
        holds = key in here if isinstance(here, dict) else isinstance(key, int) and key < _length(here)
        here = here[key] if holds else NOTHING
    return here


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list) else 0


def depth_of(document: Any) -> int:
    """Count the levels of a document."""
    deepest, waiting = 0, [(document, 1)]
    while waiting:
        value, depth = waiting.pop()
        deepest = max(deepest, depth)
        items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        waiting += [(item, depth + 1) for item in items]
    return deepest
