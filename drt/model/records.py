"""Records as JSON documents and back: msgspec checks every member, the `json` module spells the text.

msgspec's own JSON cannot hold lone surrogates, which cases of ours do.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from typing import Any, Self, TypeVar, get_origin

import msgspec

Record = TypeVar("Record")


class JsonForm(ABC):
    """A value that a record holds in a JSON form of its own."""

    @abstractmethod
    def to_json(self) -> Any:
        """Return the JSON form."""

    @classmethod
    @abstractmethod
    def from_json(cls, document: Any) -> Self:
        """Read the JSON form; raises `ValueError` for another shape."""


def to_json(record: object) -> Any:
    """Return the document of a record, its members sorted."""
    return msgspec.to_builtins(record, order="sorted", enc_hook=_encode)


def from_json(document: object, kind: type[Record]) -> Record:
    """Read a record of that kind; raises `ValueError` for a document of another shape.

    Members that the record does not have are ignored.
    """
    return msgspec.convert(document, kind, dec_hook=_decode)


def _encode(value: object) -> Any:
    if isinstance(value, JsonForm):
        return value.to_json()
    raise NotImplementedError(type(value))


def _decode(kind: type, value: Any) -> Any:
    if issubclass(get_origin(kind) or kind, JsonForm):
        return kind.from_json(value)  # type: ignore[attr-defined]  # a subclass of JsonForm
    if get_origin(kind) is Counter:
        return Counter(from_json(value, dict[str, int]))
    raise NotImplementedError(kind)
