"""Severities: an allow that should be a deny first, by the engine that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from drt.diagnosis.severity import SEVERITIES, Severity, severity
from drt.model.divergence import Divergence, Kind
from drt.model.outcome import (
    Accepted,
    Authorized,
    Crashed,
    Evaluated,
    Failed,
    Outcome,
    Rejected,
    Unwritable,
    Validated,
)
from drt.report.gathered import gather
from drt.report.markdown import as_markdown
from tests.drt.report.logs import find, law, write_log

ALLOW, DENY = Authorized("allow", ("p",)), Authorized("deny")


@pytest.mark.parametrize(
    ("kind", "mine", "other", "wrong", "expected"),
    [
        ("decision", ALLOW, DENY, ("mine",), "fail-open"),
        ("decision", DENY, ALLOW, ("mine",), "wrong answer"),
        ("decision", DENY, ALLOW, (), "fail-open"),
        ("value", Evaluated("1"), Failed("type"), ("mine",), "wrong answer"),
        ("rejection", Accepted("{}"), Rejected("policies"), ("mine",), "accepts too much"),
        ("rejection", Rejected("policies"), Accepted("{}"), ("mine",), "refuses too much"),
        ("rejection", Rejected("policies"), Accepted("{}"), (), "accepts too much"),
        ("verdict", Validated(True), Validated(False), ("mine",), "accepts too much"),
        ("verdict", Validated(False), Validated(True), ("mine",), "refuses too much"),
        ("document", Unwritable("entities"), Accepted("[]"), ("mine",), "loses"),
        ("document", Accepted("[]"), Accepted("[1]"), ("mine",), "loses"),
        ("crash", Crashed("SIGABRT"), ALLOW, ("mine",), "crash"),
    ],
)
def test_severity(
    kind: Kind, mine: Outcome, other: Outcome, wrong: tuple[str, ...], expected: Severity
) -> None:
    answers = (("mine, as read", mine), ("other", other))
    assert severity(Divergence("law", kind, "question", answers), wrong) == expected


def test_a_report_shows_an_allow_that_should_be_a_deny_first(tmp_path: Path) -> None:
    often = [law("often seen", "value", f"2-{number}") for number in range(5)]
    page = as_markdown(gather([write_log(tmp_path / "run", [*often, find("seldom seen")])]))
    rows = [line for line in page.splitlines() if line.startswith(("| 1 |", "| 2 |"))]

    assert [row.split(" | ")[1:3] for row in rows] == [
        ["fail-open", "`seldom seen`"],
        ["wrong answer", "`often seen`"],
    ]
    assert SEVERITIES[0] == "fail-open"
