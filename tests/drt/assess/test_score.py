"""The mutation score: historic defects are planted as the table says, and the run's own laws kill them."""

from __future__ import annotations

import ast
import gc
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from drt.assess.fates import components
from drt.assess.harness import CHECKS, failing, harness_fates, harness_patches
from drt.assess.planted.copies import Copy, source_of
from drt.assess.planted.historic import EVERYWHERE, Patch, Plant, instrumented, place, read_plants
from drt.assess.remembered import (
    MOST_CAUGHT_UP,
    Remembered,
    RememberedSession,
    Spared,
    SparedSession,
)
from drt.assess.score import BROKEN, Hunt
from drt.cli.main import main
from drt.engines import build
from drt.engines.base import BaseEngine
from drt.engines.guard import Guarded
from drt.model.case import Case, Request, Source
from drt.model.outcome import Accepted, Evaluated, Outcome
from drt.model.question import Evaluate, ReadExpression
from drt.proofs.defects import Defect
from drt.proofs.defects import plant as planting
from drt.proofs.refuted import refuted_theorem
from drt.run.arbiter import arbitrate_with
from drt.symbolic.targets import TARGETS

PLANTS = {plant.name: plant for plant in read_plants()}


def named(*names: str) -> list[Plant]:
    return [PLANTS[name] for name in names]


@pytest.mark.slow
def test_every_patch_applies_and_changes_something() -> None:
    for plant in PLANTS.values():
        for engine in plant.engines:
            for module, tree in plant.sources(engine).items():
                assert ast.dump(tree) != ast.dump(ast.parse(source_of(module))), plant.name


@pytest.mark.parametrize(
    "name", ["EV-13a production", "EV-13a reference", "TP-8a reference", "VA-8 production"]
)
def test_a_copy_is_an_engine(name: str) -> None:
    plant = PLANTS[name]
    (engine,) = plant.engines
    copy = Copy(engine, plant.sources(engine)).build()
    assert copy.ask(ReadExpression("1 + 2")) == build(engine).ask(ReadExpression("1 + 2"))


def test_a_copy_leaves_the_engine_alone() -> None:
    request = Request('{"principal": "A::\\"\\"", "action": "Action::\\"\\"", "resource": "A::\\"\\""}')
    case = Case(Source(""), requests=(request,))
    question = Evaluate(f"{2**63 - 1} + 1", request)
    plant = PLANTS["EV-13a reference"]
    wrong = Copy("reference", plant.sources("reference")).build()
    assert isinstance(wrong.load(case).ask(question), Evaluated)  # type: ignore[union-attr]  # it loads
    assert not isinstance(build("reference").load(case).ask(question), Evaluated)  # type: ignore[union-attr]  # it loads


def test_a_copy_gives_the_values_of_the_engine() -> None:
    request = Request('{"principal": "A::\\"\\"", "action": "Action::\\"\\"", "resource": "A::\\"\\""}')
    question = Evaluate('[decimal("1.0"), {a: principal}, ip("::1")]', request)
    plant = PLANTS["PY-1 reference"]
    answers = [
        engine.load(Case(Source(""), requests=(request,))).ask(question)  # type: ignore[union-attr]  # it loads
        for engine in (Copy("reference", plant.sources("reference")).build(), build("reference"))
    ]
    assert answers[0] == answers[1]


def test_a_copy_of_the_grammar_has_tables_of_its_own() -> None:
    source = source_of("reference.text.lalr")
    changed = source.replace("method(*parts)", "method(*parts[::-1])")
    assert changed != source
    broken, sound = (
        Copy("reference", {"reference.text.lalr": ast.parse(text)}).build() for text in (changed, source)
    )
    question = ReadExpression("1 - 2")
    assert sound.ask(question) == build("reference").ask(question) != broken.ask(question)


def test_places_are_noted_where_they_run() -> None:
    reached: set[str] = set()
    (spot,) = {place(patch) for patch in PLANTS["XD-1 reference"].patches}
    assert spot != EVERYWHERE
    engine = Copy("reference", instrumented([spot]), {"__reached__": reached}).build()
    engine.ask(ReadExpression('decimal("1.0")'))
    assert not reached
    request = Request('{"principal": "A::\\"\\"", "action": "Action::\\"\\"", "resource": "A::\\"\\""}')
    session = engine.load(Case(Source(""), requests=(request,)))
    session.ask(Evaluate('decimal("1.0")', request))  # type: ignore[union-attr]  # it loads
    assert reached == {spot}


