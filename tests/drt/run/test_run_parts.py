"""The parts of a run, each by itself: schedule, page, numbers, log, known findings, claims, isolation."""

from __future__ import annotations

import datetime
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec.structs import replace as changed

from drt.corpus.known import find_known, read_known
from drt.coverage.novelty import Novelty
from drt.diagnosis.judgement import ArbiterAnswer, Judgement
from drt.engines.sandbox import HANG, Completed, HarnessError, ProcessDied, in_child
from drt.model.case import Case, Source
from drt.model.divergence import Checked, Divergence
from drt.model.divergence_json import AnswersRecord, DivergenceRecord
from drt.model.errors import InputProblem
from drt.model.outcome import (
    Accepted,
    Authorized,
    Crashed,
    Evaluated,
    ExceededBudget,
    Failed,
    Outcome,
    Printed,
    Rejected,
    Unsupported,
    Unwritable,
    Validated,
)
from drt.model.outcome_json import outcome_from_json, outcome_to_json
from drt.model.records import from_json, to_json
from drt.oracles.laws import responses_are_well_formed
from drt.run import journal
from drt.run.find import law_in_words
from drt.run.log import LogReader, LogWriter, make_folder, read_json, read_run, replace_json
from drt.run.memory_growth import Resident, growth, in_words, is_flat
from drt.run.options import RunOptions
from drt.run.records import Found, Header, News, Resumed, Started
from drt.run.reduction_locks import MAX_ATTEMPTS, MOST_BUCKETS, ReductionLocks, release
from drt.run.statistics import Counts, total
from drt.run.summary import Tally, footer
from drt.targets.partitions import LANES, lanes_of
from drt.targets.schedule import SLOWEST, Floor, Schedule, case_random_seed, shares
from tests.drt.toys import Toy


def drawn(schedule: Schedule) -> list[tuple[str, int]]:
    cases = []
    while (case := schedule.next()) is not None:
        cases.append(case)
    return cases


WEIGHTS = {"a": 3, "b": 1, "c": 2}


def test_shares_follow_the_weights_and_add_up() -> None:
    assert shares(60, WEIGHTS) == {"a": 30, "b": 10, "c": 20}
    for cases in range(50):
        given = shares(cases, WEIGHTS)
        assert sum(given.values()) == cases
        assert all(abs(given[name] - cases * weight / 6) < 1 for name, weight in WEIGHTS.items())


@pytest.mark.parametrize("workers", [1, 2, 3, 7])
def test_the_workers_share_the_same_cases_however_many_they_are(workers: int) -> None:
    limits = shares(100, WEIGHTS)
    cases = [
        case
        for worker in range(workers)
        for case in drawn(Schedule(WEIGHTS, lanes_of(worker, workers), limits))
    ]

    assert sorted(cases) == sorted((name, index) for name, limit in limits.items() for index in range(limit))


@pytest.mark.parametrize(
    "jobs", [(1,), (2,), (7,), (LANES,), (LANES + 1,), (200,), (1, 3, 2), (1, 30, 7, 2, 2), (1,) * LANES]
)
def test_every_case_lies_in_one_lane_of_one_worker(jobs: tuple[int, ...]) -> None:
    """Of any number of shards with workers of any number."""
    for index in range(5 * LANES):
        mine = [
            (part, worker)
            for part, workers in enumerate(jobs)
            for worker in range(workers)
            if (lanes := lanes_of(worker, workers, (part, len(jobs)))).first_from(index) == index
            and lanes.of(index) in lanes.own
        ]
        assert len(mine) == 1


