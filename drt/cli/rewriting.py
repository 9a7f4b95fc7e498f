"""Texts in, texts out: check, link, format and translate, with the exit codes that `cedar` has."""

from __future__ import annotations

import errno
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from drt.cli import wording
from drt.cli.asking import FAILURE, OK, error_document
from drt.cli.cedar_inputs import STANDARD_INPUT, Inputs, NoAnswer
from drt.cli.merging import File, renamed_policies
from drt.diagnosis.policies import policies_of
from drt.model import json_text
from drt.model.case import Case, Format
from drt.model.errors import InputProblem, MachineProblem, cannot_write
from drt.model.json_outline import members, spans
from drt.model.outcome import Accepted, Printed
from drt.model.question import (
    FormatPolicies,
    LinkSchemas,
    PrintPolicies,
    ReadEntities,
    ReadExpression,
    ReadPolicies,
    ReadSchema,
    TranslateSchema,
)

_MACHINE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EFBIG})
"""Refusals that no other name of the file would mend."""


def check_parse(options: Mapping[str, Any]) -> int:
    """Check that all named files can be read; prints nothing in text form if they can."""
    if options["form"] != "json":
        return _check_parse(options)
    try:
        _check_parse(options)
    except NoAnswer as reason:
        click.echo(json.dumps({"readable": False, **error_document(reason.reasons)}, indent=2))
        return FAILURE
    click.echo(json.dumps({"readable": True, "error": None}, indent=2))
    return OK


def _check_parse(options: Mapping[str, Any]) -> int:
    """Each part is read, also where another has errors."""
    inputs = Inputs.of(options["engine"])
    expression = options["expression"]
    if expression is not None:
        inputs.files["expression"] = (File(Path("the expression"), expression),)
        with inputs.noting():
            inputs.answer(inputs.engine.ask(ReadExpression(expression)))
    with inputs.noting():
        schemas = inputs.schemas(options["schema"], options["schema_format"])
        for schema in schemas:
            inputs.answer(inputs.engine.ask(ReadSchema(schema)))
        if options["entities"]:
            entities = inputs.entities(options["entities"], schemas)
            inputs.answer(inputs.engine.ask(ReadEntities(entities, inputs.linked(schemas))))
    if options["policies"] or not (expression is not None or options["schema"] or options["entities"]):
        with inputs.noting():
            policies = inputs.policies(options["policies"], options["policy_format"])
            inputs.load(Case(policies, links=inputs.links(options["template_linked"])))
    inputs.complete()
    return OK


def link(options: Mapping[str, Any]) -> int:
    """Link a template, print the resulting policy, and add the link to the file of links if one is named."""
    inputs = Inputs.of(options["engine"])
    linked, name = options["template_linked"], options["new_id"]
    with inputs.noting():
        policies = inputs.policies(options["policies"], options["policy_format"])
        before = inputs.links(linked) if linked is not None and linked.exists() else ()
        inputs.free(name)
    with inputs.noting():
        arguments = json_text.parse(options["arguments"], Path("--arguments"))
        if not isinstance(arguments, dict):
            raise InputProblem("expected a JSON object from slots to entities", Path("--arguments"))
        values = inputs.slots(arguments, None)
    inputs.complete()
    template = options["template_id"]
    case = Case(policies, links=(*before, (inputs.template(template), name, values)))
    inputs.load(case)
    text = "\n".join(each.text for each in policies_of(case, [inputs.engine]) if each.id == name)
    if linked is not None:
        entry = {"template_id": template, "link_id": name, "args": arguments}
        known = json_text.parse(inputs.files["link"][0].text, linked) if before else []
        assert isinstance(known, list)
        replace_file(linked, json_text.dump([*known, entry]))
    if options["form"] == "json":
        text = json.dumps({"id": name, "template": template, "policy": text}, indent=2)
    click.echo(text)
    return OK


def format_files(paths: Sequence[Path | None], options: Mapping[str, Any]) -> int:
    """Format each file: print it, write it back, or check whether it is formatted already.

    A file that cannot be read or formatted is reported and left unchanged; the others are formatted.
    """
    inputs = Inputs.of(options["engine"])
    answers: list[dict[str, Any]] = []
    codes = [_format(inputs, path, options, answers) for path in paths]
    if options["form"] == "json":
        click.echo(json.dumps(answers, indent=2))
    return max(codes, default=OK)


