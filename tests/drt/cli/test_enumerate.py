"""`drt enumerate`: a clean walk is remembered, a finding is reduced and saved, a changed engine is walked again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drt.cli.main import main
from drt.run.options import RunOptions
from drt.run.walked import FILE, fingerprint
from drt.targets.walk import PLACE, WALK

ENGINE = """\
from drt.engines.production_engine import ProductionEngine
from drt.model.outcome import Accepted

PARENTS = '"parents": null'

class Engine(ProductionEngine):
    name = "credulous"

    def read_entities(self, entities, schema):
        answer = super().read_entities(entities, schema)
        return answer if isinstance(answer, Accepted) or PARENTS not in entities else Accepted()
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def walk(*arguments: str) -> Result:
    return CliRunner().invoke(
        main, ["enumerate", "--jobs=1", "--oracle=none", "--corpus=corpus", "--quiet", *arguments]
    )


@pytest.mark.slow
def test_a_clean_walk_is_remembered_until_it_is_forced() -> None:
    first = walk("--target", "walk-requests", "--json")
    assert first.exit_code == 0, first.output
    footer = json.loads(first.stdout)
    assert footer["cases"] == WALK["walk-requests"].walk

    second = walk("--target", "walk-requests")
    assert second.exit_code == 0
    assert second.output.startswith("nothing has changed since the walk of ")

    skipped = json.loads(walk("--target", "walk-requests", "--json").stdout)
    assert skipped["skipped"] is True
    assert skipped["walk"]["cases"] == footer["cases"]

    forced = walk("--target", "walk-requests", "--force", "--json")
    assert json.loads(forced.stdout)["cases"] == footer["cases"]


@pytest.mark.slow
def test_a_finding_is_reduced_and_saved_and_its_walk_is_not_remembered(folder: Path) -> None:
    (folder / "credulous.py").write_text(ENGINE, encoding="utf-8")
    arguments = (
        "--target",
        "walk-entities-untyped",
        "--engine",
        "reference",
        "--engine",
        "./credulous.py:Engine",
    )

    found = walk(*arguments)

    assert found.exit_code == 1, found.output
    assert "drt replay --engine=reference" in found.output
    saved = [file.read_text() for file in (folder / "corpus" / "counterexamples").glob("*/entities.json")]
    assert saved == ['[{"parents":[],"parents": null}]']
    assert not (folder / "runs" / FILE).exists()


def test_a_walk_has_another_fingerprint_once_an_engine_changes(folder: Path) -> None:
    file = folder / "mine.py"
    file.write_text(ENGINE, encoding="utf-8")
    options = RunOptions(
        ("walk-requests",), (f"{file}:Engine",), 0, str(folder), str(folder), targets_from=PLACE
    )
    before = fingerprint(options)
    assert fingerprint(options) == before

    file.write_text(ENGINE.replace("null", "true"), encoding="utf-8")

    assert fingerprint(options) != before


def test_a_record_of_walks_that_is_none_is_refused_in_one_sentence(folder: Path) -> None:
    (folder / "runs").mkdir()
    (folder / "runs" / FILE).write_text('{"walks": 1}', encoding="utf-8")

    refused = walk("--target", "walk-requests")

    assert refused.exit_code == 2
    assert "not a record of finished walks" in refused.output


def test_a_walk_of_no_such_name_runs_nothing() -> None:
    assert walk("--target", "nothing*").exit_code == 5
