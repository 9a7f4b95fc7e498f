"""The survey of engines: who gets what right, which release changed it, and a death that costs one column."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from drt.assess import survey as room
from drt.assess.survey import Cell, Column, Feature, Material, Survey, Wrong
from drt.assess.survey.engines import ask_engine
from drt.cli.main import main
from drt.corpus.store import shipped_corpus
from drt.engines import UnknownEngine
from drt.model.exit_codes import INTERRUPTED
from drt.report.survey import as_html, as_markdown, words
from tests.drt.report.test_html import Page

SEEDS = shipped_corpus().root / "seeds"
HERE = "tests.drt.assess.surveyed_engines"
TAGS = Feature("seed cases", "tags")


@pytest.fixture
def topic(tmp_path: Path) -> Path:
    """One topic of the seed cases."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "tags").symlink_to(SEEDS / "tags")
    return tmp_path / "seeds"


def test_ours_are_right_and_a_planted_defect_is_counted_where_it_shows(topic: Path) -> None:
    found = room.survey(["production", f"{HERE}:WithoutTags"], Material(topic))
    sound, faulty = found.columns

    assert sound.cells[TAGS].right == sound.total.right > 10
    assert sound.total.wrong == 0
    assert 0 < faulty.cells[TAGS].wrong == len(faulty.wrong) < sound.total.right
    assert {each.feature for each in faulty.wrong} == {TAGS}


def test_what_an_engine_does_not_do_is_unsupported_and_not_wrong(topic: Path) -> None:
    column = ask_engine("tests.drt.toys:DoesNothing", Material(topic))

    assert column.total == Cell(0, 0, column.total.unsupported)
    assert column.total.unsupported > 10
    assert words(column.total) == "unsupported"


def test_drawn_cases_show_the_defect_under_their_target() -> None:
    sound = ask_engine("production", Material(None), seconds=0.1)
    faulty = ask_engine(f"{HERE}:DeniesAll", Material(None), seconds=0.1)

    assert sound.total.wrong == 0
    assert sound.total.right > 40
    assert faulty.cells[Feature("drawn", "hostile")].wrong or faulty.cells[Feature("drawn", "rbac")].wrong


def test_an_engine_that_dies_keeps_its_column_and_says_of_what(topic: Path) -> None:
    found = room.survey([f"{HERE}:Dies", "reference"], Material(topic))

    assert found.columns[0].died == "SIGABRT at authorize"
    assert not found.columns[0].total
    assert found.columns[1].total.right
    assert "dies 1 died: SIGABRT at authorize" in as_markdown(found, [])


def test_it_works_without_the_shared_material(topic: Path) -> None:
    ran = CliRunner().invoke(
        main,
        ["survey", "production", "--json", "--corpus", str(topic.parent), "--records", str(SEEDS / "ip")],
    )
    found = json.loads(ran.stdout)

    assert ran.exit_code == 0
    assert {each["part"] for each in found["engines"][0]["features"]} == {"seed cases", "recorded"}
    assert found["engines"][0]["wrong"] == found["changes"] == []


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_every_form_names_the_engines_and_the_wrong_feature(topic: Path, form: str) -> None:
    arguments = ["--corpus", str(topic.parent), "--records", str(topic / "tags"), "--format", form]
    ran = CliRunner().invoke(main, ["survey", "reference", f"{HERE}:WithoutTags", *arguments])

    assert ran.exit_code == 0, ran.output
    assert "without-tags 1" in ran.stdout
    assert "reference" in ran.stdout
    assert " wrong" in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["nonesuch"], 2, "unknown engine 'nonesuch'"),
        (["production", "--records", "/nonexistent"], 2, "/nonexistent: no such file or folder"),
        (["production", "--corpus", "/nonexistent"], 2, "there is no such corpus folder"),
        (["process:/nonexistent"], 3, "cannot be started"),
        ([], 2, "missing argument 'ENGINE...'"),
    ],
)
def test_wrong_usage_is_one_sentence(arguments: list[str], code: int, sentence: str) -> None:
    ran = CliRunner().invoke(main, ["survey", *arguments])

    assert (ran.exit_code, ran.stdout) == (code, "")
    assert sentence in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_an_interrupt_keeps_the_columns_that_are_there(topic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(name: str, *rest: object) -> Column:
        if name == "second":
            raise KeyboardInterrupt
        return Column("e", name)

    monkeypatch.setattr("drt.assess.survey.engines.ask_engine", ask)
    arguments = ["survey", "first", "second", "third", "--corpus", str(topic.parent)]
    ran = CliRunner().invoke(main, [*arguments, "--json"])
    shown = CliRunner().invoke(main, arguments)

    assert ran.exit_code == shown.exit_code == INTERRUPTED
    assert [one["version"] for one in json.loads(ran.output)["engines"]] == ["first"]
    assert json.loads(ran.output)["left"] == ["second", "third"]
    assert "interrupted; not asked: second, third" in shown.output


def test_texts_of_strangers_are_no_markup() -> None:
    hostile = Column("<b>|`", "1\n# x", {TAGS: Cell(1, 1)}, (Wrong(TAGS, "<i>\x1b[2J", "<s>", "|"),))
    found = Survey((hostile,))
    page, text = as_html(found, []), as_markdown(found, [])

    assert Page(page).faults == []
    assert not any(markup in page for markup in ("<b>", "<i>", "<s>", "\x1b"))
    assert "&lt;b&gt;" in page
    assert not any(markup in text for markup in ("<b>", "\n# x"))


def test_an_engine_that_is_not_there_is_named() -> None:
    with pytest.raises(UnknownEngine, match="nonesuch"):
        room.survey(["nonesuch"], Material(None))
