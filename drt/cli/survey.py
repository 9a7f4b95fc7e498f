"""`drt survey`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import click

from drt.cli.options import FOLDER, Duration, echo_json, form
from drt.model.errors import InputProblem, NothingChosen
from drt.model.exit_codes import BROKEN, CLEAN, INTERRUPTED

_form = partial(form, kinds=("text", "json", "markdown", "html"))


@click.command("survey", short_help="Compare what engines and their versions get right, feature by feature.")
@click.argument("engines", nargs=-1, required=True, metavar="ENGINE...")
@click.option(
    "--records",
    "records",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A folder, file or archive of conformance records; repeatable. [default: shared/conformance beside "
    "the checkout, if it is there]",
)
@click.option(
    "--corpus", type=FOLDER, help="The corpus of the seed cases. [default: the one that came with drt]"
)
@click.option(
    "--for",
    "seconds",
    type=Duration(),
    default=None,
    help="Also compare each engine with the reference on cases drawn for TIME.  [default: no cases]",
)
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="The random seed of the cases."
)
@click.option(
    "--bisect",
    is_flag=True,
    help="The engines are versions of one, oldest first: ask those between two only where verdicts differ.",
)
@_form
@click.pass_context
def command(
    ctx: click.Context,
    engines: tuple[str, ...],
    records: tuple[Path, ...],
    corpus: Path | None,
    seconds: float | None,
    seed: int,
    bisect: bool,
    form: str,
) -> None:
    """Put seed cases, conformance records and drawn cases to each ENGINE, and print a table of features.

    An ENGINE is named as for --engine; a further version of one lies in a folder of its own. Where several
    versions of one engine are named, the verdicts that changed from one to the next are listed. Exit codes:
    0 surveyed, 2 wrong usage or input, 3 an engine could not start, 130 interrupted. With --bisect, a version
    between others that cannot start leaves the others their columns.
    """
    from drt.assess.survey import Material, bisect_versions, changes, survey
    from drt.assess.survey.engines import ask_engine
    from drt.corpus.store import find_corpus, shipped_corpus
    from drt.engines import check_named
    from drt.report.survey import as_html, as_markdown
    from drt.report.terminal.console import results
    from drt.report.terminal.survey import print_survey

    seeds = (shipped_corpus() if corpus is None else find_corpus(corpus)).root / "seeds"
    for path in records:
        if path.is_dir() and not any(each.is_file() for each in path.rglob("*")):
            raise InputProblem("expected conformance records, found an empty folder", path)
    material = Material(seeds if seeds.is_dir() else None, records or _beside_the_checkout())
    if seconds is None and not any(material.pieces()):
        raise NothingChosen("nothing to ask: no seed cases, no records, no time for drawn cases")
    try:
        if bisect:
            for name in engines:
                check_named(name)
            found = bisect_versions(engines, lambda name: ask_engine(name, material, seconds or 0.0, seed))
        else:
            found = survey(engines, material, seconds or 0.0, seed, _progress)
    except KeyboardInterrupt:  # of two ends of a bisection one says nothing
        ctx.exit(INTERRUPTED)
    changed = changes(found)
    match form:
        case "json":
            echo_json({**found.to_json(), "changes": [change.to_json() for change in changed]})
        case "markdown":
            click.echo(as_markdown(found, changed), nl=False)
        case "html":
            click.echo(as_html(found, changed), nl=False)
        case _:
            print_survey(results(), found, changed)
    ctx.exit(INTERRUPTED if found.left else BROKEN if found.unstarted else CLEAN)


def _progress(name: str) -> None:
    """Name the engine that is asked next, where a person watches."""
    if sys.stderr.isatty():
        click.echo(f"asking {name}", err=True)


def _beside_the_checkout() -> tuple[Path, ...]:
    """Find the conformance records beside the checkout; none elsewhere."""
    path = Path(__file__).resolve().parents[3] / "shared" / "conformance"
    return (path,) if path.is_dir() else ()
