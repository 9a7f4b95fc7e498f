"""The canonical text of a value that an engine wrote as JSON (spec 05 §2.2)."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from drt.engines.same_meaning import SPELLED
from drt.model.outcome import (
    canonical_bool,
    canonical_datetime,
    canonical_decimal,
    canonical_duration,
    canonical_entity,
    canonical_ipaddr,
    canonical_long,
    canonical_record,
    canonical_set,
    canonical_string,
)


def canonical_value(value: Any) -> str:
    """Return the canonical text; raises `ValueError` for what is no value."""
    match value:
        case bool():
            return canonical_bool(value)
        case int():
            return canonical_long(value)
        case str():
            return canonical_string(value)
        case list():
            return canonical_set(map(canonical_value, value))
        case {"__entity": {"type": str() as type_name, "id": str() as entity_id}} if len(value) == 1:
            return canonical_entity(type_name, entity_id)
        case {"__extn": {"fn": str() as name, **arguments}} if len(value) == 1:
            return _extension(name, {str(key): each for key, each in arguments.items()})
        case {"__entity": _} | {"__extn": _}:
            raise ValueError(f"no value: {value}")
        case dict():
            return canonical_record({name: canonical_value(each) for name, each in value.items()})
    raise ValueError(f"no value: {value}")


def _extension(name: str, arguments: Mapping[str, Any]) -> str:
    """Return the text of an extension value, in the one spelling that documents of its meaning share."""
    match arguments:
        case {"arg": str() as text} if name in SPELLED:
            document = SPELLED[name](text)
            inner = None if document is None else document["__extn"]
        case _:
            inner = {"fn": name, **arguments}
    match inner:
        case {"fn": "decimal", "arg": str() as text}:
            return canonical_decimal(int(text.replace(".", "")))
        case {"fn": "ip", "arg": str() as text}:
            address, _, prefix = text.partition("/")
            read = ipaddress.ip_address(address)
            return canonical_ipaddr(read.version, int(read), int(prefix))
        case {"fn": "duration", "arg": str() as text}:
            return canonical_duration(int(text.removesuffix("ms")))
        case {
            "fn": "offset",
            "args": [{"__extn": epoch}, {"__extn": {"fn": "duration", "arg": str() as text}}],
        }:
            since = SPELLED["duration"](text)
            if epoch == {"fn": "datetime", "arg": "1970-01-01"} and since is not None:
                return canonical_datetime(int(since["__extn"]["arg"].removesuffix("ms")))
    raise ValueError(f"no extension value: {name} {arguments}")
