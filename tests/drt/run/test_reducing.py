"""The reduction of a find stays on the bug that it started from."""

from __future__ import annotations

import re
from pathlib import Path

from drt.diagnosis.hints import first_like
from drt.engines import build
from drt.engines.deadline import Alarm
from drt.engines.guard import Guarded
from drt.model.case import Case, Source
from drt.model.outcome import Accepted, Outcome, Printed, Rejected
from drt.model.question import ReadSchema, TranslateSchema
from drt.oracles.schemas import schema_translations_mean_the_same
from drt.run.find import Find
from drt.run.log import LogWriter
from drt.run.reducing import is_declared, reduced_find
from tests.drt.assess.surveyed_engines import Wrapped


class Crate(Wrapped):
    """Takes an attribute twice, as is declared of the recorded engine, and cannot translate two attributes."""

    name = "cedar-rust"

    def ask(self, question: object) -> Outcome:
        match question:
            case ReadSchema(Source(text)) if isinstance(super().ask(question), Rejected):
                return super().ask(ReadSchema(Source(re.sub(r"\w+(?=:)", "first", text, count=1))))
            case TranslateSchema(Source(text)) if text.count("Long") == 2:
                return Printed("entity")
        return super().ask(question)


class Undeclared(Crate):
    """Does the same under a name of which nothing is declared."""

    name = "undeclared"


def find_in(schema: str, *engines: Guarded) -> Find:
    case = Case(Source(""), schema=Source(schema))
    engines = engines or (Guarded(Crate()),)
    [divergence, *_] = schema_translations_mean_the_same(case, engines).divergences
    return Find("valid-translations", schema_translations_mean_the_same, case, divergence, [*engines], {})


def reduced_schema(find: Find, folder: Path) -> str:
    log = LogWriter(folder / "log.jsonl")
    reduced, _, _ = reduced_find(find, 60.0, 5.0, Alarm(), lambda: False, log, folder)
    assert reduced.schema is not None
    return reduced.schema.text


def test_a_reduction_does_not_walk_into_a_declared_difference(tmp_path: Path) -> None:
    find = find_in("entity User {name: Long, age: Long};")
    declared = find_in("entity A{a:Long,a:Long};")
    checked = find.oracle(declared.case, find.engines)
    assert first_like(find.divergence, checked) is not None, "only the declaration keeps it out"
    assert is_declared(declared, declared.case, declared.divergence)

    reduced = find_in(reduced_schema(find, tmp_path))

    assert reduced.case != find.case
    assert not is_declared(reduced, reduced.case, reduced.divergence)


def test_what_starts_in_a_declared_difference_is_reduced_there(tmp_path: Path) -> None:
    find = find_in("entity User {name: Long, name: Long};")

    reduced = reduced_schema(find, tmp_path)

    assert len(reduced) < len("entity User {name: Long, name: Long};")


def test_a_reduction_does_not_walk_into_what_another_engine_refuses(tmp_path: Path) -> None:
    reference = Guarded(build("reference"))
    engines = Guarded(Undeclared()), reference
    find = find_in("entity User {name: Long, age: Long};", *engines)
    twice = find_in("entity A{a:Long,a:Long};", *engines)
    assert first_like(find.divergence, twice.oracle(twice.case, engines)) is not None, (
        "nothing else keeps it out"
    )

    reduced = reduced_schema(find, tmp_path)

    assert isinstance(reference.ask(ReadSchema(Source(reduced))), Accepted)
