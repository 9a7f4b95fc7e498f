"""Engines give the same answers to questions of partial evaluation (spec 09).

Where several entities of a concrete store are wrong, no order says which of them is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from drt.model.case import Case
from drt.model.engine import Engine, NotLoaded, Session
from drt.model.outcome import Outcome
from drt.model.partial_outcome import PartialError
from drt.model.question import CaseQuestion, PartiallyAuthorize, Reauthorize
from drt.oracles.comparing import Comparison
from drt.oracles.law import Compares, law
from drt.oracles.partial_inputs import (
    action_queries,
    action_queries_in_contexts,
    altered,
    batches,
    completions,
    halved,
    queries,
    unfit,
    unfit_questions,
)

Asked = tuple[int | None, CaseQuestion[Any]]


@law(Compares.DERIVED)
def partial_responses_agree(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Engines give partial inputs and their completions the same answers, residuals node for node."""

    def asked() -> Iterable[Asked]:
        for partial in case.partials:
            yield None, PartiallyAuthorize(partial.request, partial.entities)
            yield from completions(case, partial)
            for request, store in product(case.requests[:1], altered(case, partial)):
                yield 0, Reauthorize(partial.request, partial.entities, request.text, store)
        for store, partial in product(unfit(case), case.partials[:1]):
            yield None, PartiallyAuthorize(partial.request, store)
            for request in case.requests[:1]:
                yield 0, Reauthorize(partial.request, partial.entities, request.text, store)

    _compare(case, engines, comparison, asked())


@law(Compares.DERIVED)
def queries_agree(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Engines give the queries that a case is made into the same answers (spec 09 §8)."""
    concrete = [*queries(case)]
    again = concrete[:1]  # which an engine may answer by an index that it built for the first time
    asked: list[Asked] = [*concrete, *again, *((None, query) for _, query in action_queries(case))]
    asked += ((None, query) for _, query in action_queries_in_contexts(case))
    asked += unfit_questions(case)
    _compare(case, engines, comparison, asked)


@law(Compares.DERIVED)
def batched_runs_agree(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Engines decide batched requests alike, with the same loads (spec 09 §9)."""
    _compare(case, engines, comparison, batches(case))


UNORDERED = {"invalid", "action_ancestors"}
"""Errors of single entities, of which a store that is no document in an order shows any."""


def _is_one_of_several_faults(
    question: CaseQuestion[Any], sessions: Sequence[Session], answers: Sequence[Outcome]
) -> bool:
    """Whether engines name different errors, and each finds both: one in the actions, one in the rest."""
    named = {one.kind for one in answers if isinstance(one, PartialError) and one.stage == "entities"}
    if named != UNORDERED:
        return False
    halves = halved(question)
    found = ([session.ask(half) for half in halves] for session in sessions)
    return all(named <= {getattr(one, "kind", None) for one in each} for each in found)


def _compare(case: Case, engines: Sequence[Engine], comparison: Comparison, asked: Iterable[Asked]) -> None:
    loaded = [engine.load(case) for engine in engines]
    refusals: list[Outcome] = [one for one in loaded if isinstance(one, NotLoaded)]
    if refusals:
        if len(refusals) == len(loaded):
            comparison.compare("loading", refusals)
        else:
            comparison.skip("case loaded by some engines only")
        return
    sessions = [one for one in loaded if not isinstance(one, NotLoaded)]
    for number, (request, question) in enumerate(asked):
        answers = [session.ask(question) for session in sessions]
        if _is_one_of_several_faults(question, sessions, answers):
            comparison.skip("a store with several faults")
        else:
            comparison.compare(f"{question} {number}", answers, request, asked=question)
        if comparison.over_time:
            return
