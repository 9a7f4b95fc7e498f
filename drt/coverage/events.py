"""Required events: what must occur at least once in a long run, or it has not tested what it claims.

Each event is a count over bins, situations, answers and streams. A run reports the events that never
occurred, and fails on them if it was long enough or its options require them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import get_args

from drt.coverage import input_classes, partial_rows
from drt.coverage.bins import SCOPES
from drt.coverage.input_classes import INPUT_CLASSES
from drt.coverage.partial_rows import PARTIAL_ROWS
from drt.model.case import StepKind
from drt.model.outcome import LinkErrorKind, ValidationErrorKind, WarningKind
from generators.language import LANGUAGE, Operator

Counts = Mapping[str, int]

EVERY = ("*",)
"""The pattern of all events."""

_BY_NAME = (partial_rows.PREFIX, input_classes.PREFIX)

LONG_RUN_SECONDS = 600.0
"""A run over all targets that lasts so long fails when one of the events never happened."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Counts of a run: bins and situations from the reference, answers from the oracles, cases by stream."""

    bins: Counts = field(default_factory=dict)
    situations: Counts = field(default_factory=dict)
    answers: Counts = field(default_factory=dict)
    streams: Counts = field(default_factory=dict)

    def outcomes(self) -> Counts:
        """Sum the bins over the kinds of operands: `operator|outcome`."""
        found: Counter[str] = Counter()
        for bin_, count in self.bins.items():
            name, _, outcome = bin_.rsplit("|", 2)
            found[f"{name}|{outcome}"] += count
        return found


@dataclass(frozen=True, slots=True)
class _Facts:
    seen: Seen
    outcomes: Counts


Event = Callable[[_Facts], int]
"""A function that counts how often an event occurred."""


def happened(seen: Seen) -> dict[str, int]:
    """Count the occurrences of each event, in the order of the table."""
    facts = _Facts(seen, seen.outcomes())
    return {name: event(facts) for name, event in EVENTS.items()}


def never(counts: Counts, globs: tuple[str, ...] = EVERY) -> tuple[str, ...]:
    """Return the events that match and never occurred.

    Rows of partial evaluation, on which a run over all targets spends little time, and classes of input are
    required only by name.
    """
    listed = [name for name in counts if globs != EVERY or not name.startswith(_BY_NAME)]
    return tuple(
        name for name in listed if not counts[name] and any(fnmatchcase(name, glob) for glob in globs)
    )


def _bin(name: str) -> Event:
    return lambda facts: facts.seen.bins.get(name, 0)


def _outcome(name: str, *outcomes: str) -> Event:
    return lambda facts: sum(facts.outcomes.get(f"{name}|{outcome}", 0) for outcome in outcomes)


def _situation(name: str) -> Event:
    return lambda facts: facts.seen.situations.get(name, 0)


def _answer(name: str) -> Event:
    return lambda facts: facts.seen.answers.get(name, 0)


def _stream(name: str) -> Event:
    return lambda facts: facts.seen.streams.get(name, 0)


_SUCCESS = ("value", "true", "false")
_OUTCOMES = {
    "true": "was true",
    "false": "was false",
    "value": "had a value",
    "overflow": "overflowed",
    "attr-missing": "found no attribute",
    "entity-missing": "found no entity",
    "tag-missing": "found no tag",
}


def _operators() -> Iterator[tuple[str, Event]]:
    """Yield an event for each outcome that an operator or function can have by the specification."""
    for row in LANGUAGE:
        if row.extension:
            yield from _function(row)
        elif row.name in ("&&", "||"):
            yield from _connective(row)
        elif row.takes:
            yield from _operator(row)


def _operator(row: Operator) -> Iterator[tuple[str, Event]]:
    for outcome in _outcomes(row):
        if outcome != "type":
            yield f"{row.name} {_OUTCOMES[outcome]}", _outcome(row.name, outcome)
    if not row.lazy and not row.total:
        yield f"{row.name} got a wrong kind", _outcome(row.name, "type")


def _connective(row: Operator) -> Iterator[tuple[str, Event]]:
    [stops] = row.takes["bool",]
    yield f"{row.name} stopped early", _bin(f"{row.name}|bool|{stops}")
    for outcome in row.takes["bool", "bool"]:
        yield f"{row.name} went on and was {outcome}", _bin(f"{row.name}|bool,bool|{outcome}")


