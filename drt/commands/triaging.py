"""From the options of `drt triage` to a list of counterexamples, or to a verdict in one of them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import cast

import click

from drt.case_files import read_case
from drt.corpus import Corpus, find_case, find_corpus
from drt.known import find_known, read_known
from drt.problems import InputProblem
from drt.saved_case import SavedCase, Status, Verdict
from drt.tally import CLEAN
from drt.views.console import results
from drt.views.triage import print_cases


def listed(corpus: Path | None, form: str) -> int:
    """Every counterexample with its signature, status and verdict."""
    whole = find_corpus(corpus)
    known = read_known(whole.root)
    rows: list[dict[str, str | None]] = []
    for path in whole.counterexamples():
        try:
            saved = read_case(path)
        except InputProblem as problem:
            rows.append({"path": str(path), "signature": "", "status": "unreadable", "problem": str(problem)})
            continue
        entry = find_known(known, saved.signature) if saved.signature else None
        rows.append(
            {
                "path": str(path),
                "signature": saved.signature,
                "status": saved.status,
                "verdict": f"{saved.verdict.wrong} is wrong: {saved.verdict.because}"
                if saved.verdict
                else None,
                "known": entry.id if entry else None,
            }
        )
    if form == "json":
        click.echo(json.dumps(rows, indent=2, sort_keys=True))
    else:
        print_cases(results(), rows, Counter(str(row["status"]) for row in rows))
    return CLEAN


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
