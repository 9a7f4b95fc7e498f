"""The index of a corpus: what it answers is what reading everything again would say, whatever happens to it."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import drt.corpus.index
from drt.cli.main import main
from drt.corpus.merge import merge
from drt.corpus.store import Corpus
from drt.model.case_directory import CASE_FILE, read_case
from drt.model.errors import InputProblem
from tests.corpus_figures import counterexample, make_corpus, measure

CASES = 12


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    make_corpus(tmp_path / "corpus", range(CASES))
    time.sleep(0.05)  # what has just been written is read again
    return tmp_path / "corpus"


def printed(root: Path) -> list[Any]:
    """What the commands say that use the index."""
    lines = [["corpus", "check"], ["corpus", "stats"], ["triage"]]
    said = [CliRunner().invoke(main, [*line, "--corpus", str(root), "--json"]).stdout for line in lines]
    return [json.loads(one) for one in said]


def read_again(root: Path) -> list[Any]:
    """The same without an index."""
    before = os.environ["XDG_CACHE_HOME"]
    with tempfile.TemporaryDirectory() as empty:
        os.environ["XDG_CACHE_HOME"] = empty
        try:
            return printed(root)
        finally:
            os.environ["XDG_CACHE_HOME"] = before


def places(root: Path) -> list[Path]:
    return sorted((root / "counterexamples").glob("[!.]*/"))


# What may happen to a corpus behind the back of the index


def save(root: Path, chance: random.Random) -> None:
    Corpus(root).save_counterexample(counterexample(chance.randrange(2 * CASES)))


def edit(root: Path, chance: random.Random) -> None:
    path = chance.choice(places(root)) / CASE_FILE
    path.write_text(path.read_text().replace("operator", f"operator {chance.randrange(99)}"))


def edit_without_a_trace(root: Path, chance: random.Random) -> None:
    """The same size, and the time of the last change put back."""
    path = chance.choice(places(root)) / CASE_FILE
    status = path.stat()
    path.write_text(
        path.read_text().replace("open", chance.choice(["opem", "open"])).replace("part at", "Part at")
    )
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def edit_a_part(root: Path, chance: random.Random) -> None:
    (chance.choice(places(root)) / "policies.cedar").write_text("forbid(principal, action, resource);\n")


def add_a_stranger(root: Path, chance: random.Random) -> None:
    (chance.choice(places(root)) / "stranger").touch()


def plant_a_link(root: Path, chance: random.Random) -> None:
    path = chance.choice(places(root)) / "entities.json"
    path.unlink()
    path.symlink_to("case.json")


def remove(root: Path, chance: random.Random) -> None:
    shutil.rmtree(chance.choice(places(root)))


def exchange(root: Path, chance: random.Random) -> None:
    one, other = chance.sample(places(root), 2)
    one.rename(root / "meanwhile")
    other.rename(one)
    (root / "meanwhile").rename(other)


def conclude(root: Path, chance: random.Random) -> None:
    path = chance.choice(places(root))
    try:
        saved = read_case(path)
    except InputProblem:
        return
    Corpus(root).conclude(path, replace(saved, status="fixed"))


CHANGES = [
    save, edit, edit_without_a_trace, edit_a_part, add_a_stranger, plant_a_link, remove, exchange, conclude,
]  # fmt: skip


# What may happen to the index


def index_of(root: Path) -> Path:
    place = Corpus(root).index.place
    assert place is not None
    return place


def nothing(_index: Path, _chance: random.Random) -> None:
    pass


def lose(index: Path, _chance: random.Random) -> None:
    index.unlink(missing_ok=True)


def spoil(index: Path, chance: random.Random) -> None:
    content = bytearray(index.read_bytes())
    for _ in range(50):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    index.write_bytes(content)


def cut(index: Path, chance: random.Random) -> None:
    os.truncate(index, chance.randrange(index.stat().st_size))


def replace_by_text(index: Path, _chance: random.Random) -> None:
    index.write_text("no database")


def lie(index: Path, _chance: random.Random) -> None:
    """Other answers, of the same cases in the same state."""
    with sqlite3.connect(index) as connection:
        connection.execute("update answers set answer = replace(answer, 'open', 'fixed')")


ACCIDENTS = [nothing, nothing, lose, spoil, cut, replace_by_text, lie]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_the_index_says_what_reading_everything_again_says(root: Path, seed: int) -> None:
    chance = random.Random(seed)
    assert printed(root) == read_again(root)
    for _ in range(5):
        chance.choice(CHANGES)(root, chance)
        chance.choice(ACCIDENTS)(index_of(root), chance)

        assert printed(root) == read_again(root)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_no_change_of_a_case_is_missed(root: Path, change: Any) -> None:
    printed(root)
    change(root, random.Random(1))

    assert printed(root) == read_again(root)


@pytest.mark.parametrize("accident", ACCIDENTS[1:], ids=lambda accident: accident.__name__)
def test_whatever_becomes_of_the_index_it_is_computed_again(root: Path, accident: Any) -> None:
    before = printed(root)
    accident(index_of(root), random.Random(1))

    assert printed(root) == before
    again = counted_readings(root)
    assert again == 0, "the index that was made anew is used"


def counted_readings(root: Path) -> int:
    """How often cases are read for a check."""
    printed(root)
    return len(list(computed(Corpus(root), "check")))


def computed(corpus: Corpus, kind: str) -> Iterator[Path]:
    asked: list[Path] = []

    def compute(paths: Any) -> Iterator[tuple[Path, Any]]:
        asked.extend(paths)
        yield from ()

    corpus.index.answers(kind, corpus.counterexamples(), compute)
    yield from asked


def test_what_is_known_is_not_read_again(root: Path) -> None:
    printed(root)

    assert list(computed(Corpus(root), "check")) == []
    edit_a_part(root, random.Random(1))
    assert len(list(computed(Corpus(root), "check"))) == 1


def test_other_code_has_other_answers(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed(root)
    monkeypatch.setattr(drt.corpus.index, "code_version", lambda _kind: "12345678")

    assert len(list(computed(Corpus(root), "check"))) == CASES


def test_without_a_place_for_the_index_everything_is_read(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = printed(root)
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert printed(root) == before
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    assert Corpus(root).index.place is None
    assert printed(root) == before


def test_a_signature_is_found_where_nobody_expects_it(root: Path) -> None:
    """A case that was renamed and edited behind the back of an index that knew it."""
    corpus = Corpus(root)
    corpus.save_counterexample(counterexample(CASES))
    old = places(root)[0]
    path = old.rename(old.with_name("another-name")) / CASE_FILE
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "signature": "a new one"}))
    new = replace(counterexample(1), signature="a new one", case=read_case(path).case)

    assert corpus.save_counterexample(new).name == "another-name"
    assert Corpus(root).save_counterexample(new).name == "another-name"


def write_cases(root: Path, numbers: range) -> None:
    corpus = Corpus(root)
    for number in numbers:
        corpus.save_counterexample(counterexample(number))


def test_writers_at_once_lose_nothing(root: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=write_cases, args=(root, range(start, start + 40))) for start in (0, 20, 30)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    wanted = {counterexample(number).signature for number in range(70)}
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    found = [read_case(path).signature for path in Corpus(root).counterexamples()]
    assert sorted(found) == sorted(wanted)
    assert printed(root) == read_again(root)


def test_a_merge_of_many_finds_those_that_it_has_put_itself(root: Path, tmp_path: Path) -> None:
    make_corpus(tmp_path / "other", range(CASES // 2, 3 * CASES))
    twin = tmp_path / "other/counterexamples/twin"
    shutil.copytree(places(tmp_path / "other")[-1], twin)

    fates = [one.fate for one in merge(Corpus(root), tmp_path / "other")]

    assert fates.count("there already") == CASES // 2 + 1
    assert fates.count("taken in") == 2 * CASES
    assert len(places(root)) == 3 * CASES


@pytest.mark.slow
def test_the_figures_are_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    figures = measure(tmp_path, 30, 10)

    assert [figure.name for figure in figures if figure.most] == [
        "save one",
        "merge 10",
        "check",
        "stats",
        "triage",
    ]
    assert all(figure.seconds > 0 for figure in figures)
    assert len(places(tmp_path / "ours")) == 60