@pytest.mark.parametrize("jobs", [(1,), (2,), (5,), (1, 1), (5, 2, 1)])
def test_every_case_of_a_walk_is_drawn_once_and_before_most_others(jobs: tuple[int, ...]) -> None:
    """By workers of any number, in one shard or several."""
    limits = {"a": 400, "b": 211, "c": 400}
    cases = []
    for part, workers in enumerate(jobs):
        for worker in range(workers):
            lanes = lanes_of(worker, workers, (part, len(jobs)))
            schedule = Schedule(WEIGHTS, lanes, limits, floor=Floor(workers), walked=("b",))
            own = []
            while (case := schedule.next()) is not None:
                own.append(case)
                schedule.spend(case[0], 0.01)
            last = max(place for place, (name, _) in enumerate(own) if name == "b")
            assert last < 0.6 * len(own)
            cases += own

    assert sorted(cases) == sorted((name, index) for name, limit in limits.items() for index in range(limit))


def test_a_lane_has_the_same_cases_for_any_number_of_workers() -> None:
    few, many = lanes_of(0, 1), lanes_of(5, 16, (1, 2))
    assert {few.of(index) == few.of(0) for index in range(0, 1000, LANES)} == {True}
    assert few.count == many.count == LANES


def test_a_schedule_goes_on_where_another_stopped() -> None:
    limits = shares(60, WEIGHTS)
    first = Schedule(WEIGHTS, lanes_of(0, 2), limits)
    before = [first.next() for _ in range(7)]
    rest = drawn(Schedule(WEIGHTS, lanes_of(0, 2), limits, first.following))

    assert sorted([*before, *rest]) == sorted(drawn(Schedule(WEIGHTS, lanes_of(0, 2), limits)))


def test_a_schedule_passes_over_the_deadly() -> None:
    cases = drawn(Schedule({"a": 1}, lanes_of(0, 1), {"a": 5}, skipped=[("a", 2)]))

    assert cases == [("a", 0), ("a", 1), ("a", 3), ("a", 4)]


def test_a_deadly_target_leaves_the_others_their_time() -> None:
    schedule = Schedule(
        {"deadly": 1, "good": 1}, lanes_of(0, 1), skipped=[("deadly", index) for index in range(3)]
    )
    cases = []
    for _ in range(40):
        case = schedule.next()
        assert case is not None
        schedule.spend(case[0], 0.1)
        cases.append(case[0])

    assert cases.count("good") >= 30


def test_time_goes_to_targets_by_weight() -> None:
    schedule = Schedule({"slow": 1, "fast": 1, "heavy": 2}, lanes_of(0, 1))
    cost = {"slow": 1.0, "fast": 0.01, "heavy": 0.1}
    spent = dict.fromkeys(cost, 0.0)
    for _ in range(3000):
        case = schedule.next()
        assert case is not None
        schedule.spend(case[0], cost[case[0]])
        spent[case[0]] += cost[case[0]]

    assert spent["slow"] == pytest.approx(spent["fast"], rel=0.15)
    assert spent["heavy"] == pytest.approx(2 * spent["fast"], rel=0.15)


def test_random_seeds_of_cases_are_fixed_and_all_different() -> None:
    seeds = {case_random_seed(run, name, index) for run in (1, 2) for name in "ab" for index in range(1000)}

    assert len(seeds) == 4000
    assert case_random_seed(1, "a", 0) == 886503613954662133


def test_a_page_says_what_was_written_last(tmp_path: Path) -> None:
    path = tmp_path / "page"
    assert journal.read(path) == journal.Entry()
    page = journal.Journal(path)
    page.write(journal.ASKING, 3, 2**40, 12.5, 7, 8, 9)

    assert journal.read(path) == journal.Entry(journal.ASKING, 3, 2**40, 12.5, 7, 8, 9)


def some_counts(seed: int) -> Counts:
    generator = random.Random(seed)
    counts = Counts()
    for _ in range(5):
        counts.add(
            Checked(
                generator.randrange(9),
                generator.randrange(9),
                inconclusive=("unsupported:x",) * generator.randrange(3),
                events=tuple(generator.choices(["allow", "deny", "erring"], k=8)),
            )
        )
    counts.spend("generate", 0.5)
    counts.engines["reference"] = 0.25
    return counts


def test_counts_survive_json() -> None:
    assert from_json(json.loads(json.dumps(to_json(some_counts(1)))), Counts) == some_counts(1)


