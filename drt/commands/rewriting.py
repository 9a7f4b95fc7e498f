"""Texts in, texts out: check, link, format and translate, with the exit codes that `cedar` has."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from drt import json_text
from drt.case import Case, Source
from drt.commands.asking import FAILURE, OK
from drt.commands.cedar_inputs import Inputs, NoAnswer
from drt.localise.policies import policies_of
from drt.outcome import Accepted, Printed
from drt.problems import InputProblem


def check_parse(options: Mapping[str, Any]) -> int:
    """Whether everything that is named can be read; says nothing if so."""
    inputs = Inputs.of(options["engine"])
    if options["expression"] is not None:
        inputs.files["expression"] = (Path("the expression"), options["expression"])
        inputs.answer(inputs.engine.read_expression(options["expression"]))
    schema = inputs.schema(options["schema"], options["schema_format"])
    if schema is not None:
        inputs.answer(inputs.engine.read_schema(schema))
    if options["entities"] is not None:
        inputs.answer(inputs.engine.read_entities(inputs.entities(options["entities"]), schema))
    others = options["expression"] is not None or schema is not None or options["entities"] is not None
    if options["policies"] is not None or not others:
        policies = inputs.policies(options["policies"], options["policy_format"])
        inputs.answer(inputs.engine.read_policies(policies))
        if options["template_linked"] is not None:
            names = inputs.names(policies)
            inputs.load(Case(policies, links=inputs.links(options["template_linked"], names)))
    return OK


def link(options: Mapping[str, Any]) -> int:
    """Link a template, print what the link stands for, and add it to the file of links if one is named."""
    inputs = Inputs.of(options["engine"])
    policies = inputs.policies(options["policies"], options["policy_format"])
    names = inputs.names(policies)
    linked = options["template_linked"]
    before = inputs.links(linked, names) if linked is not None and linked.exists() else ()
    arguments = json_text.parse(options["arguments"])
    if not isinstance(arguments, dict):
        raise InputProblem("the arguments are a JSON object from slots to entities")
    ids = {name: policy_id for policy_id, name in names.items()}
    template = options["template_id"]
    new = (ids.get(template, template), options["new_id"], inputs.slots(arguments, None))
    case = Case(policies, links=(*before, new))
    inputs.load(case)
    for policy in policies_of(case, [inputs.engine]):
        if policy.id == options["new_id"]:
            click.echo(policy.text)
    if linked is not None:
        entry = {"template_id": template, "link_id": options["new_id"], "args": arguments}
        known = json_text.parse(inputs.files["link"][1], linked) if before or linked.exists() else []
        assert isinstance(known, list)
        _replace(linked, json_text.dump([*known, entry]))
    return OK


def format_files(paths: Sequence[Path | None], options: Mapping[str, Any]) -> int:
    """Lay each file out afresh: print it, write it back, or say whether it is laid out already.

    A file that cannot be read or formatted is told and left as it is; the others are done all the same.
    """
    inputs = Inputs.of(options["engine"])
    codes = [_format(inputs, path, options) for path in paths]
    return max(codes, default=OK)


def _format(inputs: Inputs, path: Path | None, options: Mapping[str, Any]) -> int:
    try:
        text = inputs.text("policies", path)
        formatted: Printed = inputs.answer(
            inputs.engine.format_policies(text, options["line_width"], options["indent_width"])
        )
        if options["check"]:
            if formatted.text == text:
                return OK
            click.echo(f"{inputs.files['policies'][0]} would be formatted otherwise", err=True)
            return FAILURE
        if not options["write"]:
            click.echo(formatted.text, nl=False)
        elif path is not None and formatted.text != text:
            _replace(path, formatted.text)
        return OK
    except (NoAnswer, InputProblem) as reason:
        click.echo(f"drt: {reason}", err=True)
        return FAILURE


def translate_policy(options: Mapping[str, Any]) -> int:
    """Policies in the other syntax."""
    inputs = Inputs.of(options["engine"])
    if options["direction"] == "cedar-to-json":
        read: Accepted = inputs.answer(
            inputs.engine.read_policies(inputs.policies(options["policies"], "cedar"))
        )
        click.echo(_pretty(read.canonical))
    else:
        source = inputs.policies(options["policies"], "json")
        printed: Printed = inputs.answer(inputs.engine.print_policies(source, templates=True))
        click.echo(printed.text.rstrip("\n"))
    return OK


def translate_schema(options: Mapping[str, Any]) -> int:
    """A schema in the other syntax, or with every name resolved."""
    inputs = Inputs.of(options["engine"])
    text = inputs.text("schema", options["schema"])
    match options["direction"]:
        case "json-to-cedar":
            told: Printed = inputs.answer(inputs.engine.translate_schema(Source(text, "json"), "cedar"))
            click.echo(told.text.rstrip("\n"))
        case "cedar-to-json":
            told = inputs.answer(inputs.engine.translate_schema(Source(text), "json"))
            click.echo(_pretty(told.text))
        case _:
            read: Accepted = inputs.answer(inputs.engine.read_schema(Source(text)))
            click.echo(_pretty(read.canonical))
    return OK


def _pretty(document: str) -> str:
    """The document with indentation; as it is where it nests deeper than the `json` module can follow."""
    try:
        return json.dumps(json.loads(document), indent=2, ensure_ascii=False)
    except RecursionError:
        return document


def _replace(path: Path, text: str) -> None:
    """Write the whole file or nothing of it."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        try:
            json_text.write_text(beside, text)
            if path.exists():
                beside.chmod(path.stat().st_mode)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise InputProblem(f"cannot be written: {(error.strerror or str(error)).lower()}", path) from None
