"""Questions about a case: authorize, evaluate, validate; each ends with the exit code that `cedar` has."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from drt.cli.cedar_inputs import Inputs, NoAnswer
from drt.cli.merging import File, place_in
from drt.cli.unvalidated import undemanding
from drt.engines.answers import VALIDATION_ERRORS, WARNINGS
from drt.model.case import Case, Link, Source
from drt.model.errors import InputProblem, MachineProblem
from drt.model.outcome import Authorized, Evaluated, Failed, Problem, Validated
from drt.model.question import Authorize, Evaluate, ReadExpression, Validate

OK, FAILURE, DENIED, INVALID = 0, 1, 2, 3


def authorize(options: Mapping[str, Any]) -> int:
    """Answer one request; prints ALLOW or DENY and, if asked, why."""
    inputs = Inputs.of(options["engine"])
    with inputs.noting():
        policies = inputs.policies(options["policies"], options["policy_format"])
        links = inputs.links(options["template_linked"])
    with inputs.noting():
        request = inputs.request(options)
    with inputs.noting():
        schemas = inputs.schemas(options["schema"], options["schema_format"])
        entities = inputs.entities(options["entities"], schemas)
    inputs.complete()
    loaded = inputs.load(case_of(policies, entities, _reading(inputs, schemas, options), links))
    started = time.perf_counter()
    response: Authorized = inputs.answer(loaded.ask(Authorize(request)))
    spent = time.perf_counter() - started
    names = inputs.named
    determining = sorted(names.get(policy, policy) for policy in response.determining)
    erring = [(names.get(policy, policy), kind) for policy, kind in response.erring]
    if options["form"] == "json":
        document = {"decision": response.decision, "determining": determining, "errors": dict(erring)}
        click.echo(json.dumps(document | ({"seconds": spent} if options["timing"] else {}), indent=2))
    else:
        _print_response(response.decision, determining, erring, bool(options["verbose"]))
        if options["timing"]:
            click.echo(f"authorization took {spent * 1e6:,.0f} µs")
    return OK if response.decision == "allow" else DENIED


def _print_response(
    decision: str, determining: list[str], erring: list[tuple[str, Any]], verbose: bool
) -> None:
    click.echo(decision.upper())
    for policy, kind in erring:
        click.echo(f"error while evaluating policy `{policy}`: {kind}", err=True)
    if not verbose:
        return
    click.echo()
    if not determining:
        click.echo("note: no policies applied to this request")
        return
    click.echo("note: this decision was due to the following policies:")
    for policy in determining:
        click.echo(f"  {policy}")


def evaluate(expression: str, options: Mapping[str, Any]) -> int:
    """Print the value of an expression in canonical text."""
    inputs = Inputs.of(options["engine"])
    inputs.files["expression"] = (File(Path("the expression"), expression),)
    with inputs.noting():
        inputs.answer(inputs.engine.ask(ReadExpression(expression)))
    with inputs.noting():
        request = inputs.request(options)
    with inputs.noting():
        schemas = inputs.schemas(options["schema"], options["schema_format"])
        entities = inputs.entities(options["entities"], schemas)
    inputs.complete()
    loaded = inputs.load(case_of(Source(""), entities, _reading(inputs, schemas, options)))
    value: Evaluated | Failed = inputs.answer(loaded.ask(Evaluate(expression, request)))
    if options["form"] == "json":
        document = {"value": value.value} if isinstance(value, Evaluated) else {"error": value.kind}
        click.echo(json.dumps(document))
    elif isinstance(value, Evaluated):
        click.echo(value.value)
    else:
        click.echo(f"drt: the evaluation fails: {value.kind}", err=True)
    return OK if isinstance(value, Evaluated) else FAILURE


def validate(options: Mapping[str, Any]) -> int:
    """Validate policies against a schema."""
    inputs = Inputs.of(options["engine"])
    with inputs.noting():
        policies = inputs.policies(options["policies"], options["policy_format"])
        links = inputs.links(options["template_linked"])
    with inputs.noting():
        schemas = inputs.schemas(options["schema"], options["schema_format"])
    inputs.complete()
    loaded = inputs.load(case_of(policies, "[]", schemas, links))
    verdict: Validated = inputs.answer(loaded.ask(Validate(options["validation_mode"], options["level"])))
    if options["deny_warnings"] and verdict.valid and verdict.warnings is None:
        raise NoAnswer(f"the engine {inputs.engine.name} does not report warnings (--deny-warnings)")
    passed = verdict.valid and not (options["deny_warnings"] and verdict.warnings)
    verdict = with_reason(inputs, verdict, schemas)
    names = inputs.named
    if options["form"] == "json":
        document = {
            "valid": verdict.valid,
            "passed": passed,
            "policies": {names.get(policy, policy): valid for policy, valid in verdict.policies},
            "errors": _entries(inputs, verdict.errors, _of(verdict, VALIDATION_ERRORS)),
            "warnings": _entries(inputs, verdict.warnings, _of(verdict, WARNINGS)),
            "detail": inputs.renamed(verdict.detail),
        }
        click.echo(json.dumps(document, indent=2))
    else:
        click.echo(f"policy set validation {'passed' if passed else 'failed'}")
        click.echo(validation_report(inputs, verdict))
    return OK if passed else INVALID


def with_reason(inputs: Inputs, verdict: Validated, schemas: Sequence[Source]) -> Validated:
    """Let the verdict name what an incomplete schema lacks."""
    if all(kind != "incomplete_schema" for _, kind in verdict.errors or ()):
        return verdict
    message = inputs.incomplete(schemas)
    once = tuple(Problem(policy, kind, message) for policy, kind in verdict.errors or ())
    return replace(verdict, detail=message, problems=once)


def _of(verdict: Validated, kinds: Sequence[str]) -> list[Problem]:
    return [problem for problem in verdict.problems if problem.kind in kinds]


def _entries(
    inputs: Inputs, found: tuple[tuple[str, ...], ...] | None, problems: Sequence[Problem]
) -> list[dict[str, object]] | None:
    """Errors or warnings as JSON: one by one where the engine reports them so, else each kind once."""
    if found is None:
        return None
    each = problems or [Problem(policy, kind, "", texts=tuple(texts)) for policy, kind, *texts in found]
    return [_entry(inputs, problem) for problem in each]


def _entry(inputs: Inputs, problem: Problem) -> dict[str, object]:
    """Render a problem as JSON, without members that are unknown."""
    known: dict[str, object] = {"message": problem.message, "texts": list(problem.texts)}
    if problem.line is not None:
        file, line = place_in(inputs.files["policies"], problem.line)
        known |= {"file": str(file.path), "line": line, "column": problem.column}
    policy = inputs.named.get(problem.policy, problem.policy)
    return {"policy": policy, "kind": problem.kind} | {key: value for key, value in known.items() if value}


def validation_report(inputs: Inputs, verdict: Validated) -> str:
    """Render a problem for people, in the engine's own words if it has any."""
    if verdict.detail:
        return inputs.renamed(verdict.detail)
    names = inputs.named
    wrong = [f"error in `{names.get(policy, policy)}`: {kind}" for policy, kind in verdict.errors or ()]
    if not wrong:
        bad = [policy for policy, valid in verdict.policies if not valid]
        wrong = [f"`{names.get(policy, policy)}` is not valid" for policy in bad]
    warned = [
        f"warning for `{names.get(policy, policy)}`: {kind}" + "".join(f" {text!r}" for text in texts)
        for policy, kind, *texts in verdict.warnings or ()
    ]
    if wrong or warned:
        return "\n".join([*wrong, *warned])
    if verdict.warnings is None:
        return f"no errors; the engine {inputs.engine.name} does not report warnings"
    return "no errors or warnings"


