"""Tier 2: lowered code written out as Python statements.

The writer walks the instructions once with a stack of operands, each a Python expression without effects and what
is known of its kind; known kinds drop checks. Whatever can err becomes a statement that ends the policy with the
status of its error, so the error paths are generated too and nothing is ever evaluated again.
Law (tiers): the status is that of the machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from production import lowering as op
from production.errors import STATUS_OF_KIND
from production.extensions import FUNCTIONS
from production.integers import MAX_LONG, MIN_LONG
from production.lowering import EntitySet, Instructions
from production.uids import Uid
from production.values import SetValue
from production.wildcard import Wildcard

TYPE: Final = STATUS_OF_KIND["type"]
ENTITY: Final = STATUS_OF_KIND["entity-missing"]
ATTRIBUTE: Final = STATUS_OF_KIND["attr-missing"]
TAG: Final = STATUS_OF_KIND["tag-missing"]
OVERFLOW: Final = STATUS_OF_KIND["overflow"]

_DEEPEST: Final = 12
_SETS: Final = (SetValue, EntitySet)


class TooLarge(Exception):
    """The code is nested beyond what Python's compiler takes; the machine runs it instead."""


@dataclass(slots=True)
class Operand:
    """A Python expression without effects; `kind` is its value's class where known; `depth` how it nests."""

    code: str
    kind: type | None = None
    depth: int = 0
    is_set_literal: bool = False


@dataclass(slots=True)
class _Branch:
    """An open `&&`, `||`, `if` or `is … in`: its result's name, the line of its header, its condition."""

    result: str
    header: int
    condition: Operand
    then: Operand | None = None


@dataclass(slots=True)
class Writer:
    """Writes policies one after the other; `ending` turns a status (a Python expression) into statements."""

    ending: Callable[[str], str]
    indent: int = 1
    lines: list[str] = field(default_factory=list)
    names: dict[str, Any] = field(default_factory=dict)
    uses: set[str] = field(default_factory=set)
    literal: Callable[[int], str] = "L[{}]".format
    stack: list[Operand] = field(default_factory=list)
    branches: list[_Branch] = field(default_factory=list)
    counter: int = 0
    dead: bool = False

    def line(self, text: str) -> None:
        self.lines.append(" " * self.indent + text)

    def fresh(self) -> str:
        self.counter += 1
        return f"t{self.counter}"

    def named(self, value: object) -> str:
        """A global name for an object that generated code needs."""
        name = f"g{len(self.names)}"
        self.names[name] = value
        return name

    def fail(self, condition: str, status: int | str) -> None:
        """End the policy with an error if the condition holds."""
        self.line(f"if {condition}: {self.ending(str(status))}")

    def push(self, code: str, kind: type | None, *operands: Operand) -> None:
        depth = 1 + max((operand.depth for operand in operands), default=0)
        operand = Operand(code, kind, depth)
        self.stack.append(operand)
        if depth > _DEEPEST:
            self.atom(operand)

    def atom(self, operand: Operand) -> str:
        """A name for an operand, so that it is computed once."""
        if operand.depth:
            name = self.fresh()
            self.line(f"{name} = {operand.code}")
            operand.code, operand.depth = name, 0
        return operand.code

    def require(self, operand: Operand, kind: type) -> None:
        """End the policy with a type error unless the operand has this kind."""
        if operand.kind is kind or (kind is SetValue and operand.kind is EntitySet):
            return
        if operand.kind is None:
            self.fail(f"{self.atom(operand)}.__class__ is not {kind.__name__}", TYPE)
        else:
            self.fail("True", TYPE)
        operand.kind = kind

    def record(self, entity: Operand) -> str:
        """The attributes of an entity, an empty record for one that is missing."""
        if entity.code in ("p", "r"):
            self.uses.add(f"{entity.code}d")
            return f"{entity.code}d"
        return f"A.get({self.atom(entity)}, E)"

    def above(self, entity: Operand) -> str:
        if entity.code in ("p", "r"):
            self.uses.add(f"{entity.code}h")
            return f"{entity.code}h"
        return f"H[{self.atom(entity)}]"

    def write(self, instructions: Instructions, literal: Callable[[int], str]) -> None:
        """Write the guards of one policy; falling through the end means that all hold."""
        self.literal = literal
        self.dead = False
        for opcode, argument in instructions:
            _WRITERS[opcode](self, argument)
            if self.indent > 60 or len(self.stack) > 1_000:
                raise TooLarge
            if self.dead:
                break


