"""Least upper bounds (spec 08 §5.1, §12.1), by example and by their laws."""

from __future__ import annotations

from itertools import product

import pytest

from reference.schema.lattice import join
from reference.schema.types import (
    BOOL,
    DECIMAL,
    EMPTY_RECORD,
    FALSE,
    IPADDR,
    LONG,
    NEVER,
    STRING,
    TRUE,
    Attribute,
    RecordType,
    SetType,
    Type,
    describe,
    entity,
)


def record(open_: bool = False, **attributes: Type) -> RecordType:
    return RecordType({name: Attribute(t) for name, t in attributes.items()}, open_)


def optional(t: Type) -> RecordType:
    return RecordType({"a": Attribute(t, required=False)})


USER, GROUP = entity("User"), entity("Group")

STRICT_TYPES: list[Type] = [
    TRUE, FALSE, BOOL, LONG, STRING, DECIMAL, IPADDR, USER, GROUP, EMPTY_RECORD,
    SetType(LONG), SetType(TRUE), SetType(BOOL), record(a=TRUE), record(a=FALSE), record(a=LONG),
    optional(LONG), record(a=LONG, b=LONG), SetType(record(a=TRUE)),
]  # fmt: skip

TYPES = [
    *STRICT_TYPES,
    NEVER,
    SetType(NEVER),
    entity("User", "Group"),
    record(True),
    record(True, a=LONG),
    SetType(entity("User", "Action")),
]


@pytest.mark.parametrize(
    ("t", "u", "strict", "permissive"),
    [
        (TRUE, TRUE, TRUE, TRUE),
        (TRUE, FALSE, BOOL, BOOL),
        (BOOL, FALSE, BOOL, BOOL),
        (LONG, STRING, None, None),
        (LONG, BOOL, None, None),
        (DECIMAL, IPADDR, None, None),
        (USER, USER, USER, USER),
        (USER, GROUP, None, entity("User", "Group")),
        (SetType(TRUE), SetType(FALSE), SetType(BOOL), SetType(BOOL)),
        (SetType(LONG), SetType(STRING), None, None),
        (record(a=TRUE), record(a=FALSE), record(a=BOOL), record(a=BOOL)),
        (record(a=LONG), record(a=LONG, b=LONG), None, record(True, a=LONG)),
        (record(a=LONG), record(a=STRING), None, record(True)),
        (record(a=LONG), optional(LONG), None, optional(LONG)),
        (record(True, a=LONG), record(a=LONG), None, record(True, a=LONG)),
        (SetType(NEVER), SetType(LONG), SetType(LONG), SetType(LONG)),
    ],
)
def test_examples(t: Type, u: Type, strict: Type | None, permissive: Type | None) -> None:
    if NEVER not in (getattr(t, "element", None), t) and not getattr(t, "open", False):
        assert join(t, u) == strict
    assert join(t, u, permissive=True) == permissive


@pytest.mark.parametrize("permissive", [False, True])
def test_bounds_commute_and_are_idempotent(permissive: bool) -> None:
    for t, u in product(TYPES if permissive else STRICT_TYPES, repeat=2):
        joined = join(t, u, permissive=permissive)
        assert joined == join(u, t, permissive=permissive)
        if joined is not None:
            assert join(joined, t, permissive=permissive) == joined, describe(joined)
        assert join(t, t, permissive=permissive) is t


def test_strict_bounds_associate() -> None:
    for t, u, v in product(STRICT_TYPES, repeat=3):
        left, right = join(t, u), join(u, v)
        if left is not None and right is not None:
            assert join(left, v) == join(t, right)


def test_a_permissive_bound_exists_wherever_a_strict_one_does() -> None:
    for t, u in product(STRICT_TYPES, repeat=2):
        strict = join(t, u)
        if strict is not None:
            assert join(t, u, permissive=True) == strict


def test_descriptions_are_schema_syntax_and_bounded() -> None:
    assert describe(record(a=SetType(USER), b=LONG)) == "{a: Set<User>, b: Long}"
    deep: Type = LONG
    for _ in range(100_000):
        deep = SetType(deep)
    assert len(describe(deep)) < 200