def test_counts_add_up() -> None:
    whole = total([some_counts(1), some_counts(2)])

    assert whole.cases == 10
    assert whole.comparisons == some_counts(1).comparisons + some_counts(2).comparisons
    assert whole.events == some_counts(1).events + some_counts(2).events
    assert whole.seconds == {"generate": 1.0}


def test_shares_are_parts_of_the_decisions() -> None:
    counts = Counts()
    events = ("allow", "deny", "deny", "forbidden", "deny", "erring", "error:type", "error:type")
    counts.add(Checked(4, 4, events=events))
    assert counts.shares() == {
        "allow": 0.25,
        "deny": 0.75,
        "forbidden": 0.25,
        "nothing_applied": 0.5,
        "error": 0.25,
    }
    assert set(Counts().shares().values()) == {0.0}


OUTCOMES: list[Outcome] = [
    Authorized("deny", ("a", "b"), (("c", "type"),)),
    Evaluated("1"),
    Failed("overflow"),
    Validated(False, (("p", True),), (("p", "empty_set"),), (("p", "impossible_policy"),), "why"),
    Accepted("{}", 1),
    Unwritable("entities", 1, "why"),
    Printed("x"),
    Rejected("schema", "why"),
    Unsupported("y"),
    ExceededBudget("time"),
    Crashed("KeyError", ("m:f", "m:g"), "why"),
]


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: type(outcome).__name__)
def test_outcomes_survive_json(outcome: Outcome) -> None:
    back = outcome_from_json(json.loads(json.dumps(outcome_to_json(outcome))))

    assert repr(back) == repr(outcome)


def test_the_sentence_of_a_law_is_what_the_law_says() -> None:
    assert law_in_words(responses_are_well_formed).endswith("an allow has one (spec 04 §5)")
    assert law_in_words(test_divergences_survive_json) == ""


def test_divergences_survive_json() -> None:
    divergence = Divergence("a law", "value", "q", tuple(("e", one) for one in OUTCOMES), 1, 2)

    written = json.loads(json.dumps(to_json(DivergenceRecord.of(divergence))))
    assert from_json(written, DivergenceRecord).divergence == divergence


def resumed(reader: LogReader) -> list[Resumed]:
    events = list(reader.new())
    assert all(isinstance(event, Resumed) for event in events)
    return cast(list[Resumed], events)


def test_an_event_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "worker-0.jsonl"
    path.write_text('{"event": "grown", "worker": "one"}\n')
    with pytest.raises(ValueError, match="Expected `int`, got `str`"):
        list(LogReader(path).new())


def test_a_reader_follows_a_growing_log_by_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "worker-0.jsonl"
    reader = LogReader(path)
    assert list(reader.new()) == []
    log = LogWriter(path)
    log.write(Resumed(elapsed=1.0))
    with path.open("a") as file:
        file.write('{"event": "resu')
    assert [event.elapsed for event in resumed(reader)] == [1.0]
    with path.open("a") as file:
        file.write(
            'med", "elapsed": 2}\nnot JSON\n{"event": "unheard of"}\n{"event": "resumed", "elapsed": 3}\n'
        )

    assert [event.elapsed for event in resumed(reader)] == [2.0, 3.0]
    assert list(reader.new()) == []


def test_a_log_without_footer_is_readable_and_says_so(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run")
    options = RunOptions(("toy",), ("toy", "twin"), 7, str(tmp_path), str(folder))
    header = Header(python="3", platform="Linux", processors=None, engines={}, random_seed=7, options=options)
    LogWriter(folder / "run.jsonl").write(header)
    LogWriter(folder / "worker-0.jsonl").write(Started(pid=1, python="3"))
    with (folder / "run.jsonl").open("a") as file:
        file.write('{"event": "dea')

    run = read_run(folder)
    assert not run.complete
    assert run.header.options == options
    assert [type(event) for event in run.events] == [Started]
    ended = footer(options, [], Tally(), 2.0, interrupted=True)
    LogWriter(folder / "run.jsonl").write(ended)
    again = read_run(folder).footer
    assert again is not None
    assert again.to_json() == ended.to_json()


def test_what_is_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputProblem, match="it holds no run"):
        read_run(tmp_path)
    (tmp_path / "run.jsonl").write_text("{}\n")
    with pytest.raises(InputProblem, match=":1: not the log of a run"):
        read_run(tmp_path)


