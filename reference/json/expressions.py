"""Expressions in JSON (spec 06 §3): an object with exactly one key, which says what the expression is.

Documents are at most 127 levels deep, so these functions simply recurse.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast, get_args

from reference.errors import InputError
from reference.extension_functions import FUNCTIONS
from reference.json.document import Json
from reference.json.values import Call as CallEscape
from reference.json.values import escape, require_longs
from reference.names import is_name
from reference.syntax import (
    And,
    Binary,
    BinaryOp,
    Call,
    Expr,
    GetAttr,
    If,
    Is,
    IsIn,
    Like,
    Lit,
    Or,
    Pattern,
    RecordOf,
    SetOf,
    Star,
    Unary,
    UnaryOp,
    Var,
    Variable,
    has_path,
)
from reference.values import Bool, EntityUid, Long, String

BINARY = frozenset(get_args(BinaryOp))
UNARY = frozenset(get_args(UnaryOp))
VARIABLES = frozenset(get_args(Variable))


def expression(json: Json) -> Expr:
    """The expression that the JSON describes.

    Raises:
        InputError: part `policies`.
    """
    if not isinstance(json, dict) or len(json) != 1:
        raise refusal("expected an object with exactly one key as expression")
    ((key, content),) = json.items()
    if key in UNARY:
        return Unary(cast(UnaryOp, key), *_operands(key, content, "arg"))
    if key in BINARY:
        return Binary(cast(BinaryOp, key), *_operands(key, content, "left", "right"))
    if key in FUNCTIONS:
        return Call(key, tuple(expression(argument) for argument in array(key, content)))
    if key in FORMS:
        return FORMS[key](content)
    raise refusal(f"there is no expression {key!a}")


def _value(json: Json) -> Expr:
    require_longs(json, "policies", "`Value`")
    return literal(json)


def literal(json: Json) -> Expr:
    """The expression for a value: sets and records as literals of their parts, extension values as calls."""
    match json:
        case bool():
            return Lit(Bool(json))
        case int():
            return Lit(Long(json))
        case str():
            return Lit(String(json))
        case list():
            return SetOf(tuple(literal(item) for item in json))
        case dict():
            match escape(json, "policies", "`Value`"):
                case EntityUid() as uid:
                    return Lit(uid)
                case CallEscape(function, arguments):
                    return Call(function, tuple(literal(argument) for argument in arguments))
                case None:
                    return RecordOf(tuple((key, literal(json[key])) for key in sorted(json)))
        case _:
            raise refusal("null is no value")


def _variable(json: Json) -> Expr:
    if not isinstance(json, str) or json not in VARIABLES:
        raise refusal("expected `principal`, `action`, `resource` or `context` as `Var`")
    return Var(cast(Variable, json))


def _and(json: Json) -> Expr:
    return And(*_operands("&&", json, "left", "right"))


def _or(json: Json) -> Expr:
    return Or(*_operands("||", json, "left", "right"))


def _if(json: Json) -> Expr:
    return If(*_operands("if-then-else", json, "if", "then", "else"))


def _get_attr(json: Json) -> Expr:
    keys = keys_of(".", json, ("left", "attr"))
    return GetAttr(expression(keys["left"]), _string("attr", keys["attr"]))


def _has(json: Json) -> Expr:
    if not isinstance(json, dict) or "left" not in json or "attr" not in json:
        raise refusal("expected an object with `left` and `attr` in `has`")
    path = json["attr"] if isinstance(json["attr"], list) else [json["attr"]]
    if not path:
        raise refusal("the list of attributes in `has` is empty")
    return has_path(expression(json["left"]), [_string("attr", attr) for attr in path])


def _is(json: Json) -> Expr:
    keys = keys_of("is", json, ("left", "entity_type"), ("in",))
    operand, type_name = expression(keys["left"]), entity_type(keys["entity_type"])
    ancestor = keys.get("in")
    return Is(operand, type_name) if ancestor is None else IsIn(operand, type_name, expression(ancestor))


def _like(json: Json) -> Expr:
    keys = keys_of("like", json, ("left", "pattern"))
    elements = [_pattern_element(element) for element in array("pattern", keys["pattern"])]
    pattern: Pattern = tuple(part for element in elements for part in element)
    return Like(expression(keys["left"]), pattern)


def _pattern_element(json: Json) -> Sequence[Star | str]:
    match json:
        case "Wildcard":
            return (Star(),)
        case {"Literal": str() as text, **rest} if not rest:
            return text
        case _:
            raise refusal('expected "Wildcard" or {"Literal": string} in a pattern')


def _set(json: Json) -> Expr:
    return SetOf(tuple(expression(element) for element in array("Set", json)))


def _record(json: Json) -> Expr:
    fields = object_of("Record", json)
    return RecordOf(tuple((key, expression(fields[key])) for key in sorted(fields)))


FORMS: dict[str, Callable[[Json], Expr]] = {
    "Value": _value,
    "Var": _variable,
    "&&": _and,
    "||": _or,
    "if-then-else": _if,
    ".": _get_attr,
    "has": _has,
    "is": _is,
    "like": _like,
    "Set": _set,
    "Record": _record,
}


def entity_type(json: Json) -> str:
    """The name of an entity type, in normal form."""
    if not isinstance(json, str) or not is_name(json):
        raise refusal("expected a name in normal form as `entity_type`")
    return json


def refusal(message: str) -> InputError:
    return InputError("policies", message)


def _operands(form: str, json: Json, *names: str) -> list[Expr]:
    keys = keys_of(form, json, names)
    return [expression(keys[name]) for name in names]


def keys_of(form: str, json: Json, required: Sequence[str], optional: Sequence[str] = ()) -> dict[str, Json]:
    """The object's own fields, which must be all of `required` and nothing beside them but `optional`."""
    fields = object_of(form, json)
    for name in required:
        if name not in fields:
            raise refusal(f"`{name}` is missing in `{form}`")
    for name in fields:
        if name not in required and name not in optional:
            raise refusal(f"there is no key {name!a} in `{form}`")
    return fields


def object_of(form: str, json: Json) -> dict[str, Json]:
    if not isinstance(json, dict):
        raise refusal(f"expected an object as `{form}`")
    return json


def array(form: str, json: Json) -> list[Json]:
    if not isinstance(json, list):
        raise refusal(f"expected an array as `{form}`")
    return json


def _string(name: str, json: Json) -> str:
    if not isinstance(json, str):
        raise refusal(f"expected a string as `{name}`")
    return json
