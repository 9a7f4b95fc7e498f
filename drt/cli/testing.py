"""Policy tests on the command line: one line per test, then the counts, as `cedar run-tests` prints them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import click

from drt.assess.policy_tests.coverage import PolicyCoverage, coverage_of
from drt.assess.policy_tests.reading import PolicyTest, read_tests
from drt.assess.policy_tests.running import Result, results
from drt.cli.asking import FAILURE, OK, case_of, validation_report, with_reason
from drt.cli.cedar_inputs import Inputs, NoAnswer
from drt.model.case import Case
from drt.model.escape import escape_untrusted
from drt.model.outcome import Authorized, Validated
from drt.model.question import Authorize, Validate


def run_tests(options: Mapping[str, Any]) -> int:
    """Run the tests of a file; 0 if all are ok."""
    inputs = Inputs.of(options["engine"])
    policies = inputs.policies(options["policies"], options["policy_format"])
    links = inputs.links(options["template_linked"])
    tests = read_tests(inputs.text("tests", options["tests"]), options["tests"])
    schemas = inputs.schemas(options["schema"], options["schema_format"])
    case = case_of(policies, "[]", schemas, links)
    inputs.load(case)
    people = options["form"] != "json"
    if people:
        click.echo(f"running {len(tests)} test(s)")
    answers = _answers(inputs, case)
    done = []
    for result in results(tests, answers, inputs.named):
        done.append(result)
        if people:
            click.echo(_line(result))
    passed = sum(result.status == "ok" for result in done)
    readable = [test for test in tests if isinstance(test, PolicyTest)] if options["coverage"] else []
    covered = coverage_of(inputs.engine, case, readable, inputs.named) if options["coverage"] else ()
    if people:
        click.echo(f"results: {passed} passed, {len(done) - passed} failed")
        for policy in covered:
            click.echo("\n".join(map(escape_untrusted, policy.lines())))
    else:
        click.echo(json.dumps(_document(done, covered if options["coverage"] else None), indent=2))
    return OK if passed == len(done) else FAILURE


def _answers(inputs: Inputs, case: Case) -> Callable[[PolicyTest], Authorized | str]:
    """Answer a test under its own entities; where the policies are not valid, say so for each test."""
    invalid = _invalid(inputs, case)

    def answer(test: PolicyTest) -> Authorized | str:
        if invalid:
            return invalid
        try:
            response: Authorized = inputs.answer(
                inputs.load(replace(case, entities=test.entities)).ask(Authorize(test.request))
            )
        except NoAnswer as reason:
            return str(reason)
        return response

    return answer


def _invalid(inputs: Inputs, case: Case) -> str:
    """Report errors and warnings of the policies under the schema; empty if there are none or no schema."""
    if not case.schemas:
        return ""
    verdict: Validated = inputs.answer(inputs.load(case).ask(Validate()))
    if verdict.valid and verdict.warnings is None:
        raise NoAnswer(f"the engine {inputs.engine.name} does not report warnings, which fail tests")
    if verdict.valid and not verdict.warnings:
        return ""
    explained = with_reason(inputs, verdict, case.schemas)
    return f"policy set validation failed\n{validation_report(inputs, explained)}"


def _line(result: Result) -> str:
    """Write the line of a test; what went wrong with an error stands on lines of its own."""
    name, detail = escape_untrusted(result.name), escape_untrusted(result.detail)
    if result.status == "error":
        report = "\n".join(f"    {escape_untrusted(line)}" for line in result.detail.splitlines())
        return f"  test {name} ... error:\n{report}"
    return f"  test {name} ... {result.status}" + (f": {detail}" if detail else "")


def _document(done: Sequence[Result], covered: Sequence[PolicyCoverage] | None) -> dict[str, object]:
    """Write the results for programs."""
    tests = [
        {"name": result.name, "status": result.status, **({"detail": result.detail} if result.detail else {})}
        for result in done
    ]
    passed = sum(result.status == "ok" for result in done)
    document: dict[str, object] = {"tests": tests, "passed": passed, "failed": len(done) - passed}
    if covered is not None:
        document["coverage"] = [policy.to_json() for policy in covered]
    return document
