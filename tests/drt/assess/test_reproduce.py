"""Whether a fresh process sees a divergence: an engine without time or memory leaves that open."""

from __future__ import annotations

from dataclasses import replace

from drt.assess.reproduce import NOT_SHOWN, SHOWN, UNDECIDED, Job, _seen
from drt.model.divergence import Checked, Divergence
from drt.model.divergence_json import DivergenceRecord
from drt.model.outcome import Evaluated, ExceededBudget

FOUND = Divergence("engines_agree", "value", "expression 0", (("a", Evaluated("1")), ("b", Evaluated("2"))))
JOB = Job(("a", "b"), "drt.targets.table:TARGETS", 10.0, DivergenceRecord.of(FOUND))
SLOW = replace(FOUND, kind="budget", answers=(("a", Evaluated("1")), ("b", ExceededBudget("time"))))


def test_a_clean_other_answer_takes_the_divergence_back() -> None:
    assert _seen(JOB, Checked(divergences=(FOUND,))) == SHOWN
    assert _seen(JOB, Checked(comparisons=1)) == NOT_SHOWN


def test_a_slow_engine_leaves_it_open() -> None:
    assert _seen(JOB, Checked(divergences=(SLOW,))) == UNDECIDED
    assert _seen(JOB, Checked(inconclusive=("budget:time",))) == UNDECIDED