def _format(
    inputs: Inputs, path: Path | None, options: Mapping[str, Any], answers: list[dict[str, Any]]
) -> int:
    """Format one file; append the answer for programs to `answers`."""
    people = options["form"] != "json"
    try:
        if options["write"]:
            _refuse_special(path)
        text = inputs.text("policies", path)
        formatted: Printed = inputs.answer(
            inputs.engine.ask(FormatPolicies(text, options["line_width"], options["indent_width"]))
        )
        changed = formatted.text != text
        if options["write"] and path is not None and changed:
            replace_file(path, formatted.text)
    except MachineProblem:
        raise
    except (NoAnswer, InputProblem) as reason:
        answers.append({"file": str(path or STANDARD_INPUT), "error": str(reason)})
        if people:
            click.echo(f"drt: {reason}", err=True)
        return FAILURE
    answers.append({"file": str(path or STANDARD_INPUT), "changed": changed, "text": formatted.text})
    if people and options["check"] and changed:
        click.echo(f"{path or STANDARD_INPUT} would be formatted otherwise", err=True)
    elif people and not options["write"] and not options["check"]:
        click.echo(formatted.text, nl=False)
    return FAILURE if options["check"] and changed else OK


def translate_policy(options: Mapping[str, Any]) -> int:
    """Policies in the other syntax."""
    inputs = Inputs.of(options["engine"])
    if options["direction"] == "cedar-to-json":
        policies = inputs.policies(options["policies"], "cedar")
        read: Accepted = inputs.written(inputs.engine.ask(ReadPolicies(policies)))
        click.echo(renamed_policies(read.canonical, inputs.named))
    else:
        policies = inputs.policies(options["policies"], "json")
        if spans(members(policies.text).get("templateLinks", "")):
            raise InputProblem(f"{wording.paths(inputs.files['policies'])}: the Cedar syntax has no links")
        printed: Printed = inputs.written(inputs.engine.ask(PrintPolicies(policies, templates=True)))
        _print(printed, options)
    return OK


def translate_schema(options: Mapping[str, Any]) -> int:
    """Print a schema in the other syntax, or with every name resolved; several schemas are linked first."""
    inputs = Inputs.of(options["engine"])
    direction = options["direction"]
    given: Format = "json" if direction == "json-to-cedar" else "cedar"
    sources = inputs.schemas(options["schema"] or (None,), given)
    if direction == "json-to-cedar":
        source = inputs.linked(sources) or sources[0]
        printed: Printed = inputs.written(inputs.engine.ask(TranslateSchema(source, "cedar")))
        _print(printed, options)
    elif direction == "cedar-to-json" and len(sources) == 1:
        printed = inputs.written(inputs.engine.ask(TranslateSchema(sources[0], "json")))
        click.echo(_pretty(printed.text))
    else:
        read: Accepted = inputs.written(inputs.engine.ask(LinkSchemas(sources, complete=False)))
        click.echo(_pretty(read.canonical))
    return OK


def _print(printed: Printed, options: Mapping[str, Any]) -> None:
    """Print Cedar text, for programs as the member `text` of an object; what is JSON needs none."""
    text = printed.text.rstrip("\n")
    click.echo(json.dumps({"text": text}, indent=2) if options["form"] == "json" else text)


def _pretty(document: str) -> str:
    """Indent the document; return it unchanged if it nests deeper than the `json` module can follow."""
    try:
        return json.dumps(json.loads(document), indent=2, ensure_ascii=False)
    except RecursionError:
        return document


def _refuse_special(path: Path | None) -> None:
    """Raise `InputProblem` for a device or a pipe: renaming a file onto it would replace it."""
    if path is not None and path.exists() and not path.is_file() and not path.is_dir():
        raise InputProblem("cannot be written: not an ordinary file", path)


def replace_file(named: Path, text: str) -> None:
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
        if error.errno in _MACHINE:
            raise cannot_write("the file", error, named) from None
        raise InputProblem(f"cannot be written: {(error.strerror or str(error)).lower()}", named) from None