def _reading(inputs: Inputs, schemas: Sequence[Source], options: Mapping[str, Any]) -> Sequence[Source]:
    """Select the schemas that requests are read by."""
    if options["request_validation"] or not schemas:
        return schemas
    return undemanding(inputs.engine, schemas)


def case_of(policies: Source, entities: str, schemas: Sequence[Source], links: tuple[Link, ...] = ()) -> Case:
    """Build a case with linked schemas."""
    schema = schemas[0] if schemas else None
    return Case(policies, entities, schema, links=links, fragments=tuple(schemas[1:]))


def answered(question: Callable[..., int], *asked: Any) -> int:
    """Answer a question, whose last argument are the options, and return the exit code.

    What cannot be answered is reported in one sentence per error; to programs as one JSON object.
    """
    try:
        return question(*asked)
    except NoAnswer as reason:
        reasons = reason.reasons
    except MachineProblem:
        raise
    except InputProblem as problem:
        reasons = (str(problem),)
    if asked[-1].get("form") == "json":
        click.echo(json.dumps(error_document(reasons), indent=2))
    else:
        for sentence in reasons:
            click.echo(f"drt: {sentence}", err=True)
    return FAILURE


def error_document(reasons: Sequence[str]) -> dict[str, object]:
    """Build the JSON answer for errors: all as one text, and each by itself."""
    return {"error": "\n".join(reasons), "errors": list(reasons)}
