"""Defects found in public engines: the page is theirs, and each is seen again wherever its engine is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from drt.cli.main import main
from drt.corpus.found import Found, found_cases, numbers, read_found
from drt.engines import UnknownEngine, build
from drt.engines.process_engine import ProcessEngine
from drt.model.case import Case, Request, Source
from drt.model.case_directory import write_case
from drt.model.errors import InputProblem
from drt.model.saved_case import Expectations, ExpectedResponse, SavedCase, Verdict
from drt.replay.look_again import Asked, look_again
from drt.report.found import found_page

ROOT = Path(__file__).resolve().parents[3]
CASES = found_cases(ROOT / "corpus")
ENGINES = {
    "cedarpy": "cedarpy",
    "cedar-rust": str(ROOT / "examples" / "cedar_rust"),
    "cedar-go": str(ROOT / "examples" / "cedar_go"),
    "cedar-wasm": str(ROOT / "examples" / "cedar_wasm"),
}
HERE = "tests.drt.assess.surveyed_engines"


def test_the_page_is_written_from_the_cases() -> None:
    assert (ROOT / "docs" / "found.md").read_text(encoding="utf-8") == found_page(CASES), (
        "run `drt found --output docs/found.md`"
    )


def test_every_case_says_what_each_engine_answers() -> None:
    assert CASES
    assert [one.path.name for one in CASES if not one.sight.answers] == []


@pytest.mark.parametrize("found", CASES, ids=lambda one: f"{one.engine}: {one.path.name}")
def test_a_defect_is_seen_where_its_engine_is(found: Found) -> None:
    try:
        engine = build(ENGINES[found.engine])
    except UnknownEngine as problem:
        pytest.skip(str(problem))
    if isinstance(engine, ProcessEngine):
        engine.close()

    look = look_again(found, Asked(ENGINES[found.engine], found.engine, engine.version))

    assert look.as_recorded, f"{look.state} in {look.version} {look.reason}"


# With engines whose defects are planted


REQUEST = Request(
    json.dumps({name: {"type": "U", "id": "a"} for name in ("principal", "action", "resource")})
)


def saved(engine: str, **origin: str) -> SavedCase:
    return SavedCase(
        Case(Source("permit(principal, action, resource);"), requests=(REQUEST,)),
        name="all-is-denied",
        description="Everything is denied",
        source="spec 04 §4",
        expected=Expectations((ExpectedResponse(0, "allow", ("policy0",)),)),
        verdict=Verdict(engine, "A satisfied permit allows.", "spec 04 §4"),
        origin={"severity": "refuses too much", "first": "1", "last": "1", **origin},
        status="open",
    )


def written(root: Path, case: SavedCase, engine: str = "denies-all") -> Path:
    place = root / "found" / engine / case.name
    place.mkdir(parents=True)
    write_case(place, case)
    return place


DENIES = Asked(f"{HERE}:DeniesAll", "denies-all", "1")


def test_a_defect_that_is_there_is_seen_with_all_answers(tmp_path: Path) -> None:
    found = read_found(written(tmp_path, saved("denies-all")))

    look = look_again(found, DENIES, [DENIES, Asked("tests.drt.toys:Toy", "toy", "7")])

    assert (look.state, look.as_recorded) == ("seen", True)
    answers = look.learnt.sight.answers
    assert answers["denies-all 1"] == "deny"
    assert answers["production"] == answers["reference"] == "allow; reason policy0"
    assert "toy 7" in answers


def test_a_defect_that_is_mended_is_not_as_recorded(tmp_path: Path) -> None:
    found = read_found(written(tmp_path, saved("without-tags"), "without-tags"))

    look = look_again(found, Asked(f"{HERE}:WithoutTags", "without-tags", "1"))

    assert (look.state, look.as_recorded) == ("gone", False)
    assert look.learnt.sight.gone == "1"


def test_a_newer_version_without_it_and_one_with_it_are_both_news(tmp_path: Path) -> None:
    found = read_found(written(tmp_path, saved("denies-all", first="0.1", last="0.9", gone="1")))

    look = look_again(found, DENIES)

    assert (look.state, look.as_recorded) == ("seen", False), "it is back"


def test_a_case_in_which_ours_are_wrong_is_no_find(tmp_path: Path) -> None:
    case = saved("denies-all")
    wrong = replace(case, expected=Expectations((ExpectedResponse(0, "deny"),)))

    look = look_again(read_found(written(tmp_path, wrong)), DENIES)

    assert (look.state, look.as_recorded) == ("ours is wrong", False)


def test_the_command_writes_what_it_saw(tmp_path: Path) -> None:
    place = written(tmp_path, saved("denies-all", first="0.5", last="0.5"))
    arguments = ["found", "--corpus", str(tmp_path), "--engine", f"{HERE}:DeniesAll", "--update"]
    ran = CliRunner().invoke(main, arguments)

    assert ran.exit_code == 0, ran.output
    assert ran.stdout.startswith("seen in denies-all 1:")
    assert (read_found(place).sight.first, read_found(place).sight.last) == ("0.5", "1")
    page = CliRunner().invoke(main, ["found", "--corpus", str(tmp_path)]).stdout
    assert "seen in 0.5 to 1" in page
    assert "| `denies-all 1` | `deny` |" in page


def test_no_case_of_these_engines_is_exit_code_5(tmp_path: Path) -> None:
    written(tmp_path, saved("denies-all"))
    ran = CliRunner().invoke(main, ["found", "--corpus", str(tmp_path), "--engine", "production", "--json"])

    assert (ran.exit_code, json.loads(ran.stdout)) == (5, [])


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        (saved("other"), "its verdict does not say that denies-all is wrong"),
        (
            saved("denies-all", severity="bad"),
            "its origin is not that of a found case: Invalid enum value 'bad'",
        ),
        (replace(saved("denies-all"), source=""), "it does not name the rule that the engine breaks"),
        (replace(saved("denies-all"), description=""), "it has no description"),
    ],
)
def test_a_bad_case_is_refused_in_a_sentence(tmp_path: Path, case: SavedCase, sentence: str) -> None:
    written(tmp_path, case)
    with pytest.raises(InputProblem, match=sentence):
        found_cases(tmp_path)
    ran = CliRunner().invoke(main, ["found", "--corpus", str(tmp_path)])
    assert (ran.exit_code, ran.stderr.count("\n")) == (2, 1)
    checked = CliRunner().invoke(main, ["corpus", "check", "--corpus", str(tmp_path)])
    assert sentence in checked.output.replace("\n", " ")


def test_versions_are_ordered_by_number() -> None:
    assert sorted(["v1.10.0", "1.9.1", "1.9"], key=numbers) == ["1.9", "1.9.1", "v1.10.0"]
