"""`drt corpus check|stats|merge|prune|show`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from drt.cli.options import FOLDER, corpus_folder, echo_json, form
from drt.model.exit_codes import CLEAN, FOUND, WRONG_INPUT


@click.group("corpus", short_help="Manage saved cases: check, stats, merge, prune, show.")
def command() -> None:
    """Manage a corpus of saved cases."""


@command.command("check")
@corpus_folder
@click.option("--mend", is_flag=True, help="Rewrite files that are not in canonical form.")
@form
@click.pass_context
def check(ctx: click.Context, corpus: Path | None, mend: bool, form: str) -> None:
    """Check that every case is readable, in canonical form and named correctly, and that known.toml agrees.

    Print one sentence per fault. Exit codes: 0 all in order, 1 out of order but usable, 2 something cannot
    be read.
    """
    from drt.corpus.check import check
    from drt.corpus.store import find_corpus
    from drt.report.terminal.console import results
    from drt.report.terminal.corpus import print_checked

    found = check(find_corpus(corpus), mend=mend)
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
        echo_json({"cases": len(found.cases), "faults": rows})
    else:
        print_checked(results(), found)
    left = [fault for fault in found.faults if not fault.mended]
    unreadable = any(fault.unreadable for fault in left)
    ctx.exit(WRONG_INPUT if unreadable else FOUND if left else CLEAN)


@command.command("stats")
@corpus_folder
@form
def stats(corpus: Path | None, form: str) -> None:
    """Count cases by target, component and status, with their sizes and language coverage.

    Exit codes: 0 counted, 2 wrong usage or no corpus.
    """
    from drt.corpus.stats import stats
    from drt.corpus.store import find_corpus
    from drt.model.records import to_json
    from drt.report.terminal.console import results
    from drt.report.terminal.corpus import print_stats

    figures = stats(find_corpus(corpus))
    if form == "json":
        echo_json(to_json(figures))
    else:
        print_stats(results(), figures)


@command.command("merge")
@click.argument("others", nargs=-1, required=True, type=FOLDER, metavar="FOLDER...")
@corpus_folder
@form
@click.pass_context
def merge(ctx: click.Context, others: tuple[Path, ...], corpus: Path | None, form: str) -> None:
    """Merge the cases of other corpora into this one, which other processes may be writing.

    Equal cases are merged into one; of two open cases with one signature, the simpler is kept; conclusions
    are kept. Exit codes: 0 done, 2 wrong usage or a case that cannot be read (the others are merged).
    """
    from drt.corpus.merge import findings_left, merge
    from drt.corpus.store import find_corpus
    from drt.report.terminal.console import results
    from drt.report.terminal.corpus import print_merged

    store = find_corpus(corpus)
    done = [one for other in others for one in merge(store, other)]
    if form == "json":
        rows = [
            {
                "source": str(one.source),
                "fate": one.fate,
                "place": None if one.place is None else str(one.place),
                "reason": one.reason,
            }
            for one in done
        ]
        echo_json(rows)
    else:
        left = {other: findings_left(store, other) for other in others}
        print_merged(results(), done, {other: names for other, names in left.items() if names})
    ctx.exit(WRONG_INPUT if any(one.fate == "refused" for one in done) else CLEAN)


@command.command("prune")
@corpus_folder
@click.option("--apply", "carried_out", is_flag=True, help="Delete them; without it they are only listed.")
@form
def prune(corpus: Path | None, carried_out: bool, form: str) -> None:
    """List, or with --apply delete, cases whose every feature is reached by cases that stay.

    A case that names a bug, has a documented outcome or a conclusion is never deleted. A second pruning
    finds nothing. Exit codes: 0 done, 2 wrong usage or no corpus.
    """
    from drt.corpus.known import read_known
    from drt.corpus.prune import carry_out, plan
    from drt.corpus.store import find_corpus
    from drt.report.terminal.console import results
    from drt.report.terminal.corpus import print_pruning

    store = find_corpus(corpus)
    pruning = plan(store, read_known(store.root))
    gone = carry_out(store, pruning) if carried_out else []
    if form == "json":
        document = {
            "drop": [str(path) for path, _ in pruning.drop],
            "dropped": [str(path) for path in gone],
            "keep": [{"path": str(path), "because": reason} for path, reason in pruning.keep],
            "unreadable": [str(problem) for problem in pruning.unreadable],
        }
        echo_json(document)
    else:
        print_pruning(results(), pruning, gone, carried_out)


@command.command("show")
@click.argument("case", type=click.Path(path_type=Path))
@corpus_folder
@form
def show(case: Path, corpus: Path | None, form: str) -> None:
    """Print one case: its files, the expected outcome and what is known about it.

    CASE is its folder, or its name in the corpus. Exit codes: 0 shown, 2 no such case or it cannot be read.
    """
    from drt.corpus.store import find_case
    from drt.model.case_directory import read_case
    from drt.report.terminal.console import results
    from drt.report.terminal.corpus import print_case

    path = find_case(case, corpus)
    saved = read_case(path)
    if form == "json":
        echo_json({"path": str(path), "files": _files(path)})
    else:
        print_case(results(), path, saved)


def _files(path: Path) -> dict[str, Any]:
    """Read the files of a case by name; `case.json` as a document."""
    texts = {
        file.name: file.read_text(encoding="utf-8", errors="replace")
        for file in sorted(path.iterdir())
        if file.is_file()
    }
    return {**texts, "case.json": json.loads(texts["case.json"])}
