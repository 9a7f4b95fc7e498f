"""Declared differences: where the language guide departs from the recorded engine on purpose.

Owns the reading of `declared.toml`. A difference is data with a reason and a source; no check knows any by
name. The recorded engine is the Rust one, which may be asked too, also in an older version than that.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, get_args

from drt.engines.check_names import CHECKS
from drt.engines.matching import SECONDS, MatchTooSlow, is_found
from drt.engines.releases import is_between, release
from drt.model import toml_text
from drt.model.case import Case
from drt.model.divergence import Divergence, Kind
from drt.model.errors import InputProblem
from drt.model.outcome import Outcome

_KINDS: dict[str, type] = {"array": list, "object": dict, "string": str, "null": type(None)}


@dataclass(frozen=True, slots=True)
class Asked:
    """The engine that gave an answer."""

    name: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A recorded verdict, `expected`, that the guide or an older version overrules for some texts.

    Only versions from `since` on and `below` are excused, only answers whose words match `answer`, and in a
    run only divergences of the `kinds`; what is empty excludes nothing.
    """

    name: str
    checks: tuple[str, ...]
    reason: str
    source: str
    expected: str = ""
    since: str = ""
    below: str = ""
    answer: str = ""
    kinds: tuple[str, ...] = ()
    pattern: str = ""
    path: str = ""
    kind: str = ""
    repeats: bool = False
    engines: tuple[str, ...] = ()

    def explains(self, asked: Asked, check: str, expected: str, text: str, answer: str) -> bool:
        """Whether an engine may answer `check` on `text` with the words `answer`, not as `expected`."""
        return (
            expected == (self.expected or expected)
            and self.is_about(asked, check)
            and self._finds(self.answer, answer)
            and self.fits(text)
        )

    def is_about(self, asked: Asked, check: str) -> bool:
        """Whether a check of this engine, in this version, may be excused."""
        named = asked.name in (self.engines or (asked.name,))
        return named and check in self.checks and is_between(asked.version, self.since, self.below)

    def concerns(self, engine: str, divergence: Divergence) -> bool:
        """Whether it can be the cause of a divergence of the engine called so."""
        words = (detail_of(one) for name, one in divergence.answers if name.split(", ")[0] == engine)
        return divergence.kind in (self.kinds or (divergence.kind,)) and any(
            self._finds(self.answer, each) for each in words
        )

    @property
    def shows(self) -> bool:
        """Whether a text alone tells that it may have the difference, without the answers."""
        return bool(self.pattern or self.path or self.repeats)

    def fits(self, text: str) -> bool:
        """Whether the text has the shape that the difference is about."""
        if self.pattern:
            return self._finds(self.pattern, text)
        if self.repeats:
            return _repeats_a_key(text)
        return not self.path or any(
            isinstance(value, _KINDS[self.kind]) for value in _at(text, self.path.split("/"))
        )

    def _finds(self, pattern: str, text: str) -> bool:
        """Whether one of its regular expressions is found; a slow difference never finds one again."""
        if _slow and self in _slow:
            return False
        try:
            return is_found(pattern, text)
        except MatchTooSlow:
            _slow.append(self)
            return False


_slow: list[Difference] = []
"""Differences with a regular expression that took too long in this process."""


def slow_differences() -> list[str]:
    """Describe the differences that excuse nothing more, because a regular expression took too long."""
    return [
        f"the declared difference {one.name!r} excuses nothing more: "
        f"a regular expression took longer than {SECONDS:g} s on a text"
        for one in _slow
    ]


def detail_of(outcome: Outcome) -> str:
    """Give an engine's own words in an outcome; empty where it has none."""
    detail = getattr(outcome, "detail", "")
    return detail if isinstance(detail, str) else ""


@cache
def differences() -> tuple[Difference, ...]:
    """All declared differences, in the order of the file."""
    ours = tuple(_difference(entry) for entry in _document()["difference"])
    return ours + tuple(one for path in _further for one in read_differences(path))


_further: list[Path] = []


