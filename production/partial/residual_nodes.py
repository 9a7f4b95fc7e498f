"""Residuals as expressions and policies of the language (spec 09 §5.1, §5.2).

Two forms are made: the shown one, which text and JSON have, and the runnable one, which means the same. They
differ where the shown one has no meaning (`error()`) or would write a shared operand out twice.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final, cast

from ..errors import PrintError
from ..language.datetimes import Datetime
from ..language.decimals import Decimal
from ..language.durations import Duration
from ..language.ipaddrs import IpAddress
from ..language.nodes import (
    ERROR_CALL,
    Attribute,
    Binary,
    BinaryOp,
    Call,
    Condition,
    Constant,
    Has,
    If,
    Is,
    Like,
    Node,
    RecordOf,
    SetOf,
    Unary,
    UnaryOp,
    Variable,
)
from ..language.policies import ANY, ANY_ACTION, Policy, Scope
from ..language.uids import Uid
from ..language.values import SetValue, Value
from . import terms as op
from .terms import PRINCIPAL, RESOURCE, Operand, Term, distinct_terms

_MOST_NODES: Final = 2_000_000
_RUNNABLE_ERROR: Final = Unary("neg", Constant(""))
"""The negative of a String: an expression that always errs."""

_UNARY: Final[dict[int, UnaryOp]] = {op.NOT: "!", op.NEG: "neg", op.IS_EMPTY: "isEmpty"}
_BINARY: Final[dict[int, BinaryOp]] = {
    op.EQ: "==",
    op.LT: "<",
    op.LE: "<=",
    op.IN: "in",
    op.ADD: "+",
    op.SUB: "-",
    op.MUL: "*",
    op.CONTAINS: "contains",
    op.CONTAINS_ALL: "containsAll",
    op.CONTAINS_ANY: "containsAny",
    op.GET_TAG: "getTag",
    op.HAS_TAG: "hasTag",
    op.AND: "&&",
    op.OR: "||",
}


def shown_expression(residual: Operand) -> Node:
    """Return the expression of a residual; raise `PrintError` if it is too large to write out."""
    _check_size(residual)
    return _nodes(residual, runnable=False)


def shown_policy(source: Policy, residual: Operand) -> Policy:
    """Return the residual policy of a policy: its effect and annotations, one `when`, no constraints.

    Raises `PrintError` if shared operands would take too much to write out.
    """
    annotations = MappingProxyType({name: value or "" for name, value in source.annotations.items()})
    condition = Condition("when", shown_expression(residual))
    return Policy(source.effect, ANY, ANY_ACTION, ANY, (condition,), annotations)


def runnable_policy(source: Policy, residual: Operand) -> Policy:
    """Return a policy that means what a residual means, with its leading constraints in the scope."""
    principal, resource = ANY, ANY
    rest = residual
    while isinstance(rest, Term):
        first, others = (
            (rest.children[0], rest.children[1]) if rest.op == op.AND else (cast(Operand, rest), True)
        )
        constraint = _constraint(first)
        if constraint is None:
            break
        variable, scope = constraint
        if variable is PRINCIPAL and principal is ANY:
            principal = scope
        elif variable is RESOURCE and resource is ANY:
            resource = scope
        else:
            break
        rest = others
    conditions = () if rest is True else (Condition("when", _nodes(rest, runnable=True)),)
    return Policy(source.effect, principal, ANY_ACTION, resource, conditions, MappingProxyType({}))


def _constraint(first: Operand) -> tuple[Operand, Scope] | None:
    """Return the variable and the constraint of `variable == uid` and `variable in uid`."""
    if not isinstance(first, Term) or first.op not in (op.EQ, op.IN):
        return None
    variable, entity = first.children
    if not isinstance(entity, Uid) or not (variable is PRINCIPAL or variable is RESOURCE):
        return None
    return variable, Scope("==" if first.op == op.EQ else "in", entity)


def _check_size(root: Operand) -> None:
    sizes: dict[int, int] = {}
    for term in distinct_terms(root):
        size = 1 + sum(sizes.get(id(child), 1) for child in term.children)
        if size > _MOST_NODES:
            raise PrintError("with every shared operand written out the residual is too large to print")
        sizes[id(term)] = size


def _nodes(root: Operand, *, runnable: bool) -> Node:
    """Return the expression of a residual; shared operands stay one node."""
    made: dict[int, Node] = {}
    for term in distinct_terms(root):
        operands = tuple(
            made[id(child)] if isinstance(child, Term) else value_node(child) for child in term.children
        )
        made[id(term)] = _runnable(term, operands) if runnable else _form(term, operands)
    return made[id(root)] if isinstance(root, Term) else value_node(root)


def _runnable(term: Term, operands: tuple[Node, ...]) -> Node:
    match term.op:
        case op.ERROR_OP:
            return _RUNNABLE_ERROR
        case op.IF if operands[1] is operands[2]:
            # The condition may err, but either way the branch is the same; it is written once.
            return If(Binary("||", operands[0], Constant(True)), operands[1], _RUNNABLE_ERROR)
        case op.AND:
            match operands:
                case (Is(left, name, None), Binary("in", target, above)) if left is target:
                    return Is(target, name, above)
    return _form(term, operands)


def _form(term: Term, operands: tuple[Node, ...]) -> Node:
    extra: Any = term.extra
    match term.op:
        case op.VARIABLE:
            return Variable(extra)
        case op.ERROR_OP:
            return ERROR_CALL
        case op.NOT | op.NEG | op.IS_EMPTY:
            return Unary(_UNARY[term.op], operands[0])
        case op.LIKE:
            return Like(operands[0], extra[0])
        case op.IS:
            return Is(operands[0], extra[0])
        case op.GET:
            return Attribute(operands[0], extra)
        case op.HAS:
            return Has(operands[0], extra[0])
        case op.IF:
            return If(*operands)
        case op.SET:
            return SetOf(operands)
        case op.RECORD:
            return RecordOf(extra, operands)
        case op.CALL:
            return Call(extra, operands)
        case _:
            return Binary(_BINARY[term.op], operands[0], operands[1])


def value_node(value: Value) -> Node:
    """Return the expression of a value in its canonical form (spec 09 §5.1)."""
    match value:
        case bool() | int() | str() | Uid():
            return Constant(value)
        case SetValue():
            return SetOf(tuple(value_node(member) for member in sorted(value._members, key=order)))
        case dict():
            names = tuple(sorted(value))
            return RecordOf(names, tuple(value_node(value[name]) for name in names))
        case Decimal():
            return Call("decimal", (Constant(_decimal_text(value)),))
        case IpAddress():
            return Call("ip", (Constant(_ip_text(value)),))
        case Duration():
            return Call("duration", (Constant(f"{value.milliseconds}ms"),))
        case Datetime():
            start = Call("datetime", (Constant("1970-01-01"),))
            return Call("offset", (start, Call("duration", (Constant(f"{value.milliseconds}ms"),))))


def _decimal_text(value: Decimal) -> str:
    whole, fraction = divmod(abs(value.units), 10_000)
    return f"{'-' if value.units < 0 else ''}{whole}.{fraction:04d}"


def _ip_text(value: IpAddress) -> str:
    """Return an address with its prefix; IPv6 in the short form of RFC 5952, never with a dotted end."""
    if value.version == 4:
        return ".".join(str(value.address >> shift & 255) for shift in (24, 16, 8, 0)) + f"/{value.prefix}"
    groups = [value.address >> shift & 0xFFFF for shift in range(112, -1, -16)]
    start, length = _longest_zeros(groups)
    texts = [f"{group:x}" for group in groups]
    if length < 2:
        return f"{':'.join(texts)}/{value.prefix}"
    return f"{':'.join(texts[:start])}::{':'.join(texts[start + length :])}/{value.prefix}"


def _longest_zeros(groups: list[int]) -> tuple[int, int]:
    """Return the start and the length of the longest run of zeros, the first of equal ones."""
    best = (0, 0)
    start = 0
    for position, group in enumerate([*groups, 1]):
        if group:
            if position - start > best[1]:
                best = (start, position - start)
            start = position + 1
    return best


def order(value: Value) -> tuple[Any, ...]:
    """Return the key by which the elements of a set value are sorted (spec 09 §5.2)."""
    match value:
        case bool():
            return 0, value
        case int():
            return 1, value
        case str():
            return 2, value
        case Uid():
            *namespace, name = value.type.split("::")
            return 3, name, tuple(namespace), value.id
        case SetValue():
            return 4, tuple(sorted(map(order, value._members)))
        case dict():
            return 5, tuple((name, order(value[name])) for name in sorted(value))
        case Decimal():
            return 6, "decimal", value.units, 0, 0
        case IpAddress():
            return 6, "ip", value.version, value.address, value.prefix
        case Datetime():
            return 6, "datetime", value.milliseconds, 0, 0
        case Duration():
            return 6, "duration", value.milliseconds, 0, 0
