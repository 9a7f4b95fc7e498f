"""Bins, and those that a run reaches."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from drt.cli.main import main
from drt.coverage.bins import bins
from drt.coverage.coverage import coverage
from drt.coverage.events import VALIDATION
from drt.coverage.observation import bins_of
from drt.model.case import Case, Request, Source
from drt.targets.table import TARGETS
from generators.choice.sources import RecordingSource
from generators.draw.syntax import Has, Lit, Policy, RecordLit
from generators.printing.policy_json import expression_json, policy_json
from tests.drt.report.logs import write_log

REQUEST = Request(
    '{"principal": {"type": "U", "id": "a"}, "action": {"type": "Action", "id": "x"},'
    ' "resource": {"type": "R", "id": "r"}, "context": {"n": 1}}'
)


def features(*expressions: str, policies: str = "") -> set[str]:
    return set(bins_of(Case(Source(policies), requests=(REQUEST,), expressions=expressions)))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 < 2", {"<|long,long|true"}),
        ("1 > 2", {">|long,long|false"}),
        ("1 + true", {"+|long,bool|type"}),
        ("9223372036854775807 + 1", {"+|long,long|overflow"}),
        ("false && 1", {"&&|bool|false"}),
        ("true && 1", {"&&|bool,long|type"}),
        ("context.n", {".|record|value"}),
        ("principal.n == 1", {".|entity|entity-missing"}),
        ("if true then 1 else 2", {"if|bool,long|value"}),
        ('decimal("x")', {"decimal|string|extension"}),
        ("decimal()", {"decimal|…|arity"}),
        ("[1]", {"set|…|value"}),
        ('ip("::1").isLoopback()', {"ip|string|value", "isLoopback|ip|true"}),
        ("principal is U in [1]", {"set|…|value", "is in|entity,set|type"}),
        ("context has n.m", {"has path|record|type"}),
    ],
)
def test_a_form_is_reported_with_the_kinds_of_its_operands_and_its_outcome(
    expression: str, expected: set[str]
) -> None:
    assert features(expression) == expected


def test_an_extended_has_that_only_json_can_write_is_reported_alike() -> None:
    body = expression_json(Has(RecordLit((("a b", RecordLit((("if", Lit(1)),))),)), ("a b", "if")))
    policy = policy_json(Policy("permit")) | {"conditions": [{"kind": "when", "body": body}]}
    document = {"staticPolicies": {"a": policy}, "templates": {}, "templateLinks": []}
    found = bins_of(Case(Source(json.dumps(document), "json"), requests=(REQUEST,)))
    assert "has path|record|true" in found
    assert not any(one.startswith("has|") for one in found)


@pytest.mark.slow
def test_an_extended_has_is_drawn_with_all_its_outcomes() -> None:
    found: Counter[str] = Counter()
    for index in range(200):
        for target in ("kinds", "authorize-untyped", "authorize-typed"):
            found.update(bins_of(TARGETS[target].draw(RecordingSource(index))))
    (row,) = [row for row in coverage(found).rows if row.name == "has path"]
    assert row.missing == ()


def test_operands_that_are_not_evaluated_are_not_reported() -> None:
    assert not any(one.startswith("+") for one in features("if true then 1 else 1 + true"))


def test_scope_constraints_are_reported_with_both_outcomes() -> None:
    found = features(policies='permit(principal == U::"a", action in [Action::"y"], resource is R);')
    assert {"principal == entity||true", "action in […]||false", "resource is||true"} <= found


def test_a_link_reports_the_constraint_of_its_template() -> None:
    policies = Source("permit(principal in ?principal, action, resource == ?resource);")
    values = (("?principal", '{"type": "U", "id": "a"}'), ("?resource", '{"type": "R", "id": "s"}'))
    case = Case(policies, requests=(REQUEST,), links=(("policy0", "l", values),))
    assert {"principal in ?slot||true", "resource == ?slot||false"} <= set(bins_of(case))


@pytest.mark.slow
def test_what_the_targets_reach_is_in_the_table_and_fills_it() -> None:
    """The table is no wish: nothing outside it is reached, and even drawing alone reaches most of it."""
    found: Counter[str] = Counter()
    for index in range(700):
        found.update(bins_of(TARGETS["kinds"].draw(RecordingSource(index))))
        if index % 7 == 0:
            for target in ("authorize-untyped", "authorize-typed", "rbac"):
                found.update(bins_of(TARGETS[target].draw(RecordingSource(index))))
    result = coverage(found)
    assert result.unexpected == ()
    assert result.percent > 80
    assert not [row for row in result.rows if not row.reached]


def test_what_is_not_reached_is_named() -> None:
    """A generator that never made anything overflow would be seen."""
    everything = dict.fromkeys(bins(), 1)
    assert coverage(everything).complete
    without = {one: count for one, count in everything.items() if not one.endswith("overflow")}
    found = coverage(without)
    assert not found.complete
    assert found.error_kinds["overflow"] == 0
    assert {row.name for row in found.rows if row.missing} == {"+", "-", "*", "neg"}
    assert coverage({"+|long,long|true": 1}).unexpected == ("+|long,long|true",)


def a_run(folder: Path, reached: dict[str, int], events: dict[str, int] | None = None) -> Path:
    write_log(folder, [])
    header, *_, footer = map(json.loads, (folder / "run.jsonl").read_text().splitlines())
    footer |= {"features": reached, "events": events or {}}
    (folder / "run.jsonl").write_text(f"{json.dumps(header)}\n{json.dumps(footer)}\n")
    return folder


def test_kinds_of_validation_errors_and_warnings_are_shown_with_their_counts(tmp_path: Path) -> None:
    folder = a_run(tmp_path / "run", {}, {"validation error empty_set": 1234, "allow": 7})
    shown = CliRunner().invoke(main, ["coverage", str(folder)]).output
    assert re.search(r"validation error empty_set +1,234\n", shown)
    assert re.search(r"unlinkable ShadowsBuiltinType +0\n", shown)
    shown_json = json.loads(CliRunner().invoke(main, ["coverage", str(folder), "--json"]).stdout)[
        "validation"
    ]
    assert shown_json["validation error empty_set"] == 1234
    assert tuple(shown_json) == VALIDATION


def test_the_command_gates(tmp_path: Path) -> None:
    everything = dict.fromkeys(bins(), 1)
    whole = a_run(tmp_path / "whole", everything)
    part = a_run(tmp_path / "part", dict(list(everything.items())[:100]))
    assert CliRunner().invoke(main, ["coverage", str(whole), "--fail-under", "100"]).exit_code == 0
    assert CliRunner().invoke(main, ["coverage", str(part)]).exit_code == 0
    failed = CliRunner().invoke(main, ["coverage", str(part), "--fail-under", "50", "--json"])
    assert failed.exit_code == 1
    assert json.loads(failed.stdout)["reached"] == 100


def test_a_folder_that_is_no_run_gets_one_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["coverage", str(tmp_path)])
    assert result.exit_code == 2
    assert "holds no run.jsonl" in result.output
