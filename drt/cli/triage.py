"""`drt triage`."""

from __future__ import annotations

from pathlib import Path

import click

from drt.cli.options import form


@click.command("triage", short_help="List counterexamples; conclude on one.")
@click.argument("case", required=False, type=click.Path(path_type=Path), metavar="[CASE]")
@click.option(
    "--status", type=click.Choice(["open", "fixed", "declared"]), help="What the case is from now on."
)
@click.option("--wrong", metavar="ENGINE", help="Who is wrong.")
@click.option("--because", metavar="TEXT", help="Why, in one sentence.")
@click.option("--source", metavar="CHAPTER", help="Where that is written.")
@click.option(
    "--corpus", type=click.Path(path_type=Path, file_okay=False), help="[default: that of the checkout]"
)
@form
@click.pass_context
def command(
    ctx: click.Context,
    case: Path | None,
    status: str | None,
    wrong: str | None,
    because: str | None,
    source: str | None,
    corpus: Path | None,
    form: str,
) -> None:
    """Without CASE, list the corpus's counterexamples by signature; with one, write down what is concluded.

    A verdict needs --wrong and --because; a case that is declared needs a verdict. Exit codes: 0 done,
    2 wrong usage or a case that cannot be read or written.
    """
    from drt.cli import triaging

    if case is None:
        if status or wrong or because or source:
            raise click.UsageError("name the case that is concluded on")
        ctx.exit(triaging.listed(corpus, form))
    ctx.exit(triaging.concluded(case, corpus, status, wrong, because, source))
