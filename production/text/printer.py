"""Policies and expressions as canonical Cedar text (spec 01 §7, 06 §4).

Law (printing): the text reads back to the same tree, and has no parentheses but those it needs, so it is
nested no deeper than any other text of the tree.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from ..errors import PrintError
from ..language.extensions import CONSTRUCTORS
from ..language.names import is_identifier
from ..language.nodes import (
    ERROR_CALL,
    Attribute,
    Binary,
    Call,
    Constant,
    Has,
    If,
    Is,
    Like,
    Node,
    RecordOf,
    SetOf,
    Unary,
    Variable,
    postorder,
)
from ..language.policies import ActionScope, Policy, Scope, Slot
from ..language.strings import pattern_text, quoted

_IF, _OR, _AND, _RELATION, _SUM, _PRODUCT, _PREFIX, _MEMBER, _PRIMARY = 1, 2, 3, 4, 5, 6, 7, 8, 9
_LEVELS: Final = {
    "||": _OR,
    "&&": _AND,
    "==": _RELATION,
    "!=": _RELATION,
    "<": _RELATION,
    "<=": _RELATION,
    ">": _RELATION,
    ">=": _RELATION,
    "in": _RELATION,
    "+": _SUM,
    "-": _SUM,
    "*": _PRODUCT,
}
_MOST_SIGNS: Final = 4
_MOST_FORMS: Final = 2_000_000

_Wanted = tuple[Node, int]
"""A node still to be printed, and the loosest level that needs no parentheses there."""
_Piece = str | _Wanted


def _is_plain_path(path: tuple[str, ...]) -> bool:
    return len(path) == 1 or all(map(is_identifier, path))


def _level(node: Node) -> int:
    match node:
        case If():
            return _IF
        case Binary(op):
            return _LEVELS.get(op, _MEMBER)
        case Has(path=path):
            return _RELATION if _is_plain_path(path) else _AND
        case Like() | Is():
            return _RELATION
        case Unary(op):
            return _MEMBER if op == "isEmpty" else _PREFIX
        case Constant(value):
            return _PREFIX if isinstance(value, int) and value < 0 else _PRIMARY
        case Attribute():
            return _MEMBER
        case Call(function):
            return _PRIMARY if function in CONSTRUCTORS else _MEMBER
        case _:
            return _PRIMARY


def expression_text(root: Node) -> str:
    """Return the text of an expression; raise `PrintError` for a method call without receiver."""
    _check_size(root)
    pieces: list[str] = []
    pending: list[_Piece] = [(root, _IF)]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        node, level = item
        parts = _parts(node)
        if _level(node) < level:
            parts = ["(", *parts, ")"]
        pending.extend(reversed(parts))
    return "".join(pieces)


def _check_size(root: Node) -> None:
    """Raise `PrintError` if writing out the paths that have no text of their own takes too much."""
    sizes: list[int] = []
    for node in postorder(root):
        base = len(sizes) - len(node.children)
        size = 1 + sum(sizes[base:])
        if isinstance(node, Has) and not _is_plain_path(node.path):
            size = (size + len(node.path)) * len(node.path)
            if size > _MOST_FORMS:
                raise PrintError("with every `has` path written out the expression is too large to print")
        sizes[base:] = [size]


def _parts(node: Node) -> list[_Piece]:
    match node:
        case Constant(value):
            return [_constant(value)]
        case Variable(name):
            return [name]
        case Binary(op, left, right):
            return _binary(op, left, right)
        case Unary(op, operand):
            return [(operand, _MEMBER), ".isEmpty()"] if op == "isEmpty" else _prefixed(node)
        case Attribute(target, name):
            return [(target, _MEMBER), f".{name}" if is_identifier(name) else f"[{quoted(name)}]"]
        case Has(target, path):
            return _has(target, path)
        case Like(target, pattern):
            text = "".join("*" if element is None else pattern_text(element) for element in pattern)
            return [(target, _SUM), f' like "{text}"']
        case Is(target, type_name, ancestor):
            tail: list[_Piece] = [] if ancestor is None else [" in ", (ancestor, _SUM)]
            return [(target, _SUM), f" is {type_name}", *tail]
        case If(condition, then, otherwise):
            return ["if ", (condition, _IF), " then ", (then, _IF), " else ", (otherwise, _IF)]
        case SetOf(elements):
            return ["[", *_listed(elements), "]"]
        case RecordOf(names, values):
            parts: list[_Piece] = ["{"]
            for key, field in zip(names, values, strict=True):
                comma = "" if len(parts) == 1 else ", "
                parts += (f"{comma}{key if is_identifier(key) else quoted(key)}: ", (field, _IF))
            return [*parts, "}"]
        case Call(function, arguments):
            if function in CONSTRUCTORS:
                return [f"{function}(", *_listed(arguments), ")"]
            if node is ERROR_CALL:
                return ["error()"]
            if not arguments:
                raise PrintError(f"the method {function} without a receiver has no text")
            return [(arguments[0], _MEMBER), f".{function}(", *_listed(arguments[1:]), ")"]


def _constant(value: object) -> str:
    if value is True:
        return "true"
    if value is False:
        return "false"
    return quoted(value) if isinstance(value, str) else str(value)


def _listed(nodes: tuple[Node, ...]) -> list[_Piece]:
    parts: list[_Piece] = []
    for node in nodes:
        if parts:
            parts.append(", ")
        parts.append((node, _IF))
    return parts


def _binary(op: str, left: Node, right: Node) -> list[_Piece]:
    level = _LEVELS.get(op)
    if level is None:
        return [(left, _MEMBER), f".{op}(", (right, _IF), ")"]
    return [(left, level + (level == _RELATION)), f" {op} ", (right, level + 1)]


def _prefixed(node: Unary) -> list[_Piece]:
    """Return up to four equal signs in a row; a literal's own minus counts as one."""
    sign = "!" if node.op == "!" else "-"
    signs = 1
    operand = node.operand
    while isinstance(operand, Unary) and operand.op == node.op and signs < _MOST_SIGNS:
        signs += 1
        operand = operand.operand
    if isinstance(operand, Constant) and operand.value.__class__ is int:
        is_negative = isinstance(operand.value, int) and operand.value < 0
        bare = (sign == "!" and not is_negative) or (sign == "-" and is_negative and signs < _MOST_SIGNS)
        return [sign * signs, (operand, _PREFIX)] if bare else [sign * signs, "(", (operand, _IF), ")"]
    return [sign * signs, (operand, _MEMBER)]


