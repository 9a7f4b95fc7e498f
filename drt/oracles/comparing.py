"""Comparing the answers of several engines to one question.

Owns the three-way judgement (agree, diverge, inconclusive) and the name of what differs. It never sees the
case: known findings are data in the corpus, not branches here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

from drt.model.divergence import Checked, Divergence, Kind
from drt.model.engine import Engine
from drt.model.outcome import (
    Accepted,
    Analyzed,
    Answered,
    Authorized,
    Crashed,
    Evaluated,
    ExceededBudget,
    Failed,
    Outcome,
    Printed,
    Rejected,
    Unlinkable,
    Unsupported,
    Unwritable,
    Validated,
)
from drt.model.partial_outcome import (
    BatchAuthorized,
    PartialError,
    PartiallyAuthorized,
    Permitted,
    Reauthorized,
)
from drt.model.question import Question
from drt.model.residual_json import unordered
from drt.oracles.verdicts import verdict_difference


def difference(first: Outcome, second: Outcome) -> Kind | None:
    """Name what differs between two answers to the same question; None where they agree."""
    if isinstance(first, Validated) and isinstance(second, Validated):
        return verdict_difference(first, second)
    if first == second:
        return None
    match first, second:
        case (Rejected() | Unlinkable(), _) | (_, Rejected() | Unlinkable()):
            return "rejection"
        case Answered(), Answered():
            return "document"
        case Analyzed(), Analyzed():
            return "value"
        case Authorized(), Authorized():
            return _response_difference(first, second)
        case (PartialError(), _) | (_, PartialError()):
            return "rejection"
        case PartiallyAuthorized(), PartiallyAuthorized():
            return "decision" if first.decision != second.decision else "document"
        case Reauthorized(), Reauthorized():
            return "decision" if first.decision != second.decision else "determining"
        case (Permitted(), Permitted()) | (BatchAuthorized(), BatchAuthorized()):
            return "decision"
        case Failed(), Failed():
            return "error-kind"
        case (Evaluated() | Failed(), Evaluated() | Failed()):
            return "value"
        case Accepted(one), Accepted(other) if not one or not other:
            return None  # an engine that can only say yes
        case Accepted(one), Accepted(other) if unordered(one) == unordered(other):
            return None
        case (Accepted(""), Unwritable()) | (Unwritable(), Accepted("")):
            return None  # likewise
        case (Accepted() | Printed() | Unwritable(), Accepted() | Printed() | Unwritable()):
            return "document"
    raise ValueError(f"answers of different kinds to one question: {first} and {second}")


def first_difference(answers: Sequence[Outcome]) -> Kind | None:
    """Name what differs between the first two answers that do; None where all agree.

    All pairs are compared: an answer without a document agrees with two that have different ones.
    """
    return next(filter(None, (difference(one, other) for one, other in combinations(answers, 2))), None)


def _response_difference(first: Authorized, second: Authorized) -> Kind:
    if first.decision != second.decision:
        return "decision"
    if first.determining != second.determining:
        return "determining"
    if [policy for policy, _ in first.erring] != [policy for policy, _ in second.erring]:
        return "erring"
    return "error-kind"


class Comparison:
    """The running result of one oracle on one case: query, compare, count.

    `over_time` says that an engine ran out of time: the case is not worth more of it.
    """

    __slots__ = (
        "comparisons",
        "decisions",
        "divergences",
        "events",
        "inconclusive",
        "law",
        "names",
        "over_time",
    )

    def __init__(self, law: str, engines: Sequence[Engine]) -> None:
        self.law = law
        self.names = tuple(engine.name for engine in engines)
        self.comparisons = 0
        self.decisions = 0
        self.divergences: list[Divergence] = []
        self.inconclusive: list[str] = []
        self.events: list[str] = []
        self.over_time = False

    def checked(self) -> Checked:
        """Freeze the result."""
        return Checked(
            self.comparisons,
            self.decisions,
            tuple(self.divergences),
            tuple(self.inconclusive),
            tuple(self.events),
        )

    def add(self, other: Comparison) -> None:
        """Take over all that another comparison found."""
        self.comparisons += other.comparisons
        self.decisions += other.decisions
        self.divergences += other.divergences
        self.inconclusive += other.inconclusive
        self.events += other.events

    def compare(
        self,
        question: str,
        answers: Sequence[Outcome],
        request: int | None = None,
        expression: int | None = None,
        asked: Question[Any] | None = None,
    ) -> None:
        """Judge the answers of all engines to one question."""
        able, kind = self._screen(answers)
        if kind is None and len(able) > 1:
            kind = first_difference(able)
            if kind is None:
                self.comparisons += 1
                self.count(able[0])
        if kind is not None:
            named = tuple(zip(self.names, answers, strict=True))
            self.divergences.append(Divergence(self.law, kind, question, named, request, expression, asked))

    def hold(
        self,
        question: str,
        variants: Sequence[tuple[str, Outcome]],
        fits: Callable[..., bool] | None = None,
        request: int | None = None,
        asked: Question[Any] | None = None,
    ) -> None:
        """Judge one engine's answers to variants of a question, each named.

        They must be equal or, where `fits` is given and all are responses or verdicts, fit.
        """
        able, kind = self._screen([answer for _, answer in variants])
        if kind is None and len(able) == len(variants):
            if fits is not None and all(isinstance(answer, Authorized | Validated) for answer in able):
                holds = fits(*able)
            else:
                holds = first_difference(able) is None
            if holds:
                self.comparisons += 1
                self.count(able[0])
            else:
                kind = "law"
        if kind is not None:
            named = tuple(variants)
            self.divergences.append(Divergence(self.law, kind, question, named, request, asked=asked))

    def skip(self, reason: str) -> None:
        """Count a question that cannot be put to an engine."""
        self.inconclusive.append(reason)

    def _screen(self, answers: Sequence[Outcome]) -> tuple[list[Outcome], Kind | None]:
        """Select the answers that can be compared; name what leaves nothing to compare."""
        spent = [answer for answer in answers if isinstance(answer, ExceededBudget)]
        self.over_time = self.over_time or any(answer.resource == "time" for answer in spent)
        self.inconclusive += sorted(
            {f"unsupported:{answer.feature}" for answer in answers if isinstance(answer, Unsupported)}
        )
        able: list[Outcome] = [
            answer for answer in answers if not isinstance(answer, Unsupported | ExceededBudget)
        ]
        if any(isinstance(answer, Crashed) for answer in answers):
            return able, "crash"
        if spent and able:
            return able, "budget"
        if spent:
            self.inconclusive.append(f"budget:{spent[0].resource}")
        return able, None

    def count(self, answer: Outcome) -> None:
        """Note the countable facts of an answer on which all agree."""
        match answer:
            case Authorized(decision, determining, erring):
                self.decisions += 1
                self.events.append(decision)
                if decision == "deny" and determining:
                    self.events.append("forbidden")
                if erring:
                    self.events.append("erring")
                    self.events += [f"error:{kind}" for _, kind in erring]
            case PartiallyAuthorized(decision):
                self.events.append(decision or "undecided")
            case Reauthorized(decision):
                self.events.append(decision)
            case BatchAuthorized(decision, error):
                self.events.append(decision or f"no decision: {error}")
            case Permitted():
                self.events.append("permitted")
            case PartialError(stage, kind):
                self.events.append(f"refused:{stage}:{kind}")
            case Evaluated():
                self.events.append("value")
            case Failed(kind):
                self.events.append(f"error:{kind}")
            case Rejected(part):
                self.events.append(f"rejected:{part}")
            case Unlinkable(kind):
                self.events.append(f"unlinkable {kind}")
            case Accepted() | Printed() | Answered():
                self.events.append("accepted")
            case Unwritable(part):
                self.events.append(f"unwritable:{part}")
            case Validated(valid):
                self.events.append("valid" if valid else "invalid")
