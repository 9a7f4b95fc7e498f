"""Whether a fresh process sees a divergence: an engine without time or memory leaves that open."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as replace_job

from drt.assess.reproduce import (
    NOT_SHOWN,
    SHOWN,
    UNDECIDED,
    Job,
    ProcessBroke,
    _seen,
    confirm,
    shown_together,
)
from drt.model.case import Case, Request, Source
from drt.model.divergence import Checked, Divergence
from drt.model.divergence_json import DivergenceRecord
from drt.model.outcome import Accepted, Evaluated, ExceededBudget, Rejected
from drt.model.saved_case import SavedCase
from drt.run.options import TARGETS

FOUND = Divergence("engines_agree", "value", "expression 0", (("a", Evaluated("1")), ("b", Evaluated("2"))))
JOB = Job(("a", "b"), "drt.targets.table:TARGETS", 10.0, DivergenceRecord.of(FOUND))
SLOW = replace(FOUND, kind="budget", answers=(("a", Evaluated("1")), ("b", ExceededBudget("time"))))


def test_a_clean_other_answer_takes_the_divergence_back() -> None:
    assert _seen(JOB, Checked(divergences=(FOUND,))) == SHOWN
    assert _seen(JOB, Checked(comparisons=1)) == NOT_SHOWN


def test_a_slow_engine_leaves_it_open() -> None:
    assert _seen(JOB, Checked(divergences=(SLOW,))) == UNDECIDED
    assert _seen(JOB, Checked(inconclusive=("budget:time",))) == UNDECIDED


ENGINE = """
import os
from drt.engines import build
from drt.engines.base import BaseEngine
from drt.model.outcome import Rejected

class Mine(BaseEngine):
    name, version, seen = "mine", "0", []

    def __init__(self):
        print("hello")

    def load(self, case):
        print("shown")
        self.seen.append(case.policies.text)
        if "abort" in case.policies.text:
            os.abort()
        if "unless" in case.policies.text or len(set(self.seen)) > 1:
            return Rejected("policies")
        return build("reference").load(case)
"""
DIVERGES, AGREES, BREAKS = "unless { true }", "", 'when { "abort" == "" }'


def saved(conditions: str) -> SavedCase:
    request = Request('{"principal": {"type": "U", "id": "a"}, "action": {"type": "Action", "id": "b"}}')
    case = Case(Source(f"permit(principal, action, resource) {conditions};"), requests=(request,))
    return SavedCase(case, "", tags=(), origin={}, signature="", status="open")


@pytest.fixture
def job(tmp_path: Path) -> Job:
    (tmp_path / "mine.py").write_text(ENGINE)
    return Job(("reference", f"{tmp_path}/mine.py:Mine"), TARGETS, 10.0)


def test_cases_are_judged_together_each_by_itself(job: Job, tmp_path: Path) -> None:
    """Neither what an engine remembers nor what it prints decides about another case."""
    rejected = Divergence(
        "engines_agree", "rejection", "policies", (("reference", Accepted()), ("mine", Rejected("policies")))
    )
    looking = replace_job(job, divergence=DivergenceRecord.of(rejected))
    cases = [(saved(AGREES), job), (saved(DIVERGES), job), (saved(BREAKS), looking), (saved(DIVERGES), job)]
    assert shown_together(cases, tmp_path, lambda: 100.0) == [False, True, False, True]
    assert not (tmp_path / str(os.getpid())).exists()


def test_a_case_is_judged_alone(job: Job, tmp_path: Path) -> None:
    assert confirm(saved(DIVERGES), job, tmp_path, lambda: 100.0) is True
    assert confirm(saved(AGREES), job, tmp_path, lambda: 100.0) is False
    assert confirm(saved(DIVERGES), job, tmp_path, lambda: 0.0) is None
    assert shown_together([(saved(DIVERGES), job)] * 2, tmp_path, lambda: 0.0) == [False, False]


def test_an_engine_that_does_not_start_is_no_verdict(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("raise ValueError('no licence')")
    broken = Job(("reference", f"{tmp_path}/mine.py:Mine"), TARGETS, 10.0)
    with pytest.raises(ProcessBroke, match="the harness died"):
        confirm(saved(DIVERGES), broken, tmp_path, lambda: 100.0)
    assert shown_together([(saved(DIVERGES), broken)] * 2, tmp_path, lambda: 100.0) == [False, False]
