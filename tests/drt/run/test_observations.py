"""Observations of a run: lines that fit what Hypothesis documents, one per case, of several workers in one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from drt.cli.main import main
from drt.report.terminal.progress import Quiet
from drt.run.coordinator import start
from drt.run.options import RunOptions

TEXT, OBJECT = {"type": "string"}, {"type": "object"}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "type": {"const": "test_case"},
        "status": {"enum": ["passed", "failed", "gave_up"]},
        "status_reason": TEXT,
        "representation": TEXT,
        "arguments": OBJECT,
        "how_generated": {"type": ["string", "null"]},
        "features": OBJECT,
        "coverage": {"type": ["object", "null"]},
        "timing": {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}},
        "metadata": OBJECT,
        "property": TEXT,
        "run_start": {"type": "number"},
    },
    "additionalProperties": False,
}
SCHEMA["required"] = list(SCHEMA["properties"])
"""Of a test case, after the page on observability in Hypothesis' reference."""


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    tmp_path = tmp_path_factory.mktemp("observed")
    (tmp_path / "corpus").mkdir()
    options = RunOptions(
        targets=("toy", "validation"),
        engines=("tests.drt.toys:Toy", "tests.drt.toys:Faulty"),
        random_seed=1,
        corpus=str(tmp_path / "corpus"),
        folder=str(tmp_path / "run"),
        cases=40,
        jobs=2,
        reduce_seconds=0.1,
        targets_from="tests.drt.toys:TWO_TARGETS",
        observe=str(tmp_path / "cases.jsonl"),
    )
    footer = start(options, Quiet())
    read = [json.loads(line) for line in (tmp_path / "cases.jsonl").read_text().splitlines()]
    assert len(read) == footer.counts.cases == 40
    assert sum(line["status"] == "failed" for line in read) > 0
    return read


def test_every_line_fits_what_hypothesis_documents(lines: list[dict[str, Any]]) -> None:
    for line in lines:
        jsonschema.validate(line, SCHEMA)
        assert line["run_start"] > 1_000_000_000
    assert {line["property"] for line in lines} == {"drt run --target toy", "drt run --target validation"}
    assert len({(line["property"], line["metadata"]["index"]) for line in lines}) == 40
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**lines[0], "status": "known"}, SCHEMA)


def test_a_failure_names_the_law_and_holds_the_case(lines: list[dict[str, Any]]) -> None:
    for line in lines:
        assert (line["status"] == "failed") == ("engines_agree" in line["status_reason"])
        assert line["arguments"]["policies"]["text"] == line["representation"]
        assert line["status"] != "failed" or "like" in line["representation"]


@pytest.mark.parametrize(
    "more", [["--observe", "missing/cases.jsonl"], ["--observe", "x", "--cluster", "h:1", "--jobs", "2"]]
)
def test_a_file_that_cannot_be_written_is_one_sentence(
    more: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["run", "--cases", "1", "--corpus", ".", *more])
    assert done.exit_code == 2
    assert "observ" in done.stderr
