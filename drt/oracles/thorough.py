"""The laws of responses and verdicts in one pass over a loaded case, for walks that leave nothing out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from drt.model.case import Case
from drt.model.engine import Engine, Session
from drt.model.outcome import Outcome, Unsupported, Validated
from drt.model.question import Authorize, Validate
from drt.oracles.comparing import Comparison
from drt.oracles.law import Compares, law
from drt.oracles.validation import all_loaded, hold_promise, no_less, promising

LADDER = (
    ("validation at level 0", Validate("strict", 0)),
    ("validation at level 1", Validate("strict", 1)),
    ("validation", Validate("strict")),
    ("permissive validation", Validate("permissive")),
)
"""Questions, each of which accepts what the one before accepts (spec 08 §9, §12)."""


@law(Compares.DERIVED)
def responses_and_verdicts_agree(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Engines give the same responses, and the same verdicts in each mode and at each level.

    Where they do, the verdicts of each engine keep their promises: each question of the ladder accepts what
    the one before accepts, and a valid policy errs only as spec 08 §7 lets it.
    """
    loaded = all_loaded(case, engines, comparison)
    if loaded is None:
        return
    responses = [[one.ask(Authorize(request)) for one in loaded] for request in case.requests]
    for index, answers in enumerate(responses):
        comparison.compare(f"request {index}", answers, index)
    verdicts = [_compared(comparison, question, asked, loaded) for question, asked in LADDER]
    if comparison.divergences:
        return
    for number, engine in enumerate(engines):
        own = [answers[number] for answers in verdicts if number < len(answers)]
        if len(own) == len(LADDER):
            _hold_promises(comparison, engine.name, [answers[number] for answers in responses], own, case)


def _compared(
    comparison: Comparison, question: str, asked: Validate, loaded: Sequence[Session]
) -> Sequence[Outcome]:
    """Compare the answers to a question; none where all engines but one cannot answer it.

    The last engine is asked first, since witnesses come last and answer least.
    """
    last = loaded[-1].ask(asked)
    if isinstance(last, Unsupported) and len(loaded) == 2:
        comparison.skip(f"unsupported:{last.feature}")
        return ()
    answers = [*(one.ask(asked) for one in loaded[:-1]), last]
    comparison.compare(question, answers, asked=asked)
    return answers


def _hold_promises(
    comparison: Comparison, name: str, responses: Sequence[Outcome], verdicts: Sequence[Outcome], case: Case
) -> None:
    """Compare an engine's verdicts with each other and with its responses."""
    named = [(f"{name}, {question}", one) for (question, _), one in zip(LADDER, verdicts, strict=True)]
    for lower, higher in pairwise(named):
        comparison.hold("validation", (lower, higher), no_less)
    valid = set[str]().union(*(promising(case, one) for one in verdicts if isinstance(one, Validated)))
    for index, (request, response) in enumerate(zip(case.requests, responses, strict=True)):
        if request.validate:
            hold_promise(comparison, name, response, index, valid)