def test_an_earlier_run_in_the_same_folder_is_kept(tmp_path: Path) -> None:
    for number in range(3):
        folder = make_folder(tmp_path)
        (folder / "run.json").write_text(str(number))

    assert (tmp_path / "run.json").read_text() == "2"
    assert (tmp_path / "earlier-1" / "run.json").read_text() == "0"
    assert (tmp_path / "earlier-2" / "run.json").read_text() == "1"


def test_a_replaced_document_is_never_half(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    assert read_json(path, News) is None
    replace_json(path, News(1))
    replace_json(path, News(2))

    assert read_json(path, News) == News(2)
    assert list(tmp_path.iterdir()) == [path]


KNOWN = """
[[finding]]
id = "one"
signature = "exactly [this]"
status = "declared"
reason = "because"
source = "spec 01"

[[finding]]
id = "two"
signature_matches = "arbiter: *"
status = "fixed"
reason = "because"

[[finding]]
id = "three"
signature = "old"
status = "open"
reason = "because"
expires = 2020-01-01
"""


def test_known_findings(tmp_path: Path) -> None:
    assert read_known(tmp_path) == ()
    (tmp_path / "known.toml").write_text(KNOWN)
    known = read_known(tmp_path)
    today = datetime.date(2026, 1, 1)
    one, two, three = (find_known(known, text) for text in ("exactly [this]", "arbiter: x", "old"))

    assert one is not None
    assert one.excuses(today)
    assert two is not None
    assert not two.excuses(today), "a fixed finding that returns fails the run"
    assert three is not None
    assert not three.excuses(today), "an expired finding fails the run"
    assert three.excuses(datetime.date(2020, 1, 1))
    assert find_known(known, "exactly this") is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x = [", "not TOML"),
        ("x = 1", "expected nothing but"),
        ('[[finding]]\nid = "x"', "finding 1 needs a text for 'status'"),
        ('[[finding]]\nid = "x"\nstatus = "odd"\nreason = "r"', "the status of finding 1 is one of"),
        ('[[finding]]\nid = "x"\nstatus = "open"\nreason = "r"', "needs either 'signature' or"),
        ('[[finding]]\nid = "x"\nstatuss = "open"', "unknown member 'statuss'"),
        (
            '[[finding]]\nid="x"\nstatus="open"\nreason="r"\nsignature="s"\nexpires="soon"',
            "'expires' that is no date",
        ),
    ],
)
def test_a_malformed_known_file_is_told(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "known.toml").write_text(text)

    with pytest.raises(InputProblem, match=sentence):
        read_known(tmp_path)


def takes(claims: ReductionLocks, key: str, features: Callable[[], tuple[str, ...]], find: str = "") -> bool:
    """What a worker does with a divergence."""
    return claims.is_worth(key, features, find) and claims.acquire(key, find)


def test_a_key_pursued_before_waits_for_time(tmp_path: Path) -> None:
    first = ReductionLocks(tmp_path)
    assert first.acquire("key", again=False)
    assert first.pursuits("key") == 1
    first.finish("key", "bucket", ("a",))

    assert not first.acquire("key", again=False)
    assert first.acquire("key", again=True)
    assert first.pursuits("key") == 2


def test_one_worker_at_a_time_pursues_a_key(tmp_path: Path) -> None:
    folder = tmp_path / "claims"
    folder.mkdir()
    mine, other = ReductionLocks(folder), ReductionLocks(folder)
    assert takes(mine, "key", lambda: ("a", "b"))
    (path,) = folder.iterdir()
    claimed = json.loads(path.read_text())
    assert claimed["owner"] == os.getpid()
    with subprocess.Popen([sys.executable, "-c", "input()", "drt.run.worker", tmp_path], stdin=-1) as process:
        path.write_text(json.dumps({**claimed, "owner": process.pid}))
        assert not takes(other, "key", lambda: ("a", "b")), "another process is at it"
        process.kill()
    path.write_text(json.dumps({**claimed, "owner": os.getppid()}))
    assert takes(other, "key", lambda: ("a", "b")), (
        "the other process is dead, and its number somebody else's"
    )


