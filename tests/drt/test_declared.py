"""What is declared of the Rust engine is excused under the name that a run gives it."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from drt.fuzz import start
from drt.known import KNOWN_FILE
from drt.run_options import DEFAULT_ENGINES, RunOptions
from drt.views.progress import Quiet
from tests.drt.declared_targets import CASES

CORPUS = Path(__file__).resolve().parents[2] / "corpus"


def with_the_rust_engine(target: str, folder: Path) -> dict[str, Any]:
    """The footer of a run that draws one case and asks the Rust engine too."""
    options = RunOptions(
        (target,), DEFAULT_ENGINES, 1, str(folder / "corpus"), str(folder / "log"), cases=1,
        arbiter="cedarpy", arbiter_rate=1.0, targets_from="tests.drt.declared_targets:TARGETS",
    )  # fmt: skip
    return start(options, Quiet())


@pytest.mark.parametrize("target", CASES)
def test_what_is_declared_fails_no_run(target: str, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    shutil.copy(CORPUS / KNOWN_FILE, tmp_path / "corpus")

    footer = with_the_rust_engine(target, tmp_path)

    assert [finding["known"] for finding in footer["findings"]] == [CASES[target][0]]
    assert footer["exit_code"] == 0


def test_every_entry_has_a_case() -> None:
    entries = tomllib.loads((CORPUS / KNOWN_FILE).read_text())["finding"]

    assert {entry["id"] for entry in entries} == {known for known, _ in CASES.values()}


def test_what_is_not_declared_fails_a_run(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()

    assert with_the_rust_engine("unknown-alone", tmp_path)["exit_code"] == 1
