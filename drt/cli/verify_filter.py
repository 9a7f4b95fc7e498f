"""`drt verify-filter`."""

from __future__ import annotations

from pathlib import Path

import click

from drt.cli.options import echo_json, form
from drt.model.errors import InputProblem
from drt.model.exit_codes import CLEAN, FOUND, NOTHING_RUN
from drt.model.extras import require_extra


@click.command("verify-filter", short_help="Prove a database filter again from its certificate.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@form
@click.pass_context
def command(ctx: click.Context, file: Path, form: str) -> None:
    """Read the SQL in the certificate FILE as a Cedar condition and prove that it is the policies.

    Exit codes: 0 proved, 1 the filter differs from the policies, 2 wrong usage or input, 5 no verdict.
    """
    require_extra("proofs", "`drt verify-filter`")
    from drt.symbolic.filters.certificate import check, read_certificate
    from drt.symbolic.filters.proof import Proved, Refuted, Undecided
    from drt.symbolic.filters.sql import UnreadableSql
    from drt.symbolic.problems import Refused

    certificate = read_certificate(file)
    try:
        verdict = check(certificate)
    except UnreadableSql as problem:
        verdict = Undecided(str(problem))
    except Refused as refused:
        verdict = Undecided(str(refused))
    except InputProblem as problem:
        raise InputProblem(str(problem), file) from None
    match verdict:
        case Proved(how):
            code, verdict_name, lines = CLEAN, "proved", [f"{certificate.condition}  ({how})"]
        case Refuted(facts):
            code, verdict_name, lines = FOUND, "refuted", list(facts)
        case Undecided(reason):
            code, verdict_name, lines = NOTHING_RUN, "undecided", [reason]
    if form == "json":
        echo_json({"verdict": verdict_name, "condition": certificate.condition, "details": lines})
    else:
        click.echo("\n".join((f"{verdict_name}: {lines[0].strip()}", *lines[1:])))
    ctx.exit(code)
