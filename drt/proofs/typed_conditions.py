"""Policies over typed operands, and every small store and request that conforms to their schema.

Owns what the rows about validation and about typed code try: every form over typed operands, small trees of the
control forms with what shows their types, and clauses.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product

from reference.entities import Entities, Entity, store
from reference.extensions.decimal import Decimal
from reference.request import Request
from reference.values import Bool, EntityUid, Long, Record, Set, String, Value

SCHEMA = """
entity G in [G];
entity U in [G] = {
  n: Long, opt?: Long, flag: Bool, flagopt?: Bool, rec: {a: Long, b?: Long}, recopt?: {a: Long, b?: {c: Bool}}, friend: U,
  s: Set<Long>, us: Set<U>, text: String, d: decimal
} tags Long;
entity R {n: String, on?: Bool};
action x appliesTo {principal: [U], resource: [U, R], context: {c: Bool, m?: Long, e: U, s: Set<U>, r: {k?: Bool}}};
"""
ATOMS = (
    "principal", "principal.n", "principal.flag", "principal.text", "principal.rec", "principal.rec.a", "principal.friend",
    "principal.s", "context.c", "context.e", "context.s", "resource", "context", "principal.d", "true", "1", '"n"',
    'G::"g"', "[]", "principal.opt", 'U::"b".n', "action", 'Action::"x"',
)  # fmt: skip
PAIRED = (
    "principal", "principal.n", "principal.flag", "principal.text", "principal.rec", "principal.friend", "principal.s",
    "context.s", "resource", 'G::"g"', "[]", "action", "true", 'Action::"x"',
)  # fmt: skip
UNARY = (
    "!{l}", "-{l} == 1", "{l}.isEmpty()", '{l} like "n*"', "{l} is U", "{l} is R", '{l} is U in G::"g"', "{l} has n", "{l} has opt",
    "{l}.n == 1", '{l}.n == "n"', "{l}.opt == 1", "{l} has opt && {l}.opt == 1", "{l} has rec.b && {l}.rec.b == 1",
    '{l}.hasTag("t")', '{l}.getTag("t") == 1', '{l}.hasTag("t") && {l}.getTag("t") == 1', "{l} && context.c", "if {l} then 1 == 1 else 2 == 1",
    "{l} == {l}", "{l} in [{l}]", '{l}.hasTag(principal.text) && {l}.getTag(principal.text) == 1', "{l}.isIpv4()",
    '{l}.lessThan(decimal("1.0"))', "[{l}, {l}].isEmpty()", "{{a: {l}}}.a == {l}", "{l} is U && {l}.n == 1", "{l} is R || {l}.n == 1",
    '{l}.hasTag("t") && {l}.getTag("s") == 1', "{l}.friend.n == 1", "{l} has friend.opt && {l}.friend.opt == 1", "{l} has zz",
    "!({l} has n)",
)  # fmt: skip
BINARY = (
    "{l} == {r}", "{l} < {r}", "{l} + {r} == 1", "{l} in {r}", "{l}.contains({r})", "{l}.containsAll({r})", "{l} && {r}",
    "{l} || {r}", "[{l}, {r}].isEmpty()", "(if context.c then {l} else {r}) == {l}", "{l}.hasTag({r})", "{l}.getTag({r}) == 1",
)  # fmt: skip
GUARDED = (
    "P has opt || P.opt == 1", "!(P has opt) || P.opt == 1", "!(P has opt) && P.opt == 1", "if P has opt then P.opt == 1 else true",
    "if P has opt then true else P.opt == 1", "P has opt && true && P.opt == 1", "context.c && P has opt && P.opt == 1",
    "P has opt && context.c && P.opt == 1", "(P has opt || context.c) && P.opt == 1", "(P has opt && context.c) && P.opt == 1",
    "(P has opt || P has opt) && P.opt == 1", "(P has opt || P has flagopt) && P.opt == 1", "P has flagopt && P.flagopt",
    "P.flagopt && P has flagopt", "P has opt && P.opt == 1 && P.flagopt", "P has opt && P.flagopt && P.opt == 1",
    "P has opt && context.c && P.flagopt", "context.c && context.c && P.opt == 1", "context.c || context.c || P.opt == 1",
    "P has opt && (if true then P.opt == 1 else false)", "P has opt && (if false then false else P.opt == 1)",
    "P has opt && (if context.c then P.opt == 1 else P.opt == 2)", "P has opt && (P.n == 2 || P.opt == 1)",
    "P.rec has a.zz", "P has rec.zz", "context has r.k", "context has r.zz", "P has recopt.b.zz", "context has e.opt",
    "P has recopt && P.recopt.a == 1", "P has recopt && P.recopt.b.c", "P has recopt.b && P.recopt.b.c", "P has recopt.b.c && P.recopt.b.c",
    "P has recopt.b && P.recopt.a == 1", "P has recopt && P.recopt has b && P.recopt.b.c", "context has m && context.m == 1",
    "context has m || context.m == 1", "context.r has k && context.r.k", "context has r.k && context.r.k", "context.r.k",
    "P.friend has opt && P.friend.opt == 1", "P.friend has opt && P.opt == 1", "P has opt && P.friend.opt == 1",
    "(if P has opt then P has flagopt else false) && P.opt == 1", "(if P has opt then context.c else false) && P.opt == 1",
    "(if context.c then P has opt else P has opt) && P.opt == 1", "(if context.c then P has opt else true) && P.opt == 1",
    "(if true then P has opt else true) && P.opt == 1", "(if false then true else P has opt) && P.opt == 1",
    'P.hasTag("t") || P.getTag("t") == 1', '!P.hasTag("t") || P.getTag("t") == 1', 'P.hasTag("t") && P.friend.getTag("t") == 1',
    'P.hasTag("t") && context.c && P.getTag("t") == 1', '(P.hasTag("t") || P.hasTag("s")) && P.getTag("t") == 1',
    "resource is R && resource has on && resource.on", "resource is U && resource.n == 1", 'resource is R && resource.n == "a"',
    "resource has on && resource.on", "resource has opt && resource.opt == 1", 'resource.n == "a"', "resource.n == 1",
    "[P, context.e].contains(P)", "(if context.c then P else context.e).n == 1", "(if context.c then P else resource).n == 1",
    "(if context.c then P else G::\"g\") has opt", "1 == true", "1 != true", "1 != 1", "P.n != 1", 'P != G::"g"', "P != P",
    "(if context.c then P.rec else {a: 1}).a == 1", "(if context.c then P.rec else {a: 1, b: 2}).b == 2", "false && P.zz", "true || P.zz",
    "if false then P.zz else context.c", "P is R && P.zz", "!(P is R) || P.zz", 'principal == R::"r" && P.zz', "action == Action::\"x\" || P.zz",
    "P.n + P.n > 1", "-P.n < 1", "P.n * 9223372036854775807 > 1", 'decimal("1.00001").lessThan(P.d)', "decimal(P.text).lessThan(P.d)",
)  # fmt: skip
TESTS = (
    "context.c", "principal.flag", "principal.n < 1", "principal.n <= 1", "principal.n > 1", "!(principal.n <= 1)",
    "principal.n >= 1", "principal.n == 1", "principal.n != 1", "!(principal.n == 1)", "principal has opt", "principal has rec.b",
    "principal has recopt", "principal has recopt.b", 'principal.text like "a*"', 'principal.text like "*"', 'resource is U in G::"g"',
    'resource is U && resource in G::"g"', 'resource in G::"g"', "[1].contains(principal.n)", "[1, 2].contains(principal.n)",
    'principal.d.lessThan(decimal("1.0"))', 'principal.d.greaterThan(decimal("1.0"))', "[{a: context.c}].isEmpty()", "[{b: context.c}].isEmpty()", "[1].isEmpty()", "[true].isEmpty()",
    "principal.n + 1 == 2", "principal.n - 1 == 2", "-principal.n == 1", "principal.s.isEmpty()", 'principal.hasTag("t")',
    "context.c || principal.flag", "context.c && principal.flag", "if context.c then principal.flag else false", "resource is U",
)  # fmt: skip
"""Conditions that differ from those near them in one part: what one grants must not be granted by another."""
NEAR = 4
IDENTITY = "(if {x} then principal else context.e) has opt && (if {y} then principal else context.e).opt == 1"
LITERALS = ('decimal("1.0")', 'ip("::1")', 'datetime("2024-01-01")', 'duration("1h")', "1", "true")
METHODS = (
    "lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual", "isIpv4", "isIpv6", "isLoopback", "isMulticast",
    "isInRange", "offset", "durationSince", "toDate", "toTime", "toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays",
)  # fmt: skip
CONSTRUCTORS = ("decimal({x})", "ip({x})", "datetime({x})", "duration({x})")
TEXTS = ('"1.0"', '"::1"', '"2024-01-01"', '"1h"', "principal.text", "1", '"1.0", "1.0"', "")
TRUTHS = ("true", "false", "context.c", "principal has opt", "principal.opt == 1", "principal.n")
THIRD = ("context.c", "principal has opt", "principal.opt == 1")
TREES = (
    "{x} && {y}", "{x} || {y}", "{x} && {y} && {z}", "{x} || {y} || {z}", "{x} && ({y} || {z})", "{x} || ({y} && {z})",
    "{x} && ({y} && {z})", "{x} || ({y} || {z})", "!({x} && {y})", "if {x} then {y} else {z}",
)  # fmt: skip
PROBES = ("{e}", "({e}) || principal.zz", "({e}) && principal.zz", "({e}) && principal.opt == 1")
"""Around a condition: valid exactly if it is True, if it is False, or if it grants the attribute."""
SCOPES = (
    "principal is U, action, resource is R", "principal is R, action, resource", "principal, action, resource is U",
    'principal in G::"g", action, resource', 'principal is U in G::"g", action, resource in G::"g"',
    'principal == U::"a", action == Action::"x", resource == U::"b"', "principal is U, action in [Action::\"x\"], resource is U",
)  # fmt: skip
CLAUSES = (
    "when {{ {x} }} when {{ {y} }} when {{ principal.opt == 1 }}", "when {{ {x} }} unless {{ {y} }} when {{ principal.zz }}",
    "unless {{ {x} }} unless {{ {y} }} unless {{ principal.opt == 1 }}",
)  # fmt: skip
A, B, G = EntityUid("U", "a"), EntityUid("U", "b"), EntityUid("G", "g")


@cache
def policies() -> tuple[str, ...]:
    """Return the policies; most of them have no constraint in their scopes."""
    clauses = [f"when {{ {condition} }}" for condition in _conditions()]
    clauses += [text.format(x=x, y=y) for text in CLAUSES for x, y in product(TRUTHS, repeat=2)]
    plain = [f"permit(principal, action, resource) {text};" for text in dict.fromkeys(clauses)]
    return (
        *plain,
        *(f"permit({scope}) {clause};" for scope in SCOPES for clause in ("", "when { principal.n == 1 }")),
    )


def _conditions() -> Iterator[str]:
    for form in UNARY:
        for atom in ATOMS:
            yield form.format(l=atom)
    for form in BINARY:
        for left, right in product(PAIRED, repeat=2):
            yield form.format(l=left, r=right)
    for text in GUARDED:
        yield text.replace("P", "principal")
        yield text.replace("P", "context.e")
    for method, receiver, argument, result in product(
        METHODS, LITERALS, ("", LITERALS[0], LITERALS[3]), (LITERALS[2], "1")
    ):
        yield f"{receiver}.{method}({argument}) == {result}"
    for method, literal in product(METHODS, LITERALS):
        yield f"{literal}.{method}({literal}) == true"
    for constructor, text, literal in product(CONSTRUCTORS, TEXTS, LITERALS[:5]):
        yield f"{constructor.format(x=text)} == {literal}"
    for place, x in enumerate(TESTS):
        for y in TESTS[max(0, place - NEAR) : place + NEAR + 1]:
            yield IDENTITY.format(x=x, y=y)
    for tree in TREES:
        for x, y, z in product(TRUTHS, TRUTHS, THIRD if "{z}" in tree else ("",)):
            for probe in PROBES:
                yield probe.format(e=tree.format(x=x, y=y, z=z))


@cache
def situations() -> tuple[tuple[Request, Entities], ...]:
    """Every request and store with optional parts there or not; all of them conform."""
    return tuple(
        (request, entities)
        for entities in map(_store, product((True, False), repeat=4))
        for request in _requests()
    )


def _requests() -> Iterator[Request]:
    for resource, c in product((B, EntityUid("R", "r")), (True, False)):
        fields: dict[str, Value] = {
            "c": Bool(c),
            "e": B if c else A,
            "s": Set(frozenset([A])),
            "r": Record({"k": Bool(True)} if c else {}),
        }
        yield Request(
            A, EntityUid("Action", "x"), resource, Record({**fields, "m": Long(1)} if c else fields)
        )


def _store(choices: tuple[bool, ...]) -> Entities:
    """Make a store whose optional attributes, tags and second entity are there as the choices say."""
    optional, nested, tagged, both = choices
    some: dict[str, Value] = {"opt": Long(1), "flagopt": Bool(True)} if optional else {}
    inner: dict[str, Value] = {"a": Long(1), "b": Record({"c": Bool(True)})} if nested else {"a": Long(1)}
    tags: dict[str, Value] = {"t": Long(1)} if tagged else {"s": Long(2)}
    return store(
        Entity(
            uid,
            {**_required(optional), **some, **({"recopt": Record(inner)} if optional else {})},
            frozenset([G]),
            tags,
        )
        for uid in ((A, B) if both else (A,))
    )


def _required(more: bool) -> dict[str, Value]:
    rec: dict[str, Value] = {"a": Long(1), "b": Long(2)} if more else {"a": Long(1)}
    return {
        "n": Long(2**63 - 1 if more else 1), "flag": Bool(more), "rec": Record(rec), "friend": B, "s": Set(frozenset([Long(1)] if more else [])),
        "us": Set(frozenset([A])), "text": String("t"), "d": Decimal(1),
    }  # fmt: skip


def described(request: Request, entities: Entities) -> str:
    """Return what differs between the situations, in words."""
    resource, context = request.resource, ", ".join(sorted(request.context.fields))
    known = (
        f'{one.uid.type}::"{one.uid.id}" has {", ".join(sorted(one.attrs))} and tags {", ".join(one.tags)}'
        for one in entities
        if one.attrs
    )
    return f'resource = {resource.type}::"{resource.id}", context has {context}, {", ".join(known)}'
