"""Which step of the authorizer engines take differently, when they agree on every policy alone."""

from __future__ import annotations

from collections.abc import Sequence

from drt.localise.located import Answers, Located
from drt.localise.policies import OnePolicy
from drt.oracles.comparing import difference
from drt.outcome import Authorized, Decision, ErrorKind
from drt.reduce.policies import layouts
from drt.reduce.tokens import tokenize

STEPS = {
    "decision": ("the decision: allow if a permit is satisfied and no forbid is", "spec 04 §3"),
    "determining": ("the determining policies: the satisfied ones of the decision's effect", "spec 04 §3"),
    "erring": ("the erring policies: all whose evaluation fails", "spec 04 §3"),
    "error-kind": ("the error kind of an erring policy", "spec 04 §4"),
}


def step_of(whole: Answers, alone: Sequence[tuple[OnePolicy, Answers]]) -> Located:
    """The step on which the responses part, and which engines depart from what the policies come to."""
    outcomes = [outcome for _, outcome in whole]
    kind = next(filter(None, (difference(outcomes[0], other) for other in outcomes[1:])), None)
    rule, source = STEPS.get(kind or "", ("answering a request", "spec 04"))
    operands = tuple((policy.id, answers) for policy, answers in alone)
    expected = _expected(alone)
    said = ""
    if expected is not None:
        wrong = [name for name, outcome in whole if outcome != expected]
        if len(wrong) < len(whole):
            said = (
                f"from its policies alone follows {_told(expected)}: {' and '.join(wrong)} departs from that"
            )
    return Located(rule, source, "the response", "", whole, operands, said)


def _expected(alone: Sequence[tuple[OnePolicy, Answers]]) -> Authorized | None:
    """The response that follows from what the engines agree on about each policy (spec 04 §3)."""
    satisfied: dict[str, list[str]] = {"permit": [], "forbid": []}
    erring: list[tuple[str, ErrorKind]] = []
    for policy, answers in alone:
        effect = _effect(policy)
        match answers[0][1] if answers else None:
            case Authorized(erring=((_, kind), *_)):
                erring.append((policy.id, kind))
            case Authorized(decision, determining) if effect is not None:
                if decision == "allow" if effect == "permit" else bool(determining):
                    satisfied[effect].append(policy.id)
            case _:
                return None
    verdict: Decision = "allow" if satisfied["permit"] and not satisfied["forbid"] else "deny"
    reasons = satisfied["permit" if verdict == "allow" else "forbid"]
    return Authorized(verdict, tuple(sorted(reasons)), tuple(sorted(erring)))


def _effect(policy: OnePolicy) -> str | None:
    tokens = tokenize(policy.text)
    first = layouts(tokens)[0] if tokens else None
    return None if first is None or first.effect is None else tokens[first.effect].text


def _told(response: Authorized) -> str:
    ids = ", ".join(response.determining) or "no policy"
    errors = f", with errors of {', '.join(name for name, _ in response.erring)}" if response.erring else ""
    return f"{response.decision} because of {ids}{errors}"
