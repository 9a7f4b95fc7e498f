"""Type-aware partial evaluation from the command line (spec 09, spec 12 §5)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

from drt.cli.asking import DENIED, OK, case_of
from drt.cli.cedar_inputs import Inputs, NoAnswer, uid
from drt.model import json_text
from drt.model.case import Source, Store
from drt.model.errors import InputProblem
from drt.model.outcome import Printed
from drt.model.partial_outcome import PartialError, PartiallyAuthorized
from drt.model.question import PartiallyAuthorize, PrintPolicies

UNDECIDED = 4
FLAGS = ("principal_type", "principal_eid", "action", "resource_type", "resource_eid")
REQUIRED = ("principal_type", "action", "resource_type")
EXIT_CODES = {"allow": OK, "deny": DENIED, None: UNDECIDED}


def tpe(options: Mapping[str, Any]) -> int:
    """Answer a partial request; print ALLOW, DENY, or UNKNOWN and all residual policies."""
    inputs = Inputs.of(options["engine"])
    with inputs.noting():
        policies = inputs.policies(options["policies"], options["policy_format"])
        links = inputs.links(options["template_linked"])
    with inputs.noting():
        request = partial_request(inputs, options)
    with inputs.noting():
        schemas = inputs.schemas(options["schema"], options["schema_format"])
        entities = Store(inputs.text("entities", options["entities"]), "partial")
    inputs.complete()
    session = inputs.load(case_of(policies, "[]", schemas, links))
    answer = inputs.answer(session.ask(PartiallyAuthorize(request, entities)))
    if isinstance(answer, PartialError):
        raise NoAnswer(refusal(inputs, answer))
    if options["form"] == "json":
        click.echo(json.dumps(document(inputs, answer), indent=2))
    else:
        click.echo((answer.decision or "unknown").upper())
        if answer.decision is None:
            click.echo("All policy residuals:")
            click.echo(residual_text(inputs, answer))
    return EXIT_CODES[answer.decision]


def partial_request(inputs: Inputs, options: Mapping[str, Any]) -> str:
    """Write the partial request that the flags or the file of `--request-json` describe."""
    path = options["request_json"]
    if path is None:
        given: Any = {name: options[name] for name in FLAGS if options[name] is not None}
        if options["context"] is not None:
            given["context"] = json_text.parse(inputs.text("context", options["context"]), options["context"])
    else:
        if twice := [name for name in (*FLAGS, "context") if options[name] is not None]:
            flag = twice[0].replace("_", "-")
            raise InputProblem(f"--request-json and --{flag} both give the request: leave one out")
        given = json_text.parse(inputs.text("request", path), path)
        if not isinstance(given, dict):
            raise InputProblem("expected a JSON object", path)
    for name in REQUIRED:
        if name not in given:
            flag = name.replace("_", "-")
            missing = f"--{flag} is missing; or give the request with --request-json"
            raise InputProblem(missing if path is None else f"the request has no member `{name}`", path)
    for name in FLAGS:
        if not isinstance(given.get(name, ""), str):
            raise InputProblem(f"`{name}` is a text", path)
    request: dict[str, Any] = {role: _participant(given, role) for role in ("principal", "resource")}
    request["action"] = json.loads(uid("the action", given["action"], path))
    return json.dumps(request | ({"context": given["context"]} if "context" in given else {}))


def _participant(given: Mapping[str, Any], role: str) -> dict[str, Any]:
    known = {"type": given[f"{role}_type"]}
    return known | ({"id": given[f"{role}_eid"]} if f"{role}_eid" in given else {})


def refusal(inputs: Inputs, error: PartialError) -> str:
    """Name the file and the fault."""
    part = {"entities": "entities", "policies": "policies", "context": "context"}.get(error.stage, "request")
    files = inputs.files.get(part, ())
    where = f"{files[0].path}: " if len(files) == 1 else ""
    return f"{where}{inputs.renamed(error.detail or error.kind)}"


def document(inputs: Inputs, answer: PartiallyAuthorized) -> dict[str, Any]:
    """Build the answer for programs: decision, reason, classes, residual policies as JSON."""
    named = inputs.named
    reason = None if answer.reason is None else sorted(named.get(one, one) for one in answer.reason)
    return {
        "decision": answer.decision,
        "reason": reason,
        "classes": {named.get(policy, policy): one for policy, one in answer.classes},
        "residuals": {named.get(policy, policy): json.loads(text) for policy, text in answer.residuals},
    }


def residual_text(inputs: Inputs, answer: PartiallyAuthorized) -> str:
    """Print the residual policies as Cedar text, errors as `error()`, which no parser reads."""
    residuals = {policy: json.loads(text) for policy, text in answer.residuals}
    mark = "error()"
    while any(mark in text for _, text in answer.residuals):
        mark = f"{mark}!"
    static = {policy: _marked(body, mark) for policy, body in residuals.items()}
    policy_set = {"staticPolicies": static, "templates": {}, "templateLinks": []}
    source = Source(json.dumps(policy_set), "json")
    printed: Printed = inputs.written(inputs.engine.ask(PrintPolicies(source, templates=False)))
    return printed.text.replace(f'"{mark}"', "error()").rstrip("\n")


def _marked(body: Any, mark: str) -> Any:
    """Put a string that occurs nowhere else in the place of each error."""
    match body:
        case {"error": []} if len(body) == 1:
            return {"Value": mark}
        case dict():
            return {key: value if key == "Value" else _marked(value, mark) for key, value in body.items()}
        case list():
            return [_marked(item, mark) for item in body]
        case _:
            return body
