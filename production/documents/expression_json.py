"""Expressions from JSON (spec 06 §3). A document has at most 127 levels, so plain recursion will do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

from ..errors import JsonError
from ..language.escapes import make_pattern
from ..language.extensions import FUNCTIONS
from ..language.integers import MAX_LONG, MIN_LONG
from ..language.names import is_name
from ..language.nodes import (
    VARIABLES,
    Attribute,
    Binary,
    BinaryOp,
    Call,
    Constant,
    Has,
    If,
    Is,
    Like,
    Node,
    SetOf,
    Unary,
    UnaryOp,
    Variable,
    record_of,
)
from ..text.json_text import Json, check_all
from .value_json import ESCAPES, call_parts, make_uid

_UNARY: Final = frozenset({"!", "neg", "isEmpty"})
_BINARY: Final = frozenset(
    [
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "in",
        "&&",
        "||",
        "+",
        "-",
        "*",
        "contains",
        "containsAll",
        "containsAny",
        "getTag",
        "hasTag",
    ]
)


def read_expression(node: Json) -> Node:
    """Return the tree of an expression object; raise `JsonError`."""
    if not isinstance(node, dict) or len(node) != 1:
        raise JsonError("an expression is an object with exactly one key")
    ((key, body),) = node.items()
    if key in _BINARY:
        left, right = _operands(key, body, "left", "right")
        return Binary(cast(BinaryOp, key), left, right)
    if key in _UNARY:
        (operand,) = _operands(key, body, "arg")
        return Unary(cast(UnaryOp, key), operand)
    reader = _READERS.get(key)
    if reader is not None:
        return reader(body)
    if key not in FUNCTIONS:
        raise JsonError(f"there is no expression {key!r}")
    if not isinstance(body, list):
        raise JsonError(f"the arguments of `{key}` are an array")
    return Call(key, tuple(map(read_expression, body)))


def _body(
    key: str, node: Json, names: frozenset[str], optional: frozenset[str] = frozenset()
) -> dict[str, Json]:
    """Return the operand object of a form, with exactly these keys."""
    if not isinstance(node, dict) or not names <= node.keys() or not node.keys() <= names | optional:
        raise JsonError(f"`{key}` takes an object with {', '.join(f'`{name}`' for name in sorted(names))}")
    return node


def _operands(key: str, node: Json, *names: str) -> list[Node]:
    body = _body(key, node, frozenset(names))
    return [read_expression(body[name]) for name in names]


def _variable(body: Json) -> Node:
    if not isinstance(body, str) or body not in VARIABLES:
        raise JsonError("`Var` is one of the four request variables")
    return Variable(VARIABLES[body])


def _attribute(body: Json) -> Node:
    parts = _body(".", body, frozenset({"left", "attr"}))
    name = parts["attr"]
    if not isinstance(name, str):
        raise JsonError("the attribute of `.` is a string")
    return Attribute(read_expression(parts["left"]), name)


def _has(body: Json) -> Node:
    if not isinstance(body, dict) or "left" not in body or "attr" not in body:
        raise JsonError("`has` takes an object with `left` and `attr`")
    attribute = body["attr"]
    path = attribute if isinstance(attribute, list) else [attribute]
    names = tuple(name for name in path if isinstance(name, str))
    if not names or len(names) != len(path):
        raise JsonError("the attribute of `has` is a string or a list of at least one string")
    return Has(read_expression(body["left"]), names)


def _is(body: Json) -> Node:
    parts = _body("is", body, frozenset({"left", "entity_type"}), frozenset({"in"}))
    type_name, ancestor = parts["entity_type"], parts.get("in")
    if not isinstance(type_name, str) or not is_name(type_name):
        raise JsonError("the type of `is` is a normalized name")
    target = read_expression(parts["left"])
    return Is(target, type_name, None if ancestor is None else read_expression(ancestor))


def _like(body: Json) -> Node:
    parts = _body("like", body, frozenset({"left", "pattern"}))
    pattern = parts["pattern"]
    if not isinstance(pattern, list):
        raise JsonError("a pattern is an array")
    elements: list[str | None] = []
    for element in pattern:
        literal = element.get("Literal") if isinstance(element, dict) and len(element) == 1 else None
        if isinstance(literal, str):
            elements.append(literal)
        elif element == "Wildcard":
            elements.append(None)
        else:
            raise JsonError('an element of a pattern is "Wildcard" or an object with a string `Literal`')
    return Like(read_expression(parts["left"]), make_pattern(elements))


def _if(body: Json) -> Node:
    condition, then, otherwise = _operands("if-then-else", body, "if", "then", "else")
    return If(condition, then, otherwise)


def _set(body: Json) -> Node:
    if not isinstance(body, list):
        raise JsonError("`Set` is an array")
    return SetOf(tuple(map(read_expression, body)))


def _record(body: Json) -> Node:
    if not isinstance(body, dict):
        raise JsonError("`Record` is an object")
    return record_of({name: read_expression(inner) for name, inner in body.items()})


def _value(body: Json) -> Node:
    check_all(body, 0)
    return value_node(body)


_READERS: Final[dict[str, Callable[[Json], Node]]] = {
    "Value": _value,
    "Var": _variable,
    ".": _attribute,
    "has": _has,
    "is": _is,
    "like": _like,
    "if-then-else": _if,
    "Set": _set,
    "Record": _record,
}


def value_node(node: Json) -> Node:
    """Return the tree of a literal in value form (spec 06 §3.1); calls are kept as calls.

    Raises `JsonError`.
    """
    if isinstance(node, (bool, str)):
        return Constant(node)
    if isinstance(node, int) and MIN_LONG <= node <= MAX_LONG:
        return Constant(node)
    if isinstance(node, list):
        return SetOf(tuple(map(value_node, node)))
    if not isinstance(node, dict):
        raise JsonError("null is not a value" if node is None else "a number that is no Long")
    if len(node) == 1:
        ((name, inner),) = node.items()
        escaped = _escape(name, inner) if name in ESCAPES else None
        if escaped is not None:
            return escaped
    return record_of({name: value_node(inner) for name, inner in node.items()})


def _escape(name: str, inner: Json) -> Node | None:
    """Return what an escape stands for; `None` if it has another shape and is a plain record."""
    if name == "__expr" and isinstance(inner, str):
        raise JsonError("the escape `__expr` is no longer part of the format")
    if not isinstance(inner, dict):
        return None
    if name == "__entity":
        type_name, entity_id = inner.get("type"), inner.get("id")
        if isinstance(type_name, str) and isinstance(entity_id, str):
            return Constant(make_uid(type_name, entity_id))
    if name == "__extn":
        parts = call_parts(inner)
        if parts is not None:
            function, arguments = parts
            if function not in FUNCTIONS:
                raise JsonError(f"{function!r} is not an extension function")
            return Call(function, tuple(map(value_node, arguments)))
    return None
