"""Covering sets: every goal reached or proved dead, by cases that both engines confirm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from drt.cli.main import main
from drt.model.case import Source
from drt.symbolic import cover as covering
from drt.symbolic.analyzer import Analyzer
from drt.symbolic.cover import Coverage, cover
from drt.symbolic.inputs import policies_of
from drt.symbolic.solver import solve
from tests.drt.symbolic.questions import SCHEMA, written


def covered(*conditions: str) -> Coverage:
    policies = policies_of(Source("".join(map(written, conditions))))
    return cover(Analyzer(Source(SCHEMA), solve=solve), policies.plain())


def expressions(goals: set[covering.Goal]) -> set[tuple[str, str]]:
    return {(goal.expression, goal.wanted) for goal in goals}


def test_needles_are_solved_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(covering, "RANDOM_INPUTS", 0)

    found = covered('context.a * 3 + context.b == 1000 && context.s like "x*y*z"')

    assert ("context.a * 3 + context.b", "error") in expressions(found.reached)
    assert ('context.s like "x*y*z"', "true") in expressions(found.reached)
    assert (found.undecided, found.unconfirmed) == ({}, [])
    assert len(found.cases) < 10


def test_dead_outcomes_are_proved() -> None:
    found = covered("context.a > 3 && context.a < 3 || context.b == 1")

    assert ("context.a < 3", "true") in expressions(found.dead)
    assert ("context.b == 1", "true") in expressions(found.reached)


def test_an_operand_behind_a_failure_is_not_reached() -> None:
    found = covered("context.a + 9223372036854775807 > context.b * 2 && context.a > 0")

    assert ("context.a > 0", "true") in expressions(found.dead)
    assert ("context.b * 2", "error") in expressions(found.reached)


def test_few_cases_reach_what_many_do() -> None:
    found = covered("context.flags.contains(true)", "principal.age > 3", "principal.boss == principal")

    assert {goal for case in found.cases for goal in case.reached} == found.reached
    assert len(found.cases) < 8


def test_a_defect_of_the_terms_is_not_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    from drt.symbolic.store import Store

    monkeypatch.setattr(Store, "is_in", Store.is_below)

    assert covered('principal in User::"a"').unconfirmed != []


def test_the_cases_pass_as_unit_tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.cedarschema").write_text(SCHEMA)
    Path("p.cedar").write_text('@id("old") ' + written("principal.age > 18 && context.a + context.b > 3"))

    done = CliRunner().invoke(main, ["cover", "p.cedar", "s.cedarschema", "-o", "t.json", "--json"])
    tested = CliRunner().invoke(
        main, ["run-tests", "-p", "p.cedar", "-s", "s.cedarschema", "--tests", "t.json"]
    )

    assert done.exit_code == 0
    assert json.loads(done.output)["tests"] == json.loads(Path("t.json").read_text())
    assert tested.exit_code == 0, tested.output
    assert "old" in Path("t.json").read_text()


def test_policies_that_are_not_valid_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.cedarschema").write_text(SCHEMA)
    Path("p.cedar").write_text(written("principal.nope"))

    done = CliRunner().invoke(main, ["cover", "p.cedar", "s.cedarschema"])

    assert done.exit_code == 2
    assert done.stderr.startswith("drt: the policy `policy0` is not valid")