MADE_ONCE = '        out.push(f"({sign} {symbol} 0)", bool)\n\n    return write'
"""The end of a function that runs when the engine is imported, and never again."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("last", "law"),
    [
        ("return None", "variants_agree"),
        ("raise ValueError", BROKEN),
    ],
)
def test_a_defect_of_what_runs_at_import_is_judged_and_may_prevent_the_engine(last: str, law: str) -> None:
    new = MADE_ONCE.replace("return write", last)
    patch = Patch("EV-x", "production.execution.codegen_operators", MADE_ONCE, new)
    hunt = Hunt([Plant("EV-x", "production", (patch,))], 0, ("variants-kinds",))
    (killed,) = hunt.run(6.0)
    assert killed.law == law


@pytest.mark.slow
def test_easy_defects_are_killed_and_controls_are_not() -> None:
    plants = named("EV-1a production", "EV-1a both", "AZ-11 reference", "CT-1 both", "CT-5 production")
    hunt = Hunt(plants, 0, ("authorize-untyped", "kinds"))
    killed = {fate.plant.name: fate for fate in hunt.run(3.0)}
    assert set(killed) == {"EV-1a production", "AZ-11 reference"}
    assert not hunt.score.alarms
    assert not hunt.score.controls
    assert killed["EV-1a production"].law == "engines_agree"
    assert [fate.plant.name for fate in hunt.score.survivors] == ["EV-1a both"]
    assert list(components(hunt.score.fates)) == [("authorizer", 1, 1), ("evaluator", 1, 2)]


def test_seed_cases_kill_what_one_engine_or_both_have_wrong() -> None:
    plants = named("XD-1 both", "EV-1a production", "CT-1 both")
    hunt = Hunt(plants, 0, ("seed-cases",), table=TARGETS)
    killed = {fate.plant.name: (fate.killer, fate.law) for fate in hunt.run(60.0)}
    assert killed == {
        "XD-1 both": ("seed", "seed_cases_are_answered_as_documented"),
        "EV-1a production": ("seed", "engines_agree"),
    }
    assert hunt.score.cases == TARGETS["seed-cases"].walk
    assert not hunt.score.alarms


def test_an_arbiter_kills_what_no_law_kills() -> None:
    pytest.importorskip("cedarpy")
    plants = named("VA-16 both", "CT-1 both")
    hunt = Hunt(plants, 1, ("valid-loose",), arbitrate_with("cedarpy"))
    assert [(fate.plant.name, fate.killer) for fate in hunt.run(1.0)] == [("VA-16 both", "arbiter")]
    assert not hunt.score.alarms


def test_theorems_kill_what_is_alive_in_the_end() -> None:
    hunt = Hunt(named("VA-4 both", "VA-4 production", "CT-1 both", "PY-2 both"), 0)
    assert [(fate.plant.name, fate.killer) for fate in hunt.prove(refuted_theorem)] == [
        ("VA-4 both", "proof")
    ]
    assert hunt.score.to_json()["killers"] == {"one engine": {}, "both alike": {"proof": 1}}


def test_an_answer_is_remembered_for_one_case() -> None:
    engine = Guarded(build("reference"))
    remembered = Remembered(engine)
    question = ReadExpression("1")
    first = remembered.ask(question)
    assert (remembered.ask(question), engine.calls) == (first, 1)
    remembered.forget()
    assert (remembered.ask(question), engine.calls) == (first, 2)


def test_a_copy_is_asked_only_what_reaches_its_change() -> None:
    reached: set[str] = set()

    class Noting(BaseEngine):
        name, version = "noting", "0"

        def read_expression(self, expression: str) -> Outcome:
            reached.add(f"place of {expression}")
            return Accepted(expression)

    sound, copy = Remembered(Guarded(Noting()), reached), Guarded(build("reference"))
    for text in "12":
        sound.ask(ReadExpression(text))
    spared = Spared(sound, copy, {"place of 2"})
    assert spared.ask(ReadExpression("1")) == Accepted("1")
    assert copy.calls == 0
    assert spared.ask(ReadExpression("2")) == copy.ask(ReadExpression("2"))
    assert spared.ask(ReadExpression("3")) == copy.ask(ReadExpression("3"))


def test_a_copy_catches_up_on_the_first_questions_that_it_was_spared() -> None:
    case = Case(Source(""), requests=(Request("{}"),))
    session = Remembered(Guarded(build("reference"))).load(case)
    assert isinstance(session, RememberedSession)
    questions = [Evaluate(str(number), case.requests[0]) for number in range(MOST_CAUGHT_UP + 3)]
    for question in questions:
        reached = ("place",) if question in questions[-2:] else ()
        session.answers[question] = Evaluated(question.expression), reached

    class Noting:
        def __init__(self) -> None:
            self.asked: list[Evaluate] = []

        def ask(self, question: Evaluate) -> Outcome:
            self.asked.append(question)
            return Evaluated("changed")

    copy = Noting()
    spared = SparedSession(session, lambda: copy, {"place"})
    answers = [spared.ask(question) for question in questions]
    assert answers[:-2] == [Evaluated(question.expression) for question in questions[:-2]]
    assert answers[-2:] == [Evaluated("changed")] * 2
    assert copy.asked == [*questions[:MOST_CAUGHT_UP], *questions[-2:]]


def test_the_checks_of_the_harness_notice_each_of_its_defects() -> None:
    gc.unfreeze()
    assert failing() == ""
    fates = list(
        harness_fates(harness_patches(), lambda one: planting(Defect(one.id, one.module, one.old, one.new)))
    )
    assert len(fates) > 15
    assert [fate.plant for fate in fates if bool(fate.check) is fate.control] == []
    assert {fate.check for fate in fates} == {"", *(check.__name__ for check in CHECKS)}
    assert failing() == ""


def test_the_command_writes_the_score_as_a_badge(tmp_path: Path) -> None:
    file = tmp_path / "badge.json"
    run = CliRunner().invoke(
        main, ["mutants", "--score", "1s", "--only", "EV-1a", "--badge", str(file), "--json"]
    )
    document, badge = json.loads(run.output), json.loads(file.read_text())
    killed, planted = (
        sum(counts.values()) for counts in ({**document["killed"][-1], "within": 0}, document["planted"])
    )
    assert planted == 3
    assert (badge["label"], badge["message"]) == ("historic defects", f"{killed} of {planted} killed")
    assert (run.exit_code, badge["color"]) == (0, "brightgreen")
