"""Testimony on a finding: the answer of a further engine, and the seed cases that an engine fails.

Each query runs in a child process, since an engine may not survive it. `drt.diagnosis` judges the answers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from drt.assess.conformance.checker import Checker
from drt.assess.conformance.saved import check_expectations
from drt.corpus.store import shipped_corpus
from drt.diagnosis.judgement import ArbiterAnswer
from drt.engines.declared import Asked, held
from drt.engines.guard import Guarded
from drt.engines.sandbox import Completed, NotStarted, ProcessDied, in_child
from drt.model.case import Case
from drt.model.case_directory import read_case
from drt.model.divergence import Checked, Oracle
from drt.model.errors import InputProblem

AGREES, DIFFERS, DECLARED = "agrees", "differs", "differs as declared"


def ask_arbiter(
    arbiter: str, engines: Sequence[str], oracle: Oracle, case: Case, seconds: Callable[[], float]
) -> ArbiterAnswer | None:
    """Find the engines with which the arbiter agrees on a case; None if one of them does not start or dies.

    The arbiter cannot decide if it has nothing to compare, agrees with all, or differs from any as declared:
    an engine that it agrees with then shares the declared difference. Engines are given by the names that
    build them; `seconds` returns the time limit of the next query.
    """
    asked, verdicts = Asked(arbiter, ""), dict[str, str]()
    for engine in engines:
        result = in_child(lambda pair: _compared(oracle, case, pair), (engine, arbiter), seconds())
        if isinstance(result, NotStarted) and result.named != arbiter:
            return None
        if isinstance(result, ProcessDied) and result.engine not in ("", asked.name):
            return None
        if not isinstance(result, Completed):
            return ArbiterAnswer(asked.name, "broke", asked.version)
        name, verdict, asked = result.answer
        verdicts[name] = verdict
    if DECLARED in verdicts.values():
        return ArbiterAnswer(asked.name, "what is declared of it", asked.version)
    agreeing = [name for name, verdict in verdicts.items() if verdict == AGREES]
    if len(agreeing) == len(verdicts) or not {AGREES, DIFFERS} & set(verdicts.values()):
        return ArbiterAnswer(asked.name, "nothing that tells them apart", asked.version)
    says = f"as {' and '.join(agreeing)}" if agreeing else "neither"
    return ArbiterAnswer(asked.name, says, asked.version, tuple(agreeing))


def _compared(oracle: Oracle, case: Case, pair: Sequence[Guarded]) -> tuple[str, str, Asked]:
    engine, arbiter = pair
    checked: Checked = oracle(case, pair)
    verdict = AGREES if checked.comparisons else ""
    asked = Asked(arbiter.name, arbiter.version)
    if checked.divergences:
        verdict = DIFFERS if held(asked, case, checked.divergences) is None else DECLARED
    return engine.name, verdict, asked


def unmet_seeds(engines: Sequence[str], seconds: float) -> dict[str, list[tuple[str, str]]]:
    """Return the seed cases that each engine does not answer as expected, each with its source.

    An engine that does not finish them within its share of the time is left out.
    """
    try:
        paths = shipped_corpus().seeds()
    except InputProblem:
        return {}
    until = time.monotonic() + seconds
    unmet = {}
    for number, engine in enumerate(engines):
        share = max(0.0, until - time.monotonic()) / (len(engines) - number)
        result = in_child(lambda built: (built[0].name, _unmet(built[0], paths)), (engine,), share)
        if isinstance(result, Completed):
            name, cases = result.answer
            unmet[name] = cases
    return unmet


def _unmet(engine: Guarded, paths: Sequence[Path]) -> list[tuple[str, str]]:
    missed = []
    for path in paths:
        saved = read_case(path)
        checker = Checker(engine)
        check_expectations(checker, saved.name, saved)
        if checker.tally.report(engine.name).mismatches:
            missed.append((path.name, saved.source))
    return missed
