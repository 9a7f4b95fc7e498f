"""Terms for Z3 (spec 10 §12): bit-vectors, or mathematical integers within their range.

A set is an array to Bool: queries tell membership, inclusion, overlap and equality only, so the decoder can
cut a model with infinite sets down to a finite one. Standard entity types are uninterpreted sorts with
distinct literals, enumerated and action types finite datatypes. Division by a constant introduces a quotient
and a remainder, which keeps division out of the solver.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import z3

from drt.symbolic.meaning import LEAST, MOST, exact
from drt.symbolic.sorts import RecordSort, SetSort, Sort
from drt.symbolic.strings import escaped
from drt.symbolic.terms import Symbol, Term, below
from drt.symbolic.z3_sorts import Sorts
from reference.extensions.ipaddr import IpAddr
from reference.syntax import Pattern, Star
from reference.values import EntityUid

Numbers = Literal["bit-vectors", "integers"]


class Encoder:
    """The Z3 terms of one problem; `conditions` define what the encoding itself introduces."""

    def __init__(self, members: Mapping[str, tuple[str, ...]], numbers: Numbers) -> None:
        self.integers = numbers == "integers"
        self.sorts = Sorts(members, self.integers)
        self.of: dict[Term, Any] = {}
        self.entities: dict[EntityUid, Any] = {}
        self.conditions: list[Any] = []
        self._divided: dict[tuple[Term, int], tuple[Any, Any]] = {}
        self._functions: dict[Symbol, Any] = {}

    def encode(self, roots: Iterable[Term]) -> None:
        """Encode terms and all terms below them."""
        for term in below(roots):
            if term not in self.of:
                self.of[term] = self._term(term, [self.of.get(arg) for arg in term.args])

    def distinct_literals(self) -> list[Any]:
        """State that different literals of a standard type are different entities."""
        by_type: dict[str, list[Any]] = {}
        for entity, z in self.entities.items():
            by_type.setdefault(entity.type, []).append(z)
        return [z3.Distinct(*zs) for zs in by_type.values() if len(zs) > 1]

    def _term(self, term: Term, args: list[Any]) -> Any:
        match term.op:
            case "const":
                return self.constant(term.sort, term.payload)
            case "apply":
                return self._apply(term, args)
            case "record":
                assert isinstance(term.sort, RecordSort)
                pairs = list(zip(args[::2], args[1::2], strict=True))
                return self._record(term.sort, pairs)
            case "set":
                return self._set(term.sort, args)
            case "quotient" | "modulo":
                assert isinstance(term.payload, int)
                return self._division(term, term.payload, args[0])
            case "like":
                assert isinstance(term.payload, tuple)
                return z3.InRe(args[0], regular(term.payload))
            case "ip-version":
                return self.sorts.of(term.args[0].sort).recognizer(0 if term.payload == 4 else 1)(args[0])
            case "ip-in-range":
                return self.in_range(self.sorts.of(term.args[0].sort), args[0], args[1])
            case "neg" | "add" | "sub" | "mul":
                return exact(term.op, args)
            case _ if term.op.endswith("overflows"):
                return self._overflow(term, args)
            case _:
                return plain(term.op, args)

    def constant(self, sort: Sort, value: Any) -> Any:
        """Encode a value."""
        match value:
            case bool():
                return z3.BoolVal(value)
            case int():
                return self.number(value)
            case str():
                return z3.StringVal(escaped(value))
            case EntityUid(name, entity_id):
                if name in self.sorts.members:
                    return self.sorts.member(name, entity_id)
                if value not in self.entities:
                    self.entities[value] = z3.Const(f"{name}::{entity_id!a}", self.sorts.of(sort))
                return self.entities[value]
            case IpAddr():
                return self.sorts.address(value)
            case frozenset():
                assert isinstance(sort, SetSort)
                return self._set(sort, [self.constant(sort.element, one) for one in sorted(value, key=repr)])
            case tuple():
                assert isinstance(sort, RecordSort)
                here = dict(value)
                return self._record(
                    sort,
                    [
                        (z3.BoolVal(one.name in here), self.constant(one.sort, here[one.name]))
                        if one.name in here
                        else (z3.BoolVal(False), None)
                        for one in sort.fields
                    ],
                )
        raise AssertionError(f"no constant: {value!r}")

    def number(self, value: int) -> Any:
        """Encode a number."""
        return z3.IntVal(value) if self.integers else z3.BitVecVal(value, 64)

    def _apply(self, term: Term, args: list[Any]) -> Any:
        symbol = term.payload
        assert isinstance(symbol, Symbol)
        sort = self.sorts.of(term.sort)
        if symbol not in self._functions:
            name = ".".join([symbol.kind, symbol.owner, *symbol.path, symbol.ancestor])
            name += "?" if symbol.presence else ""
            self._functions[symbol] = z3.Function(name, *[arg.sort() for arg in args], sort)
        z = self._functions[symbol](*args)
        if self.integers and sort == z3.IntSort():
            self.conditions.append(z3.And(z >= LEAST, z <= MOST))
        return z

    def _record(self, sort: RecordSort, pairs: list[tuple[Any, Any]]) -> Any:
        args = []
        for one, (there, value) in zip(sort.fields, pairs, strict=True):
            if one.required:
                args.append(value)
                continue
            option = self.sorts.option(one.sort)
            none = option.constructor(0)()
            if z3.is_false(there):
                args.append(none)
            else:
                args.append(z3.If(there, option.constructor(1)(value), none))
        return self.sorts.of(sort).constructor(0)(*args)

    def _set(self, sort: Sort, elements: list[Any]) -> Any:
        assert isinstance(sort, SetSort)
        z = z3.K(self.sorts.of(sort.element), z3.BoolVal(False))
        for element in elements:
            z = z3.Store(z, element, z3.BoolVal(True))
        return z

    def _overflow(self, term: Term, args: list[Any]) -> Any:
        """State that the exact result is outside 64 bits."""
        op = term.op.removesuffix("-overflows")
        if self.integers:
            unbounded = exact(op, args)
            return z3.Or(unbounded > MOST, unbounded < LEAST)
        for factor, other in ((0, -1), (-1, 0)):
            if op == "mul" and term.args[factor].op == "const":
                value = term.args[factor].payload
                assert isinstance(value, int)
                return outside(args[other], value)
        return z3.Not(within(op, args))

    def _division(self, term: Term, by: int, dividend: Any) -> Any:
        if by == 1:
            return dividend
        quotient, remainder = self._divided_by(term.args[0], by, dividend)
        if term.op == "modulo":
            return remainder
        return z3.If(z3.Or(dividend >= 0, remainder == 0), quotient, quotient + 1)

    def _divided_by(self, of: Term, by: int, dividend: Any) -> tuple[Any, Any]:
        """Introduce the floored quotient and remainder; the quotient is bounded, so nothing wraps."""
        if (of, by) not in self._divided:
            sort = dividend.sort()
            quotient, remainder = z3.FreshConst(sort, "q"), z3.FreshConst(sort, "r")
            self.conditions.append(
                z3.And(dividend == quotient * by + remainder, remainder >= 0, remainder < by)
            )
            if not self.integers:
                least, most = LEAST // by, MOST // by
                first = z3.Implies(quotient == least, remainder >= LEAST - least * by)
                last = z3.Implies(quotient == most, remainder <= MOST - most * by)
                self.conditions.append(z3.And(quotient >= least, quotient <= most, first, last))
            self._divided[of, by] = quotient, remainder
        return self._divided[of, by]

    def in_range(self, sort: Any, inner: Any, outer: Any) -> Any:
        """State that a range is part of another: its mask covers the other's, and the networks agree."""
        found = []
        for index, (width, bits) in enumerate(((32, 5), (128, 7))):
            address, prefix = sort.accessor(index, 0), sort.accessor(index, 1)
            narrow = self.mask(prefix(inner), width, bits)
            wide = self.mask(prefix(outer), width, bits)
            found.append(
                z3.And(
                    sort.recognizer(index)(inner),
                    sort.recognizer(index)(outer),
                    narrow & wide == wide,
                    address(inner) & wide == address(outer) & wide,
                )
            )
        return z3.Or(*found)

    def mask(self, prefix: Any, width: int, bits: int) -> Any:
        """Return the bits that a prefix fixes; without a prefix all of them."""
        option = self.sorts.prefix(bits)
        ones = z3.BitVecVal(2**width - 1, width)
        free = z3.LShR(ones, z3.ZeroExt(width - bits, option.accessor(1, 0)(prefix)))
        return z3.If(option.recognizer(0)(prefix), ones, ~free)


