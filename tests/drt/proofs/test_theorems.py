"""Every theorem is proved of the shipped code, and broken by every defect that is planted for it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
import z3
from click.testing import CliRunner

from drt.cli.main import main
from drt.proofs import live
from drt.proofs.defects import Defect, plant
from drt.proofs.live import NotPlanted
from drt.proofs.prover import prove, with_defects
from drt.proofs.rewriting import followed
from drt.proofs.second import second_opinion
from drt.proofs.table import THEOREMS, TRUSTED, markdown
from drt.proofs.theorem import Counterexample, Goal, Theorem
from production.serving.index import ScopeIndex

REPOSITORY = Path(__file__).resolve().parents[3]
OF_THE_AUTHORIZER = ("--only", "Forbid*", "--only", "*permit*", "--only", "*default", "--only", "The empty*")
PROVED = [theorem for theorem in THEOREMS if theorem.kind != "T"]


@pytest.mark.slow
@pytest.mark.parametrize("theorem", PROVED, ids=[theorem.name for theorem in PROVED])
def test_it_is_proved_and_every_planted_defect_breaks_it(theorem: Theorem) -> None:
    verdict = with_defects(prove(theorem))
    assert (verdict.answer, verdict.survived) == ("proved", ())
    assert verdict.killed


def test_names_are_told_apart_and_whatever_is_not_for_all_inputs_says_why() -> None:
    assert len({theorem.name for theorem in THEOREMS}) == len(THEOREMS)
    assert all(theorem.because for theorem in THEOREMS if theorem.kind != "U")
    assert all(theorem.functions for theorem in PROVED)


def theorem(claim: object, *hypotheses: object, decode: object = None) -> Theorem:
    goal = Goal("a goal", claim, hypotheses, decode)  # type: ignore[arg-type]
    return Theorem("a theorem", "a statement", "none", "U", lambda: (goal,))


x = z3.Int("x")


def test_answers_are_three_valued() -> None:
    assert prove(theorem(x + 1 > x)).answer == "proved"
    assert prove(theorem(x > 0)).answer == "refuted"
    cubes = z3.Ints("a b c")
    hard = z3.Implies(z3.And(*(cube > 2 for cube in cubes)), cubes[0] ** 3 + cubes[1] ** 3 != cubes[2] ** 3)
    assert prove(theorem(hard)).answer == "unknown"


def test_hypotheses_that_nothing_satisfies_prove_nothing() -> None:
    verdict = prove(theorem(x > 0, x > 1, x < 1))
    assert verdict.answer == "unknown"
    assert "satisfiable" in verdict.reason


def broken() -> tuple[Goal, ...]:
    raise ZeroDivisionError("division by zero")


def test_an_exception_of_one_theorem_is_its_unknown() -> None:
    verdict = prove(Theorem("t", "s", "none", "U", broken))
    assert (verdict.answer, verdict.reason) == ("unknown", "ZeroDivisionError: division by zero")


def test_where_code_is_refused_a_search_may_refute_it() -> None:
    found = Counterexample("7", True)
    verdict = prove(Theorem("t", "s", "none", "U", broken, search=lambda: found))
    assert (verdict.answer, verdict.counterexample) == ("refuted", found)
    assert prove(Theorem("t", "s", "none", "U", broken, search=lambda: None)).answer == "unknown"


def test_shipped_code_that_raises_what_it_may_not_is_refuted() -> None:
    crash = Defect("crash", "reference.integers", "number > MAX_LONG", "number > MAXIMUM")
    theorem = next(theorem for theorem in THEOREMS if theorem.name == "Overflow is checked exactly")
    with plant(crash):
        verdict = prove(theorem)
    assert verdict.answer == "refuted"
    assert verdict.counterexample is not None
    assert "reference.integers.checked raises NameError" in verdict.counterexample.description


def test_obligations_are_counted_after_folding() -> None:
    goals = (Goal("folded", x == x), Goal("asked", x * x > 8, (x > 3,)), Goal("true", z3.BoolVal(True)))
    verdict = prove(Theorem("t", "s", "none", "U", lambda: goals))
    assert (verdict.answer, verdict.goals, verdict.cases) == ("proved", 1, 2)


def test_a_refutation_is_made_small_first() -> None:
    goal = Goal("small", x < 100, (), lambda model: Counterexample(str(model[x]), True), (x < 100, x == 100))
    verdict = prove(Theorem("t", "s", "none", "U", lambda: (goal,)))
    assert verdict.counterexample == Counterexample("100", True)


def test_a_defect_that_no_longer_fits_is_no_kill() -> None:
    gone = Defect("gone", "reference.authorizer", "text that nobody wrote", "other")
    with pytest.raises(NotPlanted), plant(gone):
        pass
    one = next(theorem for theorem in THEOREMS if theorem.defects)
    verdict = with_defects(prove(Theorem(one.name, one.says, one.anchor, one.kind, one.goals, (gone,))))
    assert verdict.killed == ()
    assert "occurs 0 times" in verdict.survived[0]


def test_a_closure_that_is_alive_does_not_hinder_a_defect() -> None:
    theorem = next(
        theorem for theorem in THEOREMS if theorem.name == "A rule is found exactly if its scope holds"
    )
    defect = next(one for one in theorem.defects if one.name == "the resource's places are not asked")
    finder = ScopeIndex().finder({})
    live.shipped.cache_clear()
    live._functions.cache_clear()
    with plant(defect):
        assert prove(theorem).answer == "refuted"
    assert callable(finder)


def test_a_defect_does_not_stay() -> None:
    theorem = next(theorem for theorem in THEOREMS if theorem.name == "Forbid overrides permit")
    with plant(theorem.defects[0]):
        assert prove(theorem).answer == "refuted"
    assert prove(theorem).answer == "proved"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "instead", "shown"),
    [
        (
            "if forbids.is_empty() and not permits.is_empty():",
            "if not permits.is_empty():",
            "forbid satisfied",
        ),
        (
            "if forbids.is_empty() and not permits.is_empty():",
            "if forbids.is_empty():",
            "[no policies] -> reference allow",
        ),
        (
            'p.effect == "permit" and outcome_of(p).status == "satisfied"',
            'p.effect == "permit" and outcome_of(p).status != "not satisfied"',
            "permit erring",
        ),
    ],
)
def test_an_authorizer_changed_by_hand_is_refuted_with_a_readable_counterexample(
    text: str, instead: str, shown: str, tmp_path: Path
) -> None:
    for package in ("reference", "production", "generators", "drt"):
        shutil.copytree(
            REPOSITORY / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    path = tmp_path / "reference" / "authorizer.py"
    source = path.read_text()
    assert source.count(text) == 1
    path.write_text(source.replace(text, instead))
    run = subprocess.run(
        [sys.executable, "-m", "drt", "prove", "--jobs", "1", *OF_THE_AUTHORIZER],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    assert shown in " ".join(run.stdout.split())
    assert "shown by the running code" in run.stdout


@pytest.mark.slow
def test_the_command_has_a_twin_for_programs() -> None:
    result = CliRunner().invoke(
        main,
        ["prove", "--only", "Overflow*", "--mutants", "--function", "*.checked", "--json", "--jobs", "1"],
    )
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    [row] = document["theorems"]
    assert (row["answer"], row["kind"], row["survived"]) == ("proved", "U", [])
    assert len(row["killed"]) == 1
    assert {one["fate"] for one in document["mutants"]} == {"killed"}
    assert {one["name"].split(",")[0] for one in document["mutants"]} == {"reference.integers.checked"}


def test_several_names_are_chosen() -> None:
    arguments = ["prove", "--only", "The empty set*", "--only", "Deny*", "--json", "--jobs", "1"]
    rows = json.loads(CliRunner().invoke(main, arguments).stdout)["theorems"]
    assert [row["name"] for row in rows] == [
        "Deny exactly if forbidden or not permitted",
        "The empty set denies",
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--only", "nothing"],
        ["--only", "nothing", "--only", "Overflow*"],
        ["--only", "Overflow*", "--function", "reference.authorizer.*"],
    ],
)
def test_a_choice_of_nothing_is_exit_code_five(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, ["prove", *arguments]).exit_code == 5


def test_the_page_of_theorems_is_made_from_the_records() -> None:
    page = (REPOSITORY / "docs" / "theorems.md").read_text(encoding="utf-8")
    assert markdown() in page
    assert TRUSTED in page


@pytest.mark.slow
def test_a_second_prover_proves_the_same_and_would_disagree() -> None:
    pytest.importorskip("cvc5", reason="the second prover is not installed (extra `provers`)")
    with followed():
        few = [one for one in THEOREMS if one.kind in "US" and len(list(islice(one.goals(), 20))) < 20]
    for one in few:
        assert set(second_opinion(one).answers) == {"proved"}
    wrong = second_opinion(theorem(x > 0))
    assert wrong.disagrees
