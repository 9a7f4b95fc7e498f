"""`authorize`, `evaluate`, `validate` and `check-parse` as `cedar` answers them (spec 12 §2, §3)."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from drt.cli.asking import DENIED, INVALID, OK, case_of, with_reason
from drt.cli.cedar.inputs import Reading
from drt.cli.cedar.reports import CannotAnswer, Report, print_together, report_at
from drt.cli.cedar.values import cedar_text, written_forms
from drt.cli.merging import File, place_in
from drt.model.case import Request, Source
from drt.model.outcome import Authorized, Evaluated, Validated
from drt.model.question import Authorize, Evaluate, ReadEntities, ReadExpression, ReadSchema, Validate


def authorize(options: Mapping[str, Any]) -> int:
    """Print ALLOW or DENY, then the policies that erred, then why if asked."""
    reading = Reading(options["engine"], options)
    click.echo()
    with reading.part():
        policies = reading.policies()
        reading.inputs.load(reading.case(policies, "[]", ()))
    demanding, entities, request = _situation(reading)
    case = reading.case(policies, entities, demanding)
    session = reading.once(lambda: reading.inputs.load(case))
    started = time.perf_counter()
    response: Authorized = reading.ask(lambda: session.ask(Authorize(request)))
    spent = time.perf_counter() - started
    if options["timing"]:
        click.echo(f"Authorization Time (micro seconds) : {round(spent * 1e6)}")
    _print_response(response, reading.inputs.named, verbose=bool(options["verbose"]))
    return OK if response.decision == "allow" else DENIED


def _situation(reading: Reading) -> tuple[tuple[Source, ...], str, Request]:
    """Read schemas, entities and request; the request is read although another part cannot be."""
    schemas: tuple[Source, ...] = ()
    with reading.part():
        schemas = reading.schemas()
    with reading.part():
        entities = reading.entities(schemas)
    with reading.part():
        request = reading.request()
        demanding = reading.demanding(schemas)
        session = reading.inputs.load(case_of(Source(""), "[]", demanding))
        reading.inputs.answer(session.ask(Authorize(request)))
    reading.complete()
    return demanding, entities, request


def _print_response(response: Authorized, named: Mapping[str, str], *, verbose: bool) -> None:
    click.echo(response.decision.upper())
    if response.erring:
        click.echo()
    for policy, kind in response.erring:
        click.echo(f"error while evaluating policy `{named.get(policy, policy)}`: {kind}")
    if not verbose:
        return
    click.echo()
    if not response.determining:
        click.echo("note: no policies applied to this request")
        return
    click.echo("note: this decision was due to the following policies:")
    for policy in sorted(named.get(policy, policy) for policy in response.determining):
        click.echo(f"  {policy}")
    click.echo()


def evaluate(options: Mapping[str, Any]) -> int:
    """Print the value of an expression as Cedar text."""
    reading = Reading(options["engine"], options)
    click.echo()
    inputs, expression = reading.inputs, options["expression"]
    inputs.files["expression"] = (File(Path("the expression"), expression),)
    with reading.part():
        inputs.answer(inputs.engine.ask(ReadExpression(expression)))
    demanding, entities, request = _situation(reading)
    case = case_of(Source(""), entities, demanding)
    session = reading.once(lambda: inputs.load(case))
    value = reading.ask(lambda: session.ask(Evaluate(expression, request)))
    if not isinstance(value, Evaluated):
        raise CannotAnswer(Report(f"the evaluation fails: {value.kind}"))

    def canonical(text: str) -> str | None:
        answer = session.ask(Evaluate(text, request))
        return answer.value if isinstance(answer, Evaluated) else None

    documents = (json.loads(entities), json.loads(request.text))
    click.echo(cedar_text(value.value, written_forms((expression,), documents, canonical)))
    return OK


def validate(options: Mapping[str, Any]) -> int:
    """Report whether policies are valid, with every error and warning."""
    reading = Reading(options["engine"], options)
    if options["validation_mode"] == "partial":
        raise CannotAnswer(Report("partial validation is not built in"))
    with reading.part():
        policies = reading.policies()
        reading.inputs.load(reading.case(policies, "[]", ()))
    schemas: tuple[Source, ...] = ()
    with reading.part():
        schemas = reading.schemas()
    reading.complete()
    case = reading.once(lambda: reading.case(policies, "[]", schemas))
    session = reading.once(lambda: reading.inputs.load(case))
    question = Validate(options["validation_mode"], options["level"])
    verdict: Validated = reading.ask(lambda: session.ask(question))
    passed = verdict.valid and not (options["deny_warnings"] and verdict.warnings)
    found = problems(reading, with_reason(reading.inputs, verdict, schemas))
    head = Report(
        f"policy set validation {'passed' if passed else 'failed'}", "warning" if passed else "error"
    )
    if found or options["error_format"] == "json":
        print_together(head, found, options["error_format"])
    else:
        click.echo(head.message)
        click.echo("no errors or warnings")
    return OK if passed else INVALID


def problems(reading: Reading, verdict: Validated) -> list[Report]:
    """Give each error and each warning with its place."""
    inputs = reading.inputs
    warnings = {kind for _, kind, *_ in verdict.warnings or ()}
    files = inputs.files["policies"]
    found = []
    for problem in verdict.problems:
        name = inputs.named.get(problem.policy, problem.policy)
        at = ""
        if problem.line is not None:
            at = f" (line {place_in(files, problem.line)[1]}, column {problem.column})"
        message = f"for policy `{name}`{at}: {inputs.renamed(problem.message)}"
        found.append(report_at(message, files[0], "warning" if problem.kind in warnings else "error"))
    if not found and not verdict.valid:
        found.append(Report(inputs.renamed(verdict.detail) or "the policies are not valid"))
    return found


def check_parse(options: Mapping[str, Any]) -> int:
    """Read each part that is given; print nothing if all can be read."""
    reading = Reading(options["engine"], options)
    inputs, expression = reading.inputs, options["expression"]
    if expression is not None:
        inputs.files["expression"] = (File(Path("the expression"), expression),)
        with reading.part():
            inputs.answer(inputs.engine.ask(ReadExpression(expression)))
    schemas: tuple[Source, ...] = ()
    with reading.part():
        schemas = reading.schemas()
        for schema in schemas:
            inputs.answer(inputs.engine.ask(ReadSchema(schema)))
    if options["entities"] is not None:
        with reading.part():
            inputs.answer(inputs.engine.ask(ReadEntities(reading.entities(schemas), inputs.linked(schemas))))
    others = (expression, options["schema"], options["entities"])
    if options["policies"] is not None or others == (None, None, None):
        with reading.part():
            inputs.load(reading.case(reading.policies(), "[]", ()))
    reading.complete()
    return OK
