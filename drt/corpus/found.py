"""Defects that the harness found in public engines: `found/<engine>/<fact-in-words>/`, a case each.

Owns what such a case says beside an ordinary one (its `origin`): how bad it is, in which versions it was
seen, the public thread about it, and what each engine answered when it was last replayed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from drt.corpus.folder import cases_under
from drt.diagnosis.severity import SEVERITIES, Severity
from drt.model.case_directory import read_case
from drt.model.errors import InputProblem
from drt.model.saved_case import SavedCase

FOUND = "found"
"""The folder of the corpus that holds them."""


class Sight(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the `origin` of a found case says.

    `first` and `last` are the versions between which it was seen, `gone` the first one without it. `target`
    names the law that it breaks, where that is not agreement of the engines. `answers` pairs engines and
    versions with what they answered to `question`.
    """

    severity: Severity
    first: str
    last: str
    gone: str = ""
    target: str = ""
    thread: str = ""
    question: str = ""
    answers: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Found:
    """A found case."""

    path: Path
    engine: str
    saved: SavedCase
    sight: Sight

    def seen_with(self, version: str, question: str, answers: Mapping[str, str]) -> Found:
        """Return the case after a replay in which a version of the engine showed it.

        Answers are kept of the newest version alone.
        """
        versions = sorted([self.sight.first, self.sight.last, version], key=numbers)
        sight = msgspec.structs.replace(self.sight, first=versions[0], last=versions[-1])
        if version == sight.last:
            sight = msgspec.structs.replace(sight, question=question, answers=dict(answers))
        return self._with(sight)

    def gone_with(self, version: str) -> Found:
        """Return the case after a replay in which a version of the engine did not show it any more."""
        earlier = [each for each in (self.sight.gone, version) if each]
        return self._with(msgspec.structs.replace(self.sight, gone=min(earlier, key=numbers)))

    def _with(self, sight: Sight) -> Found:
        origin: dict[str, Any] = msgspec.to_builtins(sight)
        return replace(self, sight=sight, saved=replace(self.saved, origin=origin))


def numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, to order versions by."""
    return tuple(map(int, re.findall(r"[0-9]+", version)))


def found_cases(root: Path) -> list[Found]:
    """Read all found cases of a corpus, by engine and severity; raises `InputProblem` for a bad one."""
    cases = [read_found(path) for path in cases_under(root / FOUND)]
    return sorted(
        cases, key=lambda one: (one.engine, SEVERITIES.index(one.sight.severity), one.saved.description)
    )


def read_found(path: Path) -> Found:
    """Read a found case; raises `InputProblem` with its first fault."""
    saved = read_case(path)
    try:
        sight = msgspec.convert(saved.origin, Sight)
    except msgspec.ValidationError as error:
        raise InputProblem(f"its origin is not that of a found case: {error}", path) from None
    found = Found(path, path.parent.name, saved, sight)
    for fault in faults(found):
        raise InputProblem(fault, path)
    return found


def faults(found: Found) -> Iterator[str]:
    """List what is wrong with a found case."""
    if found.path.parent.parent.name != FOUND:
        yield f"a found case lies at {FOUND}/<engine>/<fact-in-words>"
    if not found.saved.description:
        yield "it has no description"
    if not found.saved.source:
        yield "it does not name the rule that the engine breaks (source)"
    verdict = found.saved.verdict
    if verdict is None or verdict.wrong != found.engine:
        yield f"its verdict does not say that {found.engine} is wrong"
    if found.saved.name != found.path.name:
        yield f"it is called {found.saved.name!r} in case.json and {found.path.name!r} on disk"
