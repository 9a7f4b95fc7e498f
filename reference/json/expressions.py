"""Expressions in JSON (spec 06 §3): an object with exactly one key that names the form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast, get_args

from reference import syntax as ast
from reference.desugar import has_path
from reference.errors import InputError
from reference.extension_functions import FUNCTIONS
from reference.json.document import Json
from reference.json.values import Call as CallEscape
from reference.json.values import escape, require_longs
from reference.names import is_name
from reference.values import Bool, EntityUid, Long, String

BINARY = frozenset(get_args(ast.BinaryOp))
UNARY = frozenset(get_args(ast.UnaryOp))
VARIABLES = frozenset(get_args(ast.Variable))


def expression(json: Json) -> ast.Expr:
    """Read the expression that the JSON describes.

    Raises:
        InputError: part `policies`.
    """
    if not isinstance(json, dict) or len(json) != 1:
        raise refusal("expected an object with exactly one key as expression")
    ((key, content),) = json.items()
    if key in UNARY:
        return ast.Unary(cast(ast.UnaryOp, key), *_operands(key, content, "arg"))
    if key in BINARY:
        return ast.Binary(cast(ast.BinaryOp, key), *_operands(key, content, "left", "right"))
    if key in FUNCTIONS:
        return ast.Call(key, tuple(expression(argument) for argument in array(key, content)))
    if key in FORMS:
        return FORMS[key](content)
    raise refusal(f"there is no expression {key!a}")


def _value(json: Json) -> ast.Expr:
    require_longs(json, "policies", "`Value`")
    return literal(json)


def literal(json: Json) -> ast.Expr:
    """Read a value as an expression: sets and records are literals of their parts, extension values calls."""
    match json:
        case bool():
            return ast.Lit(Bool(json))
        case int():
            return ast.Lit(Long(json))
        case str():
            return ast.Lit(String(json))
        case list():
            return ast.SetOf(tuple(literal(item) for item in json))
        case dict():
            match escape(json, "policies", "`Value`"):
                case EntityUid() as uid:
                    return ast.Lit(uid)
                case CallEscape(function, arguments):
                    return ast.Call(function, tuple(literal(argument) for argument in arguments))
                case None:
                    return ast.RecordOf(tuple((key, literal(json[key])) for key in sorted(json)))
        case _:
            raise refusal("null is no value")


def _variable(json: Json) -> ast.Expr:
    if not isinstance(json, str) or json not in VARIABLES:
        raise refusal("expected `principal`, `action`, `resource` or `context` as `Var`")
    return ast.Var(cast(ast.Variable, json))


def _and(json: Json) -> ast.Expr:
    return ast.And(*_operands("&&", json, "left", "right"))


def _or(json: Json) -> ast.Expr:
    return ast.Or(*_operands("||", json, "left", "right"))


def _if(json: Json) -> ast.Expr:
    return ast.If(*_operands("if-then-else", json, "if", "then", "else"))


def _get_attr(json: Json) -> ast.Expr:
    keys = keys_of(".", json, ("left", "attr"))
    return ast.GetAttr(expression(keys["left"]), _string("attr", keys["attr"]))


def _has(json: Json) -> ast.Expr:
    if not isinstance(json, dict) or "left" not in json or "attr" not in json:
        raise refusal("expected an object with `left` and `attr` in `has`")
    path = json["attr"] if isinstance(json["attr"], list) else [json["attr"]]
    if not path:
        raise refusal("the list of attributes in `has` is empty")
    return has_path(expression(json["left"]), [_string("attr", attr) for attr in path])


def _is(json: Json) -> ast.Expr:
    keys = keys_of("is", json, ("left", "entity_type"), ("in",))
    operand, type_name = expression(keys["left"]), entity_type(keys["entity_type"])
    ancestor = keys.get("in")
    return (
        ast.Is(operand, type_name) if ancestor is None else ast.IsIn(operand, type_name, expression(ancestor))
    )


def _like(json: Json) -> ast.Expr:
    keys = keys_of("like", json, ("left", "pattern"))
    elements = [_pattern_element(element) for element in array("pattern", keys["pattern"])]
    pattern: ast.Pattern = tuple(part for element in elements for part in element)
    return ast.Like(expression(keys["left"]), pattern)


def _pattern_element(json: Json) -> Sequence[ast.Star | str]:
    match json:
        case "Wildcard":
            return (ast.Star(),)
        case {"Literal": str() as text, **rest} if not rest:
            return text
        case _:
            raise refusal('expected "Wildcard" or {"Literal": string} in a pattern')


def _set(json: Json) -> ast.Expr:
    return ast.SetOf(tuple(expression(element) for element in array("Set", json)))


def _record(json: Json) -> ast.Expr:
    fields = object_of("Record", json)
    return ast.RecordOf(tuple((key, expression(fields[key])) for key in sorted(fields)))


FORMS: dict[str, Callable[[Json], ast.Expr]] = {
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
    """Read the name of an entity type, in normal form."""
    if not isinstance(json, str) or not is_name(json):
        raise refusal("expected a name in normal form as `entity_type`")
    return json


def refusal(message: str) -> InputError:
    """Refuse a policy document."""
    return InputError("policies", message)


def _operands(form: str, json: Json, *names: str) -> list[ast.Expr]:
    keys = keys_of(form, json, names)
    return [expression(keys[name]) for name in names]


def keys_of(form: str, json: Json, required: Sequence[str], optional: Sequence[str] = ()) -> dict[str, Json]:
    """Read an object's fields, which must be all of `required` and nothing beside them but `optional`."""
    fields = object_of(form, json)
    for name in required:
        if name not in fields:
            raise refusal(f"`{name}` is missing in `{form}`")
    for name in fields:
        if name not in required and name not in optional:
            raise refusal(f"there is no key {name!a} in `{form}`")
    return fields


def object_of(form: str, json: Json) -> dict[str, Json]:
    """Require an object."""
    if not isinstance(json, dict):
        raise refusal(f"expected an object as `{form}`")
    return json


def array(form: str, json: Json) -> list[Json]:
    """Require an array."""
    if not isinstance(json, list):
        raise refusal(f"expected an array as `{form}`")
    return json


def _string(name: str, json: Json) -> str:
    if not isinstance(json, str):
        raise refusal(f"expected a string as `{name}`")
    return json
