"""A case as a directory: the official integration-test layout, plus what we know of the case.

Owns the file names and the shape of `case.json`, both ways. A request that is no ordinary JSON (one with a
duplicate key, say) is kept as raw text in a file of its own, so that replaying asks the same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from drt.model import json_text
from drt.model.case import Case, Request, Source
from drt.model.case_folder import check_folder, write_file
from drt.model.errors import InputProblem
from drt.model.json_members import Members, Reader
from drt.model.outcome import Decision, ErrorKind, Part
from drt.model.saved_case import Expectations, ExpectedResponse, ExpectedValue, SavedCase, Status, Verdict

CASE_FILE = "case.json"
PARTS: tuple[Part, ...] = ("policies", "schema", "entities", "request", "expression", "link")
ERROR_KINDS: tuple[ErrorKind, ...] = (
    "type", "entity-missing", "attr-missing", "tag-missing", "overflow", "extension", "arity",
    "unlinked-slot", "recursion-limit",
)  # fmt: skip
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
    case = saved.case
    files: dict[str, str] = {"entities.json": case.entities}
    document: dict[str, object] = {
        "policies": _add_source(files, "policies", "cedar", case.policies),
        "entities": "entities.json",
        "requests": [_add_request(files, saved, index) for index in range(len(case.requests))],
        "name": saved.name,
    }
    if case.schema is not None:
        document["schema"] = _add_source(files, "schema", "cedarschema", case.schema)
    if case.fragments:
        document["fragments"] = [
            _add_source(files, f"fragment-{number}", "cedarschema", fragment)
            for number, fragment in enumerate(case.fragments, 1)
        ]
    if case.links:
        document["links"] = [
            {"templateId": template, "newId": new, "values": {slot: _value(text) for slot, text in values}}
            for template, new, values in case.links
        ]
    if case.expressions:
        document["expressions"] = _expressions(saved)
    known = {
        "description": saved.description,
        "tags": list(saved.tags),
        "source": saved.source,
        "origin": dict(saved.origin),
        "signature": saved.signature,
        "status": saved.status,
        "shouldValidate": saved.expected.should_validate,
        "rejected": saved.expected.rejected,
        "verdict": None
        if saved.verdict is None
        else {name: getattr(saved.verdict, name) for name in ("wrong", "because", "source")},
    }
    document |= {key: value for key, value in known.items() if value not in (None, "", [], {})}
    files[CASE_FILE] = json_text.dump(document)
    return {name: json_text.encoded(text) for name, text in files.items()}


def _add_source(files: dict[str, str], stem: str, cedar_suffix: str, source: Source) -> str:
    name = f"{stem}.{cedar_suffix if source.format == 'cedar' else 'json'}"
    files[name] = source.text
    return name


def _add_request(files: dict[str, str], saved: SavedCase, index: int) -> dict[str, object]:
    request = saved.case.requests[index]
    written: dict[str, object] = {}
    if _is_official(request.text):
        written |= json.loads(request.text)
    else:
        written["file"] = f"request-{index}.json"
        files[f"request-{index}.json"] = request.text
    if not request.validate:
        written["validateRequest"] = False
    if index < len(saved.descriptions) and saved.descriptions[index]:
        written["description"] = saved.descriptions[index]
    for expected in saved.expected.responses:
        if expected.request == index:
            written |= _response(expected)
    return written


def _is_official(text: str) -> bool:
    """Whether a request can stand in `case.json` itself: uids and perhaps a context, nothing odd."""
    if not json_text.is_ordinary(text):
        return False
    document = json.loads(text)
    return (
        isinstance(document, dict)
        and set(_UIDS) <= set(document) <= {*_UIDS, "context"}
        and all(isinstance(document[key], dict) for key in document)
    )


def _response(expected: ExpectedResponse) -> dict[str, object]:
    if expected.rejected:
        return {"rejected": True}
    written: dict[str, object] = {
        "decision": expected.decision,
        "reason": list(expected.reason),
        "errors": list(expected.errors),
    }
    if expected.error_kinds:
        written["errorKinds"] = dict(expected.error_kinds)
    return written


def _value(text: str) -> object:
    """Write a link's value: the uid as an object, or its raw text where it is no such thing."""
    if json_text.is_ordinary(text) and isinstance(document := json.loads(text), dict):
        return document
    return text


def _expressions(saved: SavedCase) -> list[dict[str, object]]:
    written: list[dict[str, object]] = []
    for index, expression in enumerate(saved.case.expressions):
        known = [value for value in saved.expected.values if value.expression == index]
        written += [{"expression": expression, "request": value.request} | _outcome(value) for value in known]
        if not known:
            written.append({"expression": expression})
    return written


