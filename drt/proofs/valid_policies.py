"""Validated policies never err as they may not: every form over typed operands, on every small conforming store.

Owns the comparison. Both validators judge every policy; what either accepts is evaluated, in strict and in permissive
mode.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from drt.proofs.defects import Defect
from drt.proofs.theorem import Goal, Theorem
from drt.proofs.tried import tried
from drt.proofs.typed_conditions import SCHEMA, described, policies, situations
from production.language.deep_stack import at_any_depth
from production.policy_set import PolicySet as ProductionPolicySet
from production.schemas import Schema as ProductionSchema
from production.validation.lattice import Mode
from reference.authorizer import Outcome, outcome
from reference.entities import Entities
from reference.evaluator import Evaluator
from reference.policies import Policy, condition
from reference.request import Request
from reference.schema.reader import read_schema
from reference.schema.types import FALSE, TRUE, Type
from reference.text.parser import parse_policies
from reference.validation.policies import check_everywhere, validate
from reference.validation.problems import Verdict

ALLOWED = ("overflow", "entity-missing", "extension")
MODES: tuple[Mode, ...] = ("strict", "permissive")


def _goals() -> Sequence[Goal]:
    return (tried("every policy, store and request", _wrong()),)


@at_any_depth
def _wrong() -> Iterator[str]:
    schema, theirs = read_schema(SCHEMA), ProductionSchema.from_text(SCHEMA)
    text = "\n".join(policies())
    bodies, production = parse_policies(text), ProductionPolicySet.from_text(text)
    for mode in MODES:
        permissive = mode == "permissive"
        found = _production_findings(theirs, production, mode)
        for number, (one, body) in enumerate(zip(policies(), bodies, strict=True)):
            verdict = validate(body, schema, permissive=permissive)
            right, other = _findings(verdict), frozenset(found.get(f"policy{number}", ()))
            if right != other:
                yield f"{one} ({mode}): reference {_said(right)}, production {_said(other)}"
            policy = Policy(f"policy{number}", "permit", condition(body))
            if verdict.valid:
                yield from _unsound(one, policy)
                everywhere = check_everywhere(body, condition(body), schema, permissive=permissive)
                yield from _mistyped(one, policy, {checked.typed.type for checked in everywhere})


def _findings(verdict: Verdict) -> frozenset[str]:
    return frozenset([*(one.kind for one in verdict.problems), *(one.kind for one in verdict.cautions)])


def _production_findings(
    schema: ProductionSchema, policies: ProductionPolicySet, mode: Mode
) -> dict[str, set[str]]:
    """Return the kinds of errors and warnings, by policy."""
    validation = schema.validate(policies, mode)
    found: dict[str, set[str]] = {}
    for error in validation.errors:
        found.setdefault(error.policy, set()).add(error.kind)
    for warning in validation.warnings:
        found.setdefault(warning.policy, set()).add(warning.kind)
    return found


def _said(kinds: frozenset[str]) -> str:
    return ", ".join(sorted(kinds)) or "valid"


def _unsound(text: str, policy: Policy) -> Iterator[str]:
    for request, entities in situations():
        found = outcome(policy, Evaluator(request, entities))
        if found.error is not None and found.error not in ALLOWED:
            yield f"{text} is valid, and fails ({found.error}) where {described(request, entities)}"


def _mistyped(text: str, policy: Policy, types: set[Type]) -> Iterator[str]:
    """Find where a condition that is typed True or False in every environment evaluates to the other."""
    for only, wrong in ((TRUE, "not satisfied"), (FALSE, "satisfied")):
        if types == {only} and any(_evaluated(policy, one).status == wrong for one in situations()):
            yield f"{text} is typed {only}, and is {wrong}"


def _evaluated(policy: Policy, situation: tuple[Request, Entities]) -> Outcome:
    return outcome(policy, Evaluator(*situation))


THEOREMS = (
    Theorem(
        "Valid policies err only as they may",
        f"Both validators find the same kinds of errors and warnings in {len(policies()):,} policies over typed operands."
        " What they accept errs on no small conforming store but by overflow, a missing entity or an extension function,"
        " and what is typed True is true.",
        "article: soundness of the validator; paper: validation soundness",
        "B",
        _goals,
        (
            Defect(
                "an optional attribute needs no test",
                "reference.validation.attributes",
                "    if not (declared.required or known):",
                "    if not (declared.required or known or attr):",
            ),
            Defect(
                "the operands of a conjunction after the second are not reached",
                "production.validation.control",
                '    for number, part in enumerate(left_spine(node, "&&")):',
                '    for number, part in enumerate(left_spine(node, "&&")[:2]):',
            ),
        ),
        "policies and stores are tried; the rules of the control forms are proved",
        (
            "reference.validation.control.conjunction", "reference.validation.control.disjunction",
            "reference.validation.control.conditional", "reference.validation.control.and_type",
            "reference.validation.has_rules.tag", "reference.validation.has_rules.is_in", "reference.validation.has_rules.has_path",
            "reference.validation.attributes.has_attr_type", "reference.validation.attributes.get_attr_type",
            "reference.validation.attributes.has_tag_type", "reference.validation.attributes.get_tag_type",
            "reference.validation.operators.unary_type", "reference.validation.operators.negation",
            "reference.validation.operators.binary_type", "reference.validation.operators.equality",
            "reference.validation.operators.comparison", "reference.validation.operators.element_type",
            "reference.validation.operators.related", "reference.validation.operators.set_type",
            "reference.validation.operators.is_type", "reference.validation.hierarchy.membership",
            "reference.validation.hierarchy.action_membership", "reference.validation.capabilities.Capabilities.grants",
            "production.validation.control.boolean", "production.validation.control.conjunction",
            "production.validation.control.and_", "production.validation.control.or_", "production.validation.control.if_",
            "production.validation.control.not_", "production.validation.attributes.attributes_of",
            "production.validation.attributes._attribute", "production.validation.attributes.has",
            "production.validation.attributes._has", "production.validation.attributes.has_tag",
            "production.validation.attributes.get_tag", "production.validation.operators.expect",
            "production.validation.operators._equality", "production.validation.operators.order",
            "production.validation.operators.arithmetic", "production.validation.operators.contains",
            "production.validation.operators.contains_some", "production.validation.operators.set_of",
            "production.validation.operators._is_in", "production.validation.operators.is_type",
        ),
    ),
)  # fmt: skip
