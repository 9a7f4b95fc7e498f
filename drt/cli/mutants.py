"""`drt mutants`."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from fnmatch import fnmatchcase
from importlib import import_module
from typing import TYPE_CHECKING

import click

from drt.cli.badges import badge, write_badge
from drt.cli.options import Duration, echo_json, form
from drt.model.errors import InputProblem, NothingChosen
from drt.model.exit_codes import CLEAN, FOUND

if TYPE_CHECKING:
    from pathlib import Path

    from drt.assess.mutation import Defect
    from drt.assess.planted.historic import Patch


@click.command("mutants", short_help="Check that planted defects are found, reduced, bucketed and named.")
@click.argument("table", default="drt.assess.planted.defects:DEFECTS", metavar="[MODULE:NAME]")
@click.option(
    "--only",
    metavar="GLOB",
    default="*",
    help="Only the defects with matching names; with `--score` also ids, as in VA-*, or `* production`.",
)
@click.option("--finds", type=click.IntRange(1, 100), default=4, show_default=True, help="Findings per one.")
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 600),
    default=20.0,
    show_default=True,
    help="Time limit per finding, in seconds.",
)
@click.option(
    "--score",
    type=Duration(),
    help="Instead, plant historic defects and report the share that a run of TIME (of the processor) kills.",
)
@click.option(
    "--random-seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="With `--score`: what the run draws.",
)
@badge
@form
@click.pass_context
def command(
    ctx: click.Context,
    table: str,
    only: str,
    finds: int,
    seconds: float,
    score: float | None,
    random_seed: int,
    badge: Path | None,
    form: str,
) -> None:
    """Compare a sound engine with engines that have one planted defect each, and rate the findings.

    Each defect is found by its target; findings are reduced, bucketed and located like those of a run. The
    table is a sequence of `drt.assess.mutation.Defect`. Exit codes: 0 every limit is kept, 1 not, 2 wrong
    usage, 5 no defect of such a name.

    With `--score`, defects that Cedar implementations really had are planted in one engine or in both alike,
    and all are judged on one stream of cases by the targets' own laws; those in both also by seed cases, by
    cedarpy if it is installed, and by theorems. Defects planted in the harness are judged by its own checks.
    Exit code 1: a control was killed, or the sound engines diverged.
    """
    if score is not None:
        ctx.exit(_score(only, score, random_seed, badge, form))
    from drt.assess.mutation import Effort, limits, measure
    from drt.report.terminal.console import results
    from drt.report.terminal.mutants import defect_rows
    from drt.report.terminal.progress_bar import with_progress

    defects = [defect for defect in _load_table(table) if fnmatchcase(defect.name, only)]
    if not defects:
        raise NothingChosen(f"there are no defects called {only!r}")
    effort = Effort(seconds=seconds, finds=finds)
    measured = (measure(defect, effort) for defect in defects)
    rows = list(with_progress([defect.name for defect in defects], measured))
    kept = limits(rows)
    good = all(limit.kept for limit in kept)
    if badge is not None:
        found = sum(1 for row in rows if row.finds)
        write_badge(badge, "planted defects", f"{found} of {len(rows)} found", good=good)
    if form == "json":
        promises = [{"promise": one.promise, "measured": one.measured, "kept": one.kept} for one in kept]
        echo_json({"defects": [row.to_json() for row in rows], "limits": promises}, sort_keys=False)
    else:
        defect_rows(results(), rows, kept)
    ctx.exit(CLEAN if good else FOUND)


def _score(only: str, seconds: float, random_seed: int, badge: Path | None, form: str) -> int:
    from drt.assess.harness import harness_fates, harness_patches
    from drt.assess.planted.historic import read_plants
    from drt.assess.score import Hunt
    from drt.cli.run import usual_arbiter
    from drt.proofs.refuted import refuted_theorem
    from drt.report.terminal.console import results
    from drt.report.terminal.score import score_rows
    from drt.run.arbiter import arbitrate_with
    from drt.run.options import DEFAULT_ENGINES
    from drt.targets.loading import target_table

    plants = [
        plant for plant in read_plants() if fnmatchcase(plant.id, only) or fnmatchcase(plant.name, only)
    ]
    in_harness = [patch for patch in harness_patches() if fnmatchcase(patch.id, only)]
    if not plants and not in_harness:
        raise NothingChosen(f"there are no historic defects called {only!r}")
    arbiter = usual_arbiter(DEFAULT_ENGINES)
    table = {name: target for name, target in target_table().items() if target.extra is None}
    arbitrate = arbitrate_with(arbiter) if arbiter else None
    hunt = Hunt(plants, random_seed, arbitrate=arbitrate, table=table)
    for _ in (*hunt.run(seconds), *hunt.prove(refuted_theorem)):
        pass
    hunt.score.harness = list(harness_fates(in_harness, _planted))
    if form == "json":
        echo_json(hunt.score.to_json(), sort_keys=False)
    else:
        score_rows(results(), hunt.score)
    good = not (hunt.score.controls or hunt.score.alarms)
    if badge is not None:
        sides = [hunt.score.killed(math.inf, both=both) for both in (False, True)]
        sides.append(hunt.score.harness_killed)
        killed, planted = (sum(counts) for counts in zip(*sides, strict=True))
        write_badge(badge, "historic defects", f"{killed} of {planted} killed", good=good)
    return CLEAN if good else FOUND


def _planted(patch: Patch) -> AbstractContextManager[None]:
    from drt.proofs.defects import Defect, plant

    return plant(Defect(patch.id, patch.module, patch.old, patch.new))


def _load_table(name: str) -> tuple[Defect, ...]:
    module, _, attribute = name.partition(":")
    try:
        return tuple(getattr(import_module(module), attribute))
    except (ImportError, AttributeError, ValueError) as error:
        raise InputProblem(f"the table of defects {name!r} cannot be loaded: {error}") from None
