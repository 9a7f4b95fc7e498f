"""Shares of a run on many machines: worked on by turns, delivered, merged; nothing lost, nothing twice."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from drt.corpus.store import Corpus
from drt.model.records import from_json
from drt.report.terminal.progress import Quiet
from drt.run import shares
from drt.run.coordinator import start
from drt.run.log import make_folder, replace_json, worker_states
from drt.run.options import RunOptions
from drt.run.records import Found, WorkerState
from drt.run.reduction_locks import MOST_BUCKETS, ReductionLocks, merge_locks


@pytest.fixture
def options(tmp_path: Path) -> RunOptions:
    (tmp_path / "corpus").mkdir()
    return RunOptions(
        targets=("toy", "toy-two"),
        engines=("tests.drt.toys:Toy", "tests.drt.toys:Faulty"),
        random_seed=7,
        corpus=str(tmp_path / "corpus"),
        folder=str(tmp_path / "run"),
        cases=2000,
        jobs=2,
        deadline=0.5,
        targets_from="tests.drt.toys:TARGETS",
    )


def worked(options: RunOptions, number: int, seconds: float, under: Path) -> bool:
    """Work on a share for a while, commit it, and return whether its cases are used up."""
    sent = shares.order(options, number, (), seconds, None)
    delivery = shares.work(sent, under)
    assert delivery.end.cannot_start == ""
    shares.commit(options, delivery, sent)
    return delivery.end.finished


def counted(states: list[WorkerState]) -> Counter[str]:
    counts = [target.counts for state in states for target in state.targets.values()]
    return Counter(cases=sum(one.cases for one in counts), divergences=sum(one.divergences for one in counts))


@pytest.mark.slow
def test_shares_worked_on_by_turns_are_a_run_on_one_machine(options: RunOptions, tmp_path: Path) -> None:
    alone = replace(options, folder=str(tmp_path / "alone"), corpus=str(tmp_path / "corpus-alone"))
    Path(alone.corpus).mkdir()
    footer = start(alone, Quiet())
    make_folder(options.place)
    finished = [worked(options, number, seconds, tmp_path) for seconds in (0.0, 60.0) for number in (0, 1)]

    assert finished == [False, False, True, True], "a share that is done at once shows nothing"
    counts = counted(worker_states(options.place))
    assert counts == Counter(cases=2000, divergences=footer.counts.divergences)
    names = [path.name for path in Corpus(Path(alone.corpus)).counterexamples()]
    assert [path.name for path in Corpus(Path(options.corpus)).counterexamples()] == names
    assert names
    assert not list(tmp_path.glob("drt-share-*"))


def test_a_finding_is_logged_with_its_place_in_the_corpus_of_the_run(
    options: RunOptions, tmp_path: Path
) -> None:
    make_folder(options.place)
    options = replace(options, cases=200, jobs=1)
    worked(options, 0, 60.0, tmp_path)
    lines = (options.place / "worker-0.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines if '"event": "find"' in line]
    last = {event["number"]: from_json(event, Found) for event in events}

    assert last
    for found in last.values():
        assert found.path is None or (Path(found.path) / "case.json").is_file()
    assert any(found.path for found in last.values())


def test_a_delivery_that_is_not_taken_in_to_its_end_leaves_no_trace(
    options: RunOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_folder(options.place)
    replace_json(options.place / "options.json", options)
    worked(options, 0, 0.0, tmp_path)
    before = (options.place / "worker-0.jsonl").read_bytes()
    sent = shares.order(options, 0, (), 0.0, None)
    delivery = shares.work(sent, tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(shares, "merge_locks", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            shares.commit(options, delivery, sent)
    assert (options.place / "worker-0.jsonl").read_bytes() != before

    shares.undo_commits(options.place)
    assert (options.place / "worker-0.jsonl").read_bytes() == before
    shares.commit(options, delivery, sent)
    assert (options.place / "worker-0.jsonl").read_bytes().startswith(before)
    assert not list(options.place.glob("*.commit"))


def test_a_share_whose_process_fails_says_why(options: RunOptions, tmp_path: Path) -> None:
    make_folder(options.place)
    sent = shares.order(replace(options, targets_from="tests.drt.toys:NOTHING"), 0, (), 1.0, None)
    assert "NOTHING" in shares.work(sent, tmp_path).end.cannot_start
    broken = replace(sent, files={**sent.files, shares.DEATHS: b"no JSON"})
    with pytest.raises(RuntimeError, match="share 0: "):
        shares.work(broken, tmp_path)


@pytest.mark.slow
def test_crashes_of_a_share_are_examined_where_they_occur(options: RunOptions, tmp_path: Path) -> None:
    options = replace(options, engines=("tests.drt.toys:Toy", "tests.drt.toys:Aborts"), cases=12, jobs=1)
    make_folder(options.place)
    sent = shares.order(options, 0, (), 60.0, time.time() + 8.0)
    delivery = shares.work(sent, tmp_path)
    shares.commit(options, delivery, sent)
    events = (options.place / "worker-0.jsonl").read_text()

    assert delivery.end.skipped
    assert '"event": "death"' in events
    assert list(options.place.glob("examiner-0-*.jsonl"))
    again = shares.order(options, 0, delivery.end.skipped, 60.0, None)
    assert len(json.loads(again.files[shares.DEATHS])) == len(delivery.end.skipped)
    assert "examiner-1.jsonl" in again.files


SHARES, KEYS = 1000, 12


@pytest.mark.slow
def test_claims_of_a_thousand_shares_merge_to_those_of_one_folder(tmp_path: Path) -> None:
    """Shares begin with the claims of some moment and deliver in another order; each bucket is there once."""
    generator = random.Random(23)
    home = tmp_path / "home"
    home.mkdir()
    under_way: list[tuple[dict[str, bytes], dict[str, bytes]]] = []
    buckets: dict[str, set[str]] = {}
    reductions = 0
    for number in range(SHARES):
        before = {path.name: path.read_bytes() for path in home.glob("*.json")}
        folder = tmp_path / "share"
        folder.mkdir()
        for name, content in before.items():
            (folder / name).write_bytes(content)
        locks = ReductionLocks(folder)
        key = f"key {generator.randrange(KEYS)}"
        signature = f"{key}, bucket {generator.randrange(3)}"
        if locks.is_worth(key, tuple) and locks.acquire(key, f"find {number}"):
            reductions += 1
            locks.finish(key, signature, (), f"find {number}")
            buckets.setdefault(key, set()).add(signature)
        after = {path.name: path.read_bytes() for path in folder.glob("*.json")}
        under_way.append((before, after))
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        if len(under_way) >= 100:
            merge_locks(home, *under_way.pop(generator.randrange(100)))
    for both in under_way:
        merge_locks(home, *both)
    locks = ReductionLocks(home)
    merged = [json.loads(path.read_text()) for path in home.glob("*.json")]

    assert {lock["key"]: set(lock["buckets"]) for lock in merged} == buckets
    assert sum(lock["began"] for lock in merged) == reductions
    assert all(lock["owner"] is None and lock["open"] == [] for lock in merged)
    assert all(locks.has_bucket(one) for several in buckets.values() for one in several)
    assert reductions < SHARES / 2, "shares that begin later know what others have found"
    assert all(len(lock["buckets"]) <= MOST_BUCKETS for lock in merged)


def test_a_claim_that_is_overlooked_would_be_seen(tmp_path: Path) -> None:
    """Merging by replacement, the planted defect, forgets what another share has delivered meanwhile."""
    folders = [tmp_path / name for name in ("home", "one", "two")]
    for folder in folders:
        folder.mkdir()
    for folder, bucket in zip(folders[1:], "ab", strict=True):
        locks = ReductionLocks(folder)
        assert locks.acquire("key", bucket)
        locks.finish("key", bucket, (), bucket)
        merge_locks(folders[0], {}, {path.name: path.read_bytes() for path in folder.glob("*.json")})
    [path] = folders[0].glob("*.json")
    assert set(json.loads(path.read_text())["buckets"]) == {"a", "b"}
    assert set(json.loads((folders[2] / path.name).read_text())["buckets"]) == {"b"}
