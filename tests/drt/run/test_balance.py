"""A run that is mostly one thing says so."""

from __future__ import annotations

from collections import Counter

import pytest

from drt.run.distinct import Distinct
from drt.run.input_distribution import BOUNDS, ENOUGH_DECISIONS, one_sided
from drt.run.statistics import Counts, total


def stream(**changes: int) -> Counter[str]:
    """A stream in good order, of ten thousand decisions."""
    good = {
        "cases": 700, "decisions": 10_000, "allow": 4_000, "deny": 6_000, "forbidden": 3_500, "erring": 400,
        "looked at": 200, "judged": 200, "valid": 200, "conditions": 600, "trivial conditions": 2,
        "with conditions": 200,
    }  # fmt: skip
    return Counter(good | {name.replace("_", " "): count for name, count in changes.items()})


def printed(**streams: Counter[str]) -> tuple[str, ...]:
    named = {name.replace("_", "-"): counts for name, counts in streams.items()}
    return one_sided({}, Counts(streams=named))


GOOD = {"well_typed": stream(), "one_type_error": stream(cases=300, erring=4_500, valid=0)}


def test_a_run_in_good_order_says_nothing() -> None:
    assert printed(**GOOD) == ()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"allow": 9_000, "deny": 1_000}, "90.0% of the decisions allow, not 30% to 50%"),
        ({"forbidden": 1_000}, "10.0% of the decisions deny by a forbid, not 15% or more"),
        ({"forbidden": 2_000}, "40.0% of the decisions deny because no policy applied, not 30% or less"),
        ({"trivial_conditions": 60}, "10.0% of the conditions are trivially true or false, not 5% or less"),
        ({"with_conditions": 199}, "99.5% of the cases have a policy with a telling condition, not 100%"),
        ({"valid": 197}, "stream well-typed: 98.5% of the policy sets validate, not 99% or more"),
        (
            {"erring": 1_100},
            "stream well-typed: 11.0% of the decisions have an erring policy, not 10% or less",
        ),
        ({}, "stream well-typed: 100.0% of the cases are well typed, not 50% to 70%"),
    ],
)
def test_a_share_out_of_its_bounds_is_told(changes: dict[str, int], sentence: str) -> None:
    assert sentence in printed(well_typed=stream(**changes))


@pytest.mark.parametrize("erring", [2_000, 7_000])
def test_the_error_stream_has_bounds_of_its_own(erring: int) -> None:
    [sentence] = printed(**GOOD | {"one_type_error": stream(cases=300, erring=erring, valid=0)})
    assert sentence.startswith("stream one-type-error: ")


def test_every_bound_can_be_broken() -> None:
    for bound in BOUNDS:
        assert bound.least > 0.0 or bound.most < 1.0


def test_small_runs_are_not_judged() -> None:
    assert (
        printed(well_typed=stream(decisions=100, allow=100, deny=0, looked_at=5, judged=5, valid=0, cases=9))
        == ()
    )


def test_repetition_is_told() -> None:
    sample = Distinct()
    for number in range(1_000):
        sample.add((str(number % 500),))
    [sentence] = one_sided({}, Counts(distinct={"cases": sample}))
    assert sentence == "50.0% of the cases are distinct, not 90% or more"


def test_any_run_of_one_answer_is_told() -> None:
    much = ENOUGH_DECISIONS
    counts = Counts(comparisons=much, decisions=much, events=Counter(allow=much))
    assert one_sided({}, counts) == ("100.0% of the decisions allow",)
    counts = Counts(comparisons=much, inconclusive=2 * much)
    assert one_sided({}, counts) == ("66.7% of the questions could not be compared",)


def test_a_target_whose_cases_are_all_refused_is_told() -> None:
    refused = Counts(comparisons=1_000, events=Counter({"rejected:policies": 950}))
    fine = Counts(comparisons=1_000, events=Counter({"rejected:policies": 500}))
    targets = {"broken": refused, "fine": fine}
    assert one_sided(targets, total(targets.values())) == (
        "target broken: 95.0% of the answers are refusals",
    )
