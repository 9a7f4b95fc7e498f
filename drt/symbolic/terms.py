"""Terms (spec 10 §2): shared nodes, and constructors that fold.

Equal terms are one object, so that identity is equality and every term is encoded once. A record is never a
solver's term by itself: `field` and `present` reach through choices down to leaves, and equality goes field
by field. Only elements of sets are records as a whole (`whole`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from weakref import WeakValueDictionary

from drt.symbolic import meaning
from drt.symbolic.sorts import BOOL, EntitySort, Field, RecordSort, SetSort, Sort
from reference.values import EntityUid

Op = Literal[
    "const", "apply", "not", "and", "or", "ite", "eq",
    "neg", "add", "sub", "mul", "neg-overflows", "add-overflows", "sub-overflows", "mul-overflows",
    "lt", "le", "quotient", "modulo", "like", "ip-version", "ip-in-range",
    "record", "set", "member", "subset", "overlap", "empty",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Symbol:
    """An uninterpreted function of the symbolic request and store (spec 10 §3).

    `owner` is a variable or an entity type; `path` leads to an attribute inside a record; `presence` marks
    the test whether an optional attribute is there. `ancestor` is the type of the ancestors. `exists` is for
    stores in which entities may be missing, as those of databases.
    """

    kind: Literal["request", "attribute", "tag", "has-tag", "ancestors", "exists"]
    owner: str
    path: tuple[str, ...] = ()
    presence: bool = False
    ancestor: str = ""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Term:
    """An operator on terms. `payload` is a constant's value, a symbol, a pattern, a divisor or a version."""

    op: Op
    sort: Sort
    args: tuple[Term, ...] = ()
    payload: object = None


_known: WeakValueDictionary[tuple[object, ...], Term] = WeakValueDictionary()


def make(op: Op, sort: Sort, args: tuple[Term, ...] = (), payload: object = None) -> Term:
    """Return the one term with these parts, without folding."""
    key = (op, sort, args, payload)
    found = _known.get(key)
    if found is None:
        found = _known[key] = Term(op, sort, args, payload)
    return found


def const(sort: Sort, value: object) -> Term:
    """Build a constant."""
    return make("const", sort, (), value)


TRUE = const(BOOL, True)
FALSE = const(BOOL, False)


def truth(value: bool) -> Term:
    """Build true or false."""
    return TRUE if value else FALSE


def uid(entity: EntityUid) -> Term:
    """Build an entity literal."""
    return const(EntitySort(entity.type), entity)


def apply(symbol: Symbol, sort: Sort, *args: Term) -> Term:
    """Apply an uninterpreted function."""
    return make("apply", sort, args, symbol)


def operation(op: Op, sort: Sort, *args: Term, payload: object = None) -> Term:
    """Apply an operator; with constant operands the result is a constant."""
    if all(arg.op == "const" for arg in args):
        return const(sort, meaning.result(op, payload, [arg.payload for arg in args]))
    return make(op, sort, args, payload)


def not_(term: Term) -> Term:
    """Negate."""
    if term.op == "not":
        return term.args[0]
    return truth(term is FALSE) if term.op == "const" else make("not", BOOL, (term,))


def and_(*terms: Term) -> Term:
    """Conjoin."""
    return _junction("and", terms, TRUE, FALSE)


def or_(*terms: Term) -> Term:
    """Disjoin."""
    return _junction("or", terms, FALSE, TRUE)


def implies(left: Term, right: Term) -> Term:
    """Build `left ⇒ right`."""
    return or_(not_(left), right)


def _junction(op: Literal["and", "or"], terms: Iterable[Term], neutral: Term, absorbing: Term) -> Term:
    kept: dict[Term, None] = {}
    for term in terms:
        kept.update(dict.fromkeys(term.args if term.op == op else (term,)))
    kept.pop(neutral, None)
    if absorbing in kept or any(term.op == "not" and term.args[0] in kept for term in kept):
        return absorbing
    if len(kept) < 2:
        return next(iter(kept), neutral)
    return make(op, BOOL, tuple(kept))


def ite(condition: Term, then: Term, otherwise: Term) -> Term:
    """Choose."""
    if condition.op == "const":
        return then if condition is TRUE else otherwise
    if then is otherwise:
        return then
    if then is TRUE or then is condition:
        return or_(condition, otherwise)
    if then is FALSE:
        return and_(not_(condition), otherwise)
    if otherwise is TRUE:
        return or_(not_(condition), then)
    if otherwise is FALSE or otherwise is condition:
        return and_(condition, then)
    return make("ite", then.sort, (condition, then, otherwise))


def eq(left: Term, right: Term) -> Term:
    """Compare; values of different sorts are different, records aside."""
    if left is right:
        return TRUE
    if isinstance(left.sort, RecordSort) and isinstance(right.sort, RecordSort):
        names = {field.name for sort in (left.sort, right.sort) for field in sort.fields}
        return and_(*(_same_field(left, right, name) for name in sorted(names)))
    if left.sort != right.sort:
        return FALSE
    if left.op == "const" and right.op == "const":
        return truth(left.payload == right.payload)
    for one, other in ((left, right), (right, left)):
        if one is TRUE or one is FALSE:
            return other if one is TRUE else not_(other)
    return make("eq", BOOL, (left, right))