# Leaves.

_VARIABLES: Final = {
    "principal": Operand("p", Uid),
    "action": Operand("a", Uid),
    "resource": Operand("r", Uid),
    "context": Operand("c", dict),
}


def _var(out: Writer, name: str) -> None:
    known = _VARIABLES[name]
    out.stack.append(Operand(known.code, known.kind))


def _const(out: Writer, argument: tuple[int, type]) -> None:
    index, kind = argument
    out.stack.append(Operand(out.literal(index), kind))


def _bool(out: Writer, value: bool) -> None:
    out.stack.append(Operand(str(value), bool))


# One operand.


def _get(out: Writer, name: str) -> None:
    target = out.stack.pop()
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
    out.stack.append(Operand(result))


def _has(out: Writer, path: tuple[str, ...]) -> None:
    target = out.stack.pop()
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


def _like(out: Writer, pattern: Wildcard) -> None:
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


def _is(out: Writer, type_name: str) -> None:
    target = out.stack.pop()
    out.require(target, Uid)
    out.push(f"({target.code}.type == {type_name!r})", bool, target)


def _not(out: Writer, argument: object) -> None:
    target = out.stack.pop()
    out.require(target, bool)
    out.push(f"(not {target.code})", bool, target)


def _neg(out: Writer, argument: object) -> None:
    target = out.stack.pop()
    out.require(target, int)
    out.fail(f"{out.atom(target)} == {MIN_LONG}", OVERFLOW)
    out.push(f"(-{target.code})", int)


def _is_empty(out: Writer, argument: object) -> None:
    target = out.stack.pop()
    out.require(target, SetValue)
    out.push(f"(not {target.code}.keys)", bool, target)


# Two operands.


def _same_kind(left: Operand, right: Operand) -> bool:
    return left.kind is right.kind or (left.kind in _SETS and right.kind in _SETS)


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


def _equals(out: Writer, negated: bool) -> None:
    right, left = out.stack.pop(), out.stack.pop()
    code = _equality(left, right, out)
    out.push(f"(not {code})" if negated else code, bool, left, right)


def _order(symbol: str) -> Callable[[Writer, object], None]:
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


def _arithmetic(symbol: str) -> Callable[[Writer, object], None]:
    def write(out: Writer, argument: object) -> None:
        right, left = out.stack.pop(), out.stack.pop()
        out.require(left, int)
        out.require(right, int)
        result = out.fresh()
        out.line(f"{result} = {left.code} {symbol} {right.code}")
        out.fail(f"not {MIN_LONG} <= {result} <= {MAX_LONG}", OVERFLOW)
        out.stack.append(Operand(result, int))

    return write


def _in(out: Writer, argument: object) -> None:
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


def _contains(out: Writer, argument: object) -> None:
    right, left = out.stack.pop(), out.stack.pop()
    out.require(left, SetValue)
    plain = right.kind in (int, str, Uid)
    code = right.code if plain else f"key({right.code})"
    out.push(f"({code} in {left.code}.keys)", bool, left, right)


def _contains_many(template: str) -> Callable[[Writer, object], None]:
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


def _has_tag(out: Writer, argument: object) -> None:
    left, right = _tag_operands(out)
    out.push(f"({right.code} in G.get({left.code}, E))", bool, left, right)


def _get_tag(out: Writer, argument: object) -> None:
    left, right = _tag_operands(out)
    entity, result = out.atom(left), out.fresh()
    out.line(f"{result} = G.get({entity}, E).get({right.code})")
    out.fail(f"{result} is None", f"({TAG} if {entity} in A else {ENTITY})")
    out.stack.append(Operand(result))


# Many operands.


def _gathered(out: Writer, count: int) -> list[Operand]:
    base = len(out.stack) - count
    operands = out.stack[base:]
    del out.stack[base:]
    return operands


def _set(out: Writer, count: int) -> None:
    operands = _gathered(out, count)
    inner = "".join(f"{operand.code}, " for operand in operands)
    out.push(f"SetValue(({inner}))", SetValue, *operands)


def _record(out: Writer, names: tuple[str, ...]) -> None:
    operands = _gathered(out, len(names))
    inner = ", ".join(f"{name!r}: {operand.code}" for name, operand in zip(names, operands, strict=True))
    out.push(f"{{{inner}}}", dict, *operands)


def _call(out: Writer, argument: tuple[str, int]) -> None:
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


# Control. A branch in which no statement had to be written becomes an expression.