def test_pursuits_that_were_cut_off_from_outside_were_not_in_vain(tmp_path: Path) -> None:
    def attempts() -> int:
        number = 0
        while takes(ReductionLocks(tmp_path), "key", lambda: ()):
            number += 1
        return number

    assert attempts() == MAX_ATTEMPTS
    release(tmp_path)
    assert attempts() == MAX_ATTEMPTS
    release(tmp_path)
    ReductionLocks(tmp_path).finish("key", "bucket", ())
    release(tmp_path)
    assert json.loads(next(tmp_path.iterdir()).read_text())["buckets"] == {"bucket": []}
    assert attempts() == 0


def test_a_pursuit_that_was_killed_from_outside_is_forgiven(tmp_path: Path) -> None:
    for _ in range(3 * MAX_ATTEMPTS):
        assert takes(ReductionLocks(tmp_path), "key", lambda: (), "find")
        ReductionLocks(tmp_path).release_crashed(os.getppid())
        ReductionLocks(tmp_path).release_crashed(os.getpid())
    tries = [takes(ReductionLocks(tmp_path), "key", lambda: (), "find") for _ in range(MAX_ATTEMPTS)]

    assert tries == [True] * (MAX_ATTEMPTS - 1) + [False]


def test_a_find_whose_process_was_killed_is_gone_on_with_whatever_others_found(tmp_path: Path) -> None:
    assert takes(ReductionLocks(tmp_path), "key", lambda: ("a",), "first")
    path = next(tmp_path.iterdir())
    path.write_text(json.dumps({**json.loads(path.read_text()), "owner": 999_999_999}))
    other = ReductionLocks(tmp_path)
    assert takes(other, "key", lambda: ("a",), "second")
    other.finish("key", "bucket", ("a",), find="second")
    again = ReductionLocks(tmp_path)

    assert not takes(again, "key", lambda: ("a",), "third")
    again.seen["key"] = 2  # the third of a kind that a bucket covers is not pursued
    assert takes(again, "key", lambda: ("a",), "first")
    again.finish("key", "bucket", ("a",), find="first")
    assert not takes(ReductionLocks(tmp_path), "key", lambda: ("a",), "first")


def test_what_a_known_bucket_covers_is_pursued_ever_more_seldom(tmp_path: Path) -> None:
    claims = ReductionLocks(tmp_path)
    pursued = []
    for seen in range(1, 40):
        if takes(claims, "key", lambda: ("a", "b", "c")):
            pursued.append(seen)
            claims.finish("key", "bucket", ("a", "b"))

    assert pursued == [1, 2, 4, 8, 16][: MAX_ATTEMPTS + 1]
    assert claims.seen["key"] == 39


def test_what_no_known_bucket_covers_is_pursued_at_once(tmp_path: Path) -> None:
    claims = ReductionLocks(tmp_path)
    pursued = 0
    for number in range(100):
        feature = f"f{number}"
        if takes(claims, "key", lambda feature=feature: (feature,)):
            pursued += 1
            claims.finish("key", f"bucket {number}", (feature,))

    assert pursued == MOST_BUCKETS


NAMES = ("tests.drt.toys:Toy",)


def test_a_child_answers() -> None:
    result = in_child(lambda engines: [engine.name for engine in engines], NAMES, 30.0)

    assert result == Completed([Toy.name])


