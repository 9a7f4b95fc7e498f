"""From the options of `drt triage` to a list of counterexamples, or to a verdict in one of them."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import click

from drt.corpus.known import Known, find_known, read_known
from drt.corpus.store import Corpus, find_case, find_corpus
from drt.model.case_directory import read_case
from drt.model.errors import InputProblem
from drt.model.saved_case import SavedCase, Status, Verdict
from drt.report.terminal.console import results
from drt.report.terminal.triage import print_cases
from drt.run.summary import CLEAN


def listed(corpus: Path | None, form: str) -> int:
    """Every counterexample with its signature, status and verdict."""
    whole = find_corpus(corpus)
    known = read_known(whole.root)
    paths = whole.counterexamples()
    answers = whole.index.answers("triage", paths, _conclusions)
    rows = [_row(path, answers.get(path), known) for path in paths]
    if form == "json":
        click.echo(json.dumps(rows, indent=2, sort_keys=True))
    else:
        print_cases(results(), rows, Counter(str(row["status"]) for row in rows))
    return CLEAN


def _conclusions(paths: Sequence[Path]) -> Iterator[tuple[Path, dict[str, str | None]]]:
    """What is concluded on each case that can be read."""
    for path in paths:
        with contextlib.suppress(InputProblem):
            saved = read_case(path)
            verdict = saved.verdict
            told = f"{verdict.wrong} is wrong: {verdict.because}" if verdict else None
            yield path, {"signature": saved.signature, "status": saved.status, "verdict": told}


def _row(
    path: Path, conclusion: dict[str, str | None] | None, known: tuple[Known, ...]
) -> dict[str, str | None]:
    if conclusion is None:
        return {"path": str(path), "signature": "", "status": "unreadable", "problem": _problem(path)}
    signature = conclusion["signature"]
    entry = find_known(known, signature) if signature else None
    return {"path": str(path), **conclusion, "known": entry.id if entry else None}


def _problem(path: Path) -> str:
    try:
        read_case(path)
    except InputProblem as problem:
        return str(problem)
    return f"{path}: it changed while it was looked at"


def concluded(
    case: Path,
    corpus: Path | None,
    status: str | None,
    wrong: str | None,
    because: str | None,
    source: str | None,
) -> int:
    """Write what is concluded into the case, whole or not at all."""
    path = find_case(case, corpus)
    saved = read_case(path)
    verdict = _verdict(saved, wrong, because, source)
    now = cast("Status | None", status) or saved.status
    if now == "declared" and verdict is None:
        raise InputProblem("a declared difference needs a verdict: say --wrong and --because", path)
    Corpus(path.parent.parent).conclude(path, replace(saved, status=now, verdict=verdict))
    told = f"; {verdict.wrong} is wrong: {verdict.because}" if verdict else ""
    click.echo(f"{path}: {now or 'no status'}{told}")
    return CLEAN


def _verdict(saved: SavedCase, wrong: str | None, because: str | None, source: str | None) -> Verdict | None:
    if not (wrong or because or source):
        return saved.verdict
    before = saved.verdict or Verdict("", "")
    made = Verdict(wrong or before.wrong, because or before.because, source or before.source)
    if not made.wrong or not made.because:
        raise InputProblem("a verdict says who is wrong (--wrong) and why (--because)")
    return made
