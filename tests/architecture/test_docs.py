"""README and documentation: short enough, and everything that they say can be done."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from drt.cli.main import COMMANDS, main

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = [
    REPOSITORY / "README.md",
    REPOSITORY / "CONTRIBUTING.md",
    *sorted((REPOSITORY / "docs").glob("*.md")),
]
TEXTS = {page.name: page.read_text(encoding="utf-8") for page in PAGES}
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`(drt [a-z][^`]*)`")
SCRATCH = "/tmp/drt-"
"""Where the pages put what they write; a test puts it elsewhere."""


@dataclass(frozen=True)
class Line:
    """One command line of a page; those in `sh` blocks are run, all others are parsed."""

    page: str
    text: str
    runs: bool

    def __str__(self) -> str:
        return f"{self.page}: {self.text[:60]}"


def command_lines() -> Iterator[Line]:
    for name, text in TEXTS.items():
        for language, block in FENCED.findall(text):
            if language in ("", "sh"):
                lines = [
                    line for line in block.splitlines() if re.search(r"(^|[ ;(])(drt|mkdir|echo) ", line)
                ]
                yield from (Line(name, line, language == "sh") for line in lines)
        yield from (Line(name, line, False) for line in INLINE.findall(FENCED.sub("", text)))


LINES = list(command_lines())


def invocations(line: str) -> Iterator[list[str]]:
    """The arguments of each `drt` in a shell line."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|()")
    lexer.whitespace_split = True
    words: list[str] = []
    for word in [*lexer, ";"]:
        if set(word) <= set(";&|()"):
            if words[:1] == ["drt"]:
                yield words[1:]
            words = []
        else:
            words.append(word)


def parse(arguments: list[str]) -> None:
    """Parse the arguments as `drt` does; raises `click.UsageError`."""
    name, *rest = [one for one in arguments if one != "…"]
    if name == "--version":
        return
    context = click.Context(main)
    command = main.get_command(context, name)
    assert command is not None, f"no command {name}"
    if isinstance(command, click.Group):
        inner = command.get_command(context, rest.pop(0)) if rest else command
        assert inner is not None
        command = inner
    command.make_parser(click.Context(command, info_name=name)).parse_args(rest)


def test_the_readme_is_short() -> None:
    assert len(TEXTS["README.md"].split()) < 1600


def test_the_pages_have_command_lines_of_both_kinds() -> None:
    assert sum(line.runs for line in LINES) > 15
    assert sum(not line.runs for line in LINES) > 60
    with pytest.raises(click.UsageError):
        parse(["run", "--no-such-option"])
    with pytest.raises(AssertionError):
        parse(["no-such-command"])


@pytest.mark.parametrize("line", [line for line in LINES if not line.runs], ids=str)
def test_the_command_lines_are_understood(line: Line) -> None:
    for arguments in invocations(line.text):
        parse(arguments)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the lines are for a POSIX shell")
@pytest.mark.parametrize("page", sorted({line.page for line in LINES if line.runs}))
def test_the_command_lines_run(page: str, tmp_path: Path) -> None:
    """In their order; engines with a planted defect give a finding, everything else is fine."""
    for line in (line.text for line in LINES if line.page == page and line.runs):
        shell = f'drt() {{ "{sys.executable}" -m drt "$@"; }}\n{line.replace(SCRATCH, f"{tmp_path}/")}'
        places = {"TMPDIR": str(tmp_path)} | ({} if "--log" in line else {"DRT_RUN_LOG": f"{tmp_path}/run"})
        result = subprocess.run(
            ["bash", "-c", shell],
            cwd=REPOSITORY,
            env=os.environ | places,
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )
        expected = 1 if "faulty_engines" in line else 0
        assert result.returncode == expected, f"{line}\n{result.stdout[-2000:]}\n{result.stderr[-2000:]}"


@pytest.mark.parametrize(("page", "blocks"), [("README.md", 1), ("use-the-engine.md", 4)])
def test_the_python_of_the_pages_runs(page: str, blocks: int) -> None:
    found = [block for language, block in FENCED.findall(TEXTS[page]) if language == "python"]
    assert len(found) == blocks
    exec(compile("\n".join(found), page, "exec"), {})


def test_the_files_that_the_pages_name_exist() -> None:
    folders = "reference|production|generators|drt|corpus|tests|examples|docs"
    text = "\n".join(TEXTS.values())
    named = set(re.findall(rf"`((?:{folders})/[\w./-]*)`", text)) | set(
        re.findall(r" (corpus/seeds\S*)", text)
    )
    named -= {
        name for name in named if name.startswith("corpus/counterexamples")
    }  # made by the first finding
    assert len(named) > 20
    assert {name for name in named if not (REPOSITORY / name.rstrip("`,.;")).exists()} == set()


def test_every_command_has_its_line() -> None:
    listed = re.findall(r"^\| `drt ([\w-]+)` \|", TEXTS["commands.md"], re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)


def test_every_link_of_the_readme_leads_to_a_file() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", TEXTS["README.md"])
    assert len(links) > 10
    assert [link for link in links if not (REPOSITORY / link).is_file()] == []


PICTURE = REPOSITORY / "docs" / "found-divergence.svg"


def words_of(picture: str) -> list[str]:
    """The texts of a picture in their order, without the line about volume, which has the time in it."""
    texts = [text.replace("\xa0", " ") for text in ET.fromstring(picture).itertext()]
    return [text for text in texts if text.strip() and " decisions in " not in text]


def test_the_picture_of_the_readme_shows_a_finding_and_loads_nothing() -> None:
    picture = PICTURE.read_text(encoding="utf-8")
    words = "".join(words_of(picture))
    assert "SwappedLess is wrong" in words
    assert "drt replay --engine=reference" in words
    assert re.findall(r"(?:href|url)[=(]\"?https?:", picture) == []


@pytest.mark.slow
def test_the_picture_of_the_readme_is_what_its_command_draws() -> None:
    pytest.importorskip("cedarpy", reason="the picture shows what cedarpy answers")
    drawn = subprocess.run(
        [sys.executable, "docs/picture.py"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=280,
        check=True,
    )
    assert words_of(drawn.stdout) == words_of(PICTURE.read_text(encoding="utf-8"))
