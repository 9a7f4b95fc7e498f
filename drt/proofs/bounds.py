"""Bounds of types, tried on all small types: laws of order, and what the bounds say of values, in both engines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from drt.proofs.defects import Defect
from drt.proofs.theorem import Goal, Theorem
from drt.proofs.tried import tried
from production.schema import types as production
from production.validation.lattice import Lattice, PermissiveLattice
from reference.schema.lattice import join, join_all
from reference.schema.types import (
    BOOL,
    FALSE,
    LONG,
    NEVER,
    STRING,
    TRUE,
    Attribute,
    BoolType,
    EntityType,
    FalseType,
    LongType,
    NeverType,
    RecordType,
    SetType,
    StringType,
    TrueType,
    Type,
    describe,
    entity,
)
from reference.values import Bool, EntityUid, Long, Record, Set, String, Value

A, B = entity("A"), entity("B")
LEAVES: tuple[Type, ...] = (TRUE, FALSE, BOOL, LONG, STRING, A, B, NEVER)


def _types() -> tuple[Type, ...]:
    records = [
        RecordType({"a": Attribute(one, required)}, is_open)
        for one in (BOOL, TRUE, LONG, A)
        for required in (True, False)
        for is_open in (False, True)
    ]
    two = [RecordType({"a": Attribute(LONG), "b": Attribute(BOOL, required)}) for required in (True, False)]
    nested = [RecordType({"a": Attribute(one)}) for one in (records[0], records[4], SetType(TRUE))]
    sets = [SetType(one) for one in (*LEAVES, *records[:2], two[0])]
    return (
        *LEAVES,
        *records,
        *two,
        *nested,
        RecordType({}),
        RecordType({}, open=True),
        *sets,
        SetType(SetType(TRUE)),
    )


def _values() -> tuple[Value, ...]:
    leaves: tuple[Value, ...] = (
        Bool(True),
        Bool(False),
        Long(1),
        String("s"),
        EntityUid("A", "x"),
        EntityUid("B", "x"),
    )
    records = [Record({}), *(Record({"a": one}) for one in leaves), Record({"b": Bool(True)})]
    records += [
        Record({"a": Long(1), "b": Bool(True)}),
        Record({"a": Long(1), "c": Long(1)}),
        Record({"a": Record({"a": Bool(True)})}),
    ]
    sets = [Set(frozenset(each)) for each in ((), *((one,) for one in (*leaves, *records)), leaves[:2])]
    return (*leaves, *records, *sets, Set(frozenset([sets[1]])), Record({"a": sets[1]}))


def has(value: Value, t: Type) -> bool:
    """Return whether a value is of a type."""
    match t:
        case TrueType() | FalseType():
            return value == Bool(t == TRUE)
        case BoolType():
            return isinstance(value, Bool)
        case LongType():
            return isinstance(value, Long)
        case StringType():
            return isinstance(value, String)
        case EntityType(names):
            return isinstance(value, EntityUid) and value.type in names
        case SetType(element):
            return isinstance(value, Set) and all(has(each, element) for each in value.elements)
        case RecordType(attributes, is_open):
            return isinstance(value, Record) and _fits(value, attributes, is_open)
        case NeverType():
            return False
    raise AssertionError(t)


def _fits(value: Record, attributes: Any, is_open: bool) -> bool:
    return all(name in value.fields for name, one in attributes.items() if one.required) and all(
        has(each, attributes[name].type) if name in attributes else is_open
        for name, each in value.fields.items()
    )


def _goals() -> Sequence[Goal]:
    types = _types()
    searches = (("laws", _unlawful), ("values", _unmeant), ("engines", _different), ("several", _several))
    return [
        tried(name, (found for mode in (False, True) for found in wrong(_of_mode(types, mode), mode)))
        for name, wrong in searches
    ]


def _of_mode(types: Sequence[Type], permissive: bool) -> list[Type]:
    """Return the types that a mode has: strict mode has neither open records nor the elements of the empty set."""
    return [one for one in types if permissive or ("Never" not in repr(one) and "open=True" not in repr(one))]


def _unlawful(types: Sequence[Type], permissive: bool) -> Iterator[str]:
    known = {
        (t, u): join(types[t], types[u], permissive=permissive)
        for t, u in product(range(len(types)), repeat=2)
    }
    for (m, n), bound in known.items():
        t, u = types[m], types[n]
        if bound != known[n, m]:
            yield f"{describe(t)} and {describe(u)} have another bound in the other order"
        if bound is not None and join(bound, t, permissive=permissive) != bound:
            yield f"the bound of {describe(t)} and {describe(u)} is not above the first"
        if m == n and bound != t:
            yield f"{describe(t)} is not its own bound"
    for m, n, k in product(range(len(types)), repeat=3):
        left, right = known[m, n], known[n, k]
        if left is None or right is None:
            continue
        first, second = (
            join(left, types[k], permissive=permissive),
            join(types[m], right, permissive=permissive),
        )
        if first != second:
            yield f"the bound of {', '.join(describe(types[each]) for each in (m, n, k))} depends on the brackets"


def _unmeant(types: Sequence[Type], permissive: bool) -> Iterator[str]:
    """Find a value of one of two types that is none of their bound; or a bound that is no bound of its values."""
    values = _values()
    members = {place: {n for n, value in enumerate(values) if has(value, t)} for place, t in enumerate(types)}
    for (m, t), (n, u) in product(enumerate(types), repeat=2):
        bound = join(t, u, permissive=permissive)
        if bound is None:
            if permissive and type(t) is type(u) and isinstance(t, RecordType | EntityType):
                yield f"{describe(t)} and {describe(u)} have no bound in permissive mode"
            continue
        outside = [n for n in members[m] | members[n] if not has(values[n], bound)]
        if outside:
            yield f"{values[outside[0]]} is of {describe(t)} or {describe(u)}, not of their bound {describe(bound)}"


def _different(types: Sequence[Type], permissive: bool) -> Iterator[str]:
    table = production.TypeTable()
    lattice = PermissiveLattice(table) if permissive else Lattice(table)
    for t, u in product(types, repeat=2):
        ours = join(t, u, permissive=permissive)
        theirs = lattice.join(_converted(t, table), _converted(u, table))
        if (None if ours is None else _converted(ours, table)) is not theirs:
            yield f"the bound of {describe(t)} and {describe(u)}: reference {ours and describe(ours)}, production {theirs}"


def _several(types: Sequence[Type], permissive: bool) -> Iterator[str]:
    for t, u, v in product(types[:12], repeat=3):
        found = join_all([t, u, v], permissive=permissive)
        first = join(t, u, permissive=permissive)
        if found != (None if first is None else join(first, v, permissive=permissive)):
            yield f"the bound of {describe(t)}, {describe(u)} and {describe(v)} is {found and describe(found)}"


def _converted(t: Type, table: production.TypeTable) -> production.Type:
    match t:
        case SetType(element):
            return table.set_of(_converted(element, table))
        case RecordType(attributes, is_open):
            return table.record(
                {name: (_converted(one.type, table), one.required) for name, one in attributes.items()},
                is_open,
            )
        case EntityType(names):
            return table.entity_of(names)
        case _:
            return {
                TRUE: production.TRUE, FALSE: production.FALSE, BOOL: production.BOOL, LONG: production.LONG,
                STRING: production.STRING, NEVER: production.NEVER,
            }[t]  # fmt: skip


THEOREMS = (
    Theorem(
        "Bounds of types are bounds",
        "Of all small types, in both modes and both engines: the bound does not depend on order or brackets, is above"
        " both, and every value of either is a value of it.",
        "Lean Typechecking: lub laws",
        "B",
        _goals,
        (
            Defect(
                "the left boolean wins",
                "reference.schema.lattice",
                "return t if t == u else BOOL",
                "return t",
            ),
            Defect(
                "a bound of entity types is what they share",
                "reference.schema.lattice",
                "return EntityType(names | others) if permissive else None",
                "return EntityType(names & others) if permissive else None",
            ),
            Defect(
                "an attribute that one side may lack is required",
                "production.validation.lattice",
                "joined[name] = (bound, required and other_required)",
                "joined[name] = (bound, required or other_required)",
            ),
        ),
        "types nest without end; all small ones are tried",
        (
            "reference.schema.lattice.join",
            "reference.schema.lattice.join_all",
            "reference.schema.lattice._join_closed",
            "reference.schema.lattice._join_open",
            "production.validation.lattice.Lattice.join",
            "production.validation.lattice.Lattice._step",
            "production.validation.lattice.Lattice._records",
            "production.validation.lattice.PermissiveLattice._others",
            "production.validation.lattice.PermissiveLattice._records",
        ),
    ),
)
