"""`drt corpus check|stats|merge|prune|show`."""

from __future__ import annotations

from pathlib import Path

import click

from drt.cli.options import form

FOLDER = click.Path(path_type=Path, file_okay=False)
corpus_folder = click.option("--corpus", type=FOLDER, help="[default: that of the checkout]")


@click.group("corpus", short_help="Look after the saved cases: check, stats, merge, prune, show.")
def command() -> None:
    """Look after a corpus of saved cases."""


@command.command("check")
@corpus_folder
@click.option("--mend", is_flag=True, help="Write anew what is not as the tool writes it.")
@form
@click.pass_context
def check(ctx: click.Context, corpus: Path | None, mend: bool, form: str) -> None:
    """Whether every case reads, is in canonical form, is called right, and known.toml agrees.

    One sentence a fault. Exit codes: 0 all in order, 1 out of order but usable, 2 something cannot be read.
    """
    from drt.cli import tending

    ctx.exit(tending.check(corpus, mend, form))


@command.command("stats")
@corpus_folder
@form
@click.pass_context
def stats(ctx: click.Context, corpus: Path | None, form: str) -> None:
    """Cases by target, component and status, their sizes, and what they reach of the language.

    Exit codes: 0 counted, 2 wrong usage or no corpus.
    """
    from drt.cli import tending

    ctx.exit(tending.stats(corpus, form))


@command.command("merge")
@click.argument("others", nargs=-1, required=True, type=FOLDER, metavar="FOLDER...")
@corpus_folder
@form
@click.pass_context
def merge(ctx: click.Context, others: tuple[Path, ...], corpus: Path | None, form: str) -> None:
    """Take the cases of other corpora in, while others may be writing this one.

    The same case is taken once, of two open ones of a signature the simpler; what people concluded stays.
    Exit codes: 0 done, 2 wrong usage or a case that cannot be read (the others are taken in).
    """
    from drt.cli import tending

    ctx.exit(tending.merge(others, corpus, form))


@command.command("prune")
@corpus_folder
@click.option("--apply", "carried_out", is_flag=True, help="Drop them; without it they are listed only.")
@form
@click.pass_context
def prune(ctx: click.Context, corpus: Path | None, carried_out: bool, form: str) -> None:
    """List, or with --apply drop, cases whose every feature is reached by others that stay.

    A case that names a bug, has a documented outcome or a conclusion is never dropped. A second pruning
    finds nothing. Exit codes: 0 done, 2 wrong usage or no corpus.
    """
    from drt.cli import tending

    ctx.exit(tending.prune(corpus, carried_out, form))


@command.command("show")
@click.argument("case", type=click.Path(path_type=Path))
@corpus_folder
@form
@click.pass_context
def show(ctx: click.Context, case: Path, corpus: Path | None, form: str) -> None:
    """Print one case: what it holds, what must come out, what is known of it.

    CASE is its folder, or its name in the corpus. Exit codes: 0 shown, 2 no such case or it cannot be read.
    """
    from drt.cli import tending

    ctx.exit(tending.show(case, corpus, form))
