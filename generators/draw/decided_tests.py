"""Conditions that types decide although evaluating them may err (spec 09 §4.1, §4.2)."""

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
    Lit,
    Policy,
    RecordLit,
    Uid,
    Unary,
    Var,
)
from generators.draw.world import Schema

UNDECLARED = "nothing_declares_this"

MOST = 2**63 - 1

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
    if of_schema and source.boolean(0.2):
        body: Expr = Binary("||", last.body, source.choice(of_schema))
    else:
        body = source.choice(_REWRITES)(last.body)
    return replace(policy, conditions=(*policy.conditions[:-1], Condition(last.kind, body)))


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
    _erring_path,
)
