"""Atoms that compare values: numbers, instants, texts, addresses, records, and anything by equality.

More often than not, constants lie exactly at the boundary.
"""

from __future__ import annotations

from generators.draw import extension_values, literals
from generators.draw.context import Context
from generators.draw.numeric_hints import number, writable
from generators.draw.syntax import (
    COMPARISONS,
    PRINCIPAL,
    RESOURCE,
    Binary,
    Call,
    Expr,
    ExtV,
    GetAttr,
    Like,
    Lit,
    RecordLit,
    SetLit,
    Uid,
    Unary,
    Value,
)
from generators.draw.terms import Term, Terms
from generators.draw.trees import mentions_request
from generators.draw.world import (
    BOOL,
    DATETIME,
    DECIMAL,
    DURATION,
    IPADDR,
    LONG,
    STRING,
    Prim,
    Type,
    is_exact,
)
from generators.language import METHODS

DECIMAL_ORDER = tuple(name for name, row in METHODS.items() if row.preferred == ("decimal", "decimal"))
IP_TESTS = tuple(name for name, row in METHODS.items() if row.preferred[:1] == ("ip",))
ORDERED = (LONG, DATETIME, DURATION, DECIMAL)
_RELATIONS = {
    "==": (0,),
    "!=": (1, -1),
    "<": (-1,),
    "<=": (0, -1),
    ">": (1,),
    ">=": (0, 1),
    "lessThan": (-1,),
    "lessThanOrEqual": (0, -1),
    "greaterThan": (1,),
    "greaterThanOrEqual": (0, 1),
}
"""For each comparison, how the left side may lie to the right side where it holds."""

_ALL = (0, 1, -1)
_FALSE_RELATIONS = {op: tuple(r for r in _ALL if r not in holds) for op, holds in _RELATIONS.items()}
_PATHS_IN_TEN: dict[Type, int] = {LONG: 4, DATETIME: 4, DURATION: 4}
"""How often, in ten, a comparison starts with a bare path; these types have operations to test."""
_STEPS = (1, 1, 1, 2, 10)
_SCALE = {"datetime": (1, 1000, extension_values.DAY), "duration": (1, 1000, 3_600_000)}


