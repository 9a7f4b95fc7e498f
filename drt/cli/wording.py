"""An engine's words as users know the parts: names of policies, places in their files, lines of the source.

Only the head of a message is changed: what follows may quote the user's own text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from drt.cli.merging import File, place_in

PLACE = re.compile(r"line (\d+), column (\d+)")

HEAD = re.compile(
    r"(?:\[policy[0-9]+\] )?"
    r"(?:(?:for policy|policy|error in|warning for) `policy[0-9]+`(?:, line [0-9]+, column [0-9]+)?)?"
)
"""Prefix of an engine's message about one policy: its id, and perhaps the place."""

TEMPLATE = re.compile(r"(?<=template ['`])policy[0-9]+(?=['`])")
"""The id of a template in a message about a link, which has an id given by the user."""

POLICY_ID = re.compile(r"policy[0-9]+")


def rewritten(message: str, files: Sequence[File], named: Mapping[str, str]) -> str:
    """Rewrite an engine's message about policies, line by line, with names and places in their files."""
    return "\n".join(_rewritten_line(line, files, named) for line in message.split("\n"))


def _rewritten_line(line: str, files: Sequence[File], named: Mapping[str, str]) -> str:
    found = HEAD.match(line)
    head = found[0] if found else ""
    words = POLICY_ID.sub(lambda policy: named.get(policy[0], policy[0]), head)
    return placed(words, files) + line[len(head) :] if head else line


def placed(message: str, files: Sequence[File]) -> str:
    """Rewrite the first place in the joined text as a place in its file, if there are several files."""
    return PLACE.sub(lambda found: _place(files, found), message, count=1) if len(files) > 1 else message


def rewritten_link(message: str, named: Mapping[str, str]) -> str:
    """Rewrite an engine's message about a link with the name of its template."""
    return TEMPLATE.sub(lambda found: named.get(found[0], found[0]), message)


def paths(files: Sequence[File]) -> str:
    """List the files by name, each once."""
    return ", ".join(dict.fromkeys(str(file.path) for file in files))


def excerpt(text: str, line: int, column: int) -> str:
    """Render the line of a text with a caret, for the end of a message; empty if there is none to show."""
    lines = text.split("\n")
    if not 1 <= line <= len(lines) or not lines[line - 1].strip() or len(lines[line - 1]) > 200:
        return ""
    return f"\n  {lines[line - 1].rstrip()}\n  {' ' * (column - 1)}^"


def _place(files: Sequence[File], found: re.Match[str]) -> str:
    file, line = place_in(files, int(found[1]))
    return f"{file.path}, line {line}, column {found[2]}"
