"""What must happen sometimes: named events that a long run is to reach, or it has not tested what it claims.

Owns the table of events, each a count over what was reached: features (cells), situations (sights), and
answers. A run that never saw one of them says so, and fails where it was long enough or was asked to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import get_args

from drt.coverage.cells import BINARY, CALLS, SCOPES, UNARY, Rule
from drt.model.outcome import LinkErrorKind, ValidationErrorKind, WarningKind

Counts = Mapping[str, int]

LONG_RUN_SECONDS = 600.0
"""A run over all targets that lasts so long fails when one of the events never happened."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run has seen: `cells` and `sights` as the reference tells them, `answers` as the oracles do."""

    cells: Counts = field(default_factory=dict)
    sights: Counts = field(default_factory=dict)
    answers: Counts = field(default_factory=dict)
    streams: Counts = field(default_factory=dict)

    def outcomes(self) -> Counts:
        """The cells summed over the kinds of operands: `operator|outcome`."""
        found: Counter[str] = Counter()
        for cell, count in self.cells.items():
            name, _, outcome = cell.rsplit("|", 2)
            found[f"{name}|{outcome}"] += count
        return found


@dataclass(frozen=True, slots=True)
class _Facts:
    seen: Seen
    outcomes: Counts


Event = Callable[[_Facts], int]
"""How often an event happened."""


def happened(seen: Seen) -> dict[str, int]:
    """How often each event happened, in the order of the table."""
    facts = _Facts(seen, seen.outcomes())
    return {name: event(facts) for name, event in EVENTS.items()}


def never(counts: Counts, globs: tuple[str, ...] = ("*",)) -> tuple[str, ...]:
    """The events among those that match which never happened."""
    return tuple(
        name for name, count in counts.items() if not count and any(fnmatchcase(name, glob) for glob in globs)
    )


def _outcome(name: str, *outcomes: str) -> Event:
    return lambda facts: sum(facts.outcomes.get(f"{name}|{outcome}", 0) for outcome in outcomes)


def _sight(name: str) -> Event:
    return lambda facts: facts.seen.sights.get(name, 0)


def _answer(name: str) -> Event:
    return lambda facts: facts.seen.answers.get(name, 0)


def _stream(name: str) -> Event:
    return lambda facts: facts.seen.streams.get(name, 0)


_SUCCESS = ("value", "true", "false")
_SAID = {
    "true": "was true",
    "false": "was false",
    "value": "had a value",
    "overflow": "overflowed",
    "attr-missing": "found no attribute",
    "entity-missing": "found no entity",
    "tag-missing": "found no tag",
}


def _operators() -> Iterator[tuple[str, Event]]:
    """Each outcome that an operator can have by the specification."""
    for table in (UNARY, BINARY):
        for name, rule in table.items():
            for outcome in _outcomes(rule):
                yield f"{name} {_SAID[outcome]}", _outcome(name, outcome)
            if name not in ("==", "!="):
                yield f"{name} got a wrong kind", _outcome(name, "type")
    for name, stops in (("&&", "false"), ("||", "true")):
        yield f"{name} stopped early", _stopped(name, stops)
        yield f"{name} went on and was true", _went_on(name, "true")
        yield f"{name} went on and was false", _went_on(name, "false")
    yield "if had a value", _outcome("if", "value")
    yield "is in was true", _outcome("is in", "true")
    yield "is in was false", _outcome("is in", "false")


def _outcomes(rule: Rule) -> list[str]:
    return [name for name in dict.fromkeys(each for told in rule.values() for each in told) if name != "type"]


def _stopped(name: str, outcome: str) -> Event:
    return lambda facts: facts.seen.cells.get(f"{name}|bool|{outcome}", 0)


def _went_on(name: str, outcome: str) -> Event:
    return lambda facts: facts.seen.cells.get(f"{name}|bool,bool|{outcome}", 0)


def _calls() -> Iterator[tuple[str, Event]]:
    """Each function answering and failing: by its own rule where it has one, else by what it was given."""
    for name, rule in CALLS.items():
        yield f"{name}() answered", _outcome(name, *_SUCCESS)
        own = "extension" in _outcomes(rule)
        yield f"{name}() failed", _outcome(name, *(("extension",) if own else ("type", "arity")))


def _scopes() -> Iterator[tuple[str, Event]]:
    for scope in SCOPES:
        yield f"scope {scope} met", _outcome(scope, "true")
        yield f"scope {scope} not met", _outcome(scope, "false")


SIGHTS = (
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
"""Situations that no single feature tells; `drt.coverage.situations` recognises them."""

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

EVENTS: dict[str, Event] = {
    **dict(_operators()),
    **dict(_calls()),
    **dict(_scopes()),
    **{name: _sight(name) for name in SIGHTS},
    **{f"answer: {name}": _answer(name) for name in _ANSWERS},
    **{name: _answer(name) for name in VALIDATION},
    **{f"stream: {name}": _stream(name) for name in STREAM_NAMES},
}
"""Every event by its name."""
