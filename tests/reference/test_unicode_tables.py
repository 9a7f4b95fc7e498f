"""Unicode tables: as generated, and some facts about them (spec 08 §8.2, §8.3)."""

from __future__ import annotations

import json

import pytest

from reference.validation.scripts import (
    _scripts,
    is_escaped,
    is_identifier_character,
    is_single_script,
    scripts_of,
)
from tests.reference import make_unicode_tables
from tests.shared_material import shared_folder


@pytest.mark.shared
def test_the_tables_are_those_that_the_script_makes() -> None:
    pytest.importorskip("fontTools.unicodedata", reason="fontTools is not installed")
    shared_folder("conformance", "extra", "warnings")
    assert make_unicode_tables.TABLES.read_text("utf-8") == make_unicode_tables.tables()


@pytest.mark.shared
def test_classes_of_all_characters_are_the_recorded_ones() -> None:
    path = shared_folder("conformance", "extra", "warnings", "unicode_tables.json")
    recorded = json.loads(path.read_text("utf-8"))
    allowed = {c for first, last in recorded["identifier_allowed"] for c in range(first, last + 1)}
    escaped = {c for first, last in recorded["escaped"] for c in range(first, last + 1)}
    wrong = [
        code
        for code in range(0x110000)
        if is_identifier_character(chr(code)) is not (code in allowed or 0x20 <= code <= 0x7E)
        or is_escaped(chr(code)) is not (code in escaped)
    ]
    assert wrong == []


def test_ranges_do_not_overlap() -> None:
    table = _scripts()
    assert all(last < first for last, first in zip(table.lasts, table.firsts[1:], strict=False))


@pytest.mark.parametrize(
    ("text", "single"),
    [
        ("", True),
        ("abc 123-_!", True),
        ("漢字かな", True),
        ("漢字한글", True),
        ("漢한ひ", False),
        ("漢字abc", False),
        ("аbc", False),
        ("при вет!", True),
        ("e\u0301", True),
        ("ーカ", True),
        ("ー漢", True),
        ("ーa", False),
        ("ー한", False),
        ("\ue000", False),
        ("a\u0378", False),
        ("ㄅ漢", True),
        ("ㄅか", False),
    ],
)
def test_single_script(text: str, single: bool) -> None:
    assert is_single_script(text) is single


@pytest.mark.parametrize("character", ["’", "·", "\u2010", "\u2027", "é", "ı", "ß", "\u0301", " ", "~"])
def test_allowed(character: str) -> None:
    assert is_identifier_character(character)


@pytest.mark.parametrize(
    "character",
    ["\t", "\n", "\u00a0", "\u00ad", "😀", "€", "°", "²", "µ", "ª", "Ａ", "ſ", "ŉ", "…", "–", "\u200b", "\u200d", "\ufe0f", "Ꭰ"],
)  # fmt: skip
def test_not_allowed(character: str) -> None:
    assert not is_identifier_character(character)


def test_scripts_are_augmented() -> None:
    assert scripts_of("漢") >= {"Hani", "Hanb", "Jpan", "Kore"}
    assert scripts_of("あ") == {"Hira", "Jpan"}
    assert scripts_of("\ue000") == set()
