"""The members of a `case.json` as records, which are its only reader and writer.

Owns the shape of the file and the wording of complaints about it, each with its line.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from drt.model import json_text
from drt.model.case import StoreForm
from drt.model.case_folder import check_folder, read_file
from drt.model.errors import InputProblem
from drt.model.outcome import Decision, ErrorKind, Part
from drt.model.question import ValidationMode
from drt.model.saved_case import Status

LONGEST_NAME = 255


class Members(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, rename="camel"
):
    """Members of an object: none unknown, those with their defaults not written."""


class RequestMembers(Members, frozen=True):
    """A request, in a file of its own where it is no ordinary JSON, and what must come out."""

    principal: dict[str, Any] | None = None
    action: dict[str, Any] | None = None
    resource: dict[str, Any] | None = None
    context: dict[str, Any] | None = None
    file: str | None = None
    validate_request: bool = True
    description: str = ""
    decision: Decision | None = None
    reason: tuple[str, ...] | None = None
    errors: tuple[str, ...] | None = None
    error_kinds: dict[str, ErrorKind] | None = None
    rejected: bool = False


class LinkMembers(Members, frozen=True, omit_defaults=False):
    """A template link; a value is a uid, or the text of what is none."""

    template_id: str
    new_id: str
    values: dict[str, str | dict[str, Any]] = {}


class ExpressionMembers(Members, frozen=True):
    """An expression, and what must come out under one request, or under all."""

    expression: str
    request: int | None = None
    value: str | None = None
    error: ErrorKind | Literal[""] | None = None
    rejected: bool = False


class PartialMembers(Members, frozen=True, omit_defaults=False):
    """An input of partial evaluation: two files and the form of the entities."""

    request: str
    entities: str
    form: StoreForm = "partial"


class ValidationMembers(Members, frozen=True):
    """What validation must find: the policies with errors."""

    invalid: tuple[str, ...]
    mode: ValidationMode = "strict"
    level: int | None = None


class VerdictMembers(Members, frozen=True, omit_defaults=False):
    """The result of a triage."""

    wrong: str
    because: str = ""
    source: str = ""


class CaseMembers(Members, frozen=True):
    """The members of `case.json`; texts are in files that are named here."""

    policies: str
    schema: str = ""
    fragments: tuple[str, ...] = ()
    entities: str | None = None
    requests: tuple[RequestMembers, ...] | None = None
    links: tuple[LinkMembers, ...] = ()
    expressions: tuple[ExpressionMembers, ...] = ()
    partials: tuple[PartialMembers, ...] = ()
    name: str | None = None
    description: str = ""
    tags: tuple[str, ...] = ()
    source: str = ""
    origin: dict[str, Any] = {}
    signature: str = ""
    status: Status | None = None
    should_validate: bool | None = None
    verdicts: tuple[ValidationMembers, ...] = ()
    rejected: Part | None = None
    verdict: VerdictMembers | None = None


class CaseFile:
    """One `case.json` and the files beside it, all of them regular and of limited size."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._beside = check_folder(path.parent)
        self._text = json_text.decoded(read_file(path), path)

    def members(self) -> CaseMembers:
        """Read the members; raises `InputProblem` with the line of the first that is wrong."""
        document = json_text.parse(self._text, self._path)
        if not isinstance(document, dict):
            raise InputProblem("not a case: expected a JSON object", self._path, 1)
        try:
            return msgspec.convert(document, CaseMembers)
        except ValueError as error:
            raise self.problem(*_complaint(str(error))) from None

    def beside(self, name: str, *way: str | int) -> str:
        """Read the file of that plain name in the case's folder; `way` leads to the member that names it."""
        if not name or Path(name).name != name:
            raise self.problem(f"{json.dumps(name)} is not the name of a file in the case's folder", way)
        if name not in self._beside:
            raise self.problem(f"the case has no file {json.dumps(name[:LONGEST_NAME])}", way)
        file = self._path.parent / name
        return json_text.decoded(read_file(file), file)

    def problem(self, sentence: str, way: json_text.Way) -> InputProblem:
        """Report a problem with the member at a path, with its line."""
        return InputProblem(sentence, self._path, json_text.line_of(self._text, way))


RECORDS: dict[str | int, type[Members]] = {
    "requests": RequestMembers,
    "links": LinkMembers,
    "expressions": ExpressionMembers,
    "verdicts": ValidationMembers,
    "partials": PartialMembers,
    "verdict": VerdictMembers,
}
"""The record of the objects below each member of a case."""

WORDS: dict[str, tuple[str, ...]] = {
    "decision": get_args(Decision),
    "status": get_args(Status),
    "form": get_args(StoreForm),
    "rejected": get_args(Part),
    "errorKinds": get_args(ErrorKind),
    "error": ("", *get_args(ErrorKind)),
}
"""The words that a member may be."""

TYPES = {
    "str": "a string", "int": "a whole number", "bool": "true or false", "object": "an object",
    "array": "a list",
}  # fmt: skip


def _complaint(error: str) -> tuple[str, json_text.Way]:
    """Word the complaint of the reader, with the path to the member that it is about."""
    reason, _, place = error.partition(" - at `")
    way = _way(place.removeprefix("key in ").rstrip("`"))
    member = next((step for step in reversed(way) if isinstance(step, str)), "")
    quoted = re.findall(r"`([^`]*)`", reason)
    if reason.startswith("Object contains unknown field"):
        record = RECORDS.get(way[0], CaseMembers) if way else CaseMembers
        known = ", ".join(sorted(record.__struct_encode_fields__))
        return f"unknown member {json.dumps(quoted[0])}; known are {known}", (*way, quoted[0])
    if reason.startswith("Object missing required field"):
        return f"the member {json.dumps(quoted[0])} is missing", way
    if reason.startswith("Invalid enum value") and member in WORDS:
        return f"expected {' or '.join(map(json.dumps, WORDS[member]))} for {json.dumps(member)}", way
    if reason.startswith("Expected") and quoted and (found := TYPES.get(quoted[0].partition(" ")[0])):
        return f"expected {found} for {json.dumps(member)}", way
    return f"{reason[:1].lower()}{reason[1:]}", way


def _way(place: str) -> json_text.Way:
    """Parse `$.requests[0].decision`, up to a key that the place leaves open."""
    way: list[str | int] = []
    for key, index in re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", place):
        if index == "...":
            break
        way.append(key or int(index))
    return tuple(way)
