"""Conditions for partial evaluation: decided by types although they may err, or kept with a value in them.

Residuals are written as policies (spec 09 §5), so that each value in one must be read back as it was.
"""

from __future__ import annotations

from dataclasses import replace

from generators.choice.sources import Source
from generators.draw.syntax import (
    TRUE,
    Binary,
    Call,
    Condition,
    Expr,
    GetAttr,
    Has,
    If,
    Is,
    Lit,
    Policy,
    RecordLit,
    Uid,
    Unary,
    Var,
)
from generators.draw.world import Schema

UNDECLARED = "nothing_declares_this"

UNDECLARED_SHARE = 0.06
"""The share of such conditions that name what the schema does not declare, so that policies are refused."""

MOST = 2**63 - 1

_MAPPED = ("::ffff:102:304", "::ffff:0:0/96", "0:0:0:0:0:ffff:a00:1/127", "::ffff:ffff:ffff")
"""Addresses of version 6 whose other notation ends in an address of version 4, which Cedar does not read."""

_VALUES = (
    *(
        ("ip", text)
        for text in (*_MAPPED, "::102:304", "64:ff9b::102:304", "1::3:4:5:6:7:8", "FF02::1/8", "1.2.3.4/24")
    ),
    *(
        ("ip", text)
        for text in ("1:0:0:2:0:0:3:4", "0:0:1:0:0:2:0:0", "1:0:0:2:3:0:0:0", "1:0:2:0:3:0:4:0/9")
    ),
    *(("decimal", text) for text in ("-0.0001", "00001.10")),
    *(
        ("datetime", text)
        for text in ("0000-01-01", "1969-12-31T23:59:59.999Z", "2024-10-15T11:35:00.123-0130")
    ),
    *(("duration", text) for text in ("-0ms", "-1d2h3m4s5ms")),
)
"""Extension values in notations that a printer may normalise."""

_FALSE = Has(Var("context"), (UNDECLARED,))
"""False by its type, and free of errors."""

_SUM = Binary("==", Binary("+", Lit(MOST), Lit(1)), Lit(0))
_NEGATION = Binary("==", Unary("neg", Lit(-MOST - 1)), Lit(0))
_MOMENT = Call("datetime", (Lit("1970-01-02"),))
_OFFSET = Binary("==", Call("offset", (_MOMENT, Call("duration", (Lit(f"{MOST}ms"),)))), _MOMENT)
"""Tests that fail, whatever is known."""


def with_decided_tests(source: Source, schema: Schema, policy: Policy, share: float) -> Policy:
    """Rewrite the last condition of a policy, with a probability, so that only its errors matter."""
    if not policy.conditions or not source.boolean(share):
        return policy
    last = policy.conditions[-1]
    of_schema = [test for test in (_untagged(schema), _of_nobody(schema)) if test is not None]
    if source.boolean(UNDECLARED_SHARE):
        body: Expr = _with_undeclared(source, schema, last.body)
    elif source.boolean(0.25) and (of_entity := _of_erring_entity(source, schema, last.body)):
        body = of_entity
    elif of_schema and source.boolean(0.2):
        body = Binary("||", last.body, source.choice(of_schema))
    else:
        body = source.choice(_REWRITES)(last.body)
    return replace(policy, conditions=(*policy.conditions[:-1], Condition(last.kind, body)))


def with_kept_value(source: Source, policy: Policy, share: float) -> Policy:
    """Put an extension value beside the last condition of a policy, with a probability; its meaning stays.

    The value is in the residual as long as the condition is undecided.
    """
    if not policy.conditions or not source.boolean(share):
        return policy
    last = policy.conditions[-1]
    kind, text = source.choice(_VALUES)
    value = Call(kind, (Lit(text),))
    found, expected = (RecordLit((("test", test), ("value", value))) for test in (last.body, TRUE))
    return replace(
        policy, conditions=(*policy.conditions[:-1], Condition(last.kind, Binary("==", found, expected)))
    )


def _untagged(schema: Schema) -> Expr | None:
    """Look for a tag of an entity whose type has none."""
    for one in schema.entity_types:
        if one.tags is None and not (one.enum or one.external):
            return Binary("hasTag", Lit(Uid(one.name, "a")), Lit("a"))
    return None


def _of_nobody(schema: Schema) -> Expr | None:
    """Look an attribute of an entity that is not there up, in an operand of what types decide."""
    for one in schema.entity_types:
        for attr in one.shape.attrs:
            if attr.required and not one.external:
                return _has_in_record(GetAttr(Lit(Uid(one.name, "nobody")), attr.name))
    return None


def _of_erring_entity(source: Source, schema: Schema, body: Expr) -> Expr | None:
    """Test an entity by what its type decides; which one it is hangs on a condition that may err."""
    types = [one for one in schema.entity_types if not (one.enum or one.external)]
    if not types:
        return None
    one = source.choice(types)
    entity: Expr = If(body, Lit(Uid(one.name, "a")), Lit(Uid(one.name, "b")))
    apart = [other.name for other in types if other.name != one.name]
    tests: list[Expr] = [Is(entity, one.name), Is(entity, f"{one.name}_"), Has(entity, (UNDECLARED,))]
    if one.tags is None:
        tag: Expr = If(body, Lit("a"), Lit("b"))
        tests += 2 * [Binary("hasTag", entity, Lit("a")), Binary("hasTag", Lit(Uid(one.name, "a")), tag)]
    if apart:
        other: Expr = Lit(Uid(source.choice(apart), "a"))
        tests += [Binary("==", entity, other), Binary("==", other, entity)]
        tests += [Binary("in", entity, other), Binary("in", other, entity)]
    return source.choice(tests)


def _with_undeclared(source: Source, schema: Schema, body: Expr) -> Expr:
    """Name something that the schema does not declare where no type is asked for."""
    enums = [one for one in schema.entity_types if one.enum]
    names = [Uid("Undeclared", "a"), Uid("Action", "undeclared"), *(Uid(one.name, "none") for one in enums)]
    name = Lit(source.choice(names))
    dead: Expr = Binary("==", name, name)
    if source.boolean(0.3):
        dead = Is(Var("principal"), "Undeclared")
    return Binary("||", body, Binary("&&", _FALSE, dead))


def _and_false(body: Expr) -> Expr:
    return Binary("&&", body, _FALSE)


def _or_true(body: Expr) -> Expr:
    return Binary("||", body, Unary("!", _FALSE))


def _has_in_record(body: Expr) -> Expr:
    return Has(RecordLit((("a", body),)), (UNDECLARED,))


def _has_not_in_record(body: Expr) -> Expr:
    return Unary("!", _has_in_record(body))


def _erring_path(_: Expr) -> Expr:
    return Has(RecordLit((("a", RecordLit((("b", _SUM),))),)), ("a", "b"))


_REWRITES = (
    *(3 * (_and_false, _or_true, _has_in_record, _has_not_in_record)),
    lambda body: Binary("&&", body, Has(Var("context"), (UNDECLARED, "a"))),
    lambda body: Binary("||", body, _NEGATION),
    lambda body: Binary("&&", body, _OFFSET),
    lambda body: Binary("||", _SUM, body),
    lambda body: If(_SUM, body, TRUE),
    lambda body: If(body, _SUM, TRUE),
    lambda body: If(body, TRUE, _NEGATION),
    _erring_path,
)
