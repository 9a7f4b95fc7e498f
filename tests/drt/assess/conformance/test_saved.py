"""What a run makes of saved cases: every kind of expectation is met, missed, and missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from drt.assess.conformance import Report, run_with
from drt.engines.declared import declare
from drt.model.case import Case, Request, Source
from drt.model.case_directory import write_case
from drt.model.outcome import Authorized, Evaluated, Failed, Rejected, Validated
from drt.model.saved_case import Expectations, ExpectedResponse, ExpectedValue, ExpectedVerdict, SavedCase
from tests.drt.assess.conformance.fake_engine import FakeEngine

REQUEST = Request(
    '{"principal": {"type": "A", "id": "a"}, "action": {"type": "Action", "id": "a"},'
    ' "resource": {"type": "A", "id": "a"}}'
)
CASE = Case(Source("permit"), requests=(REQUEST,), expressions=("1",))


def asked(folder: Path, expected: Expectations, **answers: object) -> Report:
    write_case(folder, SavedCase(CASE, name="x", expected=expected))
    engine = FakeEngine({question: lambda *_, answer=answer: answer for question, answer in answers.items()})
    return run_with([folder], engine)


RESPONSE = ExpectedResponse(0, "deny", ("f",), ("e",), (("e", "type"),))


@pytest.mark.parametrize(
    ("expected", "answer", "right"),
    [
        (RESPONSE, Authorized("deny", ("f",), (("e", "type"),)), True),
        (RESPONSE, Authorized("allow", ("f",), (("e", "type"),)), False),
        (RESPONSE, Authorized("deny", (), (("e", "type"),)), False),
        (RESPONSE, Authorized("deny", ("f",)), False),
        (RESPONSE, Authorized("deny", ("f",), (("e", "overflow"),)), False),
        (RESPONSE, Rejected("request"), False),
        (ExpectedResponse(0, rejected=True), Rejected("request"), True),
        (ExpectedResponse(0, rejected=True), Rejected("entities"), False),
        (ExpectedResponse(0, rejected=True), Authorized("deny"), False),
    ],
)
def test_responses(tmp_path: Path, expected: ExpectedResponse, answer: object, right: bool) -> None:
    report = asked(tmp_path, Expectations((expected,)), authorize=answer)

    assert (report.checked, len(report.mismatches)) == (1, 0 if right else 1)


@pytest.mark.parametrize(
    ("pattern", "engine", "declared"),
    [("permit", "fake", 1), ('"Action"', "fake", 1), ("forbid", "fake", 0), ("permit", "other", 0)],
)
def test_a_declared_response_shows_in_the_policies_or_in_the_request(
    tmp_path: Path, pattern: str, engine: str, declared: int
) -> None:
    file = tmp_path / "declared.toml"
    file.write_text(
        f"[[difference]]\nname = 'x'\nengines = ['{engine}']\nchecks = ['response']\n"
        f"pattern = '{pattern}'\nreason = 'r'\nsource = 's'\n"
    )
    declare([file])
    (tmp_path / "case").mkdir()
    try:
        report = asked(tmp_path / "case", Expectations((RESPONSE,)), authorize=Authorized("allow"))
    finally:
        declare(())

    assert (report.checked, len(report.mismatches)) == (1, 1 - declared)
    assert sum(count for _, count in report.declared) == declared


@pytest.mark.parametrize(
    ("expected", "answer", "right"),
    [
        (ExpectedValue(0, 0, value="1"), Evaluated("1"), True),
        (ExpectedValue(0, 0, value="1"), Evaluated("true"), False),
        (ExpectedValue(0, 0, value="1"), Failed("type"), False),
        (ExpectedValue(0, 0, error="type"), Failed("type"), True),
        (ExpectedValue(0, 0, error="type"), Failed("arity"), False),
        (ExpectedValue(0, 0, error=""), Failed("arity"), True),
        (ExpectedValue(0, 0, error=""), Evaluated("1"), False),
        (ExpectedValue(0, 0, rejected=True), Rejected("expression"), True),
        (ExpectedValue(0, 0, rejected=True), Evaluated("1"), False),
    ],
)
def test_values(tmp_path: Path, expected: ExpectedValue, answer: object, right: bool) -> None:
    report = asked(tmp_path, Expectations(values=(expected,)), evaluate=answer)

    assert (report.checked, len(report.mismatches)) == (1, 0 if right else 1)


@pytest.mark.parametrize(("answer", "right"), [(True, True), (False, False)])
def test_verdicts(tmp_path: Path, answer: bool, right: bool) -> None:
    report = asked(tmp_path, Expectations(should_validate=True), validate=Validated(answer))

    assert (report.checked, len(report.mismatches)) == (1, 0 if right else 1)


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (Validated(False, (("a", True), ("b", False))), True),
        (Validated(False, (("a", False), ("b", False))), False),
        (Validated(True, (("a", True), ("b", True))), False),
        (Validated(True, (("a", True), ("b", False))), False),
        (Validated(False), True),
        (Rejected("policies"), False),
    ],
)
def test_verdicts_by_policy(tmp_path: Path, answer: object, right: bool) -> None:
    expected = Expectations(verdicts=(ExpectedVerdict(("b",), "permissive"),))
    report = asked(tmp_path, expected, validate=answer)

    assert (report.checked, len(report.mismatches)) == (1, 0 if right else 1)


@pytest.mark.parametrize(
    ("answers", "right"),
    [({"load": Rejected("entities")}, True), ({"load": Rejected("policies")}, False), ({}, False)],
)
def test_refused_parts(tmp_path: Path, answers: dict[str, object], right: bool) -> None:
    report = asked(tmp_path, Expectations(rejected="entities"), **answers)

    assert (report.checked, len(report.mismatches)) == (1, 0 if right else 1)
