"""Records as JSON documents and back: msgspec checks every member, the `json` module spells the text.

msgspec's own JSON cannot hold lone surrogates, which cases of ours do.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, TypeVar, get_origin

import msgspec

Record = TypeVar("Record")


def to_json(record: object) -> Any:
    """Return the document of a record, its members sorted."""
    return msgspec.to_builtins(record, order="sorted")


def from_json(document: object, kind: type[Record]) -> Record:
    """Read a record of that kind; raises `ValueError` for a document of another shape.

    Members that the record does not have are ignored.
    """
    return msgspec.convert(document, kind, dec_hook=_decode)


def _decode(kind: type, value: Any) -> Any:
    if get_origin(kind) is Counter:
        return Counter(from_json(value, dict[str, int]))
    raise NotImplementedError(kind)
