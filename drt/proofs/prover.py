"""Proves theorems: every obligation by Z3, three-valued; refutations are made small, decoded and confirmed.

Owns the verdict. Hypotheses must be satisfiable, or the proof would say nothing; an unknown is never a pass.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import z3

from drt.proofs.code import Code, NotPlanted
from drt.proofs.explore import RLIMIT, Undecided, Unexplorable
from drt.proofs.theorem import Answer, Counterexample, Goal, Theorem, Verdict


def prove(theorem: Theorem, code: Code | None = None) -> Verdict:
    """Judge one theorem about the code, shipped or with a defect."""
    started = time.perf_counter()
    code = code or Code()
    if theorem.kind == "T":
        return Verdict(theorem, "tested", 0, 0.0, theorem.because)
    try:
        goals = theorem.goals(code)
        answer, reason, counterexample = _all(goals)
    except (Unexplorable, Undecided) as trouble:
        goals, answer, reason, counterexample = (), "unknown", str(trouble), None
    return Verdict(theorem, answer, len(goals), time.perf_counter() - started, reason, counterexample)


def with_defects(verdict: Verdict) -> Verdict:
    """Add to a verdict the defects that break the theorem and those that do not.

    A defect breaks a theorem when it is refuted by a confirmed counterexample.
    """
    killed, survived = [], []
    for defect in verdict.theorem.defects:
        try:
            found = prove(verdict.theorem, Code(defect))
        except NotPlanted as reason:
            survived.append(f"{defect.name}: {reason}")
            continue
        if found.answer == "refuted" and found.counterexample is not None and found.counterexample.confirmed:
            killed.append(f"{defect.name}: {found.counterexample.description}")
        else:
            why = found.reason or (found.counterexample.description if found.counterexample else "")
            survived.append(f"{defect.name}: {found.answer} {why}".strip())
    return replace(verdict, killed=tuple(killed), survived=tuple(survived))


def _all(goals: Sequence[Goal]) -> tuple[Answer, str, Counterexample | None]:
    satisfiable: set[tuple[int, ...]] = set()
    for goal in goals:
        if z3.is_true(z3.simplify(goal.claim)):
            continue
        assumed = tuple(hypothesis.get_id() for hypothesis in goal.hypotheses)
        if assumed not in satisfiable and _check(*goal.hypotheses)[0] != z3.sat:
            return "unknown", f"{goal.name}: its hypotheses are not shown to be satisfiable", None
        satisfiable.add(assumed)
        answer, found = _check(*goal.hypotheses, z3.Not(goal.claim))
        if answer == z3.unknown:
            return "unknown", f"{goal.name}: {found}", None
        if answer == z3.sat:
            return "refuted", goal.name, _counterexample(goal, found)
    return "proved", "", None


def _counterexample(goal: Goal, model: Any) -> Counterexample | None:
    """Find the smallest refutation, decoded and confirmed."""
    for size in goal.sizes:
        answer, found = _check(*goal.hypotheses, z3.Not(goal.claim), size)
        if answer == z3.sat:
            model = found
            break
    return None if goal.decode is None else goal.decode(model)


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
