"""Shell commands of a case: its questions as command lines for `drt` and, word for word, for `cedar`.

Writes those lines, and the files that they need beyond those of the case's own folder: contexts and links,
which `case.json` holds.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from drt.model import json_text
from drt.model.case import Case, Request
from drt.model.case_directory import CASE_FILE
from drt.model.divergence import Divergence
from drt.model.errors import InputProblem, cannot_write
from drt.model.uid_text import normalized_text, normalized_uid_json

Question = Literal["authorize", "evaluate", "validate"]

ASKED = "production"
"""The engine that the commands of `drt` ask by themselves."""

SHOWN = 2
"""Divergences of one case whose lines are shown."""

SHORT_ENOUGH = 400
"""Most characters of a context that is written into the line; a longer one needs a file."""

_TYPE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z_][A-Za-z0-9_]*)*")


@dataclass(frozen=True, slots=True)
class Files:
    """The files that the parts of a case lie in, those that there are; `contexts` by number of request."""

    policies: Path
    schema: Path | None = None
    entities: Path | None = None
    links: Path | None = None
    contexts: Mapping[int, Path] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One question: how it goes after the name of the command, and what is to be piped into it."""

    question: Question
    words: tuple[str, ...]
    piped: str = ""

    def spelled(self, command: str, *more: str) -> str:
        """Spell the line for a shell; `command` is `drt` or `cedar`, with flags that only it has."""
        line = shlex.join([command, self.question, *more, *self.words])
        return f"printf '%s' {shlex.quote(self.piped)} | {line}" if self.piped else line


def files_of(folder: Path) -> Files:
    """Return the files of a case that was read from this folder."""
    document = json.loads(json_text.read_text(folder / CASE_FILE))
    if folder.is_relative_to(Path.cwd()):
        folder = folder.relative_to(Path.cwd())
    named = {
        part: folder / document[part] for part in ("policies", "schema", "entities") if document.get(part)
    }
    return Files(named["policies"], named.get("schema"), named.get("entities"))


