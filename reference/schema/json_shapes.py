"""The shapes that a JSON schema must have where it stands; each raises `InputError` at `where`."""

from __future__ import annotations

from collections.abc import Collection

from reference.json.document import Json
from reference.schema.syntax import refusal

Object = dict[str, Json]


def keyed(value: Json, where: str, required: Collection[str], optional: Collection[str]) -> Object:
    """Return the value, which must be an object with all the required keys and no others than these."""
    keys = object_of(value, where)
    for key in keys:
        if key not in required and key not in optional:
            raise refusal(where, f"the key {key!r} has no meaning here")
    for key in required:
        if key not in keys:
            raise refusal(where, f"the key {key!r} is missing")
    return keys


def without(keys: Object, *names: str) -> Object:
    """Leave some keys out."""
    return {key: value for key, value in keys.items() if key not in names}


def object_of(value: Json, where: str) -> Object:
    """Require an object."""
    if not isinstance(value, dict):
        raise refusal(where, "expected an object")
    return value


def list_of(value: Json, where: str) -> list[Json]:
    """Require an array."""
    if not isinstance(value, list):
        raise refusal(where, "expected an array")
    return value


def string_of(value: Json, where: str) -> str:
    """Require a string."""
    if not isinstance(value, str):
        raise refusal(where, "expected a string")
    return value
