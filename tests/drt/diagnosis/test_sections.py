"""The section of the language guide about a construct, and its sentence there."""

from __future__ import annotations

import pytest

from drt.diagnosis.sections import CHAPTERS, ROWS, Row, quote, section_of
from drt.model import guide


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.form}: {row.pattern}")
def test_every_row_quotes_a_sentence_of_the_guide(row: Row) -> None:
    assert row.phrase in guide.sentence(row.citation, row.phrase)


@pytest.mark.parametrize("citation", CHAPTERS.values())
def test_every_chapter_is_there(citation: str) -> None:
    assert guide.places(citation)


@pytest.mark.parametrize(
    ("form", "rule", "citation", "words"),
    [
        ("text", "reading `!` before `-`", "spec 01 §4.1", "mixing is a syntax error"),
        ("policy JSON", "reading annotations that is null", "spec 06 §2", '"annotations": null'),
        ("entities", "reading an entity that comes twice", "spec 05 §3", "if they are deeply equal"),
        ("request", "reading an action that is not declared", "spec 05 §9.1", "action uid is declared"),
        ("schema text", "reading `external` before `action`", "spec 13 §5", "no reserved word"),
        ("schema JSON", "reading `shape` that is null in an entity type", "spec 07 §3", "does not allow the value"),
    ],
)  # fmt: skip
def test_a_construct_has_a_sentence(form: str, rule: str, citation: str, words: str) -> None:
    assert section_of(form, rule) == citation
    assert words in quote(citation, rule)


def test_a_construct_of_no_row_has_its_chapter_and_no_sentence_of_something_else() -> None:
    assert section_of("text", "reading the policies") == "spec 01"
    assert quote("spec 01", "reading the policies") == ""
