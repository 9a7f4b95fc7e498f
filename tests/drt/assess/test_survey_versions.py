"""Versions of one engine in a survey: which release changed which verdict, and what a bisection runs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drt.assess.survey import Cell, Change, Column, Feature, Material, Survey, Wrong, bisect_versions, changes
from drt.assess.survey import survey as run_survey
from drt.cli.main import main
from drt.corpus.store import shipped_corpus
from drt.engines import EngineDoesNotStart
from drt.model.errors import InputProblem
from drt.model.exit_codes import BROKEN, CLEAN, WRONG_INPUT
from drt.report.survey import as_markdown, change_lines, remarks

SEEDS = shipped_corpus().root / "seeds"
HERE = "tests.drt.assess.surveyed_engines"
ROOT = Path(__file__).parents[3]
TAGS = Feature("seed cases", "tags")
PLACES = ("a", "b")


def column(version: str, *wrong: str, engine: str = "e", got: str = "deny", silent: str = "") -> Column:
    """Return a version that is wrong at some places, does not support the `silent` ones, and else is right."""
    answers = tuple(Wrong(TAGS, place, "allow", got) for place in wrong)
    right = frozenset((TAGS, place) for place in PLACES if place not in (*wrong, *silent))
    return Column(
        engine, version, {TAGS: Cell(len(right), len(wrong), len(silent))}, answers,
        right=right, lacked=frozenset(silent),
    )  # fmt: skip


def dead(version: str) -> Column:
    """Return a version in a process of its own that died at every load."""
    wrong = tuple(Wrong(TAGS, place, "allow", "Crashed", answered=False) for place in PLACES)
    return Column("e", version, {TAGS: Cell(0, len(PLACES))}, wrong, "exit 3 at load, 2 of 2 times")


def steps(*columns: Column) -> list[tuple[str, str]]:
    return [(one.before, one.after) for one in changes(Survey(columns))]


def asking(versions: Sequence[Column], asked: list[str]) -> Callable[[str], Column]:
    known = {one.version: one for one in versions}

    def ask(name: str) -> Column:
        asked.append(name)
        if name not in known:
            raise EngineDoesNotStart(f"the engine {name!r} cannot be started: exit 1")
        return known[name]

    return ask


# Changes


def test_the_release_that_changed_a_verdict_is_named() -> None:
    between = (column("7", engine="other"), column("2", "b"), column("3", "b"))
    found = changes(Survey((column("1", "a"), *between)))

    assert [(one.before, one.after) for one in found] == [("1", "2")]
    assert [each.place for each in found[0].mended] == ["a"]
    assert [each.place for each in found[0].broken] == ["b"]


@pytest.mark.parametrize(
    "silent", [column("2", silent="ab"), dead("2"), Column("e", "2", died="SIGABRT at load")]
)
def test_a_version_that_does_not_answer_changes_nothing(silent: Column) -> None:
    assert steps(column("1", "a"), silent) == steps(silent, column("1", "a")) == []
    assert steps(column("1", "a"), silent, column("3")) == [("1", "3")]
    assert steps(column("1"), silent, column("3", "a")) == [("1", "3")]
    assert steps(column("1", "a"), silent, column("3", "a")) == []


def test_verdicts_without_an_answer_are_those_of_their_place_alone() -> None:
    found = changes(Survey((column("1", "a", "b"), column("2", silent="a"), column("3"))))

    assert [(one.before, one.after, [each.place for each in one.mended]) for one in found] == [
        ("1", "2", ["b"]),
        ("1", "3", ["a"]),
    ]


def test_a_comparison_that_only_a_failure_makes_is_right_without_it() -> None:
    other = Feature("recorded", "partial: response")
    failing = Column("e", "1", wrong=(Wrong(other, "a", "a response", "Rejected"),))

    assert steps(failing, column("2")) == [("1", "2")]
    assert steps(failing, column("2", silent="a")) == []
    assert steps(failing, replace(column("2"), lacked=frozenset("a"))) == []


def test_a_verdict_that_is_wrong_in_another_way_is_a_change() -> None:
    found = changes(Survey((column("1", "a"), column("2", "a", got="error"), column("3", "a", got="error"))))

    assert [(one.before, one.after, one.mended, one.broken) for one in found] == [("1", "2", (), ())]
    assert list(change_lines(found[0])) == [
        "e 1 → 2: 1 wrong in another way since",
        "wrong in another way since 2: tags: a: expected allow",
    ]


def test_an_older_version_that_is_named_later_is_called_older() -> None:
    found = Survey((column("1.10", "a"), column("1.9")))

    assert "e 1.10 → 1.9 (older): 1 right since" in as_markdown(found, changes(found)).replace("\\", "")
    assert remarks(found) == ["e 1.9 is named after e 1.10 and is older: name the oldest version first"]
    assert remarks(Survey((column("1.9"), column("1.10")))) == []


# Bisections


def test_a_bisection_asks_only_where_verdicts_differ() -> None:
    releases = [column(str(number), *(["a"] if number < 11 else [])) for number in range(16)]
    asked: list[str] = []

    found = bisect_versions([str(number) for number in range(16)], asking(releases, asked))

    assert [(one.before, one.after) for one in changes(found)] == [("10", "11")]
    assert len(asked) == len(set(asked)) <= 6
    assert {*asked, *found.skipped} == {one.version for one in releases}
    assert any(line.startswith("not run, between versions that answer alike: ") for line in remarks(found))


@pytest.mark.parametrize(
    ("versions", "change"),
    [
        (
            (column("1", "a"), column("2", "a"), column("3"), column("4"), column("5", silent="ab")),
            ("2", "3"),
        ),
        (
            (column("1", silent="ab"), column("2", "a"), column("3", "a"), column("4"), column("5")),
            ("3", "4"),
        ),
        ((column("1", "a"), column("2", "a"), dead("3"), column("4"), column("5")), ("2", "4")),
        ((column("1", "a"), column("2", "a", got="error"), column("3", "a", got="error")), ("1", "2")),
    ],
)
def test_a_bisection_looks_beyond_versions_that_do_not_answer(
    versions: tuple[Column, ...], change: tuple[str, str]
) -> None:
    found = bisect_versions([one.version for one in versions], asking(versions, []))

    assert [(one.before, one.after) for one in changes(found)] == [change]


def test_a_version_between_that_cannot_start_leaves_the_others_their_columns() -> None:
    asked: list[str] = []
    versions = [column("1", "a"), column("2", "a"), column("4"), column("5")]
    found = bisect_versions(["1", "2", "3", "4", "5"], asking(versions, asked))

    assert [(one.before, one.after) for one in changes(found)] == [("2", "4")]
    assert found.unstarted == ("the engine '3' cannot be started: exit 1",)
    assert asked.count("3") == 1


def test_a_bisection_of_two_engines_is_refused() -> None:
    columns: Iterator[Column] = iter([column("1"), column("2", engine="other")])

    with pytest.raises(InputProblem, match="versions of one engine, not e and other"):
        bisect_versions(["x", "y"], lambda _: next(columns))


def test_a_bisection_that_names_a_version_twice_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x").mkdir()

    with pytest.raises(InputProblem, match=r"each once: cedarpy is named twice$"):
        bisect_versions(["cedarpy", "y", "cedarpy"], lambda name: column(name))
    Path("z").symlink_to("x")
    for other in ("./x/", "z"):
        with pytest.raises(InputProblem, match=rf"each once: {other} is named twice, first as x$"):
            bisect_versions(["x", "y", other], lambda name: column(name))


def test_equal_versions_are_distinguished_by_their_names() -> None:
    columns = iter([column("1", "a"), column("1")])
    found = bisect_versions(["x", "y"], lambda _: next(columns))

    assert [one.title for one in found.columns] == ["e 1 (x)", "e 1 (y)"]
    assert [(one.before, one.after) for one in changes(found)] == [("1 (x)", "1 (y)")]


# Versions that are asked


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a corpus with one topic of the seed cases."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "tags").symlink_to(SEEDS / "tags")
    return tmp_path


def folder(path: Path, engine: str) -> str:
    """Write the folder of an engine and return its name."""
    path.mkdir()
    command = ["env", f"PYTHONPATH={ROOT}", sys.executable, "-m", "drt.engines.serve", f"{HERE}:{engine}"]
    (path / "engine.toml").write_text(f"command = {json.dumps(command)}\n", encoding="utf-8")
    return str(path)


def bisect(corpus: Path, *names: str) -> Result:
    return CliRunner().invoke(
        main, ["survey", "--bisect", *names, "--corpus", str(corpus), "--records", str(SEEDS / "ip")]
    )


def test_a_process_that_dies_at_every_load_is_reported_and_changes_nothing(corpus: Path) -> None:
    names = [
        folder(corpus / name, engine)
        for name, engine in (("a", "ToyWithoutTags"), ("b", "ToyDies"), ("c", "Toy"))
    ]
    found = run_survey(names, Material(corpus / "seeds"))
    broken = found.columns[1]

    assert broken.died.startswith("exit 3 at load, ")
    assert f"toy 2 died: {broken.died}" in remarks(found)
    assert broken.cells[TAGS].wrong == len(broken.wrong) > 10
    assert _summary(changes(found)) == [("1", "3", len(found.columns[0].wrong), 0)]


def test_a_version_that_supports_no_cases_mends_nothing(corpus: Path) -> None:
    names = [f"{HERE}:{name}" for name in ("ToyWithoutTags", "ToyWithoutCases", "Toy")]
    found = run_survey(names, Material(corpus / "seeds"))

    assert found.columns[1].cells[TAGS].unsupported > 10
    assert _summary(changes(found)) == [("1", "3", len(found.columns[0].wrong), 0)]


def test_the_same_wrong_answer_in_other_words_is_no_change(corpus: Path) -> None:
    found = run_survey([f"{HERE}:ToyWithoutTags", f"{HERE}:ToyOtherWords"], Material(corpus / "seeds"))

    assert found.columns[0].wrong[0].got != found.columns[1].wrong[0].got
    assert changes(found) == []


def _summary(found: Sequence[Change]) -> list[tuple[str, str, int, int]]:
    return [(one.before, one.after, len(one.mended), len(one.broken)) for one in found]


def test_deaths_of_a_process_at_some_questions_are_counted_as_wrong_and_reported(corpus: Path) -> None:
    found = run_survey([folder(corpus / "a", "ToyDiesAtTags"), f"{HERE}:Toy"], Material(corpus / "seeds"))
    some = found.columns[0]

    assert some.died.startswith("exit 3 at load, ")
    assert some.cells[TAGS].right
    assert _summary(changes(found)) == [("2", "3", len(some.wrong), 0)]


def test_an_unsupported_answer_is_noted_with_its_place(corpus: Path) -> None:
    found = run_survey([f"{HERE}:ToyWithoutCases", f"{HERE}:Toy"], Material(corpus / "seeds"))
    without, sound = found.columns

    assert {place for _, place in sound.right} == without.lacked
    assert not sound.lacked


def test_a_version_between_that_is_no_engine_is_refused_at_the_start(corpus: Path) -> None:
    (corpus / "empty").mkdir()
    for name, sentence in (("nonesuch", "unknown engine"), ("empty", "holds no engine.toml")):
        ran = bisect(corpus, "reference", str(corpus / name), "production")

        assert (ran.exit_code, ran.stdout) == (WRONG_INPUT, "")
        assert sentence in ran.stderr


def test_a_version_that_cannot_start_is_reported_with_the_columns_of_the_others(corpus: Path) -> None:
    first, last = folder(corpus / "a", "ToyWithoutTags"), folder(corpus / "c", "Toy")
    (corpus / "b").mkdir()
    (corpus / "b" / "engine.toml").write_text('command = ["/nonexistent/x"]\n', encoding="utf-8")
    needed = bisect(corpus, first, str(corpus / "b"), last)
    skipped = bisect(corpus, last, str(corpus / "b"), folder(corpus / "d", "Toy"))

    assert needed.exit_code == BROKEN
    assert "toy 1 → 3: " in needed.stdout
    assert f"{str(corpus / 'b')!r} cannot be started" in needed.stdout
    assert skipped.exit_code == CLEAN
    assert f"not run, between versions that answer alike: {corpus / 'b'}" in skipped.stdout
