"""Every recorded verdict of the shared material, put to each of our engines."""

from __future__ import annotations

import pytest

from drt.assess.conformance import run
from drt.symbolic import recorded
from tests.shared_material import shared_folder

PIECES = [
    ("tests",),
    ("corpus-tests.tar.gz",),
    ("extra", "parser"),
    ("extra", "eval"),
    ("extra", "est"),
    ("extra", "entities"),
    ("extra", "schema"),
    ("extra", "validator"),
]

LACKING = {("extra", "entities"): {"canonical"}}
"""A store that holds a record with a reserved key has no JSON form (spec 05 §2.2), so none can be counted."""


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize("piece", PIECES, ids="/".join)
@pytest.mark.parametrize("engine", ["reference", "production"])
def test_an_engine_answers_as_recorded(engine: str, piece: tuple[str, ...]) -> None:
    report = run([shared_folder("conformance", *piece)], engine)

    assert report.mismatches == (), report.text()
    assert {feature for feature, _ in report.unsupported} <= LACKING.get(piece, set())
    assert report.checked > 0


@pytest.mark.slow
@pytest.mark.shared
def test_the_reference_evaluates_partially_as_recorded() -> None:
    report = run([shared_folder("tpe")], "reference")

    assert report.mismatches == (), report.text()
    assert report.unsupported == ()
    assert report.checked > 5_000


@pytest.mark.slow
@pytest.mark.shared
def test_the_analyser_answers_as_recorded() -> None:
    found = recorded.places([shared_folder("analysis")])

    report = recorded.run(found).report

    assert report.mismatches == (), report.text()
    assert dict(report.unsupported).get("hard-query", 0) <= 1
    assert report.checked > 400
