"""Texts of symbolic characters: what the explorer foretells of them is what Python does."""

from __future__ import annotations

import re
from typing import Any

import pytest
import z3

from drt.proofs.characters import Matcher, Table, Text, known_text
from drt.proofs.explore import explore
from drt.proofs.symbols import Unexplorable

FIELDS = {(0, 2): z3.Int("n0_2")}


def _paths(function: Any) -> list[Any]:
    return [path.value for path in explore(function, [Text(fields=FIELDS)], assuming=known_text(FIELDS))]


@pytest.mark.parametrize("pattern", ["[0-9]{2}", "a?(b|[0-9]x){1,2}", "(?:([0-9]+)m(?!s))?(z|zz)", "()"])
def test_a_pattern_matches_as_pythons_engine_does(pattern: str) -> None:
    compiled = re.compile(pattern)
    shorter = [*known_text(FIELDS), z3.Int("length") <= 4]
    paths = explore(lambda text: Matcher(compiled).fullmatch(text) is None, [Text()], assuming=shorter)
    assert {path.value for path in paths} == ({True, False})


def test_an_engine_that_matches_otherwise_is_refused() -> None:
    class Careless(Matcher):
        def fullmatch(self, text: Any) -> Any:
            return super().fullmatch(text) if isinstance(text, str) else text

    with pytest.raises(Unexplorable, match="foretold False"):
        _paths(lambda text: Careless(re.compile("a")).fullmatch(text) is None)


def test_a_table_has_its_numbers() -> None:
    table = Table({"a": 1, "b": 2, "7": 7})
    assert (
        len(_paths(lambda text: table.get(text[0], -1) if text != "" and "a" <= text[0] <= "c" else None)) > 2
    )


def test_a_text_ends_where_it_ends() -> None:
    assert sorted(_paths(lambda text: bool(text[1:] == "Z") if text != "" else False)) == [False, False, True]
    with pytest.raises(IndexError):
        _paths(lambda text: text[3])
