"""Workloads are the same on every machine, and engines agree on them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from drt.bench import grants
from drt.bench.applications import APPLICATIONS
from drt.bench.contestants.production import Production
from drt.bench.contestants.reference import Reference
from drt.bench.workload import REQUESTS, Workload

GROWING: dict[str, Callable[[int], Workload]] = {
    "direct": grants.direct,
    "many": grants.many,
    "links": grants.links,
    "erring": grants.erring,
}
ALL = {**APPLICATIONS, **GROWING}


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_workload_is_drawn_alike_every_time(name: str) -> None:
    assert ALL[name](50) == ALL[name](50)
    assert ALL[name](50) != ALL[name](60)


@pytest.mark.parametrize("name", sorted(APPLICATIONS))
@pytest.mark.parametrize("size", [10, 100, 1_000])
def test_an_application_has_about_as_many_entities_as_asked_for(name: str, size: int) -> None:
    made = APPLICATIONS[name](size)
    assert abs(made.entity_count - size) <= 2
    assert len(made.requests) == REQUESTS


@pytest.mark.parametrize("name", sorted(GROWING))
def test_a_grant_workload_has_as_many_policies_as_asked_for(name: str) -> None:
    assert GROWING[name](30).policy_count == 30


@pytest.mark.parametrize("name", sorted(ALL))
def test_both_engines_answer_alike_and_both_decisions_occur(name: str) -> None:
    made = ALL[name](40)
    answers = Reference().prepare(made).answers()
    assert Production().prepare(made).answers() == answers
    assert Production(plain=True).prepare(made).answers() == answers
    decisions = {answer.decision for answer in answers}
    assert decisions == ({"deny"} if name == "erring" else {"allow", "deny"})


def test_every_policy_of_the_erring_workload_errs() -> None:
    answers = Production().prepare(grants.erring(8)).answers()
    assert all(len(answer.erring) == 8 for answer in answers)


def test_requests_of_abac_err_about_one_time_in_five() -> None:
    answers = Production().prepare(APPLICATIONS["abac"](1_000)).answers()
    assert 0.13 < sum(bool(answer.erring) for answer in answers) / len(answers) < 0.23
