"""Assertions as SMT-LIB text, for any solver with strings, datatypes, arrays and bit-vectors (spec 10 §2).

Every distinct term has one definition. Sets are arrays to Bool, and what is said of whole sets is said with
quantifiers: a solver may answer unknown, and none answers wrongly. Sorts and constants have generated names,
explained in comments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from drt.symbolic.meaning import LEAST, MOST
from drt.symbolic.smtlib_sorts import PREFIXES, Sorts, symbol_text
from drt.symbolic.sorts import IP, RecordSort, SetSort, Sort
from drt.symbolic.strings import escaped, require_alphabet
from drt.symbolic.terms import Symbol, Term, below
from reference.extensions.ipaddr import IpAddr
from reference.syntax import Star
from reference.values import EntityUid

PLAIN = {
    "not": "not", "and": "and", "or": "or", "ite": "ite", "eq": "=",
    "neg": "bvneg", "add": "bvadd", "sub": "bvsub", "mul": "bvmul", "lt": "bvslt", "le": "bvsle",
}  # fmt: skip


def script(assertions: Sequence[Term], members: Mapping[str, tuple[str, ...]]) -> str:
    """Write a script that checks assertions; raises `Refused` for texts beyond the alphabet."""
    require_alphabet(assertions)
    return _Writer(members).script(assertions)


class _Writer:
    def __init__(self, members: Mapping[str, tuple[str, ...]]) -> None:
        self.sorts = Sorts(members)
        self.lines: list[str] = []
        self.names: dict[Term, str] = {}
        self._functions: dict[Symbol, str] = {}
        self._entities: dict[EntityUid, str] = {}
        self._divided: dict[tuple[Term, int], tuple[str, str]] = {}

    def script(self, assertions: Sequence[Term]) -> str:
        for term in below(assertions):
            text = self._term(term, [self.names[arg] for arg in term.args])
            name = f"t{len(self.names)}"
            self.names[term] = name
            self.lines.append(f"(define-fun {name} () {self.sorts.of(term.sort)} {text})")
        asserted = [f"(assert {self.names[term]})" for term in assertions]
        head = ["(set-logic ALL)", *self.sorts.lines]
        return "\n".join([*head, *self.lines, *self._distinct(), *asserted, "(check-sat)"]) + "\n"

    def _distinct(self) -> list[str]:
        by_type: dict[str, list[str]] = {}
        for entity, name in self._entities.items():
            by_type.setdefault(entity.type, []).append(name)
        return [f"(assert (distinct {' '.join(names)}))" for names in by_type.values() if len(names) > 1]

    def _term(self, term: Term, args: list[str]) -> str:
        if term.op in PLAIN:
            return f"({PLAIN[term.op]} {' '.join(args)})"
        match term.op, args:
            case "const", _:
                return self.constant(term.sort, term.payload)
            case "apply", _:
                return self._applied(term, args)
            case "record", _:
                assert isinstance(term.sort, RecordSort)
                pairs = list(zip(args[::2], args[1::2], strict=True))
                return self._record(term.sort, pairs)
            case "set", _:
                return self._set(term.sort, args)
            case "like", [text]:
                return f"(str.in_re {text} {regular(term.payload)})"
            case "ip-version", [address]:
                return f"((_ is v{term.payload}) {address})"
            case "ip-in-range", [inner, outer]:
                return in_range(inner, outer)
            case (("quotient" | "modulo"), [dividend]):
                return self._division(term, dividend)
            case _ if term.op.endswith("-overflows"):
                return self._overflow(term, args)
            case _:
                return self._of_sets(term, args)

    def constant(self, sort: Sort, value: Any) -> str:
        """Write a value."""
        match value:
            case bool():
                return "true" if value else "false"
            case int():
                return number(value)
            case str():
                return f'"{quoted(value)}"'
            case EntityUid(name, entity_id) if name in self.sorts.members:
                self.sorts.of(sort)
                return self.sorts.member(name, entity_id)
            case EntityUid():
                return self._entity(sort, value)
            case IpAddr(version, address, prefix):
                self.sorts.of(IP)
                width, bits = PREFIXES[version]
                length = f"none{bits}" if prefix == width else f"(some{bits} (_ bv{prefix} {bits}))"
                return f"(v{version} (_ bv{address} {width}) {length})"
            case frozenset():
                assert isinstance(sort, SetSort)
                return self._set(sort, [self.constant(sort.element, one) for one in sorted(value, key=repr)])
            case tuple():
                assert isinstance(sort, RecordSort)
                here = dict(value)
                return self._record(
                    sort,
                    [
                        ("true", self.constant(one.sort, here[one.name]))
                        if one.name in here
                        else ("false", "")
                        for one in sort.fields
                    ],
                )
        raise AssertionError(f"no constant: {value!r}")

    def _entity(self, sort: Sort, entity: EntityUid) -> str:
        if entity not in self._entities:
            name = f"u{len(self._entities)}"
            self._entities[entity] = name
            self.lines.append(f"; {name} is {entity.type}::{entity.id!a}")
            self.lines.append(f"(declare-const {name} {self.sorts.of(sort)})")
        return self._entities[entity]

    def _applied(self, term: Term, args: list[str]) -> str:
        symbol = term.payload
        assert isinstance(symbol, Symbol)
        if symbol not in self._functions:
            name = f"f{len(self._functions)}"
            self._functions[symbol] = name
            domain = " ".join(self.sorts.of(arg.sort) for arg in term.args)
            self.lines.append(f"; {name} is {symbol_text(symbol)}")
            self.lines.append(f"(declare-fun {name} ({domain}) {self.sorts.of(term.sort)})")
        name = self._functions[symbol]
        return f"({name} {' '.join(args)})" if args else name

    def _record(self, sort: RecordSort, pairs: Sequence[tuple[str, str]]) -> str:
        name = self.sorts.of(sort)
        parts = []
        for one, (there, value) in zip(sort.fields, pairs, strict=True):
            if one.required:
                parts.append(value)
                continue
            option = self.sorts.option(one.sort)
            none, some = f"none-{option}", f"(some-{option} {value})"
            parts.append({"true": some, "false": none}.get(there) or f"(ite {there} {some} {none})")
        return f"(make-{name} {' '.join(parts)})" if parts else f"make-{name}"

    def _set(self, sort: Sort, elements: Sequence[str]) -> str:
        text = f"((as const {self.sorts.of(sort)}) false)"
        for element in elements:
            text = f"(store {text} {element} true)"
        return text

    def _of_sets(self, term: Term, args: list[str]) -> str:
        sort = term.args[-1].sort
        assert isinstance(sort, SetSort)
        element = self.sorts.of(sort.element)
        match term.op, args:
            case "member", [one, of]:
                return f"(select {of} {one})"
            case "subset", [inner, outer]:
                return f"(forall ((x {element})) (=> (select {inner} x) (select {outer} x)))"
            case "overlap", [left, right]:
                return f"(exists ((x {element})) (and (select {left} x) (select {right} x)))"
            case "empty", [of]:
                return f"(= {of} {self._set(sort, [])})"
        raise AssertionError(f"no encoding of {term.op!r}")

    def _overflow(self, term: Term, args: list[str]) -> str:
        """State that the result in more bits is not that in 64 bits."""
        op = term.op.removesuffix("-overflows")
        extra = 64 if op == "mul" else 1
        wide = " ".join(f"((_ sign_extend {extra}) {arg})" for arg in args)
        narrow = f"({PLAIN[op]} {' '.join(args)})"
        return f"(not (= ({PLAIN[op]} {wide}) ((_ sign_extend {extra}) {narrow})))"

    def _division(self, term: Term, dividend: str) -> str:
        by = term.payload
        assert isinstance(by, int)
        if by == 1:
            return dividend
        quotient, remainder = self._divided_by(term.args[0], by, dividend)
        if term.op == "modulo":
            return remainder
        zero = number(0)
        exact = f"(or (bvsge {dividend} {zero}) (= {remainder} {zero}))"
        return f"(ite {exact} {quotient} (bvadd {quotient} {number(1)}))"

    def _divided_by(self, of: Term, by: int, dividend: str) -> tuple[str, str]:
        """Introduce a floored quotient and a remainder, bounded so that nothing wraps."""
        if (of, by) not in self._divided:
            q, r = (f"{letter}{len(self._divided)}" for letter in "qr")
            self._divided[of, by] = q, r
            self.lines += [f"(declare-const {name} (_ BitVec 64))" for name in (q, r)]
            least, most = LEAST // by, MOST // by
            self.lines += [
                f"(assert (= {dividend} (bvadd (bvmul {q} {number(by)}) {r})))",
                f"(assert (and (bvsle {number(0)} {r}) (bvslt {r} {number(by)})))",
                f"(assert (and (bvsle {number(least)} {q}) (bvsle {q} {number(most)})))",
                f"(assert (=> (= {q} {number(least)}) (bvsle {number(LEAST - least * by)} {r})))",
                f"(assert (=> (= {q} {number(most)}) (bvsle {r} {number(MOST - most * by)})))",
            ]
        return self._divided[of, by]


def number(value: int) -> str:
    """Write a number as a bit-vector."""
    return f"(_ bv{value % 2**64} 64)"


def quoted(text: str) -> str:
    """Write the text between the quotes of a literal."""
    return escaped(text).replace('"', '""')


def regular(pattern: object) -> str:
    """Write a pattern as a regular expression."""
    assert isinstance(pattern, tuple)
    parts: list[str] = []
    text = ""
    for element in (*pattern, Star()):
        if isinstance(element, str):
            text += element
            continue
        if text:
            parts.append(f'(str.to_re "{quoted(text)}")')
            text = ""
        parts.append("re.all")
    parts.pop()
    if not parts:
        return '(str.to_re "")'
    return parts[0] if len(parts) == 1 else f"(re.++ {' '.join(parts)})"


def in_range(inner: str, outer: str) -> str:
    """State that a range is part of another, by masks."""
    found = []
    for version, (width, bits) in PREFIXES.items():
        narrow, wide = (mask(f"(prefix{version} {one})", width, bits) for one in (inner, outer))
        networks = (f"(bvand (address{version} {one}) {wide})" for one in (inner, outer))
        found.append(
            f"(and ((_ is v{version}) {inner}) ((_ is v{version}) {outer})"
            f" (= (bvand {narrow} {wide}) {wide}) (= {' '.join(networks)}))"
        )
    return f"(or {' '.join(found)})"


def mask(prefix: str, width: int, bits: int) -> str:
    """Write the bits that a prefix fixes; without a prefix all of them."""
    ones = f"(bvnot (_ bv0 {width}))"
    length = f"((_ zero_extend {width - bits}) (length{bits} {prefix}))"
    return f"(ite ((_ is none{bits}) {prefix}) {ones} (bvnot (bvlshr {ones} {length})))"
