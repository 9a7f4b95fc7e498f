"""The corpus: named by facts, one case a signature, never half written, safe from two writers."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from drt.corpus import store
from drt.corpus.store import Corpus, find_corpus, slug
from drt.model.case import Case, Source
from drt.model.errors import InputProblem
from drt.model.saved_case import SavedCase


def saved(text: str, signature: str = "a bug", **more: object) -> SavedCase:
    return replace(SavedCase(Case(Source(text)), signature=signature, status="open"), **more)


def texts(corpus: Corpus) -> dict[str, str]:
    return {path.name: corpus.load(path).case.policies.text for path in corpus.counterexamples()}


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(tmp_path)


def test_a_folder_is_named_by_the_fact(corpus: Corpus) -> None:
    place = corpus.save_counterexample(saved("1", "decision: allow, deny | <, like, .isEmpty()"))

    assert place.name == "decision-allow-deny-less-like-isempty"
    assert corpus.load(place).name == place.name


@pytest.mark.parametrize(
    ("signature", "name"),
    [
        ("", "case"),
        ("<script>/../..", "less-script-greater"),
        ("a <= b, a < b", "a-less-or-equal-b-a-less-b"),
        ("crash: x at a:b > c:d", "crash-x-at-a-b-c-d"),
        ("é\x00😀", "case"),
    ],
)
def test_names_are_plain_words(signature: str, name: str) -> None:
    assert slug(signature) == name


def test_long_names_are_cut_at_a_word() -> None:
    name = slug("word " * 100)

    assert len(name) <= 80
    assert name.endswith("-word")


def test_the_same_signature_keeps_the_simpler_case(corpus: Corpus) -> None:
    first = corpus.save_counterexample(saved("1 + 2 + 3"))
    second = corpus.save_counterexample(saved("1 + 2"))
    third = corpus.save_counterexample(saved("1 + 2 + 3 + 4"))

    assert first == second == third
    assert texts(corpus) == {"a-bug": "1 + 2"}


def test_signatures_that_make_the_same_name_do_not_collide(corpus: Corpus) -> None:
    for signature in ("a bug", "a-bug", "A BUG"):
        corpus.save_counterexample(saved(signature, signature))

    assert texts(corpus) == {"a-bug": "a bug", "a-bug-2": "a-bug", "a-bug-3": "A BUG"}


def test_a_reduced_case_takes_the_place_of_the_unreduced(corpus: Corpus) -> None:
    place = corpus.save_counterexample(saved("1 + 2 + 3", "a bug, roughly"))
    reduced = corpus.save_counterexample(saved("1", "a bug"), instead_of=place)

    assert texts(corpus) == {"a-bug": "1"}
    assert reduced.name == "a-bug"


def test_a_reduced_case_gives_way_to_a_simpler_one_that_is_there(corpus: Corpus) -> None:
    corpus.save_counterexample(saved("1", "a bug"))
    place = corpus.save_counterexample(saved("1 + 2 + 3", "a bug, roughly"))
    kept = corpus.save_counterexample(saved("1 + 2", "a bug"), instead_of=place)

    assert texts(corpus) == {"a-bug": "1"}
    assert kept.name == "a-bug"


def test_a_case_of_an_earlier_run_is_not_given_up_for_another_find(corpus: Corpus) -> None:
    old = corpus.save_counterexample(saved("1", "a bug", origin={"random_seed": 1, "index": 1}))
    find = {"random_seed": 2, "index": 1}
    place = corpus.save_counterexample(saved("1 + 2", "a bug", origin=find))
    assert place == old
    corpus.save_counterexample(saved("2 + 2", "another bug", origin=find), instead_of=place)
    corpus.save_counterexample(saved("3 + 3", "a bug", origin=find), instead_of=place)
    corpus.drop(place, saved("", origin=find))

    assert texts(corpus) == {"a-bug": "1", "another-bug": "2 + 2"}
    corpus.drop(place, saved("", origin={"random_seed": 1, "index": 1}))
    assert texts(corpus) == {"another-bug": "2 + 2"}


def test_a_find_that_is_not_reduced_takes_no_place_that_it_may_give_up(corpus: Corpus) -> None:
    heavy = corpus.save_counterexample(saved("1 + 2 + 3", "a bug", origin={"random_seed": 1, "index": 1}))
    find = {"random_seed": 1, "index": 2}
    place = corpus.save_counterexample(saved("1 + 2", "a bug", origin=find), replaces=False)
    assert texts(corpus) == {"a-bug": "1 + 2 + 3", "a-bug-2": "1 + 2"}
    reduced = corpus.save_counterexample(saved("1", "a bug", origin=find), instead_of=place)
    assert (reduced, texts(corpus)) == (heavy, {"a-bug": "1"})

    other = {"random_seed": 1, "index": 3}
    place = corpus.save_counterexample(saved("", "a bug", origin=other), replaces=False)
    corpus.drop(place, saved("", origin=other))
    assert texts(corpus) == {"a-bug": "1"}


def test_a_stale_case_does_not_swallow_a_new_one(corpus: Corpus) -> None:
    corpus.save_counterexample(saved("1"))
    new = corpus.save_counterexample(saved("1 + 2"), shows=lambda known: known.case.policies.text != "1")
    simpler = corpus.save_counterexample(saved("2"), shows=lambda known: known.case.policies.text != "1")

    assert (new.name, simpler) == ("a-bug-2", new)
    assert texts(corpus) == {"a-bug": "1", "a-bug-2": "2"}


def test_a_fixed_case_stays_for_ever(corpus: Corpus) -> None:
    corpus.save_counterexample(saved("1 + 2", status="fixed"))
    back = corpus.save_counterexample(saved("1"))

    assert back.name == "a-bug-2"
    assert texts(corpus) == {"a-bug": "1 + 2", "a-bug-2": "1"}


def test_a_declared_case_is_not_replaced(corpus: Corpus) -> None:
    corpus.save_counterexample(saved("1 + 2", status="declared"))
    corpus.save_counterexample(saved("1"))

    assert texts(corpus) == {"a-bug": "1 + 2"}


def test_an_unreadable_neighbour_is_no_hindrance(corpus: Corpus) -> None:
    broken = corpus.root / "counterexamples" / "broken"
    broken.mkdir(parents=True)
    (broken / "case.json").write_text("{")
    corpus.save_counterexample(saved("1"))

    assert [path.name for path in corpus.counterexamples()] == ["a-bug", "broken"]


def test_a_replacement_cut_short_is_undone(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    place = corpus.save_counterexample(saved("1 + 2"))
    renamed = Path.rename

    def killed(self: Path, target: Path) -> Path:
        if ".new-" in self.name:
            raise KeyboardInterrupt
        return renamed(self, target)

    monkeypatch.setattr(Path, "rename", killed)
    with pytest.raises(KeyboardInterrupt):
        corpus.save_counterexample(saved("1"))
    monkeypatch.undo()

    assert not place.exists()
    assert texts(corpus) == {"a-bug": "1 + 2"}


def test_a_folder_that_cannot_be_written_is_told(corpus: Corpus) -> None:
    (corpus.root / "counterexamples").write_text("a file in the way")

    with pytest.raises(InputProblem, match="the corpus cannot be written"):
        corpus.save_counterexample(saved("1"))


def write_many(root: Path, writer: int) -> None:
    corpus = Corpus(root)
    for number in range(40):
        length = 1 + (number * 7 + writer * 3) % 11
        corpus.save_counterexample(saved("+".join("1" * length), f"bug {number % 5}"))
        corpus.save_counterexample(saved("2", f"bug of {writer} number {number}"))


def test_two_processes_writing_lose_nothing(corpus: Corpus) -> None:
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=write_many, args=(corpus.root, number)) for number in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert [writer.exitcode for writer in writers] == [0, 0]
    kept = texts(corpus)
    assert len(kept) == 5 + 2 * 40
    shared = {name: text for name, text in kept.items() if "of" not in name}
    assert shared == {f"bug-{number}": "1" for number in range(5)}


def write_for_ever(root: Path) -> None:
    number = 0
    while True:
        number += 1
        Corpus(root).save_counterexample(saved("+".join("1" * (200_000 - number)), "the same bug"))


def test_a_writer_killed_at_any_moment_leaves_a_whole_case(corpus: Corpus) -> None:
    corpus.save_counterexample(saved("+".join("1" * 200_000), "the same bug"))
    context = multiprocessing.get_context("fork")
    for moment in range(8):
        writer = context.Process(target=write_for_ever, args=(corpus.root,))
        writer.start()
        time.sleep(0.05 + 0.037 * moment)
        assert writer.pid is not None
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()

        [text] = texts(corpus).values()
        assert text.startswith("1+1")


def test_the_corpus_is_found_upward(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "a" / "b").mkdir(parents=True)

    assert find_corpus(None, tmp_path / "a" / "b").root == tmp_path / "corpus"
    with pytest.raises(InputProblem, match="there is no such corpus folder"):
        find_corpus(tmp_path / "gone")


def test_without_any_other_the_corpus_is_that_of_the_checkout(tmp_path: Path) -> None:
    assert find_corpus(None, tmp_path).root == Path(store.__file__).parents[2] / "corpus"
