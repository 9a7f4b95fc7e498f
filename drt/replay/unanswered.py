"""Whether the engines still answer the question on which a case was found.

A case is not fixed because an engine no longer supports the question, or runs out of time on it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from drt.diagnosis.description import read_description
from drt.diagnosis.signature import LOADING
from drt.model.divergence import NamedAnswers
from drt.model.engine import Unanswered
from drt.model.outcome_text import in_a_line

REASONS = ("unsupported:", "budget:")
"""Prefixes of the reasons for which a law could not compare an answer."""


def unanswered(
    description: str,
    found_with: Collection[str],
    answers: Sequence[tuple[str, NamedAnswers]],
    inconclusive: Sequence[str],
) -> str:
    """Name an engine that does not answer what the case is about; empty if all do.

    The description names the engines and the question; without one, every question counts to the engines that
    the case was found with. A question of a law that the replay does not ask by itself is judged by what the
    law could not compare.
    """
    described = read_description(description)
    names = found_with if described is None else described.engines
    asked = {question for question, _ in answers}
    for question, outcomes in answers:
        if described is None or question in (LOADING, described.question):
            for name, outcome in outcomes:
                if name in names and isinstance(outcome, Unanswered):
                    return f"{name} does not answer {question}: it {in_a_line(outcome)}"
    if described is not None and described.question not in asked:
        reasons = sorted({reason for reason in inconclusive if reason.startswith(REASONS)})
        return f"not all was compared ({', '.join(reasons)})" if reasons else ""
    return ""
