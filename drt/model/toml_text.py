"""TOML read with the line and the key of whatever is wrong: for files that people have edited by hand."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from drt.model.errors import InputProblem


def parse(text: str, path: Path) -> dict[str, object]:
    """Parse TOML; raises `InputProblem` with the line, the key and the reason where the text is none."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(str(error), text, path) from None
    except RecursionError:
        raise InputProblem("not usable: the TOML is nested too deeply", path) from None


def _not_toml(complaint: str, text: str, path: Path) -> InputProblem:
    """Report what the TOML reader complains of, with its line and the key on it."""
    found = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", complaint, re.DOTALL)
    if found is None:
        return InputProblem(f"not TOML: {complaint}", path)
    line = int(found[2]) if found[2] else text.rstrip("\n").count("\n") + 1
    return InputProblem(f"not TOML: {_where(text, line)}{_reason(found[1])}", path, line)


def _where(text: str, line: int) -> str:
    """Name the key or table of a line, for the beginning of a sentence; empty where the line has none."""
    lines = text.split("\n")
    written = lines[line - 1] if line <= len(lines) else ""
    if (header := _HEADER.match(written)) is not None:
        return f"[{header[1]}]: "
    key = re.match(rf"\s*({_NAME}(?:\s*\.\s*{_NAME})*)", written)
    return f"{key[1]}: " if key is not None else ""


def _reason(complaint: str) -> str:
    if complaint.startswith("Cannot overwrite"):
        return "the key is set twice"
    if re.fullmatch(r"Cannot declare .* twice", complaint):
        return "the table is declared twice"
    return f"{complaint[:1].lower()}{complaint[1:]}"


_NAME = r"(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')"
_HEADER = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]?\]")
_KEY = re.compile(rf"\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*=")


def line_of(text: str, way: tuple[str, ...]) -> int | None:
    """Find the line of the key or table at `way`, or else of what holds it; None where nothing does."""
    table: tuple[str, ...] = ()
    best, deepest = None, 0
    for number, line in enumerate(text.splitlines(), 1):
        if (header := _HEADER.match(line)) is not None:
            table = _names(header[1])
            here = table
        elif (key := _KEY.match(line)) is not None:
            here = (*table, *_names(key[1]))
        else:
            continue
        if way and here[: len(way)] == way:
            return number
        if here == way[: len(here)] and len(here) > deepest:
            best, deepest = number, len(here)
    return best


def _names(dotted: str) -> tuple[str, ...]:
    parts = re.findall(_NAME, dotted)
    return tuple(part.strip("\"'") for part in parts)