def test_our_own_mistake_in_a_child_is_a_record() -> None:
    result = in_child(lambda engines: 1 // 0, NAMES, 30.0)

    assert isinstance(result, HarnessError)
    assert result.error == "ZeroDivisionError: integer division or modulo by zero"
    assert "in_child" in result.traceback


def test_a_child_that_answers_much_is_heard_out() -> None:
    assert in_child(lambda engines: "x" * 5_000_000, (), 30.0) == Completed("x" * 5_000_000)


@pytest.mark.parametrize(
    ("end", "cause"), [(os.abort, "SIGABRT"), (lambda: os._exit(3), "exit 3"), (lambda: time.sleep(99), HANG)]
)
def test_a_child_that_dies_is_told(end: object, cause: str) -> None:
    assert callable(end)

    assert in_child(lambda engines: end(), (), 0.5) == ProcessDied(cause)


def test_memory_is_limited() -> None:
    result = in_child(lambda engines: len(bytearray(2_000_000_000)), (), 30.0, memory=500)

    assert isinstance(result, HarnessError)
    assert result.error.startswith("MemoryError")


def sampled(*held: float) -> list[tuple[float, int]]:
    """Samples a second apart, in MiB."""
    return [(1000.0 + second, int(mebibytes * 2**20)) for second, mebibytes in enumerate(held)]


def test_growth_is_that_of_the_second_half() -> None:
    settling = sampled(*(min(100, 10 * second) for second in range(100)))
    leaking = sampled(*(100 + second for second in range(101)))
    noisy = sampled(*(100 + second % 3 for second in range(100)))

    assert growth(settling) == 0
    assert growth(leaking) == pytest.approx(0.3, abs=0.03), "from 150 to 195"
    assert growth(noisy) == pytest.approx(0, abs=0.02)
    assert growth(settling[:9]) is None


def test_memory_is_told_and_growth_is_seen() -> None:
    flat = Resident(sampled(*[120.0] * 40)).summary()
    leaking = Resident(sampled(*(100 + second for second in range(101))), recycled=1).summary()

    assert in_words([flat]) == "120 MiB per worker at the end, +0.0% over the second half"
    assert is_flat([flat])
    assert not is_flat([flat, leaking])
    assert in_words([flat, leaking]).endswith("over the second half, restarted 1 time")
    assert in_words([]) == in_words([Resident().summary()]) == ""


def found(number: str, at: float, **facts: Any) -> Found:
    """A finding as a worker reports it."""
    event = Found(
        at=at, number=number, coarse="c", target="t", signature="s", stage="reduced", engines=("A", "B"),
        divergence=DivergenceRecord(number, "law", "q", AnswersRecord(())), path="p", solid=True, index=0,
        case=Case(Source(number)),
    )  # fmt: skip
    return changed(event, **facts)


DECIDED = Judgement(("B",), "law", "it breaks it")
UNDECIDED = Judgement((), "nothing", "no witness")


def test_a_finding_is_shown_by_its_newest_find_and_a_verdict_that_decides() -> None:
    tally = Tally()
    says = ArbiterAnswer("C", "as A", "1", ("A",))
    tally.add(found("1", 1.0))
    tally.add(found("2", 5.0, verdict=UNDECIDED))
    tally.add(found("1", 4.0, verdict=DECIDED, says=says))

    (finding,) = tally.findings({})

    assert (finding.divergence.law, finding.case) == ("2", Case(Source("2")))
    assert (finding.verdict, finding.says) == (DECIDED, says)


def test_an_open_verdict_is_shown_where_none_decides() -> None:
    tally = Tally()
    tally.add(found("1", 1.0, verdict=UNDECIDED))

    assert tally.findings({})[0].verdict == UNDECIDED


def test_a_target_slows_down_where_nothing_is_new_and_never_below_its_floor() -> None:
    schedule = Schedule({"fresh": 1, "stale": 1}, lanes_of(0, 1))
    drawn_of = dict.fromkeys(("fresh", "stale"), 0)
    for _ in range(3_000):
        name, _ = cast(tuple[str, int], schedule.next())
        drawn_of[name] += 1
        schedule.note(name, int(name == "fresh"))
        schedule.spend(name, 0.01)

    assert schedule.pace("fresh") == 1.0
    assert schedule.pace("stale") == SLOWEST
    assert drawn_of["stale"] == pytest.approx(1_000, rel=0.05), "half of the other's"

    schedule.note("stale", 1)
    assert schedule.pace("stale") == 1.0


def test_a_target_on_which_nothing_is_compared_slows_down_and_recovers() -> None:
    schedule = Schedule({"answered": 1, "unanswered": 1}, lanes_of(0, 1))
    drawn_of: Counter[str] = Counter()
    for _ in range(1_100):
        name, _ = cast(tuple[str, int], schedule.next())
        drawn_of[name] += 1
        schedule.compared(name, int(name == "answered"), in_vain=False)
        schedule.spend(name, 0.01)

    assert drawn_of["unanswered"] == pytest.approx(100, rel=0.1), "a tenth of the other's"
    schedule.compared("unanswered", 1, in_vain=False)
    assert schedule.pace("unanswered") == 1.0

    schedule.compared("unanswered", 0, in_vain=True)
    assert {cast(tuple[str, int], schedule.next())[0] for _ in range(3)} == {"answered"}
    schedule.compared("answered", 0, in_vain=True)
    assert schedule.is_empty
    assert schedule.next() is None


@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize("shards", [1, 3])
def test_the_cases_are_the_same_whatever_is_new_to_whom(workers: int, shards: int) -> None:
    limits = shares(200, WEIGHTS)
    cases = []
    for part in range(shards):
        for worker in range(workers):
            schedule = Schedule(
                WEIGHTS, lanes_of(worker, workers, (part, shards)), limits, floor=Floor(workers)
            )
            while (case := schedule.next()) is not None:
                cases.append(case)
                schedule.note(case[0], (case[1] + worker) % 3)
                schedule.spend(case[0], 0.01 * (1 + worker))

    assert sorted(cases) == sorted((name, index) for name, limit in limits.items() for index in range(limit))


def test_what_is_new_is_counted_once() -> None:
    novelty = Novelty()
    case = Case(Source("permit(principal, action, resource) when { 1 == 2 };"))

    first = novelty.count("a", case, ["allow"], {"==|long,long|false"})

    assert first > 5, "the bin, the fact, and the neighbours in the text"
    assert novelty.count("a", case, ["allow"], {"==|long,long|false"}) == 0
    assert novelty.count("b", case, ["allow"], ()) == 1, "the fact of another target"
    assert (
        novelty.count("a", Case(Source("permit(principal, action, resource) when { 1 < 2 };")), ["allow"], ())
        == 2
    )
    assert novelty.count("a", case, ["rejected:policies"], ()) > 5, "the same neighbours, answered otherwise"


def test_a_walk_comes_first_has_most_of_the_time_and_ends() -> None:
    """A walked target is drawn before others, leaves them a quarter of the time, and is done after its cases."""
    schedule = Schedule({"walk": 1, "drawn": 100}, lanes_of(0, 1), {"walk": 6}, walked=("walk",))
    cases = []
    for _ in range(12):
        following = schedule.next()
        assert following is not None
        cases.append(following)
        schedule.spend(following[0], 1.0)
    assert [index for name, index in cases if name == "walk"] == list(range(6))
    assert cases[0] == ("walk", 0)
    assert [name for name, _ in cases[:8]].count("drawn") == 2
    assert {name for name, _ in cases[8:]} == {"drawn"}


def test_no_more_cases_than_a_walk_has_are_shared_out() -> None:
    weights = {"walk": 1, "drawn": 1, "other": 2}
    assert shares(8, weights, {"walk": 5}) == {"walk": 2, "drawn": 2, "other": 4}
    assert shares(80, weights, {"walk": 5}) == {"walk": 5, "drawn": 25, "other": 50}
    assert shares(4, {"walk": 3, "more": 1}, {"walk": 3, "more": 1}) == {"walk": 3, "more": 1}


def test_what_has_no_cases_leaves_a_schedule_empty() -> None:
    assert Schedule({"walk": 1}, lanes_of(0, 1), {"walk": 0}).is_empty