def _function(row: Operator) -> Iterator[tuple[str, Event]]:
    """Yield success and failure: by the function's own rule where it has one, else by its arguments."""
    yield f"{row.name}() answered", _outcome(row.name, *_SUCCESS)
    failures = ("extension",) if "extension" in _outcomes(row) else ("type", "arity")
    yield f"{row.name}() failed", _outcome(row.name, *failures)


def _outcomes(row: Operator) -> list[str]:
    return list(dict.fromkeys(outcome for outcomes in row.takes.values() for outcome in outcomes))


def _scopes() -> Iterator[tuple[str, Event]]:
    for scope in SCOPES:
        yield f"scope {scope} met", _outcome(scope, "true")
        yield f"scope {scope} not met", _outcome(scope, "false")


SITUATIONS = (
    "in: itself",
    "in: a parent",
    "in: an ancestor two steps up or more",
    "in: one of several parents",
    "in: one of a set",
    "in: itself, though it is not in the store",
    "has: of an entity that is not in the store",
    "hasTag: of an entity that is not in the store",
    "like: a wildcard stood for nothing",
    "like: a wildcard stood for something",
    "like: without a wildcard",
    "like: a star that is no wildcard",
    "response: a forbid overrode a permit",
    "response: nothing applied",
    "response: two permits or more",
    "response: two forbids or more",
    "response: an erring permit was skipped and another allowed",
    "response: an erring forbid was skipped and the request allowed",
    "response: an erring policy was skipped and a forbid denied",
    "response: every policy erred",
    "response: a link decided",
    "response: one link of a template applied and another did not",
    "response: a link whose both slots are filled decided",
    "response: a link and a static policy decided together",
)
"""Situations that no single bin shows; `drt.coverage.situations` recognises them."""

STREAM_NAMES = ("well-typed", "dangling", "one-type-error", "mutated", "hostile-text")

_ANSWERS = (
    "allow",
    "deny",
    "forbidden",
    "erring",
    *(f"error:{kind}" for kind in ("type", "overflow", "extension", "arity")),
    *(f"error:{kind}" for kind in ("attr-missing", "tag-missing", "entity-missing")),
    *(f"rejected:{part}" for part in ("policies", "entities", "request", "schema", "expression")),
    "accepted",
    "valid",
    "invalid",
)

UNSEEN_LINK_ERRORS = {
    "ActionEntityTypeDeclared": "no schema that is read declares a type named like an action's (spec 07 §4)",
}
"""Kinds of link errors that no case can show, and why."""

VALIDATION = (
    *(f"validation error {kind}" for kind in get_args(ValidationErrorKind)),
    *(f"validation warning {kind}" for kind in get_args(WarningKind)),
    *(
        f"no applicable action: {situation}"
        for situation in ("alone", "with errors", "template", "link", "permissive", "level")
    ),
    *(f"unlinkable {kind}" for kind in get_args(LinkErrorKind) if kind not in UNSEEN_LINK_ERRORS),
)
"""Events of validation and linking, as the oracles of the `valid-*` targets name them."""

CANNOT_FAIL = ("merge-renaming", "remove-entities")
"""Changes of policy sets and stores that nothing refuses."""

REVISIONS = tuple(
    f"revision {kind}: {how}"
    for kind in get_args(StepKind)
    for how in (("done",) if kind in CANNOT_FAIL else ("done", "refused"))
)
"""Changes of policy sets and stores, as the oracle of the target `revisions` names them."""

EVENTS: dict[str, Event] = {
    **dict(_operators()),
    **dict(_scopes()),
    **{name: _situation(name) for name in SITUATIONS},
    **{name: _situation(name) for name in PARTIAL_ROWS},
    **{name: _situation(name) for names in INPUT_CLASSES.values() for name in names},
    **{f"answer: {name}": _answer(name) for name in _ANSWERS},
    **{name: _answer(name) for name in (*VALIDATION, *REVISIONS)},
    **{f"stream: {name}": _stream(name) for name in STREAM_NAMES},
}
"""Every event by its name."""
