"""`drt found`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from drt.cli.options import corpus_folder, echo_json, form
from drt.model.exit_codes import CLEAN, FOUND, NOTHING_RUN

if TYPE_CHECKING:
    from drt.corpus.found import Found
    from drt.replay.look_again import Look


@click.command("found", short_help="Print the defects found in public engines; replay those of an engine.")
@click.option(
    "--engine", "engines", multiple=True, metavar="NAME", help="Replay the defects of an engine; repeatable."
)
@click.option(
    "--update", is_flag=True, help="Write what the replay shows, versions and answers, into the cases."
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the page to a file.")
@corpus_folder
@form
@click.pass_context
def command(
    ctx: click.Context,
    engines: tuple[str, ...],
    update: bool,
    output: Path | None,
    corpus: Path | None,
    form: str,
) -> None:
    """Print the cases of corpus/found as a page in Markdown.

    With --engine, replay the cases of those engines instead, and compare with what the cases say of that
    version. Exit codes: 0 printed, or all as recorded, 1 a case is not as recorded, 2 wrong usage or a case
    that cannot be read, 5 no case is about these engines.
    """
    from drt.corpus.found import found_cases
    from drt.corpus.store import find_corpus
    from drt.report.found import found_page

    cases = found_cases(find_corpus(corpus).root)
    if not engines:
        _write(found_page(cases), output)
        ctx.exit(CLEAN)
    looks = _look(cases, engines, update)
    if form == "json":
        echo_json(
            [
                {
                    "path": str(look.found.path),
                    "version": look.version,
                    "state": look.state,
                    "reason": look.reason,
                }
                for look in looks
            ]
        )
    else:
        for look in looks:
            recorded = "" if look.as_recorded else ", not as recorded"
            reason = f" ({look.reason})" if look.reason else ""
            click.echo(
                f"{look.state} in {look.found.engine} {look.version}{recorded}{reason}: {look.found.path}"
            )
    ctx.exit(NOTHING_RUN if not looks else CLEAN if all(look.as_recorded for look in looks) else FOUND)


def _write(page: str, output: Path | None) -> None:
    if output is None:
        click.echo(page, nl=False)
    else:
        output.write_text(page, encoding="utf-8")


def _look(cases: list[Found], names: tuple[str, ...], update: bool) -> list[Look]:
    """Replay the cases of each engine; with `update`, write what was learnt into them."""
    from drt.corpus.folder import holding
    from drt.engines import build
    from drt.engines.process_engine import ProcessEngine
    from drt.replay.look_again import Asked, look_again

    asked = []
    for name in names:
        engine = build(name)
        if isinstance(engine, ProcessEngine):
            engine.close()
        asked.append(Asked(name, engine.name, engine.version))
    looks = [look_again(found, one, asked) for one in asked for found in cases if found.engine == one.engine]
    for look in looks if update else ():
        with holding(look.found.path.parent) as held:
            held.put(look.learnt.path, look.learnt.saved)
    return looks
