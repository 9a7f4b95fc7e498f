"""Kinds: coarse types of expressions and values, enough to swap like for like."""

from __future__ import annotations

from generators.draw.syntax import (
    Binary,
    Call,
    Expr,
    ExtV,
    GetAttr,
    Has,
    If,
    Is,
    Like,
    Lit,
    RecordLit,
    RecordV,
    SetLit,
    SetV,
    Uid,
    Unary,
    Value,
    Var,
)
from generators.draw.world import EntityT, Prim, Schema, Type
from generators.language import EXTENSION_TYPES, FUNCTIONS, METHODS

_TYPES = {"bool": "Bool", "long": "Long", **EXTENSION_TYPES}


def kind_of(schema: Schema, expr: Expr) -> str:
    """Return the kind of an expression as far as its form and the schema show it, else the empty text."""
    match expr:
        case Lit(value):
            return value_kind(value)
        case Unary("neg") | Binary("+" | "-" | "*"):
            return "Long"
        case Binary("getTag") | Var() | If():
            return ""
        case Unary() | Binary() | Has() | Is() | Like():
            return "Bool"
        case Call(name):
            return _TYPES[(METHODS.get(name) or FUNCTIONS[name]).result]
        case GetAttr(_, attr):
            kinds = {_type_kind(type_) for type_ in _types_of(schema, attr)}
            return kinds.pop() if len(kinds) == 1 else ""
        case SetLit() | RecordLit():
            return ""


def _types_of(schema: Schema, attr: str) -> list[Type]:
    """Return the types of top-level attributes of this name."""
    shapes = [entity_type.shape for entity_type in schema.entity_types]
    shapes += [action.context for action in schema.actions]
    return [each.type for shape in shapes for each in shape.attrs if each.name == attr]


def _type_kind(type_: Type) -> str:
    return type_.name if isinstance(type_, Prim | EntityT) else ""


def value_kind(value: Value) -> str:
    """Return the kind of a value."""
    match value:
        case bool():
            return "Bool"
        case int():
            return "Long"
        case str():
            return "String"
        case Uid(type_name):
            return type_name
        case ExtV(kind):
            return kind
        case SetV():
            return "set"
        case RecordV():
            return "record"
