"""Production's generated code and machine, per policy: the reference's outcome for all numbers and kinds of attributes.

Owns the policies that are proved, and the environments: each attribute of the context is missing, or of each kind; its
number is a symbol.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice, product
from typing import Any

import z3

from drt.proofs.agreement import ACTION_UID, PRINCIPAL_UID, RESOURCE_UID, record, sizes
from drt.proofs.defects import Defect
from drt.proofs.explore import explore
from drt.proofs.forms import (
    ACTION,
    ARITHMETIC,
    COMPARISONS,
    CONTROL,
    PRINCIPAL,
    PRODUCTION_STORE,
    RESOURCE,
    STORE,
    reads,
    shown,
)
from drt.proofs.operands import Operand, longs, operands
from drt.proofs.theorem import Counterexample, Goal, Theorem
from production.errors import ERROR_KINDS, FIRST_ERROR
from production.execution.interpreter import Frame
from production.policy_set import PolicySet
from production.serving.compiled_shapes import fused_program
from production.serving.rules import Rule, rules_of, status_of
from reference.authorizer import outcome
from reference.evaluator import Evaluator
from reference.policies import Policy, condition
from reference.request import Request
from reference.text.parser import parse_policies

MOST = 200
SCOPES = (
    "principal, action, resource", 'principal == U::"a", action, resource', 'principal in U::"b", action, resource',
    "principal is U, action, resource is U", "principal is V, action, resource", 'principal, action, resource == U::"b"',
)  # fmt: skip
CLAUSES = (
    "", " unless {{ {r} == 7 }}", " when {{ {r} < 3 }}", " when {{ context has r }}", " unless {{ {l} }}",
    " when {{ {r} }} unless {{ {l} == {r} }}", " when {{ context has l && {l} != 2 }}",
)  # fmt: skip
KINDS = ("true", "{}", '"a"')
Given = Sequence[tuple[str, Operand]]


def texts() -> list[str]:
    """Return the policies: every form as a condition, with scopes and further clauses in turn."""
    forms = [
        *COMPARISONS,
        *CONTROL,
        *(f"({each}) == 3" for each in ARITHMETIC),
        *(f"({each}) < 3" for each in CONTROL),
    ]
    endless = zip(cycle(forms), cycle(SCOPES), cycle(CLAUSES), strict=False)
    found = [
        f"{'forbid' if number % 4 == 3 else 'permit'}({scope}) when {{ {shown(form)} }}{shown(clause)};"
        for number, (form, scope, clause) in enumerate(islice(endless, MOST))
    ]
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Compiled:
    """A policy in both engines, and its generated code."""

    text: str
    reference: Policy
    rule: Rule
    program: Any


def _compiled(text: str) -> Compiled:
    [body] = parse_policies(text)
    [rule] = rules_of(PolicySet.from_text(text))
    return Compiled(
        text, Policy("policy0", body.effect, condition(body)), rule, fused_program([rule], direct=False)
    )


def _goals() -> Iterator[Goal]:
    return (goal for text in texts() for goal in _of(_compiled(text)))


def _of(policy: Compiled) -> Iterator[Goal]:
    for left, right in product(
        *(_choices(policy.text, name, side) for name, side in (("l", "left"), ("r", "right")))
    ):
        yield _goal(policy, [(name, one) for name, one in (("l", left), ("r", right)) if one is not None])


def _choices(text: str, name: str, side: str) -> list[Operand | None]:
    """Return the kinds of an attribute, and None for a missing one; that alone where the policy does not read it."""
    if not reads(text, name):
        return [None]
    return [None, *(one for one in operands(side) if one.name in KINDS)]


def _goal(policy: Compiled, given: Given) -> Goal:
    symbols = [one.symbol for _, one in given if one.symbol is not None]
    hypotheses = longs([one for _, one in given])
    paths = [
        explore(_asked(evaluate, policy, given), symbols, assuming=hypotheses)
        for evaluate in (reference, machine, generated)
    ]
    parts = [
        z3.And(one.condition, other.condition)
        for others in paths[1:]
        for one, other in product(paths[0], others)
        if one.value != other.value
    ]

    def decode(model: Any) -> Counterexample:
        numbers = [model.eval(each, model_completion=True).as_long() for each in symbols]
        plain = _compiled(policy.text)  # its generated code is not rewritten
        said = [_asked(evaluate, plain, given)(*numbers) for evaluate in (reference, machine, generated)]
        rest = iter(numbers)
        where = ", ".join(
            f"context.{name} = {one.description.format(None if one.symbol is None else next(rest))}"
            for name, one in given
        )
        description = "{}: reference {}, machine {}, generated code {}".format(
            f"{policy.text} where {where}", *said
        )
        return Counterexample(description, len(set(said)) > 1)

    return Goal(policy.text, z3.Not(z3.Or(*parts)), hypotheses, decode, sizes(symbols))


def _asked(evaluate: Callable[..., str], policy: Compiled, given: Given) -> Callable[..., str]:
    """Return the evaluator as a function of the numbers alone."""

    def ask(*numbers: Any) -> str:
        rest = iter(numbers)
        return evaluate(
            policy, [(name, one, None if one.symbol is None else next(rest)) for name, one in given]
        )

    return ask


def reference(policy: Compiled, given: Any) -> str:
    """Evaluate by the reference: a status, or the kind of the error."""
    context = record({name: one.reference(n) for name, one, n in given})
    found = outcome(
        policy.reference, Evaluator(Request(PRINCIPAL_UID, ACTION_UID, RESOURCE_UID, context), STORE)
    )
    return found.error or found.status


def machine(policy: Compiled, given: Any) -> str:
    """Evaluate by the stack machine."""
    context = {name: one.production(n) for name, one, n in given}
    return _status(status_of(policy.rule, Frame(PRINCIPAL, ACTION, RESOURCE, context, PRODUCTION_STORE)))


def generated(policy: Compiled, given: Any) -> str:
    """Evaluate by the generated code."""
    context = {name: one.production(n) for name, one, n in given}
    return _status(policy.program.bind(PRODUCTION_STORE)(PRINCIPAL, ACTION, RESOURCE, context))


def _status(status: int) -> str:
    return (
        ERROR_KINDS[status - FIRST_ERROR] if status >= FIRST_ERROR else ("not satisfied", "satisfied")[status]
    )


THEOREMS = (
    Theorem(
        "Compiled policies are the reference's",
        f"Of {len(texts())} policies: machine and generated code have the reference's status or error, for all 64-bit numbers"
        " and with each attribute of the context missing or of each of three kinds.",
        "ours: translation validation",
        "P",
        _goals,
        (
            Defect(
                "only the first clause is compiled",
                "production.language.lowering",
                "    for condition in conditions:\n",
                "    for condition in list(conditions)[:1]:\n",
            ),
            Defect(
                "a guard takes what is no boolean for false",
                "production.execution.interpreter",
                "elif truth(stack.pop()) is not argument:",
                "elif stack.pop() is not argument:",
            ),
        ),
        "one proof per policy and kinds of attributes, here of 200 policies; every run proves drawn ones, by the target `translation`:"
        " stack machine, generated code and index",
        (
            "production.language.lowering.lower_conditions",
            "production.execution.codegen_control.write_guard",
            "production.serving.compiled_shapes._guard_scope",
            "production.serving.compiled_shapes._guard_type",
            "production.serving.compiled_shapes.fused_program",
            "production.serving.rules.status_of",
            "production.serving.rules._fits",
            "reference.policies.condition",
            "reference.policies.clause_condition",
        ),
    ),
)
