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
    Confirmation,
    Job,
    Missing,
    Seen,
    _seen,
    confirm,
    shown_together,
)
from drt.model.case import Case, Request, Source
from drt.model.divergence import Checked, Divergence
from drt.model.divergence_json import DivergenceRecord
from drt.model.outcome import (
    Accepted,
    Authorized,
    Crashed,
    Evaluated,
    ExceededBudget,
    Outcome,
    Rejected,
    Unsupported,
)
from drt.model.saved_case import SavedCase
from drt.run.options import TARGETS

FOUND = Divergence("engines_agree", "value", "expression 0", (("a", Evaluated("1")), ("b", Evaluated("2"))))
JOB = Job(("a", "b"), "drt.targets.table:TARGETS", 10.0, DivergenceRecord.of(FOUND))
SLOW = replace(FOUND, kind="budget", answers=(("a", Evaluated("1")), ("b", ExceededBudget("time"))))


def test_a_clean_other_answer_takes_the_divergence_back() -> None:
    assert _seen(JOB, Checked(divergences=(FOUND,))) == Seen(SHOWN)
    assert _seen(JOB, Checked(comparisons=1)) == Seen(NOT_SHOWN)


def test_a_slow_engine_leaves_it_open() -> None:
    assert _seen(JOB, Checked(divergences=(SLOW,))).word == UNDECIDED
    assert _seen(JOB, Checked(inconclusive=("budget:time",))).word == UNDECIDED
    assert _seen(JOB, None) == Seen(UNDECIDED, "a fresh process ran out of time")


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Crashed("SIGSEGV", ("load",)), "breaks: SIGSEGV"),
        (Unsupported("mood"), "does not do this (mood)"),
        (ExceededBudget("time"), "runs out of time"),
    ],
)
def test_an_engine_without_an_answer_leaves_it_open(outcome: Outcome, words: str) -> None:
    missing = Missing("b", outcome, at_issue=True)
    beside = replace(missing, at_issue=False)
    assert _seen(JOB, Checked(comparisons=1), [missing]) == Seen(UNDECIDED, f"in a fresh process b {words}")
    slow = isinstance(outcome, ExceededBudget)
    assert _seen(JOB, Checked(comparisons=1), [beside]).word == (UNDECIDED if slow else NOT_SHOWN)


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
    assert confirm(saved(DIVERGES), job, tmp_path, lambda: 100.0) == Confirmation(True)
    assert confirm(saved(AGREES), job, tmp_path, lambda: 100.0) == Confirmation(False)
    assert confirm(saved(DIVERGES), job, tmp_path, lambda: 0.0) == Confirmation(None)
    assert shown_together([(saved(DIVERGES), job)] * 2, tmp_path, lambda: 0.0) == [False, False]


def test_an_engine_that_does_not_start_is_no_verdict(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("raise ValueError('no licence')")
    broken = Job(("reference", f"{tmp_path}/mine.py:Mine"), TARGETS, 10.0)
    found = confirm(saved(DIVERGES), broken, tmp_path, lambda: 100.0)
    assert found.solid is None
    assert found.why.startswith("in a fresh process the engine ")
    assert found.why.endswith("/mine.py:Mine' cannot be started: ValueError: no licence")
    assert shown_together([(saved(DIVERGES), broken)] * 2, tmp_path, lambda: 100.0) == [False, False]


TROUBLED = """
import os
from drt.assess.planted.faulty_engines import Faulty
from drt.model.outcome import Authorized, Unsupported

class Mine(Faulty):
    name = "mine"

    def load(self, case):
        self.text = case.policies.text
        return Unsupported("mood") if "loads" in self.text else super().load(case)

    def response(self, answer):
        if "dies" in self.text:
            os._exit(3)
        if "breaks" in self.text:
            raise KeyError
        return Unsupported("mood") if "unable" in self.text else answer
"""


@pytest.mark.parametrize(
    ("mood", "why"),
    [
        ("loads", "mine does not do this (mood)"),
        ("dies", "mine died: exit 3"),
        ("breaks", "mine breaks: KeyError"),
        ("unable", "mine does not do this (mood)"),
        ("sound", ""),
    ],
)
def test_only_a_clean_answer_in_a_fresh_process_takes_a_verdict_back(
    tmp_path: Path, mood: str, why: str
) -> None:
    (tmp_path / "mine.py").write_text(TROUBLED)
    answers = (("reference", Authorized("allow")), ("mine", Authorized("deny")))
    found = Divergence("engines_agree", "decision", "request 0", answers, 0)
    engines = ("reference", f"{tmp_path}/mine.py:Mine")
    job = Job(engines, TARGETS, 10.0, DivergenceRecord.of(found))
    case = saved(f'when {{ "{mood}" == "{mood}" }}')

    seen = confirm(case, job, tmp_path, lambda: 100.0)

    assert seen == (Confirmation(None, f"in a fresh process {why}") if why else Confirmation(False))
