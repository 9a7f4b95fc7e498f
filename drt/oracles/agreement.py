"""The law of the harness: engines give the same answer to the same question.

Compares loaded cases, on which a nightly run spends its time; the fast path is one equality per decision.
"""

from __future__ import annotations

from collections.abc import Sequence

from drt.model.case import Case
from drt.model.engine import Engine, NotLoaded, Session
from drt.model.outcome import Accepted, Authorized, Outcome
from drt.model.question import Authorize, Evaluate
from drt.oracles.comparing import Comparison
from drt.oracles.law import Compares, law

READ = Accepted()
"""Stands for a loaded case where loading itself is compared."""


@law(Compares.ENGINES)
def engines_agree(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Engines give each flaw the same refusal, each request and expression the same response, value or error.

    A response is the decision, the determining policies and the erring ones with their error kinds (spec 11
    §10). An engine that does not do what the case needs is left out and the feature named.
    """
    answers = [engine.load(case) for engine in engines]
    loading: list[Outcome] = [answer if isinstance(answer, NotLoaded) else READ for answer in answers]
    comparison.compare("loading", loading)
    loaded = [answer for answer in answers if not isinstance(answer, NotLoaded)]
    if not comparison.divergences and (len(loaded) > 1 or len(loaded) == len(engines)):
        comparison.names = tuple(
            engine.name for engine, answer in zip(engines, loading, strict=True) if answer is READ
        )
        _compare_loaded(case, loaded, comparison)


@law(Compares.ITSELF)
def variants_agree(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Each engine gives the same answers by all its ways of evaluating."""
    for engine in engines:
        variants = engine.variants()
        if variants:
            among_variants = Comparison(comparison.law, (engine, *variants))
            engines_agree.check(case, (engine, *variants), among_variants)
            comparison.add(among_variants)


def _compare_loaded(case: Case, loaded: Sequence[Session], comparison: Comparison) -> None:
    for index, request in enumerate(case.requests):
        answers = [one.ask(Authorize(request)) for one in loaded]
        first = answers[0]
        if type(first) is Authorized and len(answers) == 2 and answers[1] == first:
            comparison.comparisons += 1
            comparison.count(first)
        else:
            comparison.compare(f"request {index}", answers, index)
        for number, expression in enumerate(case.expressions):
            if comparison.over_time:
                return
            values = [one.ask(Evaluate(expression, request)) for one in loaded]
            comparison.compare(f"expression {number} under request {index}", values, index, number)
        if comparison.over_time:
            return
