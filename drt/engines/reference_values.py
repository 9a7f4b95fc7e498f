"""The canonical text of the reference engine's values."""

from __future__ import annotations

from drt.model import outcome
from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.extensions.ipaddr import IpAddr
from reference.values import Bool, EntityUid, Long, Record, Set, String, Value


def canonical(value: Value) -> str:
    """Write a value as canonical text."""
    match value:
        case Bool(truth):
            return outcome.canonical_bool(truth)
        case Long(number):
            return outcome.canonical_long(number)
        case String(text):
            return outcome.canonical_string(text)
        case EntityUid(type_name, entity_id):
            return outcome.canonical_entity(type_name, entity_id)
        case Set(elements):
            return outcome.canonical_set([canonical(element) for element in elements])
        case Record(fields):
            return outcome.canonical_record({key: canonical(part) for key, part in fields.items()})
        case Decimal(number):
            return outcome.canonical_decimal(number)
        case IpAddr(version, address, prefix):
            return outcome.canonical_ipaddr(version, address, prefix)
        case Datetime(milliseconds):
            return outcome.canonical_datetime(milliseconds)
        case Duration(milliseconds):
            return outcome.canonical_duration(milliseconds)
