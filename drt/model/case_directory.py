"""A case as a directory: the official integration-test layout, plus what we know of the case.

Owns the file names, and the way between a case and the members of its `case.json`. A request that is no
ordinary JSON (one with a duplicate key, say) is kept as raw text in a file of its own, so that replaying asks
the same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec

from drt.model import json_text
from drt.model.case import Case, PartialInput, Request, Source, Store
from drt.model.case_folder import check_folder, write_file
from drt.model.case_members import (
    CaseFile,
    CaseMembers,
    ExpressionMembers,
    LinkMembers,
    PartialMembers,
    RequestMembers,
    ValidationMembers,
    VerdictMembers,
)
from drt.model.errors import InputProblem
from drt.model.saved_case import (
    Expectations,
    ExpectedResponse,
    ExpectedValue,
    ExpectedVerdict,
    SavedCase,
    Verdict,
)

CASE_FILE = "case.json"
_UIDS = ("principal", "action", "resource")


# Writing


def write_case(folder: Path, saved: SavedCase) -> None:
    """Write the case's files into the folder, which is there and empty.

    Raises `InputProblem` for a case that is too large to be read again.
    """
    for name, content in files_of_case(saved).items():
        write_file(folder / name, content)
    check_folder(folder)


def files_of_case(saved: SavedCase) -> dict[str, bytes]:
    """Build the files of a case by name."""
    case, expected = saved.case, saved.expected
    files: dict[str, str] = {"entities.json": case.entities}
    members = CaseMembers(
        policies=_add_source(files, "policies", "cedar", case.policies),
        entities="entities.json",
        schema="" if case.schema is None else _add_source(files, "schema", "cedarschema", case.schema),
        fragments=tuple(
            _add_source(files, f"fragment-{number}", "cedarschema", fragment)
            for number, fragment in enumerate(case.fragments, 1)
        ),
        requests=tuple(_add_request(files, saved, index) for index in range(len(case.requests))),
        links=tuple(
            LinkMembers(template_id=template, new_id=new, values={slot: _value(uid) for slot, uid in values})
            for template, new, values in case.links
        ),
        expressions=tuple(_expressions(saved)),
        partials=tuple(_add_partial(files, number, one) for number, one in enumerate(case.partials)),
        name=saved.name,
        description=saved.description,
        tags=saved.tags,
        source=saved.source,
        origin=dict(saved.origin),
        signature=saved.signature,
        status=saved.status,
        should_validate=expected.should_validate,
        verdicts=tuple(ValidationMembers(**asdict(one)) for one in expected.verdicts),
        rejected=expected.rejected,
        verdict=None if saved.verdict is None else VerdictMembers(**asdict(saved.verdict)),
    )
    files[CASE_FILE] = json_text.dump(msgspec.to_builtins(members))
    return {name: json_text.encoded(text) for name, text in files.items()}


def _add_source(files: dict[str, str], stem: str, cedar_suffix: str, source: Source) -> str:
    name = f"{stem}.{cedar_suffix if source.format == 'cedar' else 'json'}"
    files[name] = source.text
    return name


def _add_request(files: dict[str, str], saved: SavedCase, index: int) -> RequestMembers:
    request = saved.case.requests[index]
    written: dict[str, Any] = {"validate_request": request.validate}
    if _is_official(request.text):
        written |= json.loads(request.text)
    else:
        written["file"] = f"request-{index}.json"
        files[f"request-{index}.json"] = request.text
    if index < len(saved.descriptions):
        written["description"] = saved.descriptions[index]
    for expected in saved.expected.responses:
        if expected.request == index:
            written |= _response(expected)
    return RequestMembers(**written)


def _add_partial(files: dict[str, str], number: int, partial: PartialInput) -> PartialMembers:
    request, entities = f"partial-request-{number}.json", f"partial-entities-{number}.json"
    files |= {request: partial.request, entities: partial.entities.text}
    return PartialMembers(request=request, entities=entities, form=partial.entities.form)


def _is_official(text: str) -> bool:
    """Whether a request fits in `case.json` itself: uids and perhaps a context, nothing unusual."""
    if not json_text.is_ordinary(text):
        return False
    document = json.loads(text)
    return (
        isinstance(document, dict)
        and set(_UIDS) <= set(document) <= {*_UIDS, "context"}
        and all(isinstance(document[key], dict) for key in document)
    )


def _response(expected: ExpectedResponse) -> dict[str, Any]:
    if expected.rejected:
        return {"rejected": True}
    return {
        "decision": expected.decision,
        "reason": expected.reason,
        "errors": expected.errors,
        "error_kinds": dict(expected.error_kinds) or None,
    }


def _value(text: str) -> str | dict[str, Any]:
    """Write a link's value: the uid as an object, or its raw text where it is no such thing."""
    if json_text.is_ordinary(text) and isinstance(document := json.loads(text), dict):
        return document
    return text


def _expressions(saved: SavedCase) -> Iterator[ExpressionMembers]:
    for index, expression in enumerate(saved.case.expressions):
        known = [value for value in saved.expected.values if value.expression == index]
        for value in known:
            yield ExpressionMembers(
                expression=expression,
                request=value.request,
                value=value.value,
                error=value.error,
                rejected=value.rejected,
            )
        if not known:
            yield ExpressionMembers(expression=expression)


