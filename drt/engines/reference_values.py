"""The canonical text of the reference engine's values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from drt.model import outcome
from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.extensions.ipaddr import IpAddr
from reference.values import Bool, EntityUid, Long, Record, Set, String, Value, fold


def canonical(value: Value) -> str:
    """The canonical text of a value."""
    return fold(value, _leaf, _set, _record)


def _set(elements: Sequence[str]) -> str:
    return outcome.canonical_set(elements)


def _record(fields: Mapping[str, str]) -> str:
    return outcome.canonical_record(fields)


def _leaf(value: Value) -> str:
    match value:
        case Bool(truth):
            return outcome.canonical_bool(truth)
        case Long(number):
            return outcome.canonical_long(number)
        case String(text):
            return outcome.canonical_string(text)
        case EntityUid(type_name, entity_id):
            return outcome.canonical_entity(type_name, entity_id)
        case Decimal(number):
            return outcome.canonical_decimal(number)
        case IpAddr(version, address, prefix):
            return outcome.canonical_ipaddr(version, address, prefix)
        case Datetime(milliseconds):
            return outcome.canonical_datetime(milliseconds)
        case Duration(milliseconds):
            return outcome.canonical_duration(milliseconds)
        case Set() | Record():
            raise AssertionError("a set or a record is not a leaf")
