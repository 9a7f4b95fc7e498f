"""Walking and rebuilding expressions: the parts of a node, and a copy with other parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from generators.draw.syntax import (
    Binary,
    Call,
    Expr,
    GetAttr,
    Has,
    If,
    Is,
    Like,
    Lit,
    RecordLit,
    SetLit,
    Unary,
    Var,
)

Place = tuple[int, ...]
"""Place of a sub-expression: the numbers of the parts to take, from the root down."""


def parts(expr: Expr) -> tuple[Expr, ...]:
    """Return the direct sub-expressions, in source order."""
    match expr:
        case Lit() | Var():
            return ()
        case Unary(_, arg):
            return (arg,)
        case Binary(_, left, right):
            return (left, right)
        case GetAttr(left, _) | Has(left, _) | Like(left, _) | Is(left, _, None):
            return (left,)
        case Is(left, _, container) if container is not None:
            return (left, container)
        case If(condition, then, otherwise):
            return (condition, then, otherwise)
        case SetLit(items):
            return items
        case RecordLit(fields):
            return tuple(item for _, item in fields)
        case Call(_, args):
            return args
    raise AssertionError(expr)


def with_parts(expr: Expr, new: Sequence[Expr]) -> Expr:
    """Return the same node over other sub-expressions, as many as it has."""
    match expr:
        case Lit() | Var():
            return expr
        case Unary():
            return replace(expr, arg=new[0])
        case Binary():
            return replace(expr, left=new[0], right=new[1])
        case GetAttr() | Has() | Like():
            return replace(expr, left=new[0])
        case Is():
            return replace(expr, left=new[0], container=new[1] if len(new) > 1 else None)
        case If():
            return If(new[0], new[1], new[2])
        case SetLit():
            return SetLit(tuple(new))
        case RecordLit(fields):
            return RecordLit(tuple((name, item) for (name, _), item in zip(fields, new, strict=True)))
        case Call():
            return replace(expr, args=tuple(new))


def conjunction(has: Has) -> Expr:
    """Expand an extended `has`: `e has a.b` to `e has a && e.a has b` (spec 01 §5)."""
    left, (first, *others) = has.left, has.attrs
    chain: Expr = Has(left, (first,))
    for before, attr in pairwise((first, *others)):
        left = GetAttr(left, before)
        chain = Binary("&&", chain, Has(left, (attr,)))
    return chain


def as_extended_has(expr: Expr) -> Has | None:
    """Return the extended `has` whose conjunction an expression is, `None` where it is none."""
    match expr:
        case Binary("&&", first, Has(GetAttr(), (last,))):
            whole = first if isinstance(first, Has) else as_extended_has(first)
            if whole is None:
                return None
            longer = Has(whole.left, (*whole.attrs, last))
            return longer if conjunction(longer) == expr else None
        case _:
            return None


def places(expr: Expr, at: Place = ()) -> Iterator[tuple[Place, Expr]]:
    """Yield every sub-expression with its place, the root first, then in source order."""
    yield at, expr
    for number, part in enumerate(parts(expr)):
        yield from places(part, (*at, number))


def put(expr: Expr, place: Place, new: Expr) -> Expr:
    """Return the expression with the part at a place replaced."""
    if not place:
        return new
    own = list(parts(expr))
    own[place[0]] = put(own[place[0]], place[1:], new)
    return with_parts(expr, own)


def size(expr: Expr) -> int:
    """Count the nodes of an expression."""
    return 1 + sum(size(part) for part in parts(expr))


def mentions_request(expr: Expr) -> bool:
    """Return whether any variable occurs: without one the value is the same under every request."""
    return any(isinstance(part, Var) for _, part in places(expr))
