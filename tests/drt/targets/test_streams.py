"""The streams of a night keep their shares: of the cases, and of what is decided about them."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import TypeVar

import pytest

from drt.engines import build
from drt.model.case import Case
from drt.model.engine import Unanswered
from drt.model.outcome import Rejected
from drt.model.records import from_json, to_json
from drt.oracles.comparing import Comparison
from drt.run.distinct import MOST_KEPT, Distinct
from drt.run.observer import judge
from drt.run.statistics import Counts
from drt.targets.cases import Drawn, streams
from drt.targets.schedule import case_random_seed
from drt.targets.table import TARGETS
from generators.choice.profiles import PROFILES
from generators.choice.sources import RecordingSource, ReplaySource
from generators.draw.syntax import FALSE, PRINCIPAL, TRUE, Binary, Expr, GetAttr, Lit, Unary
from generators.draw.triviality import is_trivial
from generators.scenarios import scenario
from generators.streams import MUTATED, STREAMS, streamed

T = TypeVar("T")

RANDOM_SEED, CASES = 1, 2_000
PRODUCTION = build("production")


def answered(case: Case) -> Comparison:
    """What production says of a case, counted like what engines agree on."""
    loaded = PRODUCTION.load(case)
    assert not isinstance(loaded, Rejected | Unanswered)
    counting = Comparison("", ())
    for request in case.requests:
        counting.count(loaded.authorize(request))
    return counting


@cache
def counted() -> Counts:
    counts = Counts()
    for index in range(CASES):
        drawn = streams(RecordingSource(case_random_seed(RANDOM_SEED, "authorize", index)))
        counts.add_to_stream(drawn.stream, drawn.case, answered(drawn.case).checked())
        judge(drawn, PRODUCTION, counts.streams[drawn.stream])
    return counts


@pytest.mark.slow
def test_each_stream_has_its_share_of_the_cases() -> None:
    for stream in STREAMS:
        share = counted().stream_shares()[stream.name]["share"]
        assert share == pytest.approx(stream.share / 100, abs=0.02)


def test_the_decisions_are_balanced() -> None:
    """In all the streams together, and in the well-typed one alone."""
    for name in ("all", "well-typed"):
        shares = counted().stream_shares()[name]
        assert 0.30 <= shares["allow"] <= 0.50
        assert shares["forbidden"] >= 0.15
        assert shares["nothing_applied"] <= 0.30


def test_the_well_typed_stream_is_valid_and_seldom_errs() -> None:
    shares = counted().stream_shares()["well-typed"]
    assert shares["valid"] >= 0.99
    assert shares["error"] <= 0.10


def test_the_error_stream_errs() -> None:
    shares = counted().stream_shares()["one-type-error"]
    assert 0.30 <= shares["error"] <= 0.60
    assert shares["valid"] <= 0.05


def test_conditions_say_something() -> None:
    shares = counted().stream_shares()["all"]
    assert shares["trivial"] < 0.05
    assert shares["with_conditions"] == 1.0


def test_cases_are_distinct() -> None:
    counts = counted()
    assert counts.distinct["cases"].share >= 0.9
    assert counts.distinct["policy sets"].share >= 0.9


def test_cases_have_up_to_sixteen_requests() -> None:
    counts = counted()
    everything = sum(stream["decisions"] for stream in counts.streams.values())
    assert 13 * CASES < everything <= 16 * CASES


def test_a_stream_that_only_allows_would_be_seen() -> None:
    """The figures come from the answers: a generator gone dull does not keep its shares."""
    counts = Counts()
    dull = PROFILES["typed"]
    for random_seed in range(50):
        case = streams(RecordingSource(7)).case
        counting = answered(Case(case.policies, case.entities, requests=case.requests[:1], links=case.links))
        counts.add_to_stream("dull", case, counting.checked())
        other = scenario(RecordingSource(random_seed), dull)
        judge(Drawn(case, "dull", other), PRODUCTION, counts.streams["dull"])
    shares = counts.stream_shares()["dull"]
    assert 1.0 in (shares["allow"], shares["forbidden"], shares["nothing_applied"])
    assert shares["valid"] < 0.1, "policies judged by another case's schema"
    assert counts.distinct["cases"].share == 1 / 50


def test_a_mutated_case_comes_from_an_earlier_one_and_replays_without_it() -> None:
    earlier = RecordingSource(11)
    before = streamed(earlier)
    found = 0
    for random_seed in range(300):
        source = RecordingSource(random_seed, [tuple(earlier.choices)])
        drawn = streamed(source)
        assert streamed(ReplaySource(source.choices)) == drawn
        if drawn.stream == MUTATED.name:
            found += 1
            assert drawn.scenario.schema == before.scenario.schema
    assert found > 10


def test_a_case_mutated_over_and_over_still_replays() -> None:
    kept = [tuple(RecordingSource(1).choices)]
    for generation in range(12):
        source = next(
            source
            for random_seed in range(10_000)
            if streamed(source := RecordingSource(100 * generation + random_seed, kept)).stream
            == MUTATED.name
        )
        drawn = streamed(ReplaySource(source.choices))
        assert drawn.stream == MUTATED.name
        kept = [tuple(source.choices)]


def test_the_target_tells_its_streams() -> None:
    names = {TARGETS["authorize"].make(RecordingSource(random_seed)).stream for random_seed in range(100)}
    assert names == {stream.name for stream in STREAMS}
    assert TARGETS["authorize-typed"].make(RecordingSource(1)).stream == ""


LONG = GetAttr(PRINCIPAL, "n")


@pytest.mark.parametrize(
    ("condition", "trivial"),
    [
        (TRUE, True),
        (Binary("<", Lit(1), Lit(2)), True),
        (Binary("||", Binary("<", LONG, Lit(1)), TRUE), True),
        (Binary("&&", FALSE, Binary("<", LONG, Lit(1))), True),
        (Binary("==", LONG, LONG), True),
        (Unary("!", Binary("<", LONG, LONG)), True),
        (Binary("<", LONG, Lit(1)), False),
        (Binary("&&", TRUE, Binary("<", LONG, Lit(1))), False),
        (Binary("==", Binary("<", LONG, Lit(1)), TRUE), False),
    ],
)
def test_trivial_conditions_are_told(condition: Expr, trivial: bool) -> None:
    assert is_trivial(condition) is trivial


def reread(counts: T) -> T:
    """Write a record of a run's state and read it back."""
    return from_json(json.loads(json.dumps(to_json(counts))), type(counts))


def test_distinct_things_are_counted_while_there_are_few_and_estimated_when_there_are_many() -> None:
    few, many, merged = Distinct(), Distinct(), Distinct()
    for number in range(100):
        few.add((str(number % 25),))
    assert few.share == 0.25
    for number in range(40_000):
        many.add((str(number % 20_000), "x"))
    assert len(many.seen) <= MOST_KEPT
    assert many.share == 0.5
    merged.merge(many)
    merged.merge(reread(many))
    assert merged.share == 0.25


def test_counts_survive_their_json_form() -> None:
    counts = counted()
    again = reread(counts)
    assert again.stream_shares() == counts.stream_shares()
    doubled = Counts()
    doubled.merge(again)
    doubled.merge(counts)
    assert doubled.streams["mutated"] == Counter({k: 2 * v for k, v in counts.streams["mutated"].items()})