def _open(out: Writer, header: str, condition: Operand, result: str) -> None:
    out.branches.append(_Branch(result, len(out.lines), condition))
    out.line(f"if {header}:")
    out.indent += 1


def _left(out: Writer, negation: str) -> None:
    condition = out.stack.pop()
    out.require(condition, bool)
    result = out.fresh()
    out.line(f"{result} = {condition.code}")
    _open(out, negation + result, condition, result)


def _right(out: Writer, word: str) -> None:
    value = out.stack.pop()
    out.require(value, bool)
    branch = out.branches.pop()
    out.indent -= 1
    if len(out.lines) == branch.header + 1:
        del out.lines[branch.header - 1 :]
        out.push(f"({branch.condition.code} {word} {value.code})", bool, branch.condition, value)
        return
    out.lines.append(" " * (out.indent + 1) + f"{branch.result} = {value.code}")
    out.stack.append(Operand(branch.result, bool))


def _if(out: Writer, argument: object) -> None:
    condition = out.stack.pop()
    out.require(condition, bool)
    _open(out, condition.code, condition, out.fresh())


def _else(out: Writer, argument: object) -> None:
    branch = out.branches[-1]
    branch.then = out.stack.pop()
    out.line(f"{branch.result} = {branch.then.code}")
    out.indent -= 1
    out.line("else:")
    out.indent += 1


def _end_if(out: Writer, argument: object) -> None:
    otherwise = out.stack.pop()
    branch = out.branches.pop()
    assert branch.then is not None
    out.line(f"{branch.result} = {otherwise.code}")
    out.indent -= 1
    kind = otherwise.kind if otherwise.kind is branch.then.kind else None
    out.stack.append(Operand(branch.result, kind))


def _is_left(out: Writer, argument: tuple[str, int]) -> None:
    target = out.stack[-1]
    out.require(target, Uid)
    result = out.fresh()
    out.line(f"{result} = False")
    _open(out, f"{out.atom(target)}.type == {argument[0]!r}", target, result)


def _is_right(out: Writer, argument: object) -> None:
    _in(out, None)
    value = out.stack.pop()
    branch = out.branches.pop()
    out.line(f"{branch.result} = {value.code}")
    out.indent -= 1
    out.stack.append(Operand(branch.result, bool))


def _guard(out: Writer, wanted: bool) -> None:
    value = out.stack.pop()
    if value.code in ("True", "False"):
        if (value.code == "True") is not wanted:
            out.line(out.ending("0"))
            out.dead = True
        return
    if value.kind is bool:
        out.line(f"if {'not ' if wanted else ''}{value.code}: {out.ending('0')}")
        return
    code = out.atom(value)
    out.fail(f"{code} is not {wanted}", f"(0 if {code} is {not wanted} else {TYPE})")


_WRITERS: Final[dict[int, Callable[[Writer, Any], None]]] = {
    op.VAR: _var,
    op.CONST: _const,
    op.BOOL: _bool,
    op.GET: _get,
    op.HAS: _has,
    op.LIKE: _like,
    op.IS: _is,
    op.NOT: _not,
    op.NEG: _neg,
    op.IS_EMPTY: _is_empty,
    op.EQ: lambda out, argument: _equals(out, False),
    op.NE: lambda out, argument: _equals(out, True),
    op.LT: _order("<"),
    op.LE: _order("<="),
    op.GT: _order(">"),
    op.GE: _order(">="),
    op.IN: _in,
    op.ADD: _arithmetic("+"),
    op.SUB: _arithmetic("-"),
    op.MUL: _arithmetic("*"),
    op.CONTAINS: _contains,
    op.CONTAINS_ALL: _contains_many("({1}.keys <= {0}.keys)"),
    op.CONTAINS_ANY: _contains_many("(not {0}.keys.isdisjoint({1}.keys))"),
    op.GET_TAG: _get_tag,
    op.HAS_TAG: _has_tag,
    op.SET: _set,
    op.RECORD: _record,
    op.CALL: _call,
    op.AND_LEFT: lambda out, argument: _left(out, ""),
    op.AND_RIGHT: lambda out, argument: _right(out, "and"),
    op.OR_LEFT: lambda out, argument: _left(out, "not "),
    op.OR_RIGHT: lambda out, argument: _right(out, "or"),
    op.IF: _if,
    op.ELSE: _else,
    op.END_IF: _end_if,
    op.IS_LEFT: _is_left,
    op.IS_RIGHT: _is_right,
    op.GUARD: _guard,
}