class Comparisons:
    """Comparisons drawn within a context."""

    __slots__ = ("context", "source", "terms")

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.context: Context = terms.context
        self.source = terms.source

    def order(self, depth: int, want: bool | None) -> Expr:
        """Draw a comparison of numbers, instants, durations or decimals."""
        source = self.source
        types = [type_ for type_ in ORDERED if self.terms.has_path(type_)]
        if not types:
            return self.identity(depth, want)
        type_ = LONG if types[0] is LONG and source.boolean(0.3) else source.choice(types)
        kind = type_.name
        if kind == "decimal":
            op = source.choice(DECIMAL_ORDER)
        else:
            op = source.choice(COMPARISONS)
        left, value = self.subject(type_, depth)
        if type_ is DURATION and source.integer(0, 2) == 2:
            type_ = LONG
            left, value = self.terms.in_units(left, value)
        right = self.beside(type_, value, op, want)
        if right is None:
            right = self._other(left, self.terms.term(type_, depth - 1)[0], type_)
        return Call(op, (left, right)) if kind == "decimal" else Binary(op, left, right)

    def _other(self, left: Expr, right: Expr, type_: Type) -> Expr:
        """Return the right side, or a literal where it would repeat the left one."""
        if right != left or not is_exact(type_):
            return right
        return self.terms.literal_of(type_, 0)[0]

    def subject(self, type_: Type, depth: int) -> Term:
        """Draw a term of the type: a path or something computed from one."""
        if depth <= 0 or self.source.integer(0, 9) < _PATHS_IN_TEN.get(type_, 8):
            found = self.terms.path(type_, present=True)
            if found is not None:
                return found
        computed = self.terms.term(type_, depth)
        if mentions_request(computed[0]):
            return computed
        return self.terms.path(type_, present=True) or computed

    def beside(self, type_: Prim, value: Value | None, op: str, want: bool | None) -> Expr | None:
        """Place a constant so that `value op constant` is as wanted.

        There is none where the value is not known.
        """
        source = self.source
        at = number(value)
        if at is None or source.integer(0, 9) >= 8:
            return None
        if want is None:
            want = source.boolean()
        relation = source.choice(_RELATIONS[op] if want else _FALSE_RELATIONS[op])
        step = source.choice(_STEPS) * source.choice(_SCALE.get(type_.name, (1,))) if relation else 0
        there = at - relation * step
        if not literals.LONG_MIN <= there <= literals.LONG_MAX:
            return None
        if type_.name == "Long":
            return Lit(there)
        if relation == 0 and isinstance(value, ExtV):
            return self.terms.literal(value)
        near = extension_values.extension_near(type_.name, there)
        return None if near is None else self.terms.literal(near)

    def equality(self, depth: int, want: bool | None) -> Expr:
        """Draw `==` or `!=` on any type: against its own value, another one, or another path."""
        source, terms = self.source, self.terms
        type_ = source.choice(tuple(self.context.index.by_type))
        left, value = self.subject(type_, depth)
        positive = source.integer(0, 3) < 3
        equal = None if want is None else want == positive
        if value is not None and equal and is_exact(type_) and writable(value):
            right = terms.literal(value)
        else:
            right = self._other(left, terms.term(type_, depth - 1)[0], type_)
        if source.integer(0, 5) == 5:
            left, right = right, left
        return Binary("==" if positive else "!=", left, right)

    def flag(self, depth: int, want: bool | None) -> Expr:
        """Draw a Boolean path, negated where that makes it as wanted."""
        found = self.terms.path(BOOL, present=True)
        if found is None:
            return self.identity(depth, want)
        path, value = found
        if isinstance(value, bool) and want is not None and value != want:
            return Unary("!", path) if self.source.boolean() else Binary("==", path, Lit(want == value))
        return path

    def like(self, depth: int, want: bool | None) -> Expr:
        """Draw a pattern made from the text itself by cutting pieces out, or from another text."""
        source = self.source
        left, value = self.subject(STRING, depth)
        text = (
            value if isinstance(value, str) and want is not False else self.context.values.constants.string()
        )
        return Like(left, self._pattern(text, source.integer(0, 7)))

    def _pattern(self, text: str, kind: int) -> tuple[str | None, ...]:
        source = self.source
        cut = source.integer(0, len(text))
        match kind:
            case 0 | 1:
                return (text[:cut], None)
            case 2:
                return (None, text[cut:])
            case 3:
                return (None, text[cut : cut + 2], None)
            case 4:
                return (text[:cut], None, text[source.integer(cut, len(text)) :])
            case 5:
                return (text[:1], None, text[1:2], None, text[-1:], None)
            case 6:
                return (text,)
            case _:
                return source.choice(
                    ((None,), (), (None, None), (text, "*"), ("*", None), (None, "\\", None))
                )

    def address(self, depth: int, want: bool | None) -> Expr:
        """Draw a test of an ip address; a range around it where that is wanted."""
        source = self.source
        left, value = self.subject(IPADDR, depth)
        method = source.choice((*IP_TESTS, "isInRange", "isInRange"))
        if method != "isInRange":
            return Call(method, (left,))
        if isinstance(value, ExtV) and want is not False and value.kind == "ipaddr":
            version, address, prefix = value.key
            shorter = max(0, prefix - source.choice((0, 1, 8, 16, 200)))
            return Call(method, (left, self.terms.literal(extension_values.ip_of(version, address, shorter))))
        return Call(method, (left, self.terms.term(IPADDR, depth - 1)[0]))

    def record(self, depth: int, want: bool | None) -> Expr:
        """Draw a record literal: compared, tested for an attribute, or held in a set."""
        source, terms = self.source, self.terms
        types = [type_ for type_ in self.context.index.by_type if is_exact(type_)]
        if not types:
            return self.identity(depth, want)
        type_ = source.choice(types)
        subject, value = self.subject(type_, depth)
        name = self.context.values.constants.key()
        same = value is not None and want is not False and writable(value)
        other = terms.literal(value) if same and value is not None else terms.term(type_, depth - 1)[0]
        if source.boolean(0.2):
            return Binary("contains", SetLit((RecordLit(((name, other),)),)), RecordLit(((name, subject),)))
        if source.boolean(0.3):
            return Binary("==", GetAttr(RecordLit(((name, subject),)), name), other)
        return Binary("==", RecordLit(((name, subject),)), RecordLit(((name, other),)))

    def identity(self, depth: int, want: bool | None) -> Expr:
        """Draw a comparison of a variable with a literal of its type, which every environment allows."""
        source, context = self.source, self.context
        variable = source.choice((PRINCIPAL, RESOURCE))
        value = context.root_value(variable)
        uid = value if isinstance(value, Uid) else context.witness.principal
        positive = source.integer(0, 3) < 3
        target = uid if want is positive else context.values.uid(uid.type)
        return Binary("==" if positive else "!=", variable, Lit(target))
