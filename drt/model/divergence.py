"""Results of an oracle: how much it compared, what diverged, what could not be compared.

Owns the records that every oracle returns and every consumer (run, reducer, signature, replay, views) reads.
A comparison has three answers, agree, diverge and inconclusive; the last is counted, never folded into agree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from drt.model.case import Case
from drt.model.engine import Engine
from drt.model.outcome import Outcome
from drt.model.question import Question

Kind = Literal[
    "decision",  # allow against deny
    "determining",  # same decision, other determining policies
    "erring",  # same decision and determining policies, other erring policies
    "error-kind",  # the same policies or expression err, for other reasons
    "value",  # two values, or a value against an error
    "rejection",  # one engine refuses what another takes, or they refuse different parts
    "verdict",  # two validation verdicts
    "validation-errors",  # the same policies are invalid, for errors of other kinds
    "warnings",  # the same verdict, other warnings
    "document",  # both read or wrote a document, differently
    "law",  # one engine breaks a law all by itself
    "crash",  # an engine broke
    "budget",  # one engine ran out of time, memory or stack and another did not
]


DOCUMENTED = "documented"
"""Stands in place of an engine for the documented outcome of a seed case, with its source after a comma."""

NamedAnswers = tuple[tuple[str, Outcome], ...]
"""Each engine's name with its answer."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """Engines differ observably on one question, or one engine breaks a law.

    `law` names the oracle. `question` says what was asked, for people (`request 2`, `expression 0 under
    request 1`). `request` and `expression` are indices into the case, where the question has them. `answers`
    pairs each engine's name with its outcome; for a law about one engine the names carry the variant, as in
    `production` and `production, policies reversed`. `asked` is the question itself, where the search for the
    difference needs its members; logs do not have it.
    """

    law: str
    kind: Kind
    question: str
    answers: NamedAnswers
    request: int | None = None
    expression: int | None = None
    asked: Question[Any] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of one oracle on one case.

    `comparisons` counts questions answered comparably by all engines; `decisions` those among them that were
    authorization responses. `events` are countable facts about the answers (`allow`, `deny`, `erring`,
    `error:type`, `rejected:policies`, …), one entry an occurrence. `inconclusive` are the reasons why
    questions could not be compared.
    """

    comparisons: int = 0
    decisions: int = 0
    divergences: tuple[Divergence, ...] = ()
    inconclusive: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


Oracle = Callable[[Case, Sequence[Engine]], Checked]
