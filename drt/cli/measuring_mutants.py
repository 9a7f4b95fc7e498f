"""From the options of `drt mutants` to its table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fnmatch import fnmatchcase
from importlib import import_module

import click

from drt.assess.mutation import Defect, Effort, limits, measure
from drt.model.errors import InputProblem
from drt.report.terminal.console import results
from drt.report.terminal.mutants import defect_rows, watched
from drt.run.summary import CLEAN, FOUND, NOTHING_RUN


def mutants(table: str, only: str, finds: int, seconds: float, form: str) -> int:
    """Measure, report, and return the exit code."""
    defects = [defect for defect in _table(table) if fnmatchcase(defect.name, only)]
    if not defects:
        click.echo(f"drt: there are no defects called {only!r}", err=True)
        return NOTHING_RUN
    effort = Effort(seconds=seconds, finds=finds)
    rows = list(watched((measure(defect, effort) for defect in defects), len(defects)))
    kept = limits(rows)
    if form == "json":
        document = {
            "defects": [row.to_json() for row in rows],
            "limits": [
                {"promise": limit.promise, "measured": limit.measured, "kept": limit.kept} for limit in kept
            ],
        }
        click.echo(json.dumps(document, indent=2))
    else:
        defect_rows(results(), rows, kept)
    return CLEAN if all(limit.kept for limit in kept) else FOUND


def _table(name: str) -> Sequence[Defect]:
    module, _, attribute = name.partition(":")
    try:
        found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise InputProblem(f"the table of defects {name!r} cannot be loaded: {error}") from None
    return tuple(found)
