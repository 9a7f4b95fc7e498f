"""Runs with declared differences: what they excuse is named, and no finding is lost to one that is slow."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from drt.engines.declared import declare
from drt.report import gather
from drt.report.json_form import document
from drt.report.terminal.progress import Quiet
from drt.report.terminal.summary import print_summary
from drt.report.words import headline
from drt.run.coordinator import start
from drt.run.footer import Footer
from drt.run.options import RunOptions

ENTRY = """
[[difference]]
name = "{name}"
engines = ["twin"]
checks = ["case response"]
reason = "a toy"
source = "spec 04 §3"
"""


@pytest.fixture
def options(tmp_path: Path) -> Iterator[dict[str, Any]]:
    (tmp_path / "corpus").mkdir()
    yield {
        "targets": ("toy",),
        "engines": ("tests.drt.toys:Toy", "tests.drt.toys:Faulty"),
        "random_seed": 7,
        "cases": 40,
        "corpus": str(tmp_path / "corpus"),
        "folder": str(tmp_path / "run"),
        "jobs": 1,
        "reduce_seconds": 0.5,
        "targets_from": "tests.drt.toys:TARGETS",
    }
    declare(())


def run(options: dict[str, Any], tmp_path: Path, entry: str, **more: Any) -> tuple[Footer, str]:
    """Run with one declared difference; return the footer and what the terminal shows."""
    path = tmp_path / "declared.toml"
    path.write_text(entry)
    footer = start(RunOptions(**{**options, **more}, declared=(str(path),)), Quiet())
    console = Console(file=io.StringIO(), width=200, markup=False, highlight=False)
    print_summary(console, footer, tmp_path / "run")
    assert isinstance(console.file, io.StringIO)
    return footer, console.file.getvalue()


def test_divergences_that_are_all_declared_are_counted_and_named(
    options: dict[str, Any], tmp_path: Path
) -> None:
    footer, printed = run(options, tmp_path, ENTRY.format(name="wide"))

    assert (footer.exit_code, footer.findings) == (0, ())
    assert footer.declared == footer.to_json()["declared"] == {"wide": footer.counts.events["declared: wide"]}
    verdict = f"{footer.counts.divergences} divergences, all declared (wide)"
    assert printed.splitlines()[0] == verdict
    report = gather([tmp_path / "run"])
    assert headline(report) == document(report)["headline"] == verdict
    assert document(report)["declared"] == footer.declared


def test_a_finding_beside_declared_divergences_names_them_too(
    options: dict[str, Any], tmp_path: Path
) -> None:
    only_some = ENTRY.format(name="some") + "pattern = 'u1'\n"
    footer, printed = run(options, tmp_path, only_some, targets=("toy", "toy-two"))

    assert (footer.exit_code, len(footer.findings)) == (1, 1)
    assert printed.splitlines()[0].endswith("divergences; others declared (some)")
    assert headline(gather([tmp_path / "run"])).endswith(", other divergences declared (some)")


SLOW = r"pattern = '^(\w|[a-z]|.|\s)*zzzq$'"


def test_a_slow_pattern_loses_no_finding_and_is_reported(options: dict[str, Any], tmp_path: Path) -> None:
    footer, printed = run(options, tmp_path, ENTRY.format(name="slow") + SLOW, cases=10, seconds=60.0)

    assert (footer.exit_code, len(footer.findings), footer.counts.cases) == (1, 1, 10)
    assert footer.broken == 1
    assert "a declared difference: the declared difference 'slow' excuses nothing more" in printed
