"""Generated code for values and operators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ..language.extensions import FUNCTIONS
from ..language.integers import MAX_LONG, MIN_LONG
from ..language.lowering import EntitySet
from ..language.uids import Uid
from ..language.values import SetValue
from ..language.wildcard import Wildcard
from ..schema.request_types import kind_of
from ..schema.types import EntityType
from .codegen_writer import ATTRIBUTE, ENTITY, OVERFLOW, SETS, TAG, TYPE, Operand, Writer

# Leaves.

_VARIABLES: Final = {
    "principal": Operand("p", Uid),
    "action": Operand("a", Uid),
    "resource": Operand("r", Uid),
    "context": Operand("c", dict),
}


def write_var(out: Writer, name: str) -> None:
    """Generate a request variable."""
    known = _VARIABLES[name]
    type_ = out.types.variable(name) if out.types is not None else None
    out.stack.append(Operand(known.code, known.kind, type=type_))


def write_const(out: Writer, argument: tuple[int, type]) -> None:
    """Generate a literal."""
    index, kind = argument
    out.stack.append(Operand(out.literal(index), kind))


def write_bool(out: Writer, value: bool) -> None:
    """Generate a boolean."""
    out.stack.append(Operand(str(value), bool))


# One operand.


def write_get(out: Writer, name: str) -> None:
    """Generate the access to an attribute."""
    target = out.stack.pop()
    declared = out.types.attribute(target.type, name) if out.types is not None else None
    type_, is_required = declared or (None, False)
    if target.kind is dict and is_required:
        code = f"{out.atom(target)}[{name!r}]"
        out.stack.append(Operand(code, kind_of(type_), 1, type_))
        return
    result = out.fresh()
    if target.kind is dict:
        out.line(f"{result} = {out.atom(target)}.get({name!r})")
        out.fail(f"{result} is None", ATTRIBUTE)
    elif target.kind is Uid:
        out.line(f"{result} = {out.record(target)}.get({name!r})")
        out.fail(f"{result} is None", f"({ATTRIBUTE} if {target.code} in A else {ENTITY})")
    elif target.kind is None:
        value = out.atom(target)
        out.line(f"if {value}.__class__ is dict: {result} = {value}.get({name!r})")
        out.line(f"elif {value}.__class__ is Uid: {result} = A.get({value}, E).get({name!r})")
        out.line(f"else: {out.ending(str(TYPE))}")
        missing = f"({ATTRIBUTE} if {value}.__class__ is dict or {value} in A else {ENTITY})"
        out.fail(f"{result} is None", missing)
    else:
        out.fail("True", TYPE)
    out.typed(result, type_)


def _has_declared(out: Writer, target: Operand, name: str) -> bool | None:
    """Return whether a value has an attribute, as far as types decide it."""
    shape = out.types.shape(target.type) if out.types is not None else None
    if shape is None:
        return None
    declared = shape.attributes.get(name)
    if declared is None:
        return False
    return True if target.kind is dict and declared[1] else None


def write_has(out: Writer, path: tuple[str, ...]) -> None:
    """Generate `has`."""
    target = out.stack.pop()
    known = _has_declared(out, target, path[0])
    if known is False or (known and len(path) == 1):
        out.stack.append(Operand(str(known), bool))
        return
    if len(path) == 1 and target.kind is dict:
        out.push(f"({path[0]!r} in {out.atom(target)})", bool)
        return
    if len(path) == 1 and target.kind is Uid:
        out.push(f"({path[0]!r} in {out.record(target)})", bool)
        return
    result = out.fresh()
    out.line(f"{result} = path_status({target.code}, {out.named(path)}, A)")
    out.fail(f"{result} is None", TYPE)
    out.stack.append(Operand(result, bool))


def write_like(out: Writer, pattern: Wildcard) -> None:
    """Generate `like`."""
    target = out.stack.pop()
    out.require(target, str)
    if not pattern.starred:
        code = f"({target.code} == {pattern.prefix!r})"
    elif not pattern.pieces and not pattern.suffix:
        code = f"{out.atom(target)}.startswith({pattern.prefix!r})"
    elif not pattern.pieces and not pattern.prefix:
        code = f"{out.atom(target)}.endswith({pattern.suffix!r})"
    else:
        code = f"{out.named(pattern)}.matches({target.code})"
    out.push(code, bool, target)


def write_is(out: Writer, type_name: str) -> None:
    """Generate `is`."""
    target = out.stack.pop()
    if isinstance(target.type, EntityType):
        out.stack.append(Operand(str(target.type.name == type_name), bool))
        return
    out.require(target, Uid)
    out.push(f"({target.code}.type == {type_name!r})", bool, target)


def write_not(out: Writer, argument: object) -> None:
    """Generate `!`."""
    target = out.stack.pop()
    out.require(target, bool)
    out.push(f"(not {target.code})", bool, target)


def write_neg(out: Writer, argument: object) -> None:
    """Generate unary minus."""
    target = out.stack.pop()
    out.require(target, int)
    out.fail(f"{out.atom(target)} == {MIN_LONG}", OVERFLOW)
    out.push(f"(-{target.code})", int)


def write_is_empty(out: Writer, argument: object) -> None:
    """Generate `isEmpty`."""
    target = out.stack.pop()
    out.require(target, SetValue)
    out.push(f"(not {target.code}.keys)", bool, target)


# Two operands.


def _same_kind(left: Operand, right: Operand) -> bool:
    return left.kind is right.kind or (left.kind in SETS and right.kind in SETS)


def _equality(left: Operand, right: Operand, out: Writer) -> str:
    kinds = (left.kind, right.kind)
    if None not in kinds and not _same_kind(left, right):
        return "False"
    if Uid in kinds or bool in kinds:
        return f"({left.code} is {right.code})"
    if str in kinds or kinds == (int, int):
        return f"({left.code} == {right.code})"
    if left.kind is int:
        return f"({out.atom(right)}.__class__ is int and {right.code} == {left.code})"
    if right.kind is int:
        return f"({out.atom(left)}.__class__ is int and {left.code} == {right.code})"
    return f"equal({left.code}, {right.code})"


def write_equals(out: Writer, negated: bool) -> None:
    """Generate `==` or `!=`."""
    right, left = out.stack.pop(), out.stack.pop()
    code = _equality(left, right, out)
    out.push(f"(not {code})" if negated else code, bool, left, right)


def write_order(symbol: str) -> Callable[[Writer, object], None]:
    """Return the generator of a comparison."""

    def write(out: Writer, argument: object) -> None:
        right, left = out.stack.pop(), out.stack.pop()
        if int in (left.kind, right.kind):
            out.require(left, int)
            out.require(right, int)
            out.push(f"({left.code} {symbol} {right.code})", bool, left, right)
            return
        sign = out.fresh()
        out.line(f"{sign} = order_status({left.code}, {right.code})")
        out.fail(f"{sign} is None", TYPE)
        out.push(f"({sign} {symbol} 0)", bool)

    return write


def write_arithmetic(symbol: str) -> Callable[[Writer, object], None]:
    """Return the generator of an arithmetic operator."""

    def write(out: Writer, argument: object) -> None:
        right, left = out.stack.pop(), out.stack.pop()
        out.require(left, int)
        out.require(right, int)
        result = out.fresh()
        out.line(f"{result} = {left.code} {symbol} {right.code}")
        out.fail(f"not {MIN_LONG} <= {result} <= {MAX_LONG}", OVERFLOW)
        out.stack.append(Operand(result, int))

    return write


def write_in(out: Writer, argument: object) -> None:
    """Generate `in`."""
    right, left = out.stack.pop(), out.stack.pop()
    if right.kind not in (Uid, EntitySet):
        result = out.fresh()
        out.line(f"{result} = in_status({left.code}, {right.code}, H)")
        out.fail(f"{result} is None", TYPE)
        out.stack.append(Operand(result, bool))
        return
    out.require(left, Uid)
    above = out.above(left)
    if right.kind is Uid:
        member = out.atom(right)
        code = f"({left.code} is {member} or {member} in {above})"
    else:
        code = f"({left.code} in {right.code}.keys or not {right.code}.keys.isdisjoint({above}))"
    out.push(code, bool, left, right)


def write_contains(out: Writer, argument: object) -> None:
    """Generate `contains`."""
    right, left = out.stack.pop(), out.stack.pop()
    out.require(left, SetValue)
    plain = right.kind in (str, Uid)
    code = right.code if plain else f"key({right.code})"
    out.push(f"({code} in {left.code}.keys)", bool, left, right)


def write_contains_many(template: str) -> Callable[[Writer, object], None]:
    """Return the generator of `containsAll` or `containsAny`."""

    def write(out: Writer, argument: object) -> None:
        right, left = out.stack.pop(), out.stack.pop()
        out.require(left, SetValue)
        out.require(right, SetValue)
        out.push(template.format(left.code, right.code), bool, left, right)

    return write


def _tag_operands(out: Writer) -> tuple[Operand, Operand]:
    right, left = out.stack.pop(), out.stack.pop()
    out.require(left, Uid)
    out.require(right, str)
    return left, right


def write_has_tag(out: Writer, argument: object) -> None:
    """Generate `hasTag`."""
    left, right = _tag_operands(out)
    out.push(f"({right.code} in G.get({left.code}, E))", bool, left, right)


def write_get_tag(out: Writer, argument: object) -> None:
    """Generate `getTag`."""
    left, right = _tag_operands(out)
    entity, result = out.atom(left), out.fresh()
    out.line(f"{result} = G.get({entity}, E).get({right.code})")
    out.fail(f"{result} is None", f"({TAG} if {entity} in A else {ENTITY})")
    out.typed(result, out.types.tag(left.type) if out.types is not None else None)


# Many operands.


def _gathered(out: Writer, count: int) -> list[Operand]:
    base = len(out.stack) - count
    operands = out.stack[base:]
    del out.stack[base:]
    return operands


def write_set(out: Writer, count: int) -> None:
    """Generate a set."""
    operands = _gathered(out, count)
    inner = "".join(f"{operand.code}, " for operand in operands)
    out.push(f"set_of(({inner}))", SetValue, *operands)


def write_record(out: Writer, names: tuple[str, ...]) -> None:
    """Generate a record."""
    operands = _gathered(out, len(names))
    inner = ", ".join(f"{name!r}: {operand.code}" for name, operand in zip(names, operands, strict=True))
    out.push(f"{{{inner}}}", dict, *operands)


def write_call(out: Writer, argument: tuple[str, int]) -> None:
    """Generate a call of an extension function."""
    name, count = argument
    operands = _gathered(out, count)
    function = FUNCTIONS[name]
    result = out.fresh()
    inner = "".join(f"{operand.code}, " for operand in operands)
    fits = tuple(operand.kind for operand in operands) == function.parameters
    code = f"{out.named(function.apply)}({inner})" if fits else f"call({out.named(function)}, ({inner}))"
    out.line(f"try: {result} = {code}")
    out.line(f"except Error as error: {out.ending('error.status')}")
    out.stack.append(Operand(result, function.result))