def _outcome(value: ExpectedValue) -> dict[str, object]:
    if value.rejected:
        return {"rejected": True}
    return {"value": value.value} if value.value is not None else {"error": value.error}


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
    reader = Reader(folder / CASE_FILE)
    members = reader.root(
        "policies", "schema", "fragments", "entities", "requests", "links", "expressions", "name",
        "description", "tags",
        "source", "origin", "signature", "status", "shouldValidate", "rejected", "verdict",
    )  # fmt: skip
    requests = members.objects("requests")
    expressions, values = _read_expressions(members, len(requests))
    schema = members.text("schema", "")
    case = Case(
        policies=_read_source(members, "policies"),
        entities=reader.beside(members, "entities", members.text("entities", ""))
        if "entities" in members
        else "[]",
        schema=_read_source(members, "schema") if schema else None,
        fragments=tuple(_read_fragment(members, name) for name in members.texts("fragments")),
        requests=tuple(_read_request(reader, request) for request in requests),
        expressions=expressions,
        links=tuple(_read_link(link) for link in members.objects("links")),
    )
    return SavedCase(
        case=case,
        name=members.text("name", folder.name),
        description=members.text("description", ""),
        descriptions=tuple(request.text("description", "") for request in requests),
        tags=members.texts("tags"),
        source=members.text("source", ""),
        expected=Expectations(
            responses=tuple(
                response
                for index, request in enumerate(requests)
                if (response := _read_response(index, request)) is not None
            ),
            values=values,
            should_validate=members.boolean("shouldValidate"),
            rejected=cast("Part | None", members.one_of("rejected", PARTS)),
        ),
        origin=members.object("origin"),
        signature=members.text("signature", ""),
        verdict=_read_verdict(members),
        status=cast("Status | None", members.one_of("status", ("open", "fixed", "declared"))),
    )


def _read_source(members: Members, part: str) -> Source:
    return _source(members, part, members.text(part))


def _read_fragment(members: Members, name: str) -> Source:
    if "schema" not in members:
        raise members.problem('"fragments" are linked with a "schema", and the case has none', "fragments")
    return _source(members, "fragments", name)


def _source(members: Members, part: str, name: str) -> Source:
    return Source(members.reader.beside(members, part, name), "json" if name.endswith(".json") else "cedar")


def _read_request(reader: Reader, request: Members) -> Request:
    request.only(
        *_UIDS, "context", "validateRequest", "description", "decision", "reason", "errors", "errorKinds",
        "rejected", "file",
    )  # fmt: skip
    validate = request.boolean("validateRequest")
    if "file" in request:
        return Request(reader.beside(request, "file", request.text("file")), validate is not False)
    document: dict[str, Mapping[str, object]] = {}
    for key in _UIDS:
        if key not in request:
            raise request.problem(f"a request has no member {json.dumps(key)}")
        document[key] = request.object(key)
    if "context" in request:
        document["context"] = request.object("context")
    return Request(json.dumps(document), validate is not False)


def _read_response(index: int, request: Members) -> ExpectedResponse | None:
    if request.boolean("rejected"):
        return ExpectedResponse(index, rejected=True)
    if "decision" not in request:
        for stray in ("reason", "errors", "errorKinds"):
            if stray in request:
                raise request.problem(f'{json.dumps(stray)} without "decision" expects nothing', stray)
        return None
    kinds = request.object("errorKinds")
    for policy, kind in kinds.items():
        if kind not in ERROR_KINDS:
            raise request.problem(f"an error kind is one of {', '.join(ERROR_KINDS)}", "errorKinds", policy)
    return ExpectedResponse(
        index,
        cast(Decision, request.one_of("decision", ("allow", "deny"))),
        tuple(sorted(request.texts("reason"))),
        tuple(sorted(request.texts("errors"))),
        tuple(sorted((policy, cast(ErrorKind, kind)) for policy, kind in kinds.items())),
    )


def _read_link(link: Members) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    link.only("templateId", "newId", "values")
    values = tuple(
        (slot, value if isinstance(value, str) else json.dumps(value))
        for slot, value in link.object("values").items()
    )
    return link.text("templateId"), link.text("newId"), values


def _read_expressions(members: Members, requests: int) -> tuple[tuple[str, ...], tuple[ExpectedValue, ...]]:
    order: dict[str, int] = {}
    values: list[ExpectedValue] = []
    for entry in members.objects("expressions"):
        entry.only("expression", "request", "value", "error", "rejected")
        index = order.setdefault(entry.text("expression"), len(order))
        outcomes = [key for key in ("value", "error", "rejected") if key in entry]
        if len(outcomes) > 1:
            raise entry.problem(
                f"an expression has either {' or '.join(map(json.dumps, outcomes))}", outcomes[1]
            )
        under = range(requests)
        if "request" in entry:
            request = entry.integer("request")
            if request not in under:
                raise entry.problem(f"the case has {requests} requests, numbered from 0", "request")
            under = range(request, request + 1)
        if not outcomes:
            continue
        value = entry.text("value") if "value" in entry else None
        error = cast("ErrorKind | None", entry.one_of("error", ("", *ERROR_KINDS)))
        rejected = entry.boolean("rejected") is True
        values += [ExpectedValue(index, request, value, error, rejected) for request in under]
    return tuple(order), tuple(values)


def _read_verdict(members: Members) -> Verdict | None:
    if "verdict" not in members:
        return None
    verdict = members.member("verdict")
    verdict.only("wrong", "because", "source")
    return Verdict(verdict.text("wrong"), verdict.text("because", ""), verdict.text("source", ""))