# Reading


def read_case(path: Path) -> SavedCase:
    """Read the case in a folder (or whose `case.json` is given).

    Raises `InputProblem` with one sentence, naming the file and where possible the line, when the folder is
    not a case or something in it is missing or malformed.
    """
    folder = path.parent if path.name == CASE_FILE else path
    if not folder.exists():
        raise InputProblem("there is no such case", path)
    if folder.is_file():
        raise InputProblem("not the folder of a case (drt conformance reads integration tests)", path)
    if not os.path.lexists(folder / CASE_FILE):
        raise InputProblem(f"not a case: it holds no {CASE_FILE}", folder)
    file = CaseFile(folder / CASE_FILE)
    members = file.members()
    requests = members.requests or ()
    expressions, values = _read_expressions(file, members.expressions, len(requests))
    if members.fragments and not members.schema:
        raise file.problem('"fragments" are linked with a "schema", and the case has none', ("fragments",))
    case = Case(
        policies=_source(file, members.policies, "policies"),
        entities="[]" if members.entities is None else file.beside(members.entities, "entities"),
        schema=_source(file, members.schema, "schema") if members.schema else None,
        fragments=tuple(_source(file, name, "fragments") for name in members.fragments),
        requests=tuple(_read_request(file, index, request) for index, request in enumerate(requests)),
        expressions=expressions,
        links=tuple(
            (link.template_id, link.new_id, tuple((slot, _uid(value)) for slot, value in link.values.items()))
            for link in members.links
        ),
        partials=tuple(_read_partial(file, index, one) for index, one in enumerate(members.partials)),
    )
    responses = (_read_response(file, index, request) for index, request in enumerate(requests))
    return SavedCase(
        case=case,
        name=folder.name if members.name is None else members.name,
        description=members.description,
        descriptions=tuple(request.description for request in requests),
        tags=members.tags,
        source=members.source,
        expected=Expectations(
            responses=tuple(response for response in responses if response is not None),
            values=values,
            verdicts=tuple(ExpectedVerdict(**msgspec.structs.asdict(one)) for one in members.verdicts),
            should_validate=members.should_validate,
            rejected=members.rejected,
        ),
        origin=members.origin,
        signature=members.signature,
        verdict=None if members.verdict is None else Verdict(**msgspec.structs.asdict(members.verdict)),
        status=members.status,
    )


def _source(file: CaseFile, name: str, member: str) -> Source:
    return Source(file.beside(name, member), "json" if name.endswith(".json") else "cedar")


def _uid(value: str | dict[str, Any]) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _read_request(file: CaseFile, index: int, request: RequestMembers) -> Request:
    if request.file is not None:
        text = file.beside(request.file, "requests", index, "file")
        return Request(text, request.validate_request)
    document = {name: getattr(request, name) for name in (*_UIDS, "context")}
    for name in _UIDS:
        if document[name] is None:
            raise file.problem(f"a request has no member {json.dumps(name)}", ("requests", index))
    present = {name: part for name, part in document.items() if part is not None}
    return Request(json.dumps(present), request.validate_request)


def _read_partial(file: CaseFile, index: int, partial: PartialMembers) -> PartialInput:
    request = file.beside(partial.request, "partials", index, "request")
    entities = file.beside(partial.entities, "partials", index, "entities")
    return PartialInput(request, Store(entities, partial.form))


def _read_response(file: CaseFile, index: int, request: RequestMembers) -> ExpectedResponse | None:
    if request.rejected:
        return ExpectedResponse(index, rejected=True)
    if request.decision is None:
        expected = {"reason": request.reason, "errors": request.errors, "errorKinds": request.error_kinds}
        for stray in (name for name, value in expected.items() if value is not None):
            sentence = f'{json.dumps(stray)} without "decision" expects nothing'
            raise file.problem(sentence, ("requests", index, stray))
        return None
    return ExpectedResponse(
        index,
        request.decision,
        tuple(sorted(request.reason or ())),
        tuple(sorted(request.errors or ())),
        tuple(sorted((request.error_kinds or {}).items())),
    )


def _read_expressions(
    file: CaseFile, entries: Sequence[ExpressionMembers], requests: int
) -> tuple[tuple[str, ...], tuple[ExpectedValue, ...]]:
    order: dict[str, int] = {}
    values: list[ExpectedValue] = []
    for number, entry in enumerate(entries):
        index = order.setdefault(entry.expression, len(order))
        known = {"value": entry.value, "error": entry.error, "rejected": entry.rejected or None}
        outcomes = [name for name, value in known.items() if value is not None]
        if len(outcomes) > 1:
            sentence = f"an expression has either {' or '.join(map(json.dumps, outcomes))}"
            raise file.problem(sentence, ("expressions", number, outcomes[1]))
        if entry.request is not None and entry.request not in range(requests):
            sentence = f"the case has {requests} requests, numbered from 0"
            raise file.problem(sentence, ("expressions", number, "request"))
        if outcomes:
            under = range(requests) if entry.request is None else (entry.request,)
            outcome = (entry.value, entry.error, entry.rejected)
            values += [ExpectedValue(index, request, *outcome) for request in under]
    return tuple(order), tuple(values)
