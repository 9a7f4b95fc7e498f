"""Recorded analyses are compared, and a wrong record is a mismatch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from drt.cli.main import main
from drt.symbolic import recorded

SCHEMA = "entity U { n: Long }; action view appliesTo { principal: U, resource: U, context: {} };"
PERMIT = "permit(principal, action, resource);"
QUERY = {
    "id": "q", "schema": SCHEMA, "principal_type": "U", "action": 'Action::"view"', "resource_type": "U",
    "query": "always-matches", "policies": [PERMIT], "holds": True,
}  # fmt: skip
ROW = {"principal": "U", "action": "view", "resource": "U"}
TABLE = {
    "name": "t", "dir": "d", "command": "compare", "policies": ["a.cedar", "b.cedar"], "schema": "s.cedarschema",
    "messages": [], "rows": [{**ROW, "relation": "more"}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path("examples/d")
    folder.mkdir(parents=True)
    (folder / "s.cedarschema").write_text(SCHEMA)
    (folder / "a.cedar").write_text(PERMIT)
    (folder / "b.cedar").write_text(PERMIT.replace(";", " when { principal.n > 1 };"))


def checked(*records: dict[str, Any]) -> tuple[int, list[str]]:
    """How many checks were made of query records, and the ids of those that do not fit."""
    Path("queries.jsonl").write_text("\n".join(map(json.dumps, records)))
    report = recorded.run(recorded.places([Path()])).report
    return report.checked, [one.id for one in report.mismatches]


def test_right_and_wrong_verdicts() -> None:
    assert checked(QUERY, {**QUERY, "id": "wrong", "holds": False}) == (2, ["wrong"])


def test_right_and_wrong_refusals() -> None:
    refused = {**QUERY, "policies": ["permit(principal"], "error": "parse"}
    del refused["holds"]

    assert checked(refused, {**refused, "id": "wrong", "error": "schema"}) == (2, ["wrong"])
    assert checked({**refused, "policies": [PERMIT], "id": "not refused"}) == (1, ["not refused"])


def test_an_id_beyond_the_alphabet_may_have_a_verdict() -> None:
    far = {
        **QUERY,
        "policies": ['permit(principal == U::"\\u{30000}", action, resource);'],
        "error": "encode-error",
    }

    assert checked(far) == (1, [])
    assert checked({**far, "error": "parse"}) == (1, ["q"])


def test_tables() -> None:
    Path("index.json").write_text(
        json.dumps([TABLE, {**TABLE, "name": "wrong", "rows": [{**ROW, "relation": "less"}]}])
    )

    report = recorded.run(recorded.places([Path()])).report

    assert [(one.id, one.check) for one in report.mismatches] == [("wrong", "compare table")]
    assert report.checked == 4


def test_the_command_reports_the_analyser_once() -> None:
    Path("queries.jsonl").write_text(json.dumps({**QUERY, "holds": False}))

    done = CliRunner().invoke(main, ["conformance", "."])

    assert done.exit_code == 1
    assert done.output.count("conformance[") == 1
    assert "conformance[symbolic]: 1 checked, 1 mismatched" in done.output
    assert "99th percentile" in done.output


def test_a_file_of_another_kind_is_left_alone() -> None:
    Path("other.jsonl").write_text('{"id": "x", "expr": "1"}')
    Path("broken.jsonl").write_text("{")

    assert recorded.places([Path()]) == {}
