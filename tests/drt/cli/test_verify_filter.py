"""`drt verify-filter`: proved, refuted, undecided and unreadable certificates."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

pytest.importorskip("sqlalchemy", reason="the extra `sql` is not installed")

from drt.cli.main import main
from drt.symbolic.filters.certificate import Certificate
from examples.sql_filters import tiny_todo


def drt(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["verify-filter", *arguments])


@pytest.fixture
def certificate() -> Certificate:
    return tiny_todo.certificate("alice", ["friends"])


def test_a_certificate_is_proved_again(certificate: Certificate, tmp_path: Path) -> None:
    file = tmp_path / "filter.json"
    certificate.save(file)
    result = drt(str(file))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith('proved: resource.owner == User::"alice" ||')
    assert json.loads(drt(str(file), "--json").stdout)["verdict"] == "proved"


def test_other_policies_refute_a_certificate(certificate: Certificate, tmp_path: Path) -> None:
    file = tmp_path / "filter.json"
    replace(certificate, policies={**certificate.policies, "staticPolicies": {}}).save(file)
    result = drt(str(file))
    assert result.exit_code == 1
    assert result.stdout.startswith("refuted: the filter says true, the policies false")


def test_sql_without_a_reading_is_undecided(certificate: Certificate, tmp_path: Path) -> None:
    file = tmp_path / "filter.json"
    replace(certificate, sql="SELECT lists.id FROM lists WHERE random() < 3").save(file)
    result = drt(str(file))
    assert result.exit_code == 5
    assert result.stdout.startswith("undecided: not the SQL of a filter")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"sql": 1}, "no certificate of a filter: expected `str`, got `int` - at `$.sql`"),
        ({"schema": {"": 1}}, "the certificate's inputs are refused: schema:"),
        ({"request": {}}, "the certificate's inputs are refused: request:"),
    ],
)
def test_a_wrong_certificate_is_refused_in_one_sentence(
    certificate: Certificate, tmp_path: Path, changed: dict[str, object], sentence: str
) -> None:
    file = tmp_path / "filter.json"
    certificate.save(file)
    file.write_text(json.dumps(json.loads(file.read_text()) | changed))
    result = drt(str(file))
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr.replace("`$.sql`", "`$.sql`")
    assert str(file) in result.stderr
    assert result.stderr.count("\n") == 1
