"""The production engine's values as canonical text, and entity literals as its values."""

from __future__ import annotations

from drt.model import outcome
from production import Datetime, Decimal, Duration, IpAddress, SetValue, Uid, Value, parse_expression
from production.language.nodes import Constant


def canonical(value: Value) -> str:
    """Write a value canonically, by a stack of its own: values may be 1,000 levels deep."""
    done: list[str] = []
    pending: list[tuple[Value, bool]] = [(value, False)]
    while pending:
        item, finished = pending.pop()
        if not isinstance(item, (dict, SetValue)):
            done.append(_canonical_scalar(item))
            continue
        inner = list(item.values()) if isinstance(item, dict) else list(item)
        if not finished:
            pending.append((item, True))
            pending.extend((element, False) for element in reversed(inner))
            continue
        base = len(done) - len(inner)
        texts = done[base:]
        del done[base:]
        if isinstance(item, dict):
            done.append(outcome.canonical_record(dict(zip(item, texts, strict=True))))
        else:
            done.append(outcome.canonical_set(texts))
    return done[0]


def _canonical_scalar(value: Value) -> str:
    match value:
        case bool():
            return outcome.canonical_bool(value)
        case int():
            return outcome.canonical_long(value)
        case str():
            return outcome.canonical_string(value)
        case Uid():
            return outcome.canonical_entity(value.type, value.id)
        case Decimal():
            return outcome.canonical_decimal(value.units)
        case IpAddress():
            return outcome.canonical_ipaddr(value.version, value.address, value.prefix)
        case Datetime():
            return outcome.canonical_datetime(value.milliseconds)
        case Duration():
            return outcome.canonical_duration(value.milliseconds)
        case _:
            raise TypeError(value)


def literal_uid(text: str) -> Uid:
    """Parse an entity literal; raises `ValueError` for another expression."""
    match parse_expression(text):
        case Constant(Uid() as uid):
            return uid
    raise ValueError(f"not an entity literal: `{text}`")