def _same_field(left: Term, right: Term, name: str) -> Term:
    here, there = present(left, name), present(right, name)
    if here is FALSE or there is FALSE:
        return not_(or_(here, there))
    return and_(eq(here, there), or_(not_(here), eq(field(left, name), field(right, name))))


def record(sort: RecordSort, values: Sequence[tuple[Term, Term]]) -> Term:
    """Build a record from each field's presence and value."""
    return make("record", sort, tuple(part for pair in values for part in pair))


def present(of: Term, name: str) -> Term:
    """Return whether a record has an attribute."""
    declared = _declared(of, name)
    if declared is None:
        return FALSE
    if declared.required:
        return TRUE
    match of.op:
        case "ite":
            return ite(of.args[0], present(of.args[1], name), present(of.args[2], name))
        case "record":
            return of.args[2 * _index(of, name)]
        case "const":
            return truth(name in _constants(of))
        case _:
            symbol = _member(of, name)
            return apply(replace(symbol, presence=True), BOOL, *of.args)


def field(of: Term, name: str) -> Term:
    """Return the value of an attribute that the record's sort declares, wherever it is present."""
    declared = _declared(of, name)
    assert declared is not None
    match of.op:
        case "ite":
            condition, then, otherwise = of.args
            if _declared(then, name) is None or _declared(otherwise, name) is None:
                return field(otherwise if _declared(then, name) is None else then, name)
            return ite(condition, field(then, name), field(otherwise, name))
        case "record":
            return of.args[2 * _index(of, name) + 1]
        case "const":
            return const(declared.sort, _constants(of)[name])
        case _:
            return apply(_member(of, name), declared.sort, *of.args)


def _constants(of: Term) -> dict[str, object]:
    assert isinstance(of.payload, tuple)
    return dict(of.payload)


def _declared(of: Term, name: str) -> Field | None:
    assert isinstance(of.sort, RecordSort)
    return of.sort.field(name)


def _index(of: Term, name: str) -> int:
    assert isinstance(of.sort, RecordSort)
    return [one.name for one in of.sort.fields].index(name)


def _member(of: Term, name: str) -> Symbol:
    assert isinstance(of.payload, Symbol)
    return replace(of.payload, path=(*of.payload.path, name))


def whole(term: Term, sort: Sort) -> Term:
    """Return a term of `sort` as one solver's term: a record as the tuple of its fields."""
    if not isinstance(sort, RecordSort):
        return term
    if term.op == "const":
        return const(sort, term.payload)
    if term.op == "ite":
        condition, then, otherwise = term.args
        return ite(condition, whole(then, sort), whole(otherwise, sort))
    parts: list[tuple[Term, Term]] = []
    for one in sort.fields:
        there = present(term, one.name)
        parts.append((there, ANYTHING if there is FALSE else whole(field(term, one.name), one.sort)))
    if all(there.op == "const" and value.op == "const" for there, value in parts):
        pairs = zip(sort.fields, parts, strict=True)
        return const(sort, tuple((one.name, value.payload) for one, (there, value) in pairs if there is TRUE))
    return record(sort, parts)


ANYTHING = const(BOOL, False)
"""The value of an attribute that is absent: never looked at."""


def set_of(sort: SetSort, elements: Iterable[Term]) -> Term:
    """Build a set from its elements."""
    wholes = tuple(dict.fromkeys(whole(element, sort.element) for element in elements))
    return operation("set", sort, *wholes)


def elements_of(term: Term) -> Sequence[Term] | None:
    """Return the elements of a set that is written out, otherwise None."""
    if term.op == "set":
        return term.args
    if term.op == "const" and isinstance(term.sort, SetSort):
        assert isinstance(term.payload, frozenset)
        return [const(term.sort.element, value) for value in sorted(term.payload, key=repr)]
    return None


def member(element: Term, of: Term) -> Term:
    """Return whether a set has an element; one of another sort it has not, records aside."""
    assert isinstance(of.sort, SetSort)
    if element.sort != of.sort.element and not isinstance(element.sort, RecordSort):
        return FALSE
    written = elements_of(of)
    if written is not None:
        return or_(*(eq(element, one) for one in written))
    return make("member", BOOL, (whole(element, of.sort.element), of))


def subset(inner: Term, outer: Term) -> Term:
    """Return whether every element of `inner` is one of `outer`."""
    if inner is outer:
        return TRUE
    written = elements_of(inner)
    if written is not None:
        return and_(*(member(element, outer) for element in written))
    return make("subset", BOOL, (inner, outer))


def overlap(left: Term, right: Term) -> Term:
    """Return whether two sets have an element in common."""
    for one, other in ((left, right), (right, left)):
        written = elements_of(one)
        if written is not None:
            return or_(*(member(element, other) for element in written))
    return make("overlap", BOOL, (left, right))


def is_empty(of: Term) -> Term:
    """Return whether a set has no elements."""
    written = elements_of(of)
    return make("empty", BOOL, (of,)) if written is None else truth(not written)


def below(roots: Iterable[Term]) -> Iterator[Term]:
    """Every term reached from the roots once, operands first; without recursion."""
    done: set[Term] = set()
    for root in roots:
        waiting = [(root, False)]
        while waiting:
            term, ready = waiting.pop()
            if term in done:
                continue
            if ready or not term.args:
                done.add(term)
                yield term
            else:
                waiting.append((term, True))
                waiting.extend((arg, False) for arg in reversed(term.args))
