"""Texts in, texts out: check, link, format and translate, with the exit codes that `cedar` has."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from drt import json_text
from drt.case import Case, Source
from drt.commands.asking import FAILURE, OK
from drt.commands.cedar_inputs import STANDARD_INPUT, Inputs, NoAnswer
from drt.localise.policies import policies_of
from drt.outcome import Accepted, Printed
from drt.problems import InputProblem


def check_parse(options: Mapping[str, Any]) -> int:
    """Whether everything that is named can be read; says nothing to people if so."""
    if options["form"] != "json":
        return _check_parse(options)
    try:
        _check_parse(options)
    except (NoAnswer, InputProblem) as reason:
        click.echo(json.dumps({"readable": False, "error": str(reason)}, indent=2))
        return FAILURE
    click.echo(json.dumps({"readable": True, "error": None}, indent=2))
    return OK


def _check_parse(options: Mapping[str, Any]) -> int:
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
    inputs.free(options["new_id"])
    new = (ids.get(template, template), options["new_id"], inputs.slots(arguments, None))
    case = Case(policies, links=(*before, new))
    inputs.load(case)
    linked_now = [each.text for each in policies_of(case, [inputs.engine]) if each.id == options["new_id"]]
    text = "\n".join(linked_now)
    if linked is not None:
        entry = {"template_id": template, "link_id": options["new_id"], "args": arguments}
        known = json_text.parse(inputs.files["link"][1], linked) if before or linked.exists() else []
        assert isinstance(known, list)
        _replace(linked, json_text.dump([*known, entry]))
    if options["form"] == "json":
        text = json.dumps({"id": options["new_id"], "template": template, "policy": text}, indent=2)
    click.echo(text)
    return OK


def format_files(paths: Sequence[Path | None], options: Mapping[str, Any]) -> int:
    """Lay each file out afresh: print it, write it back, or say whether it is laid out already.

    A file that cannot be read or formatted is told and left as it is; the others are done all the same.
    """
    inputs = Inputs.of(options["engine"])
    told: list[dict[str, Any]] = []
    codes = [_format(inputs, path, options, told) for path in paths]
    if options["form"] == "json":
        click.echo(json.dumps(told, indent=2))
    return max(codes, default=OK)


def _format(inputs: Inputs, path: Path | None, options: Mapping[str, Any], told: list[dict[str, Any]]) -> int:
    """Adds to `told` what a program is told of this file."""
    people = options["form"] != "json"
    try:
        if options["write"]:
            _refuse_special(path)
        text = inputs.text("policies", path)
        formatted: Printed = inputs.answer(
            inputs.engine.format_policies(text, options["line_width"], options["indent_width"])
        )
        changed = formatted.text != text
        if options["write"] and path is not None and changed:
            _replace(path, formatted.text)
    except (NoAnswer, InputProblem) as reason:
        told.append({"file": str(path or STANDARD_INPUT), "error": str(reason)})
        if people:
            click.echo(f"drt: {reason}", err=True)
        return FAILURE
    told.append({"file": str(path or STANDARD_INPUT), "changed": changed, "text": formatted.text})
    if people and options["check"] and changed:
        click.echo(f"{path or STANDARD_INPUT} would be formatted otherwise", err=True)
    elif people and not options["write"] and not options["check"]:
        click.echo(formatted.text, nl=False)
    return FAILURE if options["check"] and changed else OK


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


def _refuse_special(path: Path | None) -> None:
    """Raises `InputProblem` for a device or a pipe: renaming a file onto one would take it away."""
    if path is not None and path.exists() and not path.is_file() and not path.is_dir():
        raise InputProblem("cannot be written: not an ordinary file", path)


def _replace(named: Path, text: str) -> None:
    """Write the whole file or nothing of it; a symbolic link stays one."""
    _refuse_special(named)
    path = Path(os.path.realpath(named))
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
        raise InputProblem(f"cannot be written: {(error.strerror or str(error)).lower()}", named) from None
