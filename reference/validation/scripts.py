"""Scripts and classes of characters (spec 08 §8.1 to §8.3)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

EVERY_SCRIPT = frozenset({"Zyyy", "Zinh"})
"""Common and Inherited: what has one of these fits every script."""

AUGMENTED = {
    "Hani": {"Hanb", "Jpan", "Kore"},
    "Hira": {"Jpan"},
    "Kana": {"Jpan"},
    "Hang": {"Kore"},
    "Bopo": {"Hanb"},
}
"""Writing systems of several scripts (Unicode Technical Standard 39, §5.1)."""


def is_single_script(text: str) -> bool:
    """Return whether some script fits all characters of the text."""
    common: frozenset[str] | None = None
    for character in text:
        scripts = scripts_of(character)
        if scripts.isdisjoint(EVERY_SCRIPT):
            common = scripts if common is None else common & scripts
    return common is None or bool(common)


@lru_cache(maxsize=4096)
def scripts_of(character: str) -> frozenset[str]:
    """Return the augmented scripts of a character; none if it is unassigned or for private use."""
    scripts = _scripts().at(ord(character), "").split()
    return frozenset(scripts).union(*(AUGMENTED.get(script, ()) for script in scripts))


def is_identifier_character(character: str) -> bool:
    """Return whether a character raises no doubt in an identifier: printable ASCII, or allowed."""
    return " " <= character <= "~" or _allowed().at(ord(character), "") != ""


def is_escaped(character: str) -> bool:
    """Return whether a printed pattern shows the code point of the character instead of the character."""
    return _escaped().at(ord(character), "") != ""


@dataclass(frozen=True, slots=True)
class _Table:
    """Values of ranges of code points, sorted by their first code points."""

    firsts: tuple[int, ...]
    lasts: tuple[int, ...]
    values: tuple[str, ...]

    def at(self, code: int, default: str) -> str:
        place = bisect_right(self.firsts, code) - 1
        return self.values[place] if place >= 0 and code <= self.lasts[place] else default


@cache
def _scripts() -> _Table:
    rows = _rows()
    return _table({name.removeprefix("scripts "): rows[name] for name in rows if name.startswith("scripts ")})


@cache
def _allowed() -> _Table:
    return _table({"allowed": _rows()["identifier_allowed"]})


@cache
def _escaped() -> _Table:
    return _table({"escaped": _rows()["escaped"]})


def _rows() -> dict[str, str]:
    """Read the tables: a row is a name, and ranges of code points in hexadecimal digits."""
    lines = Path(__file__).with_name("unicode_tables.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ") for line in lines if not line.startswith("#"))


def _table(ranges: dict[str, str]) -> _Table:
    rows = sorted((*pair, value) for value, listed in ranges.items() for pair in _ranges(listed))
    firsts, lasts, values = zip(*rows, strict=True)
    return _Table(firsts, lasts, values)


def _ranges(listed: str) -> Iterator[tuple[int, int]]:
    for item in listed.split():
        first, _, last = item.partition("-")
        yield int(first, 16), int(last or first, 16)
