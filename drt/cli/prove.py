"""`drt prove`."""

from __future__ import annotations

import time
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import click

from drt.cli.options import Jobs, echo_json, form
from drt.model.errors import NothingChosen
from drt.model.exit_codes import CLEAN, FOUND
from drt.model.extras import require_extra

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from drt.proofs.survivors import Mutation
    from drt.proofs.theorem import Verdict


@click.command("prove", short_help="Prove theorems about the shipped code.")
@click.option("--only", metavar="GLOB", multiple=True, help="Only theorems with matching names; repeatable.")
@click.option(
    "--mutants",
    is_flag=True,
    help="Plant defects, and mutate each statement of the functions that theorems name.",
)
@click.option(
    "--function",
    metavar="GLOB",
    default="*",
    help="Only theorems that name a matching function; --mutants changes only those functions.",
)
@click.option("--second", is_flag=True, help="Ask cvc5 too, about every obligation of kind U and S.")
@click.option("--jobs", type=Jobs(), default="auto", show_default=True, help="Worker processes.")
@click.option("--markdown", is_flag=True, help="Print the table of docs/theorems.md, and prove nothing.")
@form
@click.pass_context
def command(
    ctx: click.Context,
    only: tuple[str, ...],
    mutants: bool,
    function: str,
    second: bool,
    jobs: int,
    markdown: bool,
    form: str,
) -> None:
    """Run the shipped functions on symbols and prove theorems about them with Z3.

    A refuted theorem is shown with the smallest counterexample and the running engines' answers. Exit codes:
    0 all proved (and every defect and 95 % of the mutants killed), 1 something is refuted, unknown or
    survives, 2 wrong usage, 5 no theorem of such a name.
    """
    require_extra("proofs", "`drt prove`")
    from drt.proofs.second import second_opinion
    from drt.proofs.survivors import proved_functions, tally
    from drt.proofs.table import THEOREMS
    from drt.proofs.table import markdown as table
    from drt.report.terminal.console import results
    from drt.report.terminal.progress_bar import with_progress
    from drt.report.terminal.proving import (
        mutations_json,
        print_mutations,
        print_opinions,
        print_verdicts,
        verdict_json,
    )

    if markdown:
        click.echo(table(), nl=False)
        ctx.exit(CLEAN)
    names = [one.name for one in THEOREMS]
    if unknown := [glob for glob in only if not _matching(names, glob)]:
        raise NothingChosen(f"there is no theorem called {unknown[0]!r}")
    named = [
        number
        for number, name in enumerate(names)
        if not only or any(fnmatchcase(name, glob) for glob in only)
    ]
    chosen = [
        number for number in named if function == "*" or _matching(THEOREMS[number].functions, function)
    ]
    if not chosen:
        raise NothingChosen(f"no chosen theorem names a function called {function!r}")
    started = time.perf_counter()
    verdicts = list(with_progress([names[number] for number in chosen], _verdicts(chosen, mutants, jobs)))
    seconds = time.perf_counter() - started
    mutations = list(_mutations(chosen, function, jobs)) if mutants else []
    proved = proved_functions(THEOREMS)
    asked = [THEOREMS[number] for number in chosen if second and THEOREMS[number].kind in "US"]
    opinions = [second_opinion(one) for one in asked]
    if form == "json":
        document: dict[str, Any] = {"seconds": seconds, "theorems": [verdict_json(one) for one in verdicts]}
        if mutants:
            document |= mutations_json(mutations, proved)
        if second:
            document["second"] = [{"name": one.theorem.name, **one.answers} for one in opinions]
        echo_json(document, sort_keys=False)
    else:
        print_verdicts(results(), verdicts, seconds, mutants=mutants)
        if mutants:
            print_mutations(results(), mutations, proved)
        if second:
            print_opinions(results(), opinions)
    good = all(_is_good(one, mutants=mutants) for one in verdicts) and all(
        tally(chosen).is_enough
        for chosen in (mutations, [one for one in mutations if one.function in proved])
    )
    ctx.exit(CLEAN if good and not any(one.disagrees for one in opinions) else FOUND)


def _is_good(verdict: Verdict, *, mutants: bool) -> bool:
    """Whether a verdict is as it should be; with defects planted, all killed and at least one."""
    if verdict.answer == "tested":
        return True
    return verdict.answer == "proved" and not (mutants and (verdict.survived or not verdict.killed))


def _verdicts(chosen: Sequence[int], mutants: bool, jobs: int) -> Iterator[Verdict]:
    """Prove in order; theorems cross to the other process as their numbers, terms do not cross at all."""
    from dataclasses import replace

    from drt.engines.processes import pool
    from drt.proofs.table import COSTLY, THEOREMS
    from drt.proofs.theorem import Verdict

    if jobs == 1 or len(chosen) == 1:
        for number in chosen:
            yield _verdict(number, mutants)
        return
    with pool(min(jobs, len(chosen))) as workers:
        ranks = {one.name: rank for rank, one in enumerate(COSTLY)}
        ordered = sorted(chosen, key=lambda number: ranks.get(THEOREMS[number].name, len(ranks)))
        futures = {number: workers.submit(_nameless_verdict, number, mutants) for number in ordered}
        for number in chosen:
            try:
                verdict = futures[number].result()
            except Exception as error:  # the process died: that says nothing of the other theorems
                verdict = Verdict(THEOREMS[number], "unknown", 0, 0.0, f"{type(error).__name__}: {error}")
            yield replace(verdict, theorem=THEOREMS[number])


def _matching(names: Iterable[str], glob: str) -> list[str]:
    return [name for name in names if fnmatchcase(name, glob)]


def _mutations(chosen: Sequence[int], glob: str, jobs: int) -> Iterator[Mutation]:
    """Mutate every matching function that the chosen theorems name; any theorem may kill a mutant."""
    from drt.engines.processes import pool
    from drt.proofs.survivors import functions_of
    from drt.proofs.table import THEOREMS

    functions = _matching(functions_of([THEOREMS[number] for number in chosen]), glob)
    if jobs == 1:
        for function in functions:
            yield from _mutations_of(function)
        return
    with pool(jobs) as workers:
        for found in [workers.submit(_mutations_of, function) for function in functions]:
            yield from found.result()


def _mutations_of(function: str) -> list[Mutation]:
    from drt.proofs.survivors import functions_of, mutations_of
    from drt.proofs.table import THEOREMS

    return mutations_of(function, functions_of(THEOREMS)[function])


def _verdict(number: int, mutants: bool) -> Verdict:
    from drt.proofs.prover import prove, with_defects
    from drt.proofs.table import THEOREMS

    verdict = prove(THEOREMS[number])
    return with_defects(verdict) if mutants else verdict


def _nameless_verdict(number: int, mutants: bool) -> Verdict:
    """Compute a verdict without its theorem, whose functions cannot be pickled."""
    from dataclasses import replace

    from drt.proofs.tested import nothing
    from drt.proofs.theorem import Theorem

    return replace(_verdict(number, mutants), theorem=Theorem("", "", "", "T", nothing))
