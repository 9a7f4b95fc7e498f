"""Minimal faulty value: the innermost value of a JSON document without which the difference disappears.

The search replaces values: a value is to blame if something plain in its place makes the difference go away.
It needs no reader that reports where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from drt.diagnosis.places import Path
from drt.reduce.documents import NOTHING, read, with_at, write

PLAIN: tuple[Any, ...] = (
    *(True, 0, "a", [], {}),
    *({"Value": True}, {"op": "All"}, {"type": "A", "id": "a"}),
)
"""Replacements of a value: plain ones, a plain expression, a free scope, a uid."""

ESCAPES = ("__extn", "__entity")
MOST_TRIED = 400


def blamed(text: str, is_well: Callable[[str], bool]) -> tuple[Path, Any] | None:
    """Find the first innermost value, by path, that can be replaced by a plain one so that `is_well`.

    The empty path with the whole document means that only its spelling is to blame; None, that no one value
    is.
    """
    document = read(text)
    if document is NOTHING:
        return None
    if is_well(write(document)):
        return (), document
    left = MOST_TRIED
    for path, value in _inside_out(document, ()):
        for plain in PLAIN:
            if type(plain) is type(value) and plain == value:
                continue
            left -= 1
            if left < 0:
                return None
            if is_well(write(with_at(document, path, plain))):
                return path, value
    return None


def _inside_out(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Every value inside another, before what holds it; the parts of an escape are no values."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _inside_out(item, (*path, key))
        if key not in ESCAPES and not (isinstance(value, dict) and "fn" in value):
            yield (*path, key), item
