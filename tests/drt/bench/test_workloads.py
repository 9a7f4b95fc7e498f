"""Workloads are the same on every machine, and engines agree on them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

pytest.importorskip("cedarpy")

from drt.bench import direct_grants, kubernetes
from drt.bench.applications import APPLICATIONS
from drt.bench.contestants import cedarpy, production
from drt.bench.contestants.contestant import Answer
from drt.bench.contestants.naive import Naive
from drt.bench.contestants.production import Production
from drt.bench.contestants.reference import Reference
from drt.bench.controlled_mix import alike, shared_quotas
from drt.bench.schemas import VALIDATED
from drt.bench.workload import REQUESTS, Workload
from drt.model.case import Source

GROWING: dict[str, Callable[[int], Workload]] = {
    "direct": direct_grants.direct,
    "many": direct_grants.many,
    "links": direct_grants.links,
    "erring": direct_grants.erring,
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
    assert cedarpy.Cedarpy().prepare(made).answers() == answers
    if name != "links":
        assert Naive().prepare(made).answers() == answers
    decisions = {answer.decision for answer in answers}
    assert decisions == ({"deny"} if name == "erring" else {"allow", "deny"})


def test_every_policy_of_the_erring_workload_errs() -> None:
    answers = Production().prepare(direct_grants.erring(8)).answers()
    assert all(len(answer.erring or ()) == 8 for answer in answers)
    assert len({kind for answer in answers for _, kind in answer.erring or ()}) > 1


def test_requests_of_abac_err_about_one_time_in_five() -> None:
    answers = Production().prepare(APPLICATIONS["abac"](1_000)).answers()
    assert 0.13 < sum(bool(answer.erring) for answer in answers) / len(answers) < 0.23


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tinytodo", "gdrive", "abac"])
def test_every_size_is_asked_one_mix(name: str) -> None:
    def sorts(made: Workload) -> list[tuple[str, object]]:
        answers = Reference().prepare(made).answers()
        return [(each["action"]["id"], answer) for each, answer in zip(made.requests, answers, strict=True)]

    mixed = alike(APPLICATIONS[name], (10, 300), Production())
    assert sorts(mixed[10]) == sorts(mixed[300])
    assert len(mixed[10].requests) == REQUESTS
    assert len({answer for _, answer in sorts(mixed[10])}) >= 4
    assert mixed[10].entity_count < mixed[300].entity_count


def test_a_mix_with_nothing_in_common_is_refused() -> None:
    with pytest.raises(ValueError, match="no sort of request"):
        shared_quotas({("view", Answer("allow")): 3}, [{("view", Answer("deny"))}])


def test_shares_of_kinds_survive_what_is_not_available() -> None:
    allowed, rare, denied = (
        ("view", Answer(decision, frozenset({policy}), frozenset()))
        for decision, policy in (("allow", "a"), ("allow", "b"), ("deny", "c"))
    )
    model = {allowed: 30, rare: 20, denied: 50}
    assert shared_quotas(model, [{allowed, denied, rare}, {allowed, denied}]) == {allowed: 100, denied: 100}


@pytest.mark.parametrize("name", sorted(VALIDATED))
def test_validated_workloads_conform_and_are_answered_like_plain_ones(name: str) -> None:
    made = VALIDATED[name](40)
    assert production.validation(made)()
    assert cedarpy.validation(made)()
    plain = Reference().prepare(made).answers()
    for contestant in (Production(), Production(plain=True), cedarpy.Cedarpy()):
        assert contestant.prepare(made).answers() == plain


@pytest.mark.parametrize("size", [20_000, 100_000])
def test_both_syntaxes_of_the_kubernetes_schema_mean_the_same(size: int) -> None:
    groups = len(json.loads(kubernetes.json_schema(size).text)) - 3
    drawn = kubernetes.document(groups)
    written = Source(kubernetes.cedar_text(drawn), "cedar"), Source(kubernetes.json_text(drawn), "json")
    texts = {production.read_schema(source).to_canonical() for source in written}
    assert len(texts) == 1
    for source in written:
        cedarpy.read_schema(source)


@pytest.mark.parametrize("draw", [kubernetes.cedar_schema, kubernetes.json_schema])
def test_the_kubernetes_schema_is_drawn_alike_and_as_large_as_asked_for(
    draw: Callable[[int], Source],
) -> None:
    assert draw(50_000) == draw(50_000)
    for size in (100_000, 300_000):
        assert size <= len(draw(size).text) < 1.5 * size
