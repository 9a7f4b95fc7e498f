"""The import contracts of pyproject.toml hold, and modules and examples stay small enough to read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

LINE_BUDGETS = {"reference": 200, "production": 350, "generators": 350, "drt": 350}
"""Lines a module may have."""
LINES_OF_AN_EXAMPLE = 700
"""Every folder under `examples/` has fewer lines of source."""
NOT_SOURCE = {
    "target",
    "node_modules",
    "__pycache__",
    "README.md",
    "Cargo.lock",
    "package-lock.json",
    "go.sum",
}


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


def source_lines(folder: Path) -> int:
    """Count the lines of a folder's sources and settings, without lock files and what is built or installed."""
    files = (path for path in folder.rglob("*.*") if path.is_file())
    sources = (path for path in files if NOT_SOURCE.isdisjoint(path.relative_to(folder).parts))
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in sources)


def test_examples_are_short() -> None:
    folders = [one for one in (REPOSITORY / "examples").iterdir() if one.is_dir()]
    lines = {folder.name: source_lines(folder) for folder in folders if folder.name not in NOT_SOURCE}

    assert lines.keys() >= {"cedar_go", "cedar_rust", "cedar_rust_texts", "cedar_wasm"}
    assert {name: count for name, count in lines.items() if not 0 < count < LINES_OF_AN_EXAMPLE} == {}


def test_what_is_built_is_no_source_of_an_example(tmp_path: Path) -> None:
    for name, lines in {
        "src/main.rs": 3,
        "engine.toml": 1,
        "target/release/a.d": 9,
        "Cargo.lock": 9,
        "engine": 9,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("line\n" * lines)

    assert source_lines(tmp_path) == 4


LEAN = (
    "__init__", "authorizer", "desugar", "entities", "errors", "evaluator", "extension_functions", "integers", "names",
    "policies", "policy_set", "request", "response", "syntax", "values", "wildcard",
)  # fmt: skip


def test_the_reference_opens_with_the_files_that_mirror_the_lean_spec() -> None:
    top = REPOSITORY / "reference"
    assert sorted(path.stem for path in top.glob("*.py")) == list(LEAN)
    mirrored = [*top.glob("*.py"), *(top / "extensions").glob("*.py")]
    assert sum(len(path.read_text().splitlines()) for path in mirrored) <= 1_800
