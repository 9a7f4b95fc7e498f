"""Saved cases as pytest items: what each must show, and the failure report.

Owns the verdict on a test. Engines against each other: a case fails where a replay would, and an open one is
expected to fail. One engine alone: a seed case holds it to the documented outcome, a counterexample to the
engine that was right.
"""

from __future__ import annotations

import datetime
import io
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from drt.corpus.check import check
from drt.corpus.known import KNOWN_FILE, Known, find_known, read_known
from drt.corpus.store import FLAKY, Corpus, find_corpus, shipped_corpus
from drt.engines import build
from drt.model.case_directory import CASE_FILE, read_case
from drt.model.errors import InputProblem as UsageProblem
from drt.model.saved_case import SavedCase
from drt.replay.replay import Replayed, Replayer
from drt.report.terminal.console import plain
from drt.report.terminal.replaying import print_replayed
from drt.run.options import DEFAULT_ENGINES
from drt.targets.loading import target_table

__all__ = ["CaseFailed", "CaseFile", "CaseItem", "Cases", "UsageProblem"]


class CaseFailed(Exception):
    """A case does not show what it must; its text is for people."""


@dataclass(slots=True)
class Cases:
    """What is collected and asked: `engines` against each other, or `alone` the one engine under test."""

    root: Path
    engines: tuple[str, ...]
    known: tuple[Known, ...]
    alone: bool
    name: str = ""

    @classmethod
    def of(cls, config: pytest.Config) -> Cases:
        """Build from the options and settings; raises `InputProblem` for a missing corpus or engine."""
        option, here = config.option, str(config.invocation_params.dir)
        if here not in sys.path:
            sys.path.insert(0, here)  # an engine is named as a module from where one stands
        given = option.drt_corpus or config.getini("drt_corpus")
        if option.drt_corpus:
            corpus = find_corpus(config.invocation_params.dir / given)
        elif given:
            corpus = find_corpus((config.inipath or config.rootpath / "x").parent / given)
        else:
            corpus = shipped_corpus()
        engines = tuple(filter(None, (option.drt_engines or "").split(","))) or tuple(
            config.getini("drt_engines")
        )
        if option.drt_engine:
            engines = (option.drt_engine,)
        engines = engines or DEFAULT_ENGINES
        names = [build(engine).name for engine in engines]
        alone = bool(option.drt_engine)
        return cls(corpus.root.resolve(), engines, read_known(corpus.root), alone, names[0])

    def pytest_report_header(self) -> str:
        engines = f"engine {self.engines[0]}" if self.alone else f"engines {', '.join(self.engines)}"
        return f"drt: corpus {self.root}, {engines}"

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        if not file_path.is_relative_to(self.root):
            return None
        if file_path.name == CASE_FILE:
            case: CaseFile = CaseFile.from_parent(parent, path=file_path)
            case.cases = self
            return case
        if file_path == self.root / KNOWN_FILE and not self.alone:
            known: KnownFile = KnownFile.from_parent(parent, path=file_path)
            return known
        return None

    def replayed(self, path: Path, saved: SavedCase) -> Replayed:
        """Run the case on the engines."""
        targets = target_table() if "target" in saved.origin else {}
        if not self.alone:
            return Replayer(self.engines, targets, self.known).alone(path, saved)
        if saved.expected:
            return Replayer(self.engines, targets).alone(path, replace(saved, status=None))
        engines = (_right(saved), *self.engines)
        return Replayer(engines, targets).alone(path, replace(saved, status="fixed", signature=""))

    def cannot_judge(self, saved: SavedCase) -> str:
        """Return why a case says nothing about the engine under test; empty if it does."""
        if not self.alone or saved.expected:
            return ""
        if saved.status == "open" and saved.verdict is None:
            return "it is undecided which engine is right"
        return "it is the engine that was right" if _right(saved) == self.name else ""

    def expected_to_fail(self, saved: SavedCase) -> str:
        """Why a case is to fail, engines against each other; empty where it is not."""
        if self.alone or saved.status == "declared":
            return ""
        entry = find_known(self.known, saved.signature) if saved.signature else None
        if entry is not None and not entry.excuses(datetime.date.today()):
            return ""
        if entry is not None and entry.status == "open":
            return f"known as {entry.id}: {entry.reason}"
        if saved.status == "open" and (entry is None or entry.status != "declared"):
            return f"open: {saved.signature}"
        return ""


class CaseFile(pytest.File):
    """A `case.json`: one test."""

    cases: Cases

    def collect(self) -> Iterator[pytest.Item]:
        item: CaseItem = CaseItem.from_parent(self, name=self.path.parent.name)
        item.read(self.cases)
        yield item


class CaseItem(pytest.Item):
    """One case before the engines."""

    cases: Cases
    saved: SavedCase | None = None
    problem: str = ""

    def read(self, cases: Cases) -> None:
        """Read the case, so that pytest knows beforehand whether it is expected to fail."""
        self.cases = cases
        try:
            self.saved = read_case(self.path)
        except UsageProblem as problem:
            self.problem = str(problem)
            return
        reason = cases.expected_to_fail(self.saved)
        if reason:
            strict = FLAKY not in self.saved.tags
            self.add_marker(pytest.mark.xfail(strict=strict, raises=CaseFailed, reason=reason))

    def runtest(self) -> None:
        if self.saved is None:
            raise CaseFailed(self.problem)
        folder = self.path.parent
        if reason := self.cases.cannot_judge(self.saved):
            pytest.skip(reason)
        replayed = self.cases.replayed(folder, self.saved)
        if replayed.broke:
            raise RuntimeError(replayed.reason)
        if replayed.failed or (replayed.divergences and self.get_closest_marker("xfail")):
            raise CaseFailed(failure_report(replayed, self.cases.engines))
        if replayed.verdict == "cannot run":
            pytest.skip(replayed.reason)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, CaseFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"case {self.path.parent.name}"


class KnownFile(pytest.File):
    """A `known.toml`: one test that it and the corpus around it are in order."""

    def collect(self) -> Iterator[pytest.Item]:
        item: OrderItem = OrderItem.from_parent(self, name="in-order")
        yield item


class OrderItem(CaseItem):
    """A corpus: everything that `drt corpus check` checks."""

    def runtest(self) -> None:
        faults = check(Corpus(self.path.parent)).faults
        if faults:
            raise CaseFailed("\n".join(map(str, faults)))

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, "corpus in order"


def _right(saved: SavedCase) -> str:
    """Choose the engine that others must agree with: the reference, unless it was wrong."""
    return "production" if saved.verdict is not None and saved.verdict.wrong == "reference" else "reference"


def failure_report(replayed: Replayed, engines: tuple[str, ...]) -> str:
    """Render a replay, ending with the command that repeats it."""
    page = io.StringIO()
    print_replayed(plain(page), replayed, full=True)
    named = [] if engines == DEFAULT_ENGINES else [f"--engine={engine}" for engine in engines]
    return page.getvalue() + shlex.join(["drt", "replay", *named, str(replayed.path)])
