"""Cases of the official integration-test layout, and what is recorded about them in other files.

Owns the decisions and verdicts of a case, its permissive verdict, and its schema in the other syntax. The
suites of `suites.py` build on the same reading of a case.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drt.assess.conformance.checker import Checker, Record
from drt.assess.conformance.material import ARCHIVE, Place, archive, json_of
from drt.engines.guard import GuardedSession
from drt.model.case import Case, Format, Request, Source
from drt.model.errors import InputProblem
from drt.model.outcome import Accepted, Authorized, Outcome, Unsupported, Validated
from drt.model.question import Authorize, ReadSchema, Validate, ValidationMode

Json = dict[str, Any]

CORPUS = "corpus-tests"
"""The archive, and the folder in it, that holds the cases which other files name by id."""


def is_case(document: object) -> bool:
    """Whether a JSON document is a case of the official layout."""
    match document:
        case {"policies": str(), "entities": str(), "requests": list(requests)}:
            return all(isinstance(request, dict) for request in requests)
    return False


def referred(place: Place, reference: object) -> Place:
    """Find the file that a case refers to; raises `InputProblem` where it is missing."""
    found = place.beside(reference) if isinstance(reference, str) else None
    if found is None:
        raise InputProblem(f"{place}: refers to {reference!r}, which is neither beside it nor above it")
    return found


def source(place: Place) -> Source:
    """Read a file of policies or a schema, in the syntax of its name."""
    syntax: Format = "json" if place.name.endswith(".json") else "cedar"
    return Source(place.text(), syntax)


def read_case(place: Place, document: Json) -> Case:
    """Everything of a case but its requests; raises `InputProblem` for missing files."""
    schema = document.get("schema")
    return Case(
        source(referred(place, document["policies"])),
        referred(place, document["entities"]).text(),
        source(referred(place, schema)) if schema else None,
    )


def request_of(entry: Json) -> Request:
    """One request of a case."""
    parts = {key: entry[key] for key in ("principal", "action", "resource", "context") if key in entry}
    return Request(json_of(parts), entry.get("validateRequest", True))


def official(checker: Checker, file: str, place: Place, document: Json) -> None:
    """Check a case: its strict verdict, and decision, reason and errors of every request."""
    case = read_case(place, document)
    loaded = checker.engine.load(case)
    if case.schema is not None and "shouldValidate" in document:
        verdict = loaded.ask(Validate()) if isinstance(loaded, GuardedSession) else loaded
        valid = bool(document["shouldValidate"])
        right = isinstance(verdict, Validated) and verdict.valid == valid
        checker.check(Record(file, "validation"), "case validates", str(valid), verdict, right)
    for index, entry in enumerate(document["requests"]):
        if "decision" not in entry:
            continue
        request = request_of(entry)
        outcome = loaded.ask(Authorize(request)) if isinstance(loaded, GuardedSession) else loaded
        record = Record(file, f"request {index}", request.text, (case.policies.text,))
        response(checker, record, entry, outcome)


def response(checker: Checker, at: Record, entry: Json, outcome: Outcome) -> None:
    """Check the response to one request against decision, reason and errors."""
    expected = (entry["decision"], sorted(entry["reason"]), sorted(entry["errors"]))
    right = isinstance(outcome, Authorized) and expected == (
        outcome.decision,
        sorted(outcome.determining),
        sorted(policy for policy, _ in outcome.erring),
    )
    shown = f"{expected[0]}, reason {expected[1]}, errors {expected[2]}"
    checker.check(at, "case response", shown, outcome, right)


@dataclass(slots=True)
class CaseFinder:
    """Cases by id: those given, and else those in the corpus archive or folder beside or above."""

    _known: dict[str, Place] = field(default_factory=dict)
    _searched: set[Path] = field(default_factory=set)

    def add(self, places: Iterable[Place]) -> None:
        """Add places in which cases may lie."""
        for place in places:
            self._known.setdefault(place.name.removesuffix(".json"), place)

    def find(self, identity: str, near: Place) -> Place | None:
        """Find the case called `identity`, looking upward from `near` if it was not given."""
        if identity not in self._known:
            for folder in near.above():
                self._search(folder)
                if identity in self._known:
                    break
        return self._known.get(identity)

    def _search(self, folder: Path) -> None:
        if folder in self._searched:
            return
        self._searched.add(folder)
        if (folder / (CORPUS + ARCHIVE)).is_file():
            self.add(archive(folder / (CORPUS + ARCHIVE)))
        self.add(Place(file) for file in sorted((folder / CORPUS).glob("*.json")))


def modes(checker: Checker, finder: CaseFinder, place: Place, file: str, record: Json) -> None:
    """Check the strict and the permissive verdict on a case named by its id."""
    found = finder.find(record["case"], place)
    document = found.json() if found else None
    if found is None or not isinstance(document, dict) or not is_case(document):
        checker.tally.lack("missing-case", 2)
        return
    _verdicts(checker, Record(file, record["case"]), read_case(found, document), record, "")


def _verdicts(checker: Checker, at: Record, case: Case, expected: Json, suffix: str) -> None:
    loaded = checker.engine.load(case)
    known: tuple[ValidationMode, ...] = ("strict", "permissive")
    for mode in known:
        if mode in expected:
            verdict = loaded.ask(Validate(mode)) if isinstance(loaded, GuardedSession) else loaded
            right = isinstance(verdict, Validated) and verdict.valid == expected[mode]
            checker.check(at, f"{mode} verdict{suffix}", str(expected[mode]), verdict, right)


def schema_twin(
    checker: Checker, finder: CaseFinder, place: Place, file: str, recorded: dict[str, Json]
) -> None:
    """Check the schema of a case in the JSON syntax: the same schema, and the same verdicts with it."""
    identity = place.name.removesuffix(".cedarschema.json")
    found = finder.find(identity, place)
    document = found.json() if found else None
    if found is None or not isinstance(document, dict) or not is_case(document):
        checker.tally.lack("missing-case")
        return
    case = read_case(found, document)
    twin = Source(place.text(), "json")
    expected = {"strict": bool(document["shouldValidate"]), **recorded.get(identity, {})}
    at = Record(file, identity)
    _verdicts(checker, at, Case(case.policies, case.entities, twin), expected, " with the JSON schema")
    if case.schema is None:
        return
    ours, theirs = checker.engine.ask(ReadSchema(case.schema)), checker.engine.ask(ReadSchema(twin))
    if isinstance(ours, Accepted) and isinstance(theirs, Accepted) and not ours.canonical:
        theirs = Unsupported("canonical")
    right = isinstance(ours, Accepted) and ours == theirs
    checker.check(at, "schema in both syntaxes", "the schema of the case", theirs, right)