def plain(op: str, args: list[Any]) -> Any:
    """Encode an operator that Z3 has."""
    match op, args:
        case "not", [a]:
            return z3.Not(a)
        case "and", _:
            return z3.And(*args)
        case "or", _:
            return z3.Or(*args)
        case "ite", [c, a, b]:
            return z3.If(c, a, b)
        case "eq", [a, b]:
            return a == b
        case "lt", [a, b]:
            return a < b
        case "le", [a, b]:
            return a <= b
        case "member", [element, of]:
            return z3.Select(of, element)
        case "subset", [inner, outer]:
            return z3.IsSubset(inner, outer)
        case "overlap", [a, b]:
            return z3.SetIntersect(a, b) != nothing(a)
        case "empty", [a]:
            return a == nothing(a)
    raise AssertionError(f"no encoding of {op!r}")


def nothing(like: Any) -> Any:
    """Return the empty set of the sort of another."""
    return z3.K(like.sort().domain(), z3.BoolVal(False))


def within(op: str, args: list[Any]) -> Any:
    """State that a bit-vector operation does not overflow."""
    match op, args:
        case "neg", [a]:
            return a != z3.BitVecVal(LEAST, 64)
        case "add", [a, b]:
            return z3.And(z3.BVAddNoOverflow(a, b, True), z3.BVAddNoUnderflow(a, b))
        case "sub", [a, b]:
            return z3.And(z3.BVSubNoOverflow(a, b), z3.BVSubNoUnderflow(a, b, True))
        case "mul", [a, b]:
            return z3.And(z3.BVMulNoOverflow(a, b, True), z3.BVMulNoUnderflow(a, b))
    raise AssertionError(op)


def outside(factor: Any, by: int) -> Any:
    """State that a product with a constant is outside 64 bits: the factor is outside an exact interval."""
    if by == 0:
        return z3.BoolVal(False)
    ends = (LEAST, MOST) if by > 0 else (MOST, LEAST)
    least, most = -(-ends[0] // by), ends[1] // by
    beyond = []
    if least > LEAST:
        beyond.append(factor < z3.BitVecVal(least, 64))
    if most < MOST:
        beyond.append(factor > z3.BitVecVal(most, 64))
    return z3.Or(*beyond) if beyond else z3.BoolVal(False)


def regular(pattern: Pattern) -> Any:
    """Encode a pattern as a regular expression."""
    parts: list[Any] = []
    text = ""
    for element in (*pattern, Star()):
        if isinstance(element, str):
            text += element
            continue
        if text:
            parts.append(z3.Re(z3.StringVal(escaped(text))))
            text = ""
        parts.append(z3.Full(z3.ReSort(z3.StringSort())))
    parts.pop()
    if not parts:
        return z3.Re(z3.StringVal(""))
    return parts[0] if len(parts) == 1 else z3.Concat(*parts)
