"""JSON data from outside in exact built-in classes, or refused with their path."""

from __future__ import annotations

from typing import Any, Final

from ..language.plain import converted, plain_scalar
from ..text.json_scanner import MAX_DEPTH, Number, Repeated

_STR: Final = frozenset({str})
_ATOMS: Final = frozenset({str, bool, int, type(None), Number})
_OBJECTS: Final[frozenset[Any]] = frozenset((dict, Repeated))


def is_exact(node: Any) -> bool:
    """Return whether JSON data are of exact built-in classes alone, and not too deep."""
    level: list[Any] = [node]
    for _ in range(MAX_DEPTH + 2):
        inner: list[Any] = []
        for part in level:
            if type(part) in _OBJECTS:
                if not _STR.issuperset(map(type, part)):
                    return False
                inner.extend(part.values())
            elif type(part) is list:
                inner.extend(part)
            elif type(part) not in _ATOMS:
                return False
        if _ATOMS.issuperset(map(type, inner)):
            return True
        level = inner
    return False


def plain_json(node: object, path: str) -> Any:
    """Return JSON data in exact built-in classes; raise `ArgumentError`, which names the path."""
    return converted(node, path, _scalar, has_lists=True)


def _scalar(value: Any, place: str) -> Any:
    return value if type(value) is Number else plain_scalar(value, place)
