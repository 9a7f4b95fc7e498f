"""The step of the authorizer that engines take differently, when they agree on every policy alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from drt.diagnosis.located import Answers, Located, PolicyStatus
from drt.diagnosis.policies import OnePolicy
from drt.diagnosis.rule import Rule, Step
from drt.model.outcome import Authorized, Crashed, Decision, ErrorKind, ExceededBudget, Unsupported
from drt.oracles.comparing import first_difference
from drt.scan.policies import layouts
from drt.scan.tokens import tokenize

SATISFIED, UNSATISFIED = "satisfied", "unsatisfied"


def step_of(whole: Answers, alone: Sequence[tuple[OnePolicy, Answers]]) -> Located:
    """Find the step on which the responses differ, and the engines that are wrong about it."""
    able = [(name, outcome) for name, outcome in whole if not isinstance(outcome, Unsupported)]
    answered = not any(isinstance(outcome, Crashed | ExceededBudget) for _, outcome in able)
    kind = first_difference([outcome for _, outcome in able]) if answered else None
    _, rule, source = Step.of(kind).value
    operands = tuple((policy.id, answers) for policy, answers in alone)
    known = [_status(policy, answers) for policy, answers in alone]
    statuses = [status for status in known if status is not None]
    met = frozenset(PolicyStatus(status, effect) for _, effect, status in statuses)
    text = ", ".join(sorted(map(str, met))) or "no policies"
    remark, wrong = "", list[str]()
    if len(statuses) == len(known):
        expected = _expected(statuses)
        wrong = [name for name, outcome in able if outcome != expected]
        if len(wrong) < len(able):
            names, verb = " and ".join(wrong), "deviates" if len(wrong) == 1 else "deviate"
            remark = f"from the policies alone follows {_described(expected)}: {names} {verb} from that"
    return Located(
        "authorizer",
        Rule(rule),
        source,
        "the response",
        text,
        whole,
        operands,
        remark,
        statuses=met,
        deviating=tuple(wrong) if remark else (),
    )


Status = tuple[str, str, str]
"""A policy's id, its effect, and `satisfied`, `unsatisfied` or the kind of its error."""


def _expected(statuses: Sequence[Status]) -> Authorized:
    """Compute the response that follows from the agreed status of each policy (spec 04 §3)."""
    satisfied = [(name, effect) for name, effect, status in statuses if status == SATISFIED]
    effects = {effect for _, effect in satisfied}
    decision: Decision = "allow" if effects == {"permit"} else "deny"
    deciding = "permit" if decision == "allow" else "forbid"
    erring = [
        (name, cast(ErrorKind, status))
        for name, _, status in statuses
        if status not in (SATISFIED, UNSATISFIED)
    ]
    reasons = sorted(name for name, effect in satisfied if effect == deciding)
    return Authorized(decision, tuple(reasons), tuple(sorted(erring)))


def _status(policy: OnePolicy, answers: Answers) -> Status | None:
    """Read the status of a policy off the response to it alone, on which the engines that answer agree."""
    effect = _effect(policy)
    if effect is None:
        return None
    match next((outcome for _, outcome in answers if not isinstance(outcome, Unsupported)), None):
        case Authorized(erring=((_, kind), *_)):
            return policy.id, effect, kind
        case Authorized(decision, determining):
            applied = decision == "allow" if effect == "permit" else bool(determining)
            return policy.id, effect, SATISFIED if applied else UNSATISFIED
        case _:
            return None


def _effect(policy: OnePolicy) -> str | None:
    tokens = tokenize(policy.text)
    first = layouts(tokens)[0] if tokens else None
    return None if first is None or first.effect is None else tokens[first.effect].text


def _described(response: Authorized) -> str:
    ids = ", ".join(response.determining) or "no policy"
    errors = f", with errors of {', '.join(name for name, _ in response.erring)}" if response.erring else ""
    return f"{response.decision} because of {ids}{errors}"
