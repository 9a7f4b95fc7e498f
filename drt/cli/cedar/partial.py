"""`tpe` as `cedar` answers it (spec 12 §5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from drt.cli.cedar.inputs import Reading
from drt.cli.cedar.reports import CannotAnswer, Report
from drt.cli.partial_answers import EXIT_CODES, FLAGS, partial_request, refusal, residual_text
from drt.model.case import Source, Store
from drt.model.partial_outcome import PartialError
from drt.model.question import PartiallyAuthorize


def tpe(options: Mapping[str, Any]) -> int:
    """Print ALLOW or DENY, or UNKNOWN with all residual policies."""
    twice = [name for name in (*FLAGS, "context") if options[name] is not None]
    if options["request_json"] is not None and twice:
        raise click.UsageError(f"--request-json excludes --{twice[0].replace('_', '-')}")
    reading = Reading(options["engine"], {**options, "request_json": None})
    inputs = reading.inputs
    click.echo()
    with reading.part():
        policies = reading.policies()
        inputs.load(reading.case(policies, "[]", ()))
    schemas: tuple[Source, ...] = ()
    with reading.part():
        schemas = reading.schemas()
    with reading.part():
        entities = Store(inputs.text("entities", options["entities"]), "partial")
    with reading.part():
        request = partial_request(inputs, options)
    reading.complete()
    session = reading.once(lambda: inputs.load(reading.case(policies, "[]", schemas)))
    answer = reading.ask(lambda: session.ask(PartiallyAuthorize(request, entities)))
    if isinstance(answer, PartialError):
        raise CannotAnswer(Report(refusal(inputs, answer)))
    click.echo((answer.decision or "unknown").upper())
    if answer.decision is None:
        click.echo("All policy residuals:")
        click.echo(residual_text(inputs, answer))
    return EXIT_CODES[answer.decision]