def declare(paths: Sequence[Path]) -> None:
    """Add the differences in further files; raises `InputProblem` for a file that is none."""
    for path in paths:
        read_differences(path)
    _further[:] = paths
    _slow.clear()
    differences.cache_clear()


def read_differences(path: Path) -> tuple[Difference, ...]:
    """Read a file of declared differences, each of which names the engines that it excuses."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputProblem(f"cannot be read: {error}", path) from None
    document = toml_text.parse(text, path)
    entries = document.pop("difference", None)
    if not isinstance(entries, list) or not entries:
        raise InputProblem("expected [[difference]] tables", path)
    if document:
        raise InputProblem(f"expected [[difference]] tables, found {next(iter(document))!r}", path)
    return tuple(_checked(number, entry, path) for number, entry in enumerate(entries, 1))


def _checked(number: int, entry: object, path: Path) -> Difference:
    """Read one entry of a file from outside."""
    where = f"difference {number}"
    if not isinstance(entry, dict):
        raise InputProblem(f"{where} is not a table", path)
    kinds = {one.name: str(one.type).partition("[")[0] for one in fields(Difference)}
    if strange := sorted(set(entry) - set(kinds)):
        raise InputProblem(f"{where} has the unknown member {strange[0]!r}", path)
    for name in ("name", "checks", "reason", "source", "engines"):
        if not entry.get(name):
            raise InputProblem(f"{where} needs {name!r}", path)
    for name, value in entry.items():
        wanted = {"str": str, "tuple": list, "bool": bool}[kinds[name]]
        texts = value if isinstance(value, list) else []
        if type(value) is not wanted or not all(isinstance(one, str) for one in texts):
            words = {str: "a text", list: "a list of texts", bool: "true or false"}[wanted]
            raise InputProblem(f"{where}: {name!r} is to be {words}", path)
    for name in ("pattern", "answer"):
        if entry.get(name) == "":
            raise InputProblem(f"{where}: {name!r} is empty and would fit every text; leave it out", path)
        try:
            re.compile(entry.get(name, ""))
        except re.error as error:
            raise InputProblem(f"{where}: {name!r} is no regular expression: {error}", path) from None
    difference = _difference(entry)
    if problem := _impossible(difference):
        raise InputProblem(f"{where}: {problem}", path)
    return difference


def _impossible(difference: Difference) -> str:
    """Say why an entry of the right types can never excuse anything; empty where it can."""
    tables = (("check", difference.checks, CHECKS), ("kind", difference.kinds, get_args(Kind)))
    for what, names, known in tables:
        for name in names:
            if name not in known:
                near = get_close_matches(name.lower(), sorted(known), 1, 0.0)
                return f"unknown {what} {name!r}; the nearest is {near[0]!r}"
    since, below = difference.since, difference.below
    for name, version in (("since", since), ("below", below)):
        if version and re.fullmatch(r"[0-9]+(\.[0-9]+)*", version) is None:
            return f"{name!r} is no version such as 4.12: {version!r}"
    if since and below and not is_between(since, since, below):
        return f"'since' has to be a version below 'below': {since!r}, {below!r}"
    if difference.path and difference.kind not in _KINDS:
        return f"'path' needs a 'kind': {', '.join(_KINDS)}"
    if difference.kind and not difference.path:
        return "'kind' needs a 'path'"
    shapes = [name for name in ("pattern", "path", "repeats") if getattr(difference, name)]
    return f"{shapes[0]!r} and {shapes[1]!r} exclude each other" if len(shapes) > 1 else ""


def absent_engines(names: Iterable[str]) -> list[str]:
    """List the engines that further files name and that are not among `names`."""
    named = {engine for path in _further for one in read_differences(path) for engine in one.engines}
    return sorted(named - set(names))


def unread_versions(engines: Iterable[Asked]) -> list[str]:
    """List the engines with a range of releases in a further file and without a number in their version."""
    ranged = [one for path in _further for one in read_differences(path) if one.since or one.below]
    return [
        f"{asked.name} ({asked.version!r})"
        for asked in engines
        if release(asked.version) is None and any(asked.name in one.engines for one in ranged)
    ]


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("declared.toml").read_text("utf-8"))


def independent_name(engine: str) -> str:
    """Name the code behind an engine: the recorded engine is one, whatever it is asked through.

    Releases of an engine share its code: `mine 1.2` and `mine-1.3` are `mine`.
    """
    recorded: list[str] = _document()["recorded"]
    name = re.sub(r"[ @-]v?[0-9]+(\.[0-9]+)*$", "", engine)
    return recorded[0] if name in recorded else name


def _difference(entry: dict[str, Any]) -> Difference:
    fields: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in entry.items()}
    return Difference(**fields)


def explanation(
    asked: Asked, check: str, expected: str, text: str, answer: str = "", further: Sequence[str] = ()
) -> Difference | None:
    """Find the first declared difference that explains another answer than `expected`.

    It has to fit the text that is checked, or one of the `further` texts on which the answer depends.
    """
    texts = (text, *further)
    return next(
        (
            one
            for one in differences()
            for each in texts
            if one.explains(asked, check, expected, each, answer)
        ),
        None,
    )


def held(asked: Asked, case: Case, divergences: Sequence[Divergence]) -> Difference | None:
    """Find the first declared difference that a text of the case holds and that concerns all its divergences.

    Of an engine that is not a recorded one, only differences that name it count.
    """
    recorded = asked.name in _document()["recorded"]
    candidates = [one for one in differences() if recorded or asked.name in one.engines]
    checks = list(_checks(case)) if candidates else []
    for difference in candidates:
        holds = any(difference.is_about(asked, check) and difference.fits(text) for check, text in checks)
        if holds and all(difference.concerns(asked.name, each) for each in divergences):
            return difference
    return None


def held_by_any(asked: Iterable[Asked], case: Case, divergences: Sequence[Divergence]) -> Difference | None:
    """Find the first difference that is declared of one of the engines and is the cause of divergences."""
    return next((found for one in asked if (found := held(one, case, divergences)) is not None), None)


def holds(difference: Difference, case: Case) -> bool:
    """Whether some text of a case has the shape of a difference."""
    return any(check in difference.checks and difference.fits(text) for check, text in _checks(case))


def _checks(case: Case) -> Iterator[tuple[str, str]]:
    """List what is checked of each text of a case, by the names of `IN_A_RUN`."""
    if case.policies.format == "json":
        yield "policy JSON accepted", case.policies.text
        yield "policy JSON to text", case.policies.text
    else:
        yield "policies accepted", case.policies.text
        yield "text to JSON", case.policies.text
        yield "reading", case.policies.text
    if case.schema is not None:
        yield "validation", case.policies.text
    yield "entities accepted", case.entities
    yield from (("schema accepted", schema.text) for schema in case.schemas)
    for check in ("expression result", "expression value"):
        yield from ((check, expression) for expression in case.expressions)
    texts = [case.policies.text, *(request.text for request in case.requests)] if case.requests else []
    for check in ("response", "case response"):
        yield from ((check, text) for text in texts)
    yield from (("partial input", text) for one in case.partials for text in (one.request, one.entities.text))


def _at(text: str, path: list[str]) -> Iterator[Any]:
    try:
        level = [json.loads(text)]
    except (json.JSONDecodeError, RecursionError):
        return iter(())
    for step in path:
        below: list[Any] = []
        for value in level:
            if step == "*":
                below += (
                    value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
                )
            elif isinstance(value, dict) and step in value:
                below.append(value[step])
        level = below
    return iter(level)


def _repeats_a_key(text: str) -> bool:
    repeated = []

    def look(pairs: list[tuple[str, Any]]) -> None:
        repeated.append(len({key for key, _ in pairs}) < len(pairs))

    try:
        json.loads(text, object_pairs_hook=look)
    except (json.JSONDecodeError, RecursionError):
        return False
    return any(repeated)
