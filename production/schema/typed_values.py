"""The check that a value has a declared type (spec 05 §6, §9.1): a walk with its own stack, up to a misfit.

The rules about uids inside values (enumerated ids, declared actions) are checked on the way.
"""

from __future__ import annotations

from typing import Final

from ..language.datetimes import Datetime
from ..language.decimals import Decimal
from ..language.durations import Duration
from ..language.ipaddrs import IpAddress
from ..language.near_names import near_name
from ..language.strings import quoted
from ..language.uids import Uid
from ..language.values import SetValue, Value, kind_name
from .model import EnumeratedEntityType, SchemaModel
from .types import (
    BOOL,
    DATETIME,
    DECIMAL,
    DURATION,
    IPADDR,
    LONG,
    STRING,
    EntityType,
    RecordType,
    SetType,
    Type,
    type_text,
)

CLASS_OF: Final[dict[Type, type]] = {
    BOOL: bool,
    LONG: int,
    STRING: str,
    DECIMAL: Decimal,
    IPADDR: IpAddress,
    DATETIME: Datetime,
    DURATION: Duration,
}
"""The classes of the values of types that have no parts."""


def misfit(root: Value, root_type: Type, model: SchemaModel) -> str | None:
    """Return what keeps a value from having a type, in words that start with the place; `None` if it fits.

    The type is one that a schema can declare.
    """
    todo: list[tuple[Value, Type, str]] = [(root, root_type, "")]
    while todo:
        value, type_, path = todo.pop()
        plain = CLASS_OF.get(type_)
        if plain is not None:
            if value.__class__ is not plain:
                return _wrong_kind(value, type_, path)
        elif isinstance(type_, EntityType):
            if not isinstance(value, Uid) or value.type != type_.name:
                return _wrong_kind(value, type_, path)
            unknown = unlisted(value, model)
            if unknown:
                return f"{path}: {unknown}" if path else unknown
        elif isinstance(type_, SetType):
            if not isinstance(value, SetValue):
                return _wrong_kind(value, type_, path)
            element, place = type_.element, f"{path}[…]"
            todo.extend((member, element, place) for member in value._members)
        else:
            assert isinstance(type_, RecordType)
            if not isinstance(value, dict):
                return _wrong_kind(value, type_, path)
            for name, (part, required) in type_.attributes.items():
                if name in value:
                    todo.append((value[name], part, f"{path}.{name}" if path else name))
                elif required:
                    return f"{path + ': ' if path else ''}the attribute {quoted(name)} is missing"
            if not value.keys() <= type_.attributes.keys():
                extra = min(value.keys() - type_.attributes.keys())
                hint = near_name(extra, type_.attributes)
                return f"{path + ': ' if path else ''}the attribute {quoted(extra)} is not declared{hint}"
    return None


def _wrong_kind(value: Value, type_: Type, path: str) -> str:
    found = f"the entity {value!r}" if isinstance(value, Uid) else f"a {kind_name(value)}"
    return f"{path + ': ' if path else ''}expected {type_text(type_)}, found {found}"


def unlisted(uid: Uid, model: SchemaModel) -> str | None:
    """Return why the schema excludes a uid.

    That is an id that its enumeration lacks, or an action that is not declared.
    """
    declared = model.entity_types.get(uid.type)
    if declared is not None:
        if isinstance(declared, EnumeratedEntityType) and uid.id not in declared.ids:
            hint = near_name(uid.id, declared.ids)
            return f"{quoted(uid.id)} is not an id of the enumerated type {uid.type}{hint}"
    elif uid.type in model.action_types and (uid.type, uid.id) not in model.actions:
        return f"the action {uid!r} is not declared"
    return None


def near_action(action: Uid, model: SchemaModel) -> str:
    """Return `; did you mean Action::"view"?` for the declared action most like this one, or nothing."""
    return near_name(repr(action), (f"{name}::{quoted(action_id)}" for name, action_id in model.actions))
