"""`drt run-tests`: the recorded runs of `cedar run-tests`, and what its records do not reach (spec 12 §6)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from drt.cli.main import main
from tests.shared_material import shared_folder

POLICIES = """
@id("view") permit(principal, action == Action::"view", resource) when { context.mfa } unless { resource.secret };
permit(principal == ?principal, action, resource);
"""
ENTITIES = [{"uid": {"type": "Doc", "id": "d"}, "attrs": {"secret": False}, "parents": []}]
REQUEST = {
    "principal": 'User::"a"',
    "action": 'Action::"view"',
    "resource": 'Doc::"d"',
    "context": {"mfa": True},
}
TEST = {
    "name": "a",
    "request": REQUEST,
    "entities": ENTITIES,
    "decision": "allow",
    "reason": ["view"],
    "num_errors": 0,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tests").mkdir()
    (tmp_path / "p.cedar").write_text(POLICIES)
    (tmp_path / "tests" / "e.json").write_text(json.dumps(ENTITIES))
    (tmp_path / "outside.json").write_text(json.dumps(ENTITIES))
    return tmp_path


def run(folder: Path, tests: object, *more: str) -> Result:
    file = folder / "tests" / "tests.json"
    file.write_text(tests if isinstance(tests, str) else json.dumps(tests))
    arguments = ["run-tests", "--tests", str(file), "-p", str(folder / "p.cedar"), *more]
    return CliRunner().invoke(main, arguments)


def statuses(result: Result) -> list[tuple[str, ...]]:
    return re.findall(r"^  test (.*) \.\.\. (ok|fail|error)", result.stdout, re.MULTILINE)


@pytest.mark.parametrize("engine", ["production", "reference"])
@pytest.mark.shared
def test_recorded_runs(tmp_path: Path, engine: str) -> None:
    lines = shared_folder("runtests", "runtests.jsonl").read_text(encoding="utf-8").splitlines()
    for record in map(json.loads, lines):
        folder = tmp_path / record["id"]
        for name, text in (record.get("files") or {}).items():
            path = folder / "tests" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        (folder / "tests").mkdir(parents=True, exist_ok=True)
        options = ["--engine", engine]
        (folder / "p.cedar").write_text(record["policies"], encoding="utf-8")
        for part, flag in (("schema", "-s"), ("links", "-k")):
            if part in record:
                (folder / part).write_text(record[part], encoding="utf-8")
                options += [flag, str(folder / part)]
        result = run(folder, record["tests"], *options)
        seen: Any = (result.exit_code, [list(each) for each in statuses(result)])
        assert seen == (record["exit"], record["results"] or []), (record["id"], result.output)
        counts = re.search(r"^results: (\d+) passed, (\d+) failed$", result.stdout, re.MULTILINE)
        found = (None, None) if counts is None else (int(counts[1]), int(counts[2]))
        assert found == (record["passed"], record["failed"]), record["id"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"decision": "deny"}, "fail: expected Deny, got Allow"),
        ({"reason": ["view", "none", "other"]}, "fail: missing reason(s): `none`, `other`"),
        ({"num_errors": 2}, "fail: expected 2 error(s), but got 0 runtime error(s)"),
        (
            {"request": {**REQUEST, "context": {}}, "decision": "deny", "reason": ["view"]},
            "fail: missing reason(s): `view`; expected 0 error(s), but got 1 runtime error(s): "
            "`view`: attr-missing",
        ),
        ({"entities": "e.json"}, "ok"),
        ({"entities": "../tests/e.json"}, "ok"),
        ({"entities": "../outside.json"}, "error"),
        ({"entities": "link.json"}, "error"),
        ({"entities": "none.json"}, "error"),
        ({"entities": "a\0b"}, "error"),
        ({"entities": None}, "error"),
        ({"num_errors": True}, "error"),
        ({"num_errors": -1}, "error"),
        ({"num_errors": 0.0}, "error"),
        ({"reason": [1]}, "error"),
        ({"request": {**REQUEST, "context": None}}, "error"),
        ({"request": {**REQUEST, "principal": 'User::"a"//'}}, "error"),
        ({"request": {**REQUEST, "principal": None}}, "error"),
        ({"request": [REQUEST]}, "error"),
        ({"more": 1, "request": {**REQUEST, "more": 1}}, "ok"),
    ],
)
def test_one_test(folder: Path, change: dict[str, object], status: str) -> None:
    (folder / "tests" / "link.json").symlink_to(folder / "outside.json")
    result = run(folder, [TEST | change])
    assert f"  test a ... {status}" in result.stdout
    assert result.exit_code == (status != "ok")


@pytest.mark.parametrize("member", ["request", "entities", "decision", "reason", "num_errors"])
def test_a_missing_member_is_an_error(folder: Path, member: str) -> None:
    test = {name: value for name, value in TEST.items() if name != member}
    result = run(folder, [test, TEST, 1])
    assert statuses(result) == [("a", "error"), ("a", "ok"), ("(unnamed)", "error")]
    assert f"expected a member `{member}`" in result.stdout


def test_the_last_of_a_repeated_member_counts(folder: Path) -> None:
    document = json.dumps(TEST)
    result = run(folder, f'[{document[:-1]}, "decision": "deny"}}]')
    assert "fail: expected Deny, got Allow" in result.stdout


@pytest.mark.parametrize("text", ["{}", "[", "[NaN]", "null", "[" * 100_000, "[1, 2"])
def test_a_file_that_is_no_list_stops_the_run(folder: Path, text: str) -> None:
    result = run(folder, text)
    assert (result.exit_code, result.stdout) == (1, "")
    [line] = result.stderr.splitlines()
    assert "tests.json" in line


def test_no_tests_are_all_passed(folder: Path) -> None:
    result = run(folder, [])
    assert (result.exit_code, result.stdout) == (0, "running 0 test(s)\nresults: 0 passed, 0 failed\n")


def test_a_warning_makes_every_test_an_error(folder: Path) -> None:
    (folder / "p.cedar").write_text("permit(principal, action, resource) when { 1 == 2 };")
    (folder / "s.cedarschema").write_text(
        "entity User, Doc; action view appliesTo { principal: User, resource: Doc };"
    )
    result = run(folder, [TEST], "-s", str(folder / "s.cedarschema"))
    assert "  test a ... error:\n    policy set validation failed\n" in result.stdout
    assert result.exit_code == 1


def test_coverage_names_what_the_tests_never_decide(folder: Path) -> None:
    links = [{"template_id": "policy1", "link_id": "l", "args": {"?principal": 'User::"b"'}}]
    (folder / "l.json").write_text(json.dumps(links))
    insecure = {**TEST, "request": {**REQUEST, "context": {"mfa": False}}, "decision": "deny", "reason": []}
    result = run(folder, [TEST, insecure], "-k", str(folder / "l.json"), "--coverage", "--json")
    assert json.loads(result.stdout)["coverage"] == [
        {
            "policy": "view",
            "scope": {"matched": 2, "did_not_match": 0},
            "clauses": [
                {"keyword": "when", "held": 1, "did_not_hold": 1, "erred": 0},
                {"keyword": "unless", "held": 1, "did_not_hold": 0, "erred": 0},
            ],
            "unanswered": 0,
        },
        {"policy": "l", "scope": {"matched": 0, "did_not_match": 2}, "clauses": [], "unanswered": 0},
    ]
    text = run(folder, [TEST, insecure], "-k", str(folder / "l.json"), "--coverage").stdout
    assert "  l: scope matched by 0, not by 2  <- no test satisfies this policy" in text
    assert "    unless clause 2: held 1, did not hold 0, erred 0  <- not decided both ways" in text
