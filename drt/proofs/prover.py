"""Proves theorems: every obligation by Z3, three-valued; refutations are made small, decoded and confirmed.

Owns the verdict. Hypotheses must be satisfiable, or the proof would say nothing; an unknown is never a pass.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import chain
from traceback import walk_tb
from types import FrameType
from typing import Any

import z3

from drt.proofs.defects import plant
from drt.proofs.explore import RLIMIT
from drt.proofs.live import NotPlanted
from drt.proofs.rewriting import followed
from drt.proofs.symbols import Undecided, Unexplorable
from drt.proofs.theorem import Answer, Counterexample, Goal, Theorem, Verdict

GENERATED = "<generated policy>"
"""The file name under which production compiles what it generates."""


def prove(theorem: Theorem) -> Verdict:
    """Judge one theorem about the running code."""
    started = time.perf_counter()
    if theorem.kind == "T":
        return Verdict(theorem, "tested", 0, 0.0, theorem.because)
    try:
        with nullcontext() if theorem.kind == "B" else followed():
            found, refuted = _decided(theorem.goals())
        if refuted is not None:
            found = replace(found, counterexample=_counterexample(*refuted))
    except (Unexplorable, Undecided) as trouble:
        found = _Found("unknown", str(trouble))
    except Exception as error:  # whatever goes wrong in one theorem says nothing of the others
        found = _crashed(error)
    if found.answer == "unknown" and theorem.search is not None:
        found = _searched(theorem.search, found)
    spent = time.perf_counter() - started
    return Verdict(
        theorem, found.answer, found.goals, spent, found.reason, found.counterexample, cases=found.cases
    )


def with_defects(verdict: Verdict) -> Verdict:
    """Add to a verdict the defects that break the theorem and those that do not.

    A defect breaks a theorem when it is refuted by a confirmed counterexample.
    """
    killed, survived = [], []
    for defect in verdict.theorem.defects:
        try:
            with plant(defect):
                found = prove(verdict.theorem)
        except NotPlanted as reason:
            survived.append(f"{defect.name}: {reason}")
            continue
        if found.answer == "refuted" and found.counterexample is not None and found.counterexample.confirmed:
            killed.append(f"{defect.name}: {found.counterexample.description}")
        else:
            why = found.counterexample.description if found.counterexample else found.reason
            survived.append(f"{defect.name}: {found.answer} {why}".strip())
    return replace(verdict, killed=tuple(killed), survived=tuple(survived))


def _crashed(error: Exception) -> _Found:
    """Return the refutation where shipped code raises what it may not; an error of the theorem's own proves nothing."""
    said = f"{type(error).__name__}: {error}"
    inside = [place for frame, _ in walk_tb(error.__traceback__) if (place := _shipped_place(frame))]
    if not inside:
        return _Found("unknown", said)
    return _Found("refuted", said, Counterexample(f"{inside[-1]} raises {said}", True), 1)


def _shipped_place(frame: FrameType) -> str | None:
    """Return the place of a frame in the engines, whose generated code has no module; None for other code."""
    if frame.f_code.co_filename == GENERATED:
        return "production's generated code"
    module = str(frame.f_globals.get("__name__", ""))
    return f"{module}.{frame.f_code.co_name}" if module.split(".")[0] in ("reference", "production") else None


def _searched(search: Callable[[], Counterexample | None], found: _Found) -> _Found:
    """Search for a refutation; without one, keep what was found before."""
    try:
        counterexample = search()
    except Exception as error:
        return replace(found, reason=f"{found.reason}; its search: {type(error).__name__}: {error}")
    return (
        found if counterexample is None else replace(found, answer="refuted", counterexample=counterexample)
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What became of the obligations: how many Z3 decided, how many were decided by running."""

    answer: Answer
    reason: str = ""
    counterexample: Counterexample | None = None
    goals: int = 0
    cases: int = 0


def _decided(goals: Iterable[Goal]) -> tuple[_Found, tuple[Goal, Any] | None]:
    """Put every obligation to Z3 that is not decided by itself; stop at the first that does not hold."""
    satisfiable: set[tuple[int, ...]] = set()
    asked = cases = 0
    for goal in goals:
        if z3.is_true(z3.simplify(goal.claim)):
            cases += 1
            continue
        asked += 1
        assumed = tuple(hypothesis.get_id() for hypothesis in goal.hypotheses)
        if assumed not in satisfiable and _check(*goal.hypotheses)[0] != z3.sat:
            return _Found("unknown", f"{goal.name}: its hypotheses are not shown to be satisfiable"), None
        satisfiable.add(assumed)
        answer, found = _check(*goal.hypotheses, z3.Not(goal.claim))
        if answer == z3.unknown:
            return _Found("unknown", f"{goal.name}: {found}"), None
        if answer == z3.sat:
            return _Found("refuted", goal.name, None, asked, cases), (goal, found)
    return _Found("proved", "", None, asked, cases), None


def _counterexample(goal: Goal, model: Any) -> Counterexample | None:
    """Find the smallest refutation that the running code shows, decoded; without one, the smallest of all."""
    if goal.decode is None:
        return None
    sized = (_check(*goal.hypotheses, z3.Not(goal.claim), size) for size in goal.sizes)
    models = chain((found for answer, found in sized if answer == z3.sat), (model,))
    first = goal.decode(next(models))
    decoded = chain((first,), map(goal.decode, models))
    return next((each for each in decoded if each.confirmed), first)


def _check(*formulas: Any) -> tuple[Any, Any]:
    """Z3's answer, with a model or the reason why it gave up."""
    solver = z3.Solver()
    solver.set("rlimit", RLIMIT)
    solver.set("random_seed", 1)
    solver.add(*formulas)
    answer = solver.check()
    if answer == z3.sat:
        return answer, solver.model()
    return answer, solver.reason_unknown() if answer == z3.unknown else None