def _has(target: Node, path: tuple[str, ...]) -> list[_Piece]:
    if len(path) == 1:
        name = path[0] if is_identifier(path[0]) else quoted(path[0])
        return [(target, _SUM), f" has {name}"]
    if _is_plain_path(path):
        return [(target, _SUM), f" has {'.'.join(path)}"]
    parts: list[_Piece] = [(Has(target, path[:1]), _RELATION)]
    for name, following in pairwise(path):
        target = Attribute(target, name)
        parts += (" && ", (Has(target, (following,)), _RELATION))
    return parts


def _scope_text(variable: str, scope: Scope) -> str:
    entity = scope.entity.name if isinstance(scope.entity, Slot) else str(scope.entity)
    if scope.op == "All":
        return variable
    if scope.op != "is":
        return f"{variable} {scope.op} {entity}"
    tail = "" if scope.entity is None else f" in {entity}"
    return f"{variable} is {scope.type_name}{tail}"


def _action_text(scope: ActionScope) -> str:
    if scope.op == "All":
        return "action"
    if len(scope.entities) == 1:
        return f"action {scope.op} {scope.entities[0]}"
    return f"action {scope.op} [{', '.join(map(str, scope.entities))}]"


def policy_text(policy: Policy) -> str:
    """Return the text of a policy or template; raise `PrintError` for a method call without receiver."""
    lines = []
    for name, value in policy.annotations.items():
        lines.append(f"@{name}" if value is None else f"@{name}({quoted(value)})")
    scope = ", ".join(
        (
            _scope_text("principal", policy.principal),
            _action_text(policy.action),
            _scope_text("resource", policy.resource),
        )
    )
    lines.append(f"{policy.effect}({scope})")
    lines.extend(
        f"{condition.kind} {{ {expression_text(condition.body)} }}" for condition in policy.conditions
    )
    return "\n".join(lines) + ";"


def policies_text(policies: Iterable[Policy]) -> str:
    """Return the text of policies and templates, in order."""
    return "\n".join(f"{policy_text(policy)}\n" for policy in policies)
