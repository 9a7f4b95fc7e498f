"""Severity of a divergence for those who rely on the engine that is wrong.

Owns the classes and their order. Without a verdict a difference counts as the worst that it may be: of two
decisions one may be an allow that should be a deny.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, get_args

from drt.model.divergence import Divergence
from drt.model.outcome import Authorized, Outcome, Rejected, Unwritable, Validated
from drt.model.partial_outcome import BatchAuthorized, Reauthorized

Severity = Literal["fail-open", "wrong answer", "accepts too much", "refuses too much", "loses", "crash"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From the worst on: an allow where others deny comes first."""

Decided = Authorized | Reauthorized | BatchAuthorized
READING = ("document", "law")
"""Kinds of divergences in which all engines answer, and what one wrote or printed differs."""


def severity(divergence: Divergence, wrong: Collection[str] = ()) -> Severity:
    """Classify a divergence; `wrong` are the engines at fault, none if that is not known."""
    answers = [(name.partition(",")[0], answer) for name, answer in divergence.answers]
    at_fault = [answer for name, answer in answers if name in wrong] or [answer for _, answer in answers]
    others = [answer for name, answer in answers if name not in wrong]
    if divergence.kind in ("crash", "budget"):
        return "crash"
    decisions = {answer.decision for _, answer in answers if isinstance(answer, Decided)}
    if decisions >= {"allow", "deny"}:
        allows = any(isinstance(one, Decided) and one.decision == "allow" for one in at_fault)
        return "fail-open" if allows else "wrong answer"
    if any(isinstance(answer, Rejected) for _, answer in answers):
        return (
            "refuses too much" if all(isinstance(one, Rejected) for one in at_fault) else "accepts too much"
        )
    if len({answer.valid for _, answer in answers if isinstance(answer, Validated)}) > 1:
        return "accepts too much" if any(map(_is_valid, at_fault)) else "refuses too much"
    if any(isinstance(answer, Unwritable) for answer in (*at_fault, *others)) or divergence.kind in READING:
        return "loses"
    return "wrong answer"


def _is_valid(answer: Outcome) -> bool:
    return isinstance(answer, Validated) and answer.valid
