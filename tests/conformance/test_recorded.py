"""Every recorded verdict of the shared material, put to each of our engines."""

from __future__ import annotations

import pytest

from drt.conformance import run
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


@pytest.mark.shared
@pytest.mark.parametrize("piece", PIECES, ids="/".join)
@pytest.mark.parametrize("engine", ["reference", "production"])
def test_an_engine_answers_as_recorded(engine: str, piece: tuple[str, ...]) -> None:
    report = run([shared_folder("conformance", *piece)], engine)

    assert report.mismatches == (), report.text()
    assert report.unsupported == ()
    assert report.checked > 0
