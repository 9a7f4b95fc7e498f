"""A family of hostile inputs: one input for every size, and the answer that is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from drt.model.case import Case, Request, Source
from drt.model.outcome import Accepted, Authorized, Evaluated, Outcome, Part, Rejected

Question = Literal["answer", "validate", "format"]
"""The operation: load and answer, validate the policies, or format them."""

LEVELS = 1_000
"""The deepest nesting of brackets in policies that is read (spec 01 §4.3)."""

JSON_LEVELS = 127
"""The deepest nesting of a JSON document that is read (spec 05 §2, 06)."""

PLAIN = Source("permit(principal, action, resource);")
REQUEST = Request(
    '{"principal": {"type": "U", "id": "a"}, "action": {"type": "Action", "id": "x"}, '
    '"resource": {"type": "R", "id": "r"}}'
)
TRUE, FALSE = Evaluated("true"), Evaluated("false")
READ = Accepted()
"""Stands for a case that was read, where the request is not of interest."""

ALLOW = Authorized("allow", ("policy0",))
DENY = Authorized("deny")
TYPE_ERROR = Authorized("deny", (), (("policy0", "type"),))


@dataclass(frozen=True, slots=True)
class Hostile:
    """One input with its right answer."""

    case: Case
    expected: Outcome
    question: Question = "answer"


@dataclass(frozen=True, slots=True)
class Family:
    """Hostile inputs of one kind. `make` gives the one of a size; `sizes` are those to measure."""

    name: str
    sizes: tuple[int, ...]
    make: Callable[[int], Hostile]


NESTING = (200, 1_000, 10_000, 100_000)
CHAIN = (1_000, 10_000, 100_000)
LONG_TEXT = (100_000, 1_000_000, 10_000_000)
MANY = (10_000, 100_000, 1_000_000)
DOCUMENT = (1_000, 10_000, 100_000)


def expression(text: str, expected: Outcome) -> Hostile:
    """Make an expression to evaluate."""
    return Hostile(Case(PLAIN, requests=(REQUEST,), expressions=(text,)), expected)


def policies(text: str, expected: Outcome) -> Hostile:
    """Policies to authorize a request by."""
    return Hostile(Case(Source(text), requests=(REQUEST,)), expected)


def document(part: Part, text: str, expected: Outcome, policy: str = PLAIN.text) -> Hostile:
    """Put a JSON document in the place of one part of a case."""
    match part:
        case "policies":
            return Hostile(Case(Source(text, "json"), requests=(REQUEST,)), expected)
        case "entities":
            return Hostile(Case(Source(policy), text, requests=(REQUEST,)), expected)
        case _:
            return Hostile(Case(Source(policy), requests=(Request(text),)), expected)


def if_within(limit: int, size: int, answer: Outcome, part: Part) -> Outcome:
    """Expect the answer up to a limit, a refusal of the part beyond it."""
    return answer if size <= limit else Rejected(part)
