"""`drt triage`."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from drt.cli.options import corpus_folder, echo_json, form
from drt.model.errors import InputProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drt.corpus.known import Known
    from drt.model.saved_case import SavedCase, Status, Verdict

Row = dict[str, str | None]


@click.command("triage", short_help="List counterexamples; record a conclusion.")
@click.argument("case", required=False, type=click.Path(path_type=Path), metavar="[CASE]")
@click.option("--status", type=click.Choice(["open", "fixed", "declared"]), help="The new status.")
@click.option("--wrong", metavar="ENGINE", help="The engine that is wrong.")
@click.option("--because", metavar="TEXT", help="The reason, in one sentence.")
@click.option("--source", metavar="CHAPTER", help="The chapter that the reason follows from.")
@corpus_folder
@form
def command(
    case: Path | None,
    status: str | None,
    wrong: str | None,
    because: str | None,
    source: str | None,
    corpus: Path | None,
    form: str,
) -> None:
    """Without CASE, list the corpus's counterexamples by signature; with CASE, record a conclusion in it.

    A verdict needs --wrong and --because; a declared case needs a verdict. Exit codes: 0 done, 2 wrong usage
    or a case that cannot be read or written.
    """
    if case is not None:
        _conclude(case, corpus, status, wrong, because, source)
    elif status or wrong or because or source:
        raise click.UsageError("name the case that is concluded on")
    else:
        _list(corpus, form)


def _list(corpus: Path | None, form: str) -> None:
    """List every counterexample with its signature, status and verdict."""
    from collections import Counter

    from drt.corpus.known import read_known
    from drt.corpus.store import find_corpus
    from drt.report.terminal.console import results
    from drt.report.terminal.triage import print_cases

    store = find_corpus(corpus)
    known = read_known(store.root)
    paths = store.counterexamples()
    conclusions = store.index.answers("triage", paths, _conclusions)
    rows = [_row(path, conclusions.get(path), known) for path in paths]
    if form == "json":
        echo_json(rows)
    else:
        print_cases(results(), rows, Counter(str(row["status"]) for row in rows))


def _conclusions(paths: Sequence[Path]) -> Iterator[tuple[Path, Row]]:
    """Yield the conclusion of each readable case."""
    from drt.model.case_directory import read_case

    for path in paths:
        with contextlib.suppress(InputProblem):
            saved = read_case(path)
            verdict = _sentence(saved.verdict) if saved.verdict else None
            yield path, {"signature": saved.signature, "status": saved.status, "verdict": verdict}


def _sentence(verdict: Verdict) -> str:
    return f"{verdict.wrong} is wrong: {verdict.because}"


def _row(path: Path, conclusion: Row | None, known: tuple[Known, ...]) -> Row:
    from drt.corpus.known import find_known

    if conclusion is None:
        return {"path": str(path), "signature": "", "status": "unreadable", "problem": _problem(path)}
    signature = conclusion["signature"]
    entry = find_known(known, signature) if signature else None
    return {"path": str(path), **conclusion, "known": entry.id if entry else None}


def _problem(path: Path) -> str:
    from drt.model.case_directory import read_case

    try:
        read_case(path)
    except InputProblem as problem:
        return str(problem)
    return f"{path}: it changed while it was read"


def _conclude(
    case: Path,
    corpus: Path | None,
    status: str | None,
    wrong: str | None,
    because: str | None,
    source: str | None,
) -> None:
    """Write the conclusion into the case, whole or not at all."""
    from dataclasses import replace

    from drt.corpus.store import Corpus, find_case
    from drt.model.case_directory import read_case

    path = find_case(case, corpus)
    saved = read_case(path)
    verdict = _verdict(saved, wrong, because, source)
    new_status = cast("Status | None", status) or saved.status
    if new_status == "declared" and verdict is None:
        raise InputProblem("a declared difference needs a verdict: add --wrong and --because", path)
    Corpus(path.parent.parent).conclude(path, replace(saved, status=new_status, verdict=verdict))
    reason = f"; {_sentence(verdict)}" if verdict else ""
    click.echo(f"{path}: {new_status or 'no status'}{reason}")


def _verdict(saved: SavedCase, wrong: str | None, because: str | None, source: str | None) -> Verdict | None:
    from drt.model.saved_case import Verdict

    if not (wrong or because or source):
        return saved.verdict
    before = saved.verdict or Verdict("", "")
    made = Verdict(wrong or before.wrong, because or before.because, source or before.source)
    if not made.wrong or not made.because:
        raise InputProblem("a verdict needs the engine that is wrong (--wrong) and the reason (--because)")
    return made