def extract(case: Case, folder: Path) -> Files:
    """Write the parts of a case out, each into a file that `cedar` reads.

    Raises `InputProblem` where a file of that name with another content is there, or the disk refuses.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return Files(
            _write(folder / f"policies.{case.policies.format}", case.policies.text),
            None
            if case.schema is None
            else _write(
                folder / ("schema.json" if case.schema.format == "json" else "schema.cedarschema"),
                case.schema.text,
            ),
            _write(folder / "entities.json", case.entities),
            _write(folder / "links.json", _links(case)) if case.links else None,
            {
                index: _write(folder / f"context-{index}.json", context)
                for index, request in enumerate(case.requests)
                if (context := _context(request))
            },
        )
    except OSError as error:
        raise cannot_write("the case", error, folder) from error


def _write(path: Path, text: str) -> Path:
    if path.exists() and json_text.read_text(path) != text:
        raise InputProblem("a file with another content is there already", path)
    json_text.write_text(path, text)
    return path


def by_hand(
    case: Case, files: Files, divergences: Sequence[Divergence] = (), engine: str = ASKED
) -> tuple[str, ...]:
    """Spell the lines that ask what diverged, each for `drt` with that engine, then for `cedar`.

    Without a divergence they ask the first question of the case. A line that needs a file that is not there
    gives way to how to get it.
    """
    lines: list[str] = []
    flags = [] if engine == ASKED else ["--engine", engine]
    for question, request, expression in _questions(case, divergences):
        asked = line(case, files, question, request, expression)
        if isinstance(asked, Line):
            lines += [asked.spelled("drt", *flags), asked.spelled("cedar")]
        elif asked.endswith("file"):
            lines.append(f"{question}: {asked}: `drt replay --extract FOLDER CASE` writes it")
        else:
            lines.append(f"{question}: no shell can ask it, for {asked}")
    return tuple(dict.fromkeys(lines))


def _questions(case: Case, divergences: Sequence[Divergence]) -> list[tuple[Question, int, int]]:
    found: list[tuple[Question, int, int]] = []
    for divergence in divergences[:SHOWN]:
        if divergence.request is not None and divergence.expression is not None:
            found.append(("evaluate", divergence.request, divergence.expression))
        elif divergence.request is not None:
            found.append(("authorize", divergence.request, 0))
        elif divergence.question.startswith("validation") and case.schema is not None:
            found.append(("validate", 0, 0))
    if not found and case.requests:
        found.append(("authorize", 0, 0))
    if not found and case.schema is not None:
        found.append(("validate", 0, 0))
    return found


def line(case: Case, files: Files, question: Question, request: int = 0, expression: int = 0) -> Line | str:
    """Spell a question of the case as a command line, or return a short reason why it cannot be one."""
    if case.links and files.links is None and question != "evaluate":
        return "its links want a file"
    if files.entities is None and question != "validate":
        return "its entities want a file"
    if question == "validate":
        return Line(question, (*_schema(case, files), *_policies(case, files)))
    asked = _request(case.requests[request], request, files)
    if isinstance(asked, str):
        return asked
    words, piped = asked
    if question == "evaluate":
        first = ("--", case.expressions[expression]) if case.expressions[expression].startswith("-") else ()
        last = first or (case.expressions[expression],)
        return Line(question, (*words, *_entities(files), *last), piped)
    return Line(
        question, (*words, *_entities(files), *_policies(case, files), *_schema(case, files), "-v"), piped
    )


def _policies(case: Case, files: Files) -> tuple[str, ...]:
    syntax = ("--policy-format", "json") if case.policies.format == "json" else ()
    links = ("-k", str(files.links)) if files.links else ()
    return ("-p", str(files.policies), *syntax, *links)


def _schema(case: Case, files: Files) -> tuple[str, ...]:
    if case.schema is None or files.schema is None:
        return ()
    syntax = ("--schema-format", "json") if case.schema.format == "json" else ()
    return ("-s", str(files.schema), *syntax)


def _entities(files: Files) -> tuple[str, ...]:
    return ("--entities", str(files.entities))


def _request(request: Request, index: int, files: Files) -> tuple[tuple[str, ...], str] | str:
    """Return the flags of a request, and its context if that is to be piped."""
    document = _document(request)
    words: list[str] = []
    for flag, part in (("-l", "principal"), ("-a", "action"), ("-r", "resource")):
        uid = uid_text(document.get(part))
        if uid is None:
            return f"its {part} has no spelling in Cedar"
        words += [flag, uid]
    if not request.validate:
        words += ["--request-validation", "false"]
    context = _context(request)
    if not context:
        return tuple(words), ""
    if files.contexts is not None:
        return (*words, "-c", str(files.contexts[index])), ""
    if len(context) > SHORT_ENOUGH or "\0" in context:
        return "its context wants a file"
    return (*words, "-c", "/dev/stdin"), context


def _document(request: Request) -> dict[str, object]:
    """Read the request as an object; empty where it is no ordinary JSON."""
    if not json_text.is_ordinary(request.text):
        return {}
    document = json.loads(request.text)
    return document if isinstance(document, dict) else {}


def _context(request: Request) -> str:
    """Return the context as JSON; empty where there is none."""
    context = _document(request).get("context")
    return json.dumps(context, ensure_ascii=False) if context else ""


def _links(case: Case) -> str:
    links = [
        {
            "template_id": template,
            "link_id": new,
            "args": {slot: _uid_of(text) for slot, text in values},
        }
        for template, new, values in case.links
    ]
    return json_text.dump(links)


def _uid_of(text: str) -> str:
    """Return a link's value as Cedar text; unchanged where it is no uid."""
    return (uid_text(json.loads(text)) if json_text.is_ordinary(text) else None) or text


def uid_text(uid: object) -> str | None:
    """Spell a uid of a JSON document as a normalized literal (spec 05 §9); None where it is none.

    A string is the literal already, where it is normalized.
    """
    match uid:
        case str(text):
            return text if _is_normalized(text) else None
        case {"__entity": inner}:
            return uid_text(inner)
        case {"type": str(kind), "id": str(name)} if _TYPE.fullmatch(kind) and _is_text(name):
            return normalized_text(kind, name)
    return None


def _is_normalized(text: str) -> bool:
    try:
        normalized_uid_json(text)
    except ValueError:
        return False
    return True


def _is_text(name: str) -> bool:
    return not any(0xD800 <= ord(character) <= 0xDFFF for character in name)
