"""Conditions that types decide although evaluating them may err (spec 09 §4.1, §4.2)."""

from __future__ import annotations

from dataclasses import replace

from generators.choice.sources import Source
from generators.draw.syntax import Binary, Condition, Expr, Has, Policy, RecordLit, Unary, Var

UNDECLARED = "nothing_declares_this"

_FALSE = Has(Var("context"), (UNDECLARED,))
"""False by its type, and free of errors."""


def with_decided_tests(source: Source, policy: Policy, share: float) -> Policy:
    """Rewrite the last condition of a policy, with a probability, so that only its errors matter."""
    if not policy.conditions or not source.boolean(share):
        return policy
    last = policy.conditions[-1]
    body = source.choice((_and_false, _or_true, _has_in_record, _has_not_in_record))(last.body)
    return replace(policy, conditions=(*policy.conditions[:-1], Condition(last.kind, body)))


def _and_false(body: Expr) -> Expr:
    return Binary("&&", body, _FALSE)


def _or_true(body: Expr) -> Expr:
    return Binary("||", body, Unary("!", _FALSE))


def _has_in_record(body: Expr) -> Expr:
    return Has(RecordLit((("a", body),)), (UNDECLARED,))


def _has_not_in_record(body: Expr) -> Expr:
    return Unary("!", _has_in_record(body))
