"""From the options of `drt corpus …` to a corpus looked after, and to what is told of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from drt.corpus.check import check as checked
from drt.corpus.known import read_known
from drt.corpus.merge import findings_left
from drt.corpus.merge import merge as merged
from drt.corpus.prune import carry_out, plan
from drt.corpus.stats import stats as counted
from drt.corpus.store import find_case, find_corpus
from drt.model.case_directory import read_case
from drt.report.terminal.console import results
from drt.report.terminal.corpus import print_case, print_checked, print_merged, print_pruning, print_stats
from drt.run.summary import CLEAN, FOUND, WRONG_INPUT


def check(corpus: Path | None, mend: bool, form: str) -> int:
    """Tell the faults of a corpus."""
    found = checked(find_corpus(corpus), mend=mend)
    if form == "json":
        rows = [
            {
                "path": str(fault.path),
                "fault": str(fault),
                "unreadable": fault.unreadable,
                "mended": fault.mended,
            }
            for fault in found.faults
        ]
        _echo({"cases": len(found.cases), "faults": rows})
    else:
        print_checked(results(), found)
    left = [fault for fault in found.faults if not fault.mended]
    if any(fault.unreadable for fault in left):
        return WRONG_INPUT
    return FOUND if left else CLEAN


def stats(corpus: Path | None, form: str) -> int:
    """Tell the figures of a corpus."""
    figures = counted(find_corpus(corpus))
    if form == "json":
        _echo(figures.to_json())
    else:
        print_stats(results(), figures)
    return CLEAN


def merge(others: tuple[Path, ...], corpus: Path | None, form: str) -> int:
    """Take the cases of the other folders in."""
    whole = find_corpus(corpus)
    done = [one for other in others for one in merged(whole, other)]
    if form == "json":
        _echo(
            [
                {
                    "source": str(one.source),
                    "fate": one.fate,
                    "place": None if one.place is None else str(one.place),
                    "reason": one.reason,
                }
                for one in done
            ]
        )
    else:
        left = {other: findings_left(whole, other) for other in others}
        print_merged(results(), done, {other: names for other, names in left.items() if names})
    return WRONG_INPUT if any(one.fate == "refused" for one in done) else CLEAN


def prune(corpus: Path | None, carried_out: bool, form: str) -> int:
    """Tell which cases can go, and let them go if so asked."""
    whole = find_corpus(corpus)
    pruning = plan(whole, read_known(whole.root))
    gone = carry_out(whole, pruning) if carried_out else []
    if form == "json":
        _echo(
            {
                "drop": [str(path) for path, _ in pruning.drop],
                "dropped": [str(path) for path in gone],
                "keep": [{"path": str(path), "because": reason} for path, reason in pruning.keep],
                "unreadable": [str(problem) for problem in pruning.unreadable],
            }
        )
    else:
        print_pruning(results(), pruning, gone, carried_out)
    return CLEAN


def show(case: Path, corpus: Path | None, form: str) -> int:
    """Print one case."""
    path = find_case(case, corpus)
    saved = read_case(path)
    if form == "json":
        _echo({"path": str(path), "files": _files(path)})
    else:
        print_case(results(), path, saved)
    return CLEAN


def _files(path: Path) -> dict[str, Any]:
    """The files of a case by name; `case.json` as the document that it is."""
    texts = {
        file.name: file.read_text(encoding="utf-8", errors="replace")
        for file in sorted(path.iterdir())
        if file.is_file()
    }
    return {**texts, "case.json": json.loads(texts["case.json"])}


def _echo(document: object) -> None:
    click.echo(json.dumps(document, indent=2, sort_keys=True))
