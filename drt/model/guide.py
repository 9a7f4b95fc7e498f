"""The language guide: where a citation such as `spec 02 §4.1` leads, and the sentence there that settles it.

Owns the spelling of citations and the reading of the chapters in `docs/language/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CITATION = re.compile(r"(?<!\w)(?:spec )?(\d\d)(?: §(\d+(?:\.\d+)*)| ([A-Z]\d+))?(?![\d.]*\w)")
HEADING = re.compile(r"(#+) (\d+(?:\.\d+)*)\.? (.+)")
TABLE_HEAD = re.compile(r"^\|.*\n\|[-:| ]+\|$\n?", re.MULTILINE)
TABLE_ROW = re.compile(r"^\|.*$", re.MULTILINE)
LONGEST_QUOTE = 300


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the guide: the citation, the file by its path from the checkout, the anchor in it."""

    citation: str
    path: str
    anchor: str

    @property
    def link(self) -> str:
        """The relative link, from the root of the checkout."""
        return f"{self.path}#{self.anchor}" if self.anchor else self.path


def places(source: str) -> list[Place]:
    """List the places in the guide that a text cites; unknown ones are left out."""
    return [place for found in _citations(source) if (place := _place(*found)) is not None]


def quote(source: str, rule: str) -> str:
    """Quote the sentence about a rule in the sections that a text cites; empty where there is none.

    The sentence that names the operator, function or member in `rule` comes before the first of a section;
    rows of tables come last. A chapter as a whole has no first sentence worth quoting, and one that names
    all of the rule only.
    """
    words = re.findall(r"`([^`]+)`", rule) or re.findall(r"\w{4,}", rule)
    first = ""
    for chapter, section in _citations(source):
        text = _section(chapter, section)
        enough = any if section else all
        for one in _sentences(text):
            if words and enough(_names(one, word) for word in words):
                return one[:LONGEST_QUOTE]
        if section and not first:
            first = next(_sentences(TABLE_ROW.sub("", text)), next(_sentences(text), ""))[:LONGEST_QUOTE]
    return first


def sentence(source: str, phrase: str) -> str:
    """Quote the sentence with a phrase in the sections that a text cites; empty where there is none."""
    texts = (_section(chapter, section) for chapter, section in _citations(source))
    found = next((one for text in texts for one in _sentences(text) if phrase in one), "")
    if found.find(phrase) + len(phrase) <= LONGEST_QUOTE:
        return found[:LONGEST_QUOTE]
    return f"…{found[found.find(phrase) - LONGEST_QUOTE // 3 :][:LONGEST_QUOTE]}"


def _names(sentence: str, word: str) -> bool:
    """Whether a sentence has the word, or the operator wherever it stands."""
    if not word.isidentifier():
        return word in sentence
    return re.search(rf"(?<![\w-]){word}(?![\w-])", sentence, re.IGNORECASE) is not None


def _citations(source: str) -> Iterator[tuple[str, str]]:
    """Chapter and section (or the name of a property) of each citation; `spec 01, 06` are two."""
    if "spec" in source:
        for found in CITATION.finditer(source[source.index("spec") :]):
            yield found[1], found[2] or found[3] or ""


def _place(chapter: str, section: str) -> Place | None:
    file = _files().get(chapter)
    if file is None:
        return None
    heading = next((line for line in _lines(chapter) if _number(line) == section), "") if section else ""
    citation = f"spec {chapter}"
    if section:
        citation += f" {'§' if section[0].isdigit() else ''}{section}"
    return Place(citation, f"docs/language/{file.name}", _anchor(heading))


def _anchor(heading: str) -> str:
    """Make the anchor that a heading gets on GitHub."""
    words = heading.lstrip("# ").lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def _section(chapter: str, section: str) -> str:
    """Find the text of a section without its subsections, or the line of a property."""
    lines = _lines(chapter)
    if section and not section[0].isdigit():
        return "\n".join(line for line in lines if line.startswith(f"| {section} |"))
    if not section:
        return "\n".join(line for line in lines if not line.startswith("#"))
    found: list[str] = []
    inside = False
    for line in lines:
        if HEADING.match(line):
            if inside and found:
                break
            inside = inside or _number(line) == section
        elif inside and not line.startswith("#"):
            found.append(line)
    return "\n".join(found)


def _number(line: str) -> str:
    heading = HEADING.match(line)
    return heading[2] if heading else ""


def _sentences(text: str) -> Iterator[str]:
    """Split a Markdown text into sentences, table rows and list items; table heads are left out."""
    for block in re.split(r"\n\s*\n|\n(?=[*\-|] ?|\d+\. )", TABLE_HEAD.sub("", text)):
        line = " ".join(block.split())
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if any(cell.strip("-: ") for cell in cells):
                yield ": ".join(filter(None, cells))
            continue
        for sentence in re.split(r"(?<=[.;])\s+(?=[A-Z`*])", re.sub(r"^(\d+\.|[*-]) ", "", line)):
            if sentence and not sentence.startswith("```"):
                yield sentence


@cache
def _lines(chapter: str) -> tuple[str, ...]:
    file = _files().get(chapter)
    return () if file is None else tuple(file.read_text(encoding="utf-8").splitlines())


@cache
def _files() -> dict[str, Path]:
    """List the chapters by number, of the checkout or, away from one, of the package."""
    here = Path(__file__).resolve().parents[1]
    for folder in (here.parent / "docs" / "language", here / "shipped" / "language"):
        if folder.is_dir():
            return {file.name[:2]: file for file in sorted(folder.glob("[0-9][0-9]-*.md"))}
    return {}


def licence() -> str:
    """Return the text of the licence, of the checkout or, away from one, of the package."""
    here = Path(__file__).resolve().parents[1]
    places = (here.parent / "LICENSE", here / "shipped" / "LICENSE")
    return next(place for place in places if place.is_file()).read_text(encoding="utf-8")
