"""`link`, `format`, `translate-*`, `visualize`, `new` as `cedar` does them (spec 12 §4, §5)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from drt.cli.asking import FAILURE, OK, case_of
from drt.cli.cedar.inputs import Reading
from drt.cli.cedar.reports import CannotAnswer, Report
from drt.cli.cedar.values import quoted
from drt.cli.merging import renamed_policies
from drt.cli.rewriting import replace_file
from drt.diagnosis.policies import policies_of
from drt.model import json_text
from drt.model.case import Case, Source
from drt.model.errors import InputProblem
from drt.model.json_outline import members, spans
from drt.model.outcome import Accepted, Printed
from drt.model.question import (
    FormatPolicies,
    LinkSchemas,
    PrintPolicies,
    ReadEntities,
    ReadPolicies,
    TranslateSchema,
)
from drt.model.uid_text import plain_uid

SLOTS = ("?principal", "?resource")


def link(options: Mapping[str, Any]) -> int:
    """Link a template, print the linked policy, and add the link to the file of `-k`."""
    try:
        arguments = json.loads(options["arguments"])
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"the arguments are no JSON: {error}") from None
    if not isinstance(arguments, dict) or not set(arguments) <= set(SLOTS):
        raise click.UsageError(f"the arguments are an object with the keys {' and '.join(SLOTS)}")
    reading = Reading(options["engine"], options)
    inputs, linked, name = reading.inputs, options["template_linked"], options["new_id"]
    with reading.part():
        policies = reading.policies()
        before = inputs.links(linked) if linked is not None and linked.exists() else ()
        inputs.free(name)
    with reading.part():
        values = inputs.slots(arguments, None)
    reading.complete()
    case = Case(policies, links=(*before, (inputs.template(options["template_id"]), name, values)))
    reading.once(lambda: inputs.load(case))
    [text] = [each.text for each in policies_of(case, [inputs.engine]) if each.id == name]
    if linked is not None:
        entry = {"template_id": options["template_id"], "link_id": name, "args": arguments}
        known = json_text.parse(inputs.files["link"][0].text, linked) if before else []
        assert isinstance(known, list)
        reading.once(lambda: replace_file(linked, json_text.dump([*known, entry])))
    click.echo(f"Template-linked policy added: {text}")
    return OK


def format_policies(options: Mapping[str, Any]) -> int:
    """Format policies; print them, write them back, or also say whether they were formatted."""
    path = options["policies"]
    if options["write"] and path is None:
        raise click.UsageError("--write needs --policies")
    if options["write"] and options["check"]:
        raise click.UsageError("--write and --check exclude each other")
    reading = Reading(options["engine"], options)
    text = reading.once(lambda: reading.inputs.text("policies", path))
    question = FormatPolicies(text, options["line_width"], options["indent_width"])
    formatted: Printed = reading.ask(lambda: reading.inputs.engine.ask(question))
    if options["write"]:
        if formatted.text != text:
            reading.once(lambda: replace_file(path, formatted.text))
        return OK
    click.echo(formatted.text or "\n", nl=False)
    return FAILURE if options["check"] and formatted.text != text else OK


def translate_policy(options: Mapping[str, Any]) -> int:
    """Print policies in the other syntax."""
    reading = Reading(
        options["engine"], dict(options) | {"policy_format": options["direction"].split("-")[0]}
    )
    inputs = reading.inputs
    policies = reading.once(reading.policies)
    if options["direction"] == "cedar-to-json":
        read: Accepted = reading.once(lambda: inputs.written(inputs.engine.ask(ReadPolicies(policies))))
        click.echo(_on_one_line(renamed_policies(read.canonical, inputs.named)))
        return OK
    if spans(members(policies.text).get("templateLinks", "")):
        raise CannotAnswer(Report("the Cedar syntax has no links"))
    question = PrintPolicies(policies, templates=True)
    printed: Printed = reading.once(lambda: inputs.written(inputs.engine.ask(question)))
    click.echo(printed.text.rstrip("\n"))
    return OK


def _on_one_line(document: str) -> str:
    try:
        return json.dumps(json.loads(document), ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return document


def translate_schema(options: Mapping[str, Any]) -> int:
    """Print a schema in the other syntax, or with every name resolved."""
    reading = Reading(options["engine"], options)
    inputs, direction = reading.inputs, options["direction"]
    text = reading.once(lambda: inputs.text("schema", options["schema"]))
    source = Source(text, "json" if direction == "json-to-cedar" else "cedar")
    if direction == "cedar-to-json-with-resolved-types":
        question = LinkSchemas((source,), complete=False)
        read: Accepted = reading.once(lambda: inputs.written(inputs.engine.ask(question)))
        click.echo(json.dumps(json.loads(read.canonical), indent=2, ensure_ascii=False))
        return OK
    into: Any = "cedar" if direction == "json-to-cedar" else "json"
    printed: Printed = reading.once(lambda: inputs.written(inputs.engine.ask(TranslateSchema(source, into))))
    click.echo(printed.text.rstrip("\n"))
    return OK


def visualize(options: Mapping[str, Any]) -> int:
    """Print entities as a Graphviz graph: a cluster for each type, an edge to each direct parent."""
    reading = Reading(options["engine"], options)
    text = reading.once(lambda: reading.inputs.text("entities", options["entities"]))
    reading.ask(lambda: reading.inputs.engine.ask(ReadEntities(text, None)))
    reading.once(lambda: reading.inputs.load(case_of(Source(""), text, ())))
    types: dict[str, list[str]] = {}
    edges = []
    for entity in json.loads(text):
        uid = plain_uid(entity["uid"])
        assert uid is not None
        node = _node(uid)
        types.setdefault(uid["type"], []).append(f"    {node} [label={quoted(quoted(uid['id']))}];")
        parents = [plain_uid(parent) for parent in entity["parents"]]
        edges += [f"  {node} -> {_node(parent)};" for parent in parents if parent is not None]
    click.echo("strict digraph {")
    for number, (name, nodes) in enumerate(types.items()):
        click.echo(f"  subgraph cluster_{number} {{\n    label={quoted(name)};")
        click.echo("\n".join(dict.fromkeys(nodes)))
        click.echo("  }")
    for edge in dict.fromkeys(edges):
        click.echo(edge)
    click.echo("}")
    return OK


def _node(uid: Mapping[str, str]) -> str:
    return quoted(f"{uid['type']}::{quoted(uid['id'])}")


SCHEMA = {
    "": {
        "entityTypes": {"A": {"memberOfTypes": ["B"]}, "B": {}, "C": {}},
        "actions": {"action": {"appliesTo": {"principalTypes": ["A", "B"], "resourceTypes": ["C"]}}},
    }
}
POLICY = """permit (
  principal == A::"a",
  action == Action::"action",
  resource == C::"c"
);
"""
ENTITIES = [
    {"uid": {"type": "A", "id": "a"}, "attrs": {}, "parents": [{"type": "B", "id": "b"}]},
    {"uid": {"type": "B", "id": "b"}, "attrs": {}, "parents": []},
    {"uid": {"type": "C", "id": "c"}, "attrs": {}, "parents": []},
]


def new(options: Mapping[str, Any]) -> int:
    """Make a folder with a schema, a policy and entities that fit together."""
    folder = Path(options["name"])
    try:
        folder.mkdir()
        json_text.write_text(folder / "schema.cedarschema.json", json_text.dump(SCHEMA))
        json_text.write_text(folder / "policy.cedar", POLICY)
        json_text.write_text(folder / "entities.json", json_text.dump(ENTITIES))
    except FileExistsError:
        raise InputProblem("exists already", folder) from None
    except OSError as error:
        raise InputProblem(f"cannot be made: {(error.strerror or str(error)).lower()}", folder) from None
    return OK
