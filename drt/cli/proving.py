"""From the options of `drt prove` to the table of theorems."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from fnmatch import fnmatchcase
from multiprocessing import get_context
from typing import Any

import click

from drt.proofs.prover import prove, with_defects
from drt.proofs.second import second_opinion
from drt.proofs.table import THEOREMS, markdown
from drt.proofs.tested import nothing as tested
from drt.proofs.theorem import Theorem, Verdict
from drt.report.terminal.console import results
from drt.report.terminal.proving import print_opinions, print_verdicts, verdict_json, watched
from drt.run.summary import CLEAN, FOUND, NOTHING_RUN


def proved(only: str, mutants: bool, second: bool, jobs: int, table: bool, form: str) -> int:
    """Prove, report, and return the exit code."""
    if table:
        click.echo(markdown(), nl=False)
        return CLEAN
    chosen = [number for number, one in enumerate(THEOREMS) if fnmatchcase(one.name, only)]
    if not chosen:
        click.echo(f"drt: there is no theorem called {only!r}", err=True)
        return NOTHING_RUN
    started = time.perf_counter()
    verdicts = list(watched(_verdicts(chosen, mutants, jobs), len(chosen)))
    seconds = time.perf_counter() - started
    asked = [THEOREMS[number] for number in chosen if second and THEOREMS[number].kind in "US"]
    opinions = [second_opinion(one) for one in asked]
    if form == "json":
        document: dict[str, Any] = {"seconds": seconds, "theorems": [verdict_json(one) for one in verdicts]}
        if second:
            document["second"] = [{"name": one.theorem.name, **one.answers} for one in opinions]
        click.echo(json.dumps(document, indent=2))
    else:
        print_verdicts(results(), verdicts, seconds, mutants=mutants)
        if second:
            print_opinions(results(), opinions)
    fine = all(good(one, mutants=mutants) for one in verdicts) and not any(one.disagrees for one in opinions)
    return CLEAN if fine else FOUND


def good(verdict: Verdict, *, mutants: bool) -> bool:
    """Whether a verdict is as it should be; with defects planted, all killed and at least one."""
    if verdict.answer == "tested":
        return True
    return verdict.answer == "proved" and not (mutants and (verdict.survived or not verdict.killed))


def _verdicts(chosen: Sequence[int], mutants: bool, jobs: int) -> Iterator[Verdict]:
    """In order; theorems cross to the other process as their numbers, terms do not cross at all."""
    if jobs == 1 or len(chosen) == 1:
        for number in chosen:
            yield _reduced(number, mutants)
        return
    with ProcessPoolExecutor(min(jobs, len(chosen)), mp_context=get_context("spawn")) as pool:
        costly = sorted(chosen, key=lambda number: -len(THEOREMS[number].says))
        futures = {number: pool.submit(_answered, number, mutants) for number in costly}
        for number in chosen:
            yield replace(futures[number].result(), theorem=THEOREMS[number])


def _reduced(number: int, mutants: bool) -> Verdict:
    verdict = prove(THEOREMS[number])
    return with_defects(verdict) if mutants else verdict


NAMELESS = Theorem("", "", "", "T", tested)
"""Stands in a verdict for its theorem, whose functions do not cross processes."""


def _answered(number: int, mutants: bool) -> Verdict:
    return replace(_reduced(number, mutants), theorem=NAMELESS)
