"""Conformance run: recognise every piece of material by its content, and check one engine against it."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from drt.assess.conformance import cases, fixtures, partial, questions, records, suites, verdicts
from drt.assess.conformance.checker import Checker
from drt.assess.conformance.material import (
    METADATA,
    OTHER,
    Place,
    gather,
    is_metadata,
    not_read,
    others,
    parse_json,
)
from drt.assess.conformance.report import Report
from drt.assess.conformance.saved import check_expectations
from drt.engines import build
from drt.engines.deadline import Alarm
from drt.engines.guard import Guarded
from drt.model.case_directory import CASE_FILE, read_case
from drt.model.engine import Engine
from drt.model.errors import InputProblem

Json = dict[str, Any]

_ALONE: tuple[tuple[frozenset[str], Callable[[Checker, str, Json], None]], ...] = (
    (frozenset({"open", "core", "close", "suffix", "n", "observed"}), records.deep),
    (frozenset({"direction", "json"}), records.policy_json),
    (frozenset({"format", "text", "accept"}), records.schema),
    (frozenset({"text", "accept"}), records.parser),
    (frozenset({"id", "tag", "answers"}), questions.questions),
    (frozenset({"id", "schema", "policies", "expect"}), partial.partial),
)
_BESIDE: tuple[tuple[frozenset[str], Callable[[Checker, Place, str, Json], None]], ...] = (
    (frozenset({"entities", "without_schema"}), fixtures.entities),
    (frozenset({"policy", "schema_ref", "valid"}), fixtures.validator),
    (frozenset({"policies", "schema_ref", "tag"}), verdicts.warnings),
    (frozenset({"id", "valid", "errors", "warnings"}), verdicts.validator_warnings),
)
FIXTURES = ("fixture.json", "schemas.json")
"""Files that lie beside records and are read with them."""

UNKNOWN = "not conformance material of a known kind"

_EXPRESSION = frozenset({"expr", "result", "strict_valid"})
_MODES = frozenset({"case", "strict", "permissive"})


def run(
    paths: Iterable[Path], engine_name: str, seconds: float | None = None, apart: Collection[Place] = ()
) -> Report:
    """Put all material under `paths`, but for the files `apart`, to the engine called `engine_name`.

    With `seconds` no record may take longer: a question that hangs is mismatched as `ExceededBudget`. It
    takes over the process's alarm signal, so that is for the main thread of a command.
    Raises `InputProblem` for paths and files that cannot be used, `UnknownEngine` for the engine.
    """
    return run_with(paths, build(engine_name), seconds, apart)


def run_with(
    paths: Iterable[Path], engine: Engine, seconds: float | None = None, apart: Collection[Place] = ()
) -> Report:
    """Put all material under `paths` to `engine`, as `run` does; raises `InputProblem`."""
    given = [path.resolve() for path in paths]
    gathered = [place for place in gather(given) if place not in apart]
    material = _Material(gathered, frozenset(Place(path) for path in given), others(given))
    checker = Checker(Guarded(engine), alarm=Alarm() if seconds else None, seconds=seconds or 0.0)
    if material.strangers:
        checker.tally.lack("unknown-record", material.strangers)
    try:
        for place, lines in material.lines.items():
            _jsonl(checker, material, place, lines)
        for place, document in material.documents.items():
            checker.next_record()
            with material.reading(place):
                _document(checker, material, place, document)
    finally:
        if checker.alarm is not None:
            checker.alarm.off()
    unused = [place for place in material.given if place in material.unknown]
    if unused:
        raise InputProblem(f"{unused[0]}: {UNKNOWN}")
    found = {place.path for place in material.places}
    bare = (path for path in given if not any(file.is_relative_to(path) for file in found))
    skipped = (*material.skipped(), *(f"{os.path.relpath(path)}: holds no material" for path in bare))
    return replace(checker.tally.report(engine.name), skipped=skipped)


@dataclass(slots=True)
class _Material:
    """What was found, by kind.

    `given` are the files that were named by themselves: those must be readable, others are skipped.
    `others` are files whose names are those of no material; `unknown` holds files of no known kind, fixtures
    among them, each with the reason; `strangers` counts records of no known kind in files that hold others.
    """

    places: list[Place]
    given: frozenset[Place] = frozenset()
    others: list[Place] = field(default_factory=list)
    lines: dict[Place, list[Json]] = field(default_factory=dict)
    documents: dict[Place, Json] = field(default_factory=dict)
    unknown: dict[Place, str] = field(default_factory=dict)
    strangers: int = 0
    modes: dict[str, Json] = field(default_factory=dict)
    finder: cases.CaseFinder = field(default_factory=cases.CaseFinder)

    def __post_init__(self) -> None:
        for place in self.places:
            if is_metadata(place):
                self.unknown[place] = METADATA
            elif place.name.endswith(".cedarschema.json"):
                self.documents[place] = {}
            elif place.name.endswith("entities.json") or _belongs_to_saved_case(place):
                self.unknown[place] = UNKNOWN
            else:
                self._read(place)
        self.finder.add(place for place, document in self.documents.items() if cases.is_case(document))

    @contextmanager
    def reading(self, place: Place, record: str = "") -> Iterator[None]:
        """Skip material that cannot be used or is of another shape; raise `InputProblem` if it was given.

        Engines are guarded: what is raised here comes from the material.
        """
        try:
            yield
        except InputProblem as problem:
            if place in self.given:
                raise
            self.unknown.setdefault(place, _without(place, problem))
        except KeyError as missing:
            self._misshapen(place, f"{record}the member {missing} is missing")
        except RecursionError:
            self._misshapen(place, f"{record}nested too deeply to read")
        except (AttributeError, IndexError, TypeError, ValueError) as error:
            self._misshapen(place, f"{record}not of the shape of its kind: {error}")

    def _misshapen(self, place: Place, sentence: str) -> None:
        if place in self.given:
            raise InputProblem(f"{place}: {sentence}") from None
        self.unknown.setdefault(place, sentence)

    def _read(self, place: Place) -> None:
        """Recognise a file; raises `InputProblem` where one that must be readable is not."""
        try:
            if place.name.endswith(".jsonl"):
                self._read_lines(place)
            else:
                self._read_document(place)
        except InputProblem as problem:
            if place in self.given or place in self.lines:
                raise
            self.unknown[place] = _without(place, problem)

    def _read_lines(self, place: Place) -> None:
        # Split at LF only: a record may hold other line separators raw.
        lines = []
        for number, line in enumerate(place.text().split("\n"), 1):
            if line.strip():
                lines.append(parse_json(line, f"{place}: record {number}"))
                if isinstance(lines[-1], dict) and _is_known(lines[-1]):
                    self.lines.setdefault(place, []).append(lines[-1])
        if place not in self.lines:
            self.unknown[place] = UNKNOWN
            return
        records = self.lines[place]
        self.strangers += len(lines) - len(records)
        self.modes.update((str(record["case"]), record) for record in records if record.keys() >= _MODES)

    def _read_document(self, place: Place) -> None:
        document = place.json()
        if isinstance(document, dict) and (
            cases.is_case(document) or {"policyValidation", "allEntities"} & document.keys()
        ):
            self.documents[place] = document
        else:
            self.unknown[place] = UNKNOWN

    def skipped(self) -> tuple[str, ...]:
        """Describe the files that were not read, each with the reason."""
        used = {place for document in self.documents.items() for place in _referred(*document)}
        used |= {place for known in self.lines for place in map(known.beside, FIXTURES) if place is not None}
        unread = self.unknown | {place: METADATA if is_metadata(place) else OTHER for place in self.others}
        left = (place for place in unread if place not in used and not _belongs_to_saved_case(place))
        return tuple(not_read({place: unread[place] for place in left}))


def _without(place: Place, problem: InputProblem) -> str:
    """Return the sentence of a problem without the file at its head."""
    sentence = str(problem)
    for head in (f"{place}", f"{place.path}"):
        sentence = sentence.removeprefix(f"{head}:").lstrip()
    return sentence


def _referred(place: Place, document: Json) -> Iterator[Place]:
    """Return the files that a case names; for the verdicts of a suite, the case they judge and its files."""
    judged = _judged(place, document)
    if judged is not None:
        yield judged
        case = judged.json()
        document = case if isinstance(case, dict) else {}
    named = (document.get(part) for part in ("policies", "schema", "entities"))
    found = (place.beside(name) for name in named if isinstance(name, str))
    yield from (each for each in found if each is not None)


def _judged(place: Place, document: Json) -> Place | None:
    """Return the case that a file of verdicts belongs to, None for another file."""
    if not {"policyValidation", "allEntities"} & document.keys():
        return None
    return place.beside(f"{place.name.removesuffix('.json').rpartition('.')[0]}.json")


def _belongs_to_saved_case(place: Place) -> bool:
    saved_case = place.path.with_name(CASE_FILE)
    return place.inside is None and place.path != saved_case and saved_case.is_file()


def _is_known(record: Json) -> bool:
    if "id" not in record and "case" not in record:
        return False
    known = [keys for keys, _ in _ALONE] + [keys for keys, _ in _BESIDE] + [_EXPRESSION, _MODES]
    return any(keys <= record.keys() for keys in known)


def _jsonl(checker: Checker, material: _Material, place: Place, lines: list[Json]) -> None:
    file = str(place)
    asked = [record for record in lines if record.keys() >= _EXPRESSION]
    if asked:
        with material.reading(place):
            fixtures.expressions(checker, place, file, asked)
    for record in lines:
        keys = record.keys()
        if keys >= _EXPRESSION:
            continue
        checker.next_record()
        with material.reading(place, f"{record.get('id', record.get('case'))}: "):
            _record(checker, material, place, record)


def _record(checker: Checker, material: _Material, place: Place, record: Json) -> None:
    file, keys = str(place), record.keys()
    if keys >= _MODES:
        cases.modes(checker, material.finder, place, file, record)
    elif beside := next((check for known, check in _BESIDE if known <= keys), None):
        beside(checker, place, file, record)
    elif alone := next((check for known, check in _ALONE if known <= keys), None):
        alone(checker, file, record)


def _document(checker: Checker, material: _Material, place: Place, document: Json) -> None:
    file = str(place)
    stem = place.name.removesuffix(".json")
    if place.name.endswith(".cedarschema.json"):
        cases.schema_twin(checker, material.finder, place, file, material.modes)
    elif place.name == CASE_FILE and place.inside is None:
        check_expectations(checker, file, read_case(place.path))
    elif cases.is_case(document):
        if place.beside(f"{stem}.validation.json") is None:
            cases.official(checker, file, place, document)
    else:
        kind = "validation" if "policyValidation" in document else "parsing"
        case = cases.referred(place, f"{stem.removesuffix(f'.{kind}')}.json")
        judged = case.json()
        if not isinstance(judged, dict):
            raise InputProblem(f"{case}: expected a case, a JSON object")
        suite = suites.validation if kind == "validation" else suites.parsing
        suite(checker, file, case, judged, document)
