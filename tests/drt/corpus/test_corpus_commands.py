"""`drt corpus`: faults printed one by one, figures, merging, pruning to a fixed point, showing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from drt.cli.main import main
from drt.corpus.folder import holding, put
from drt.corpus.known import read_known
from drt.corpus.store import Corpus
from drt.model.case import Case, Request, Source
from drt.model.case_directory import read_case
from drt.model.saved_case import Expectations, ExpectedResponse, SavedCase, Verdict

REPOSITORY = Path(__file__).resolve().parents[3]
UIDS = {name: {"id": name, "type": "T"} for name in ("principal", "action", "resource")}
REQUEST = Request(json.dumps(UIDS))
KNOWN = '[[finding]]\nid = "k"\nsignature = "a bug"\nstatus = "open"\nreason = "in work"\n'


def drt(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["corpus", *map(str, arguments)], catch_exceptions=False)


def printed(*arguments: str | Path) -> Any:
    return json.loads(drt(*arguments, "--json").stdout)


def found(condition: str, signature: str = "a bug", **more: Any) -> SavedCase:
    policy = f"permit(principal, action, resource) when {{ {condition} }};"
    case = Case(Source(policy), requests=(REQUEST,))
    return replace(SavedCase(case, signature=signature, status="open", origin={"target": "t"}), **more)


def seed(condition: str, **more: Any) -> SavedCase:
    expected = Expectations((ExpectedResponse(0, "allow", ("policy0",)),))
    facts = {"description": "A fact.", "source": "spec 04", "tags": ("topic",), "expected": expected}
    return replace(found(condition, "", status=None, origin={}), **facts | more)


def keep(root: Path, saved: SavedCase, *place: str) -> Path:
    """Put a case at a place of its own."""
    path = root.joinpath(*place)
    with holding(path.parent):
        put(path, replace(saved, name=path.name))
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A corpus in order."""
    keep(tmp_path, seed("true"), "seeds", "topic", "true-is-true")
    Corpus(tmp_path).save_counterexample(found("1 < 2"))
    (tmp_path / "known.toml").write_text(KNOWN)
    return tmp_path


# check


def test_a_corpus_in_order_has_no_faults(root: Path) -> None:
    result = drt("check", "--corpus", root)

    assert (result.exit_code, result.stdout) == (0, "2 cases read: all in order\n")


def test_our_own_corpus_is_in_order() -> None:
    result = drt("check", "--corpus", REPOSITORY / "corpus")

    assert result.exit_code == 0, result.stdout


BUG = ("counterexamples", "a-bug")
FACT = ("seeds", "topic", "true-is-true")


def spoil(root: Path, place: tuple[str, ...], **changes: Any) -> None:
    path = root.joinpath(*place)
    put(path, replace(read_case(path), **changes))


def append(root: Path, text: str) -> None:
    with (root / "known.toml").open("a") as file:
        file.write(text)


