"""The import contracts of pyproject.toml hold, and modules stay small enough to read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

LINE_BUDGETS = {"reference": 200, "production": 350, "generators": 350, "drt": 350}
"""Lines a module may have."""


def test_import_contracts_hold() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([str(lint_imports), "--no-cache"], capture_output=True, text=True, cwd=REPOSITORY)

    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("package", sorted(LINE_BUDGETS))
def test_modules_fit_the_head(package: str) -> None:
    budget = LINE_BUDGETS[package]
    over = {
        path.relative_to(REPOSITORY).as_posix(): lines
        for path in (REPOSITORY / package).rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > budget
    }

    assert over == {}


LEAN = (
    "__init__", "authorizer", "desugar", "entities", "errors", "evaluator", "extension_functions", "integers", "names",
    "policies", "policy_set", "request", "response", "syntax", "values", "wildcard",
)  # fmt: skip


def test_the_reference_opens_with_the_files_that_mirror_the_lean_spec() -> None:
    top = REPOSITORY / "reference"
    assert sorted(path.stem for path in top.glob("*.py")) == list(LEAN)
    mirrored = [*top.glob("*.py"), *(top / "extensions").glob("*.py")]
    assert sum(len(path.read_text().splitlines()) for path in mirrored) <= 1_800
