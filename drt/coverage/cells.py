"""Every cell that a run can reach: operator, kinds of operands, outcome; and which of them exist.

Owns the table of what the specification allows, so that coverage has a denominator. A cell is a text
`operator|kinds|outcome`, as the reference tells them; what cannot occur is listed with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

KINDS = ("bool", "long", "string", "entity", "set", "record", "decimal", "ip", "datetime", "duration")
TRUTH = ("true", "false")
TYPE = ("type",)

Rule = dict[tuple[str, ...], tuple[str, ...]]
"""The outcomes of an operator by the kinds of its operands; whatever is not listed is a type error."""


def _pairs(*kinds: str) -> Rule:
    return {(kind, kind): TRUTH for kind in kinds}


ORDERED = _pairs("long", "datetime", "duration")
ARITHMETIC: Rule = {("long", "long"): ("value", "overflow")}
MEMBERSHIP: Rule = {("entity", "entity"): TRUTH, ("entity", "set"): (*TRUTH, "type")}

UNARY: dict[str, Rule] = {
    "!": {("bool",): TRUTH},
    "neg": {("long",): ("value", "overflow")},
    "isEmpty": {("set",): TRUTH},
    "like": {("string",): TRUTH},
    "is": {("entity",): TRUTH},
    "has": {("record",): TRUTH, ("entity",): TRUTH},
    "has path": {("record",): (*TRUTH, "type"), ("entity",): (*TRUTH, "type")},
    ".": {("record",): ("value", "attr-missing"), ("entity",): ("value", "attr-missing", "entity-missing")},
}
BINARY: dict[str, Rule] = {
    "==": {pair: TRUTH if pair[0] == pair[1] else ("false",) for pair in product(KINDS, KINDS)},
    "!=": {pair: TRUTH if pair[0] == pair[1] else ("true",) for pair in product(KINDS, KINDS)},
    "<": ORDERED, "<=": ORDERED, ">": ORDERED, ">=": ORDERED,
    "+": ARITHMETIC, "-": ARITHMETIC, "*": ARITHMETIC,
    "in": MEMBERSHIP,
    "contains": {("set", kind): TRUTH for kind in KINDS},
    "containsAll": _pairs("set"), "containsAny": _pairs("set"),
    "hasTag": {("entity", "string"): TRUTH},
    "getTag": {("entity", "string"): ("value", "entity-missing", "tag-missing")},
}  # fmt: skip
CALLS: dict[str, Rule] = {
    **{name: {("string",): ("value", "extension")} for name in ("decimal", "ip", "datetime", "duration")},
    **{
        name: _pairs("decimal")
        for name in ("lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual")
    },
    **{name: {("ip",): TRUTH} for name in ("isIpv4", "isIpv6", "isLoopback", "isMulticast")},
    "isInRange": _pairs("ip"),
    "offset": {("datetime", "duration"): ("value", "extension")},
    "durationSince": {("datetime", "datetime"): ("value", "extension")},
    "toDate": {("datetime",): ("value", "extension")},
    "toTime": {("datetime",): ("value",)},
    **{
        name: {("duration",): ("value",)}
        for name in ("toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays")
    },
}

SCOPES = (
    *(
        f"{variable} {form}"
        for variable in ("principal", "resource")
        for form in ("== entity", "in entity", "== ?slot", "in ?slot", "is", "is in entity", "is in ?slot")
    ),
    "action ==",
    "action in […]",
)

UNREACHABLE = {
    "unlinked-slot": "only linked policies are evaluated, and expressions have no slots (spec 04 §1)",
    "recursion-limit": "neither engine has a limit but that of reading (spec 01 §4.3)",
}
"""Error kinds that no case can show, and why."""


def cells() -> frozenset[str]:
    """Every cell that the language allows."""
    return frozenset(_cells())


def _cells() -> Iterator[str]:
    yield from _operators()
    yield from _control()
    for name, rule in CALLS.items():
        yield from _call(name, rule)
    for scope in SCOPES:
        yield from (f"{scope}||{outcome}" for outcome in TRUTH)
    for variable in ("principal", "action", "resource"):
        yield f"{variable} unconstrained||true"
    yield "set|…|value"
    yield "record|…|value"


def _operators() -> Iterator[str]:
    for table, arity in ((UNARY, 1), (BINARY, 2)):
        for name, rule in table.items():
            for kinds in product(KINDS, repeat=arity):
                yield from _named(name, kinds, rule.get(kinds, TYPE))


def _control() -> Iterator[str]:
    """Forms that evaluate some of their operands only when others come out so."""
    for name, stops in (("&&", "false"), ("||", "true")):
        yield f"{name}|bool|{stops}"
        yield from (f"{name}|{kind}|type" for kind in KINDS if kind != "bool")
        yield from (
            f"{name}|bool,{kind}|{outcome}"
            for kind in KINDS
            for outcome in (TRUTH if kind == "bool" else TYPE)
        )
    for kind in KINDS:
        yield f"if|bool,{kind}|value"
        if kind != "bool":
            yield f"if|{kind}|type"
        if kind != "entity":
            yield f"is in|{kind}|type"
    yield "is in|entity|false"
    for kind in KINDS:
        yield from _named("is in", ("entity", kind), MEMBERSHIP.get(("entity", kind), TYPE))


def _call(name: str, rule: Rule) -> Iterator[str]:
    """A call of the right number of arguments by their kinds; a wrong number by its outcome alone."""
    arity = len(next(iter(rule)))
    for kinds in product(KINDS, repeat=arity):
        yield from _named(name, kinds, rule.get(kinds, TYPE))
    yield f"{name}|…|arity"


def _named(name: str, kinds: tuple[str, ...], outcomes: tuple[str, ...]) -> Iterator[str]:
    yield from (f"{name}|{','.join(kinds)}|{outcome}" for outcome in outcomes)