SPOILT: dict[str, tuple[Any, int, str]] = {
    "not JSON": (lambda root: root.joinpath(*BUG, "case.json").write_text("{"), 2, "case.json:1: not JSON"),
    "cut off": (lambda root: root.joinpath(*BUG, "policies.cedar").unlink(), 2, "the case has no file"),
    "empty folder": (lambda root: (root / "counterexamples" / "x").mkdir(), 2, "it holds no case.json"),
    "not text": (
        lambda root: root.joinpath(*BUG, "policies.cedar").write_bytes(b"\xff"),
        2,
        "a byte that is not UTF-8",
    ),
    "foreign": (
        lambda root: root.joinpath(*BUG, "case.json").write_text('{"policies": "../p.cedar", "queries": []}'),
        2,
        'unknown member "queries"',
    ),
    "a stray file": (
        lambda root: root.joinpath(*BUG, "notes.txt").write_text(""),
        1,
        "holds notes.txt, which case.json does not name",
    ),
    "edited by hand": (
        lambda root: root.joinpath(*FACT, "case.json").write_text(
            root.joinpath(*FACT, "case.json").read_text() + "\n"
        ),
        1,
        "case.json is not written as the tool writes it",
    ),
    "renamed": (
        lambda root: root.joinpath(*FACT).rename(root / "seeds" / "topic" / "other"),
        1,
        "called 'true-is-true' in case.json and 'other' on disk",
    ),
    "odd name": (
        lambda root: keep(root, seed("true"), "seeds", "topic", "Not A Slug"),
        1,
        "words joined by hyphens, such as not-a-slug",
    ),
    "wrong topic": (lambda root: spoil(root, FACT, tags=("a",)), 1, "tags do not hold its topic, topic"),
    "no source": (lambda root: spoil(root, FACT, source=""), 1, "does not say where its expected outcome"),
    "no description": (lambda root: spoil(root, FACT, description=""), 1, "it has no description"),
    "no outcome": (lambda root: spoil(root, FACT, expected=Expectations()), 1, "it expects nothing"),
    "a seed case with a signature": (
        lambda root: spoil(root, FACT, signature="s"),
        1,
        "a seed case has neither",
    ),
    "a seed case in no topic": (
        lambda root: keep(root, seed("true"), "seeds", "here"),
        1,
        "a seed case lies at seeds/<topic>/<fact-in-words>",
    ),
    "no signature": (lambda root: spoil(root, BUG, signature=""), 1, "it has no signature"),
    "another signature": (
        lambda root: spoil(root, BUG, signature="b"),
        1,
        "not called after its signature, b",
    ),
    "no status": (lambda root: spoil(root, BUG, status=None), 1, "it has no status"),
    "declared for nothing": (
        lambda root: (spoil(root, BUG, status="declared"), (root / "known.toml").unlink()),
        1,
        "declared without a verdict",
    ),
    "twins": (
        lambda root: keep(root, found("1 < 3"), "counterexamples", "a-bug-2"),
        1,
        "a-bug has its signature, and is open too",
    ),
    "flaky among the solid": (
        lambda root: spoil(root, BUG, tags=("flaky",)),
        1,
        "what is tagged flaky lies in flaky/, and nothing else does",
    ),
    "solid among the flaky": (
        lambda root: keep(root, found("1 < 2", "b"), "flaky", "b"),
        1,
        "what is tagged flaky lies in flaky/, and nothing else does",
    ),
    "left by the killed": (
        lambda root: (root / "seeds" / "topic" / ".a.new-1").mkdir(),
        1,
        "left by a writer that was killed",
    ),
    "a file among cases": (
        lambda root: (root / "seeds" / "topic" / "x").write_text(""),
        1,
        "a file where folders of cases lie",
    ),
    "a folder that nobody looks into": (
        lambda root: (root / "regressions").mkdir(),
        1,
        "nobody looks here",
    ),
    "no TOML": (lambda root: append(root, "]"), 2, "known.toml:6: not TOML"),
    "a finding without reason": (
        lambda root: append(root, '[[finding]]\nid = "l"\nstatus = "open"\nsignature = "x"\n'),
        2,
        "finding 2 needs a text for 'reason'",
    ),
    "an id twice": (
        lambda root: append(root, KNOWN.replace('"a bug"', '"b"')),
        1,
        "two findings have the id 'k'",
    ),
    "a signature twice": (
        lambda root: append(root, KNOWN.replace('"k"', '"l"')),
        1,
        "'l' and 'k' are about the same signature",
    ),
    "expired": (
        lambda root: append(root, "expires = 2020-01-31\n"),
        1,
        "'k' expired on 2020-01-31: its finding fails a run again",
    ),
    "a contradiction": (
        lambda root: spoil(root, BUG, status="fixed"),
        1,
        "'k' is open here, and fixed in a-bug",
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_fault_is_one_sentence(root: Path, name: str) -> None:
    do, code, sentence = SPOILT[name]
    do(root)
    result = drt("check", "--corpus", root)

    assert result.exit_code == code, result.stdout
    *sentences, total = result.stdout.splitlines()
    assert any(sentence in line for line in sentences), result.stdout
    assert len(sentences) == 1 or name in ("a seed case in no topic", "a seed case with a signature")
    assert total.startswith(("1 cases read", "2 cases read", "3 cases read"))
    faults = printed("check", "--corpus", root)["faults"]
    assert [fault["unreadable"] for fault in faults].count(True) == (code == 2)


def test_one_fault_hides_no_other(root: Path) -> None:
    for number in range(3):
        keep(root, found("1 < 2", f"bug {number}", status=None), "counterexamples", f"bug-{number}")
    (root / "counterexamples" / "bug-1" / "case.json").write_text("[]")
    append(root, "]")
    faults = printed("check", "--corpus", root)["faults"]

    assert len(faults) == 4
    assert [fault["unreadable"] for fault in faults].count(True) == 2


def test_what_is_only_badly_written_can_be_mended(root: Path) -> None:
    (root.joinpath(*FACT) / "notes.txt").write_text("a stray")
    case = root.joinpath(*FACT, "case.json")
    case.write_text(json.dumps(json.loads(case.read_text())))

    assert "(mended)" in drt("check", "--mend", "--corpus", root).stdout
    assert drt("check", "--corpus", root).exit_code == 0
    assert read_case(case) == replace(seed("true"), name="true-is-true", descriptions=("",))


# stats


def test_figures_count_cases_by_what_they_are(root: Path) -> None:
    figures = printed("stats", "--corpus", root)

    assert figures["cases"] == 2
    assert figures["targets"] == {"seed cases": 1, "t": 1}
    assert figures["statuses"] == {"open": 1, "seed cases": 1}
    assert figures["components"] == {"authorization": 2}
    assert figures["topics"] == {"topic": 1}
    assert figures["sizes"]["policies"] == {"least": 1, "median": 1.0, "most": 1, "total": 2}
    assert figures["features"] == {"bool": 1, "<": 1, "long": 1}
    assert 0 < figures["cells"] < figures["cells_total"]
    assert "seed cases" in drt("stats", "--corpus", root).stdout


def test_figures_of_an_empty_corpus_and_of_a_broken_case(tmp_path: Path) -> None:
    assert printed("stats", "--corpus", tmp_path)["cases"] == 0
    assert drt("stats", "--corpus", tmp_path).exit_code == 0
    (tmp_path / "counterexamples" / "x").mkdir(parents=True)
    (tmp_path / "counterexamples" / "x" / "case.json").write_text("{")
    assert len(printed("stats", "--corpus", tmp_path)["unreadable"]) == 1


# merge


def test_cases_of_another_corpus_are_taken_in_once(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    mine = tmp_path_factory.mktemp("mine")
    assert [one["fate"] for one in printed("merge", root, "--corpus", mine)] == ["taken in"] * 2
    assert [one["fate"] for one in printed("merge", root, "--corpus", mine)] == ["there already"] * 2
    assert drt("check", "--corpus", mine).exit_code == 0
    assert read_case(mine.joinpath(*BUG)) == read_case(root.joinpath(*BUG))


FATES = [
    (found("1 < 2 + 3"), found("1 < 2"), "took the place of one less simple", ["1 < 2"]),
    (found("1 < 2"), found("1 < 2 + 3"), "a simpler one is there", ["1 < 2"]),
    (found("1 < 2", status="fixed"), found("1 < 2"), "there already", ["1 < 2"]),
    (found("1 < 2", status="fixed"), found("1 < 3"), "taken in", ["1 < 2", "1 < 3"]),
    (found("1 < 2"), found("1 < 2", status="fixed"), "gave its conclusion to the same case", ["1 < 2"]),
    (found("1 < 2"), found("1 < 3", status="fixed"), "taken in", ["1 < 2", "1 < 3"]),
    (found("1 < 2 + 3", status="declared"), found("1 < 2"), "a simpler one is there", ["1 < 2 + 3"]),
    (found("1 < 2", status="fixed"), found("1 < 2", status="declared"), "taken in", ["1 < 2", "1 < 2"]),
]


@pytest.mark.parametrize(("there", "comes", "fate", "left"), FATES)
def test_what_people_concluded_is_never_lost(
    tmp_path: Path, there: SavedCase, comes: SavedCase, fate: str, left: list[str]
) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    keep(ours, there, "counterexamples", "a-bug")
    keep(theirs, comes, "counterexamples", "a-bug")
    [merged] = printed("merge", theirs, "--corpus", ours)

    assert merged["fate"] == fate
    kept = [read_case(path) for path in Corpus(ours).counterexamples()]
    assert [saved.case.policies.text.split("{ ")[1].split(" }")[0] for saved in kept] == left
    statuses = {there.status, comes.status} - {"open"}
    assert statuses <= {saved.status for saved in kept}


def test_a_seed_case_of_a_name_that_is_taken_gets_another(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    keep(other, seed("1 < 2"), *FACT)
    [merged] = printed("merge", other, "--corpus", root)

    assert (merged["fate"], Path(merged["place"]).name) == ("taken in", "true-is-true-2")
    assert drt("check", "--corpus", root).exit_code == 0
    assert printed("merge", other, "--corpus", root)[0]["fate"] == "there already"


def test_what_cannot_be_taken_in_is_told_and_the_rest_taken(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    keep(other, found("1 < 2", ""), "counterexamples", "nameless")
    keep(other, found("1 == 2", "b"), "counterexamples", "b")
    keep(other, found("1 == 2", "c"), "counterexamples", "c")
    (other / "counterexamples" / "b" / "case.json").write_text("{")
    result = drt("merge", other, "--corpus", root)

    assert result.exit_code == 2
    assert result.stdout.count("refused: ") == 2
    assert "neither a counterexample" in result.stdout
    assert (root / "counterexamples" / "c").is_dir()
    assert drt("merge", root, "--corpus", root).exit_code == 2
    assert drt("merge", tmp_path / "gone", "--corpus", root).exit_code == 2


def test_processes_that_merge_and_prune_at_once_lose_nothing(tmp_path: Path) -> None:
    mine, sources = tmp_path / "mine", [tmp_path / name for name in ("a", "b", "c")]
    mine.mkdir()
    for number, source in enumerate(sources):
        for bug in range(12):
            keep(source, found(f"{number} < {bug}", f"bug {bug} of {number}"), "counterexamples", f"x{bug}")
            text = " + ".join("1" * (1 + (bug + number) % 3))
            keep(source, found(f"{text} < 2", f"common {bug}"), "counterexamples", f"y{bug}")
            fact = seed(f"{number} == {bug}")
            keep(source, fact, "seeds", "topic", f"fact-{bug}")
    command = [sys.executable, "-m", "drt", "corpus"]
    arguments = [["merge", str(source)] for source in sources] + [["prune", "--apply"]]
    running = [
        subprocess.Popen([*command, *more, "--corpus", str(mine)], cwd=REPOSITORY, stdout=subprocess.DEVNULL)
        for more in arguments
    ]
    assert [process.wait() for process in running] == [0] * 4

    kept = [read_case(path) for path in Corpus(mine).counterexamples()]
    assert {saved.signature for saved in kept} == {
        *(f"bug {bug} of {number}" for bug in range(12) for number in range(3)),
        *(f"common {bug}" for bug in range(12)),
    }
    simplest = {saved.case.policies.text for saved in kept if saved.signature.startswith("common")}
    assert simplest == {found("1 < 2").case.policies.text}
    assert len(Corpus(mine).seeds()) == 36
    assert [fault for fault in printed("check", "--corpus", mine)["faults"] if fault["unreadable"]] == []


def test_known_findings_of_the_other_corpus_are_named_and_left(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    keep(other, found("1 < 2"), *BUG)
    (other / "known.toml").write_text(KNOWN + KNOWN.replace('"k"', '"l"').replace("a bug", "b"))
    before = (root / "known.toml").read_text()

    assert "other/known.toml: not taken in: l\n" in drt("merge", other, "--corpus", root).stdout
    assert (root / "known.toml").read_text() == before


def test_flaky_cases_stay_apart(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    Corpus(other).save_flaky(found("1 < 2", tags=("flaky",)))
    Corpus(other).save_flaky(found("1 < 2 + 3", "b", tags=("flaky",)))
    merged = printed("merge", other, "--corpus", root)

    assert [Path(one["place"]).parent.name for one in merged] == ["flaky", "flaky"]
    assert drt("check", "--corpus", root).exit_code == 0
    assert printed("stats", "--corpus", root)["statuses"] == {"flaky": 2, "open": 1, "seed cases": 1}
    assert printed("prune", "--corpus", root)["drop"] == []


# prune


def unnamed(root: Path, condition: str, name: str) -> Path:
    """A case that names no bug and documents nothing: all that a pruning may drop."""
    return keep(root, found(condition, "", status=None), "counterexamples", name)


def test_a_case_goes_when_others_reach_all_that_it_does(root: Path) -> None:
    unnamed(root, "1 < 2 && 3 < 4", "both")
    unnamed(root, "1 < 2", "one")
    unnamed(root, 'principal like "a"', "other")
    plan = printed("prune", "--corpus", root)

    assert [Path(path).name for path in plan["drop"]] == ["one"]
    assert plan["dropped"] == []
    assert (root / "counterexamples" / "one").is_dir()
    reasons = {Path(one["path"]).name: one["because"] for one in plan["keep"]}
    assert reasons["true-is-true"] == "its outcome is documented"
    assert reasons["a-bug"] == "known.toml knows it as k"
    assert reasons["other"].startswith("nothing else that stays reaches ")


def test_one_pruning_is_a_fixed_point(root: Path) -> None:
    for number, condition in enumerate(["1 < 2", "2 < 1", "1 < 2 && 2 < 1", "2 < 1 || 1 < 2", "1 == 1"]):
        unnamed(root, condition, f"c{number}")
    before = printed("stats", "--corpus", root)["cells"]
    first = printed("prune", "--apply", "--corpus", root)

    assert first["dropped"] == first["drop"]
    assert len(first["dropped"]) >= 2
    assert printed("prune", "--apply", "--corpus", root)["drop"] == []
    assert printed("stats", "--corpus", root)["cells"] == before
    assert "0 cases can go" in drt("prune", "--corpus", root).stdout


@pytest.mark.parametrize(
    "named",
    [
        {"signature": "s"},
        {"signature": "s", "status": "fixed"},
        {"signature": "s", "status": "declared", "verdict": Verdict("x", "y")},
        {"verdict": Verdict("x", "y")},
        {"expected": Expectations((ExpectedResponse(0, "allow", ("policy0",)),))},
    ],
)
def test_a_case_that_names_a_bug_is_never_dropped(tmp_path: Path, named: dict[str, Any]) -> None:
    unnamed(tmp_path, "1 < 2", "same")
    place = keep(
        tmp_path, replace(found("1 < 2", "", status=None), status="open", **{}), "counterexamples", "x"
    )
    put(place, replace(read_case(place), **named))

    assert [Path(path).name for path in printed("prune", "--corpus", tmp_path)["drop"]] == ["same"]


def test_of_open_cases_of_one_signature_the_simplest_names_the_bug(tmp_path: Path) -> None:
    keep(tmp_path, found("1 < 2 + 3"), "counterexamples", "a-bug")
    keep(tmp_path, found("1 + 1 < 2 + 3"), "counterexamples", "a-bug-2")

    assert [Path(path).name for path in printed("prune", "--corpus", tmp_path)["drop"]] == ["a-bug-2"]


def test_a_case_that_changed_meanwhile_stays(root: Path) -> None:
    place = unnamed(root, "1 < 2", "one")
    saved = read_case(place)
    put(place, replace(saved, status="fixed"))

    assert not Corpus(root).remove(place, saved)
    assert place.is_dir()


def test_a_malformed_known_toml_stops_a_pruning(root: Path) -> None:
    append(root, "]")
    result = drt("prune", "--apply", "--corpus", root)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "not TOML" in result.stderr


# show


def test_a_case_is_shown_by_its_folder_or_name(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_folder = drt("show", root.joinpath(*FACT)).stdout
    assert by_folder == drt("show", "true-is-true", "--corpus", root).stdout
    assert by_folder == drt("show", "topic/true-is-true", "--corpus", root).stdout
    assert "request 0: allow, because of policy0" in by_folder
    assert "source: spec 04" in by_folder
    assert "signature: a bug" in drt("show", "a-bug", "--corpus", root).stdout
    document = printed("show", "a-bug", "--corpus", root)
    assert document["files"]["case.json"]["signature"] == "a bug"
    shutil.copytree(root / "seeds" / "topic", root / "seeds" / "more")
    assert "2 cases are called 'true-is-true'" in drt("show", "true-is-true", "--corpus", root).stderr
    assert drt("show", "gone", "--corpus", root).exit_code == 2


def test_the_readme_of_the_corpus_shows_a_finding_that_can_be_read(tmp_path: Path) -> None:
    readme = (REPOSITORY / "corpus" / "README.md").read_text(encoding="utf-8")
    (tmp_path / "known.toml").write_text(readme.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    [entry] = read_known(tmp_path)

    assert (entry.id, entry.status, str(entry.expires)) == (
        "context-duplicate-keys",
        "declared",
        "2027-01-31",
    )
