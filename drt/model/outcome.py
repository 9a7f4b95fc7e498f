"""Outcomes: what one engine answered, as a union of frozen records.

Owns the neutral vocabulary of answers and the canonical text of a value. Outcomes are compared with `==`,
so they hold only strings, integers and tuples of them; whatever is meant for people alone is left out of
the comparison.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from drt.model.partial_outcome import (
    BatchAuthorized,
    PartialError,
    PartiallyAuthorized,
    Permitted,
    Reauthorized,
)
from drt.model.words import Worded

Decision = Literal["allow", "deny"]

ErrorKind = Literal[
    "type",
    "entity-missing",
    "attr-missing",
    "tag-missing",
    "overflow",
    "extension",
    "arity",
    "unlinked-slot",
    "recursion-limit",
]
"""Why an evaluation failed (spec 02 §3), spelled as in the conformance records."""

ValidationErrorKind = Literal[
    "unrecognized_entity_type",
    "unrecognized_action",
    "invalid_enum_entity",
    "unexpected_type",
    "incompatible_types",
    "unsafe_attribute_access",
    "unsafe_optional_attribute_access",
    "unsafe_tag_access",
    "wrong_number_of_arguments",
    "function_argument",
    "non_literal_constructor",
    "empty_set",
    "level_violation",
    "incomplete_schema",
]
"""Why a policy is invalid (spec 08 §13)."""

WarningKind = Literal[
    "no_applicable_action",
    "impossible_policy",
    "bidi_string",
    "mixed_script_string",
    "bidi_identifier",
    "confusable_identifier",
    "mixed_script_identifier",
]
"""Kinds of warnings of validation (spec 08 §8)."""

LinkErrorKind = Literal[
    "ActionEntityTypeDeclared",
    "DuplicateEntityType",
    "ExternalIsEnum",
    "DefinedEntityAncestorsChanged",
    "DuplicateAction",
    "ExternalActionParentsMismatch",
    "Schema",
    "ShadowsBuiltinType",
    "Incomplete",
]
"""Reasons why schemas do not link (spec 13 §5); `Incomplete` if a complete schema was requested."""

Part = Literal["policies", "schema", "entities", "request", "expression", "link"]
"""The piece of the input that was refused before anything was evaluated."""


@dataclass(frozen=True, slots=True)
class Authorized:
    """A response (spec 04 §4): ids sorted; `erring` pairs each erring policy id with its error kind."""

    decision: Decision
    determining: tuple[str, ...] = ()
    erring: tuple[tuple[str, ErrorKind], ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluated:
    """An expression had a value; `value` is its canonical text (see `canonical_*` below)."""

    value: str


@dataclass(frozen=True, slots=True)
class Failed:
    """An expression had no value: the policy's own fault."""

    kind: ErrorKind


class Problem(NamedTuple):
    """One error or warning of a validation, for people; `texts` as in `Validated.warnings`."""

    policy: str
    kind: str
    message: str
    line: int | None = None
    column: int | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Validated(Worded):
    """A validation verdict (spec 08): of the whole set, and `(id, valid)` of each of its policies.

    `errors` pairs policy ids with kinds; `warnings` are tuples of a policy id, a kind and, for kinds about
    texts, the text, for `confusable_identifier` also its first character that is not allowed. Both are
    sorted and hold nothing twice; None means that the engine does not report them, so they are compared by
    the rules of spec 08 and not by `==`. An engine that `guesses` continues after an error by rules of its
    own, which does not affect this verdict. `detail` and `problems`, the same one by one, are for people.
    """

    valid: bool
    policies: tuple[tuple[str, bool], ...] = ()
    errors: tuple[tuple[str, ValidationErrorKind], ...] | None = field(default=None, compare=False)
    warnings: tuple[tuple[str, ...], ...] | None = field(default=None, compare=False)
    detail: str = field(default="", compare=False)
    guesses: bool = field(default=False, compare=False)
    problems: tuple[Problem, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A document was read; `canonical` is the engine's canonical JSON of it (sorted keys, no spaces).

    For policies it is the policy-set JSON of spec 06; for entities spec 05 §2.4 with uid-sorted entities, for
    a schema its resolved JSON form. Empty where an engine can only say yes; what it cannot write is
    `Unwritable`. `count` is the number of entities, where entities were read: it is not compared because not
    every engine counts, and `canonical` shows it. `detail` is for people.
    """

    canonical: str = ""
    count: int | None = field(default=None, compare=False)
    detail: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Unwritable:
    """A document was read and has no form in the requested syntax.

    `count` is the number of entities, if entities were read: it is not compared because not every engine
    counts. `detail` is for people.
    """

    part: Part
    count: int | None = field(default=None, compare=False)
    detail: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Printed:
    """Text that an engine wrote: printed policies, a formatted file, a translated schema."""

    text: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A piece of the input was refused: the input's fault.

    `detail` is for people; `line` and `column`, from 1, are the place in the text, if it has one.
    """

    part: Part
    detail: str = field(default="", compare=False)
    line: int | None = field(default=None, compare=False)
    column: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Unlinkable:
    """Schemas that are accepted one by one and do not become one schema (spec 13 §5).

    `detail` is for people.
    """

    kind: LinkErrorKind
    detail: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """Answers to an inquiry (spec 13 §1–§3) or of a revision: canonical JSON (sorted keys, no spaces).

    Those to an inquiry are one object with the members of the recorded answers: `schema`, `policies`,
    `valid`. Sets and multisets are sorted lists.
    """

    answers: str


@dataclass(frozen=True, slots=True)
class Analyzed:
    """The verdict of an analyser: whether a property of policies holds for all inputs (spec 10 §6)."""

    holds: bool


@dataclass(frozen=True, slots=True)
class Unsupported:
    """The engine does not support the question; `feature` is one word."""

    feature: str


@dataclass(frozen=True, slots=True)
class ExceededBudget:
    """The engine ran out of `resource` (`time`, `memory`, `recursion`): nothing is known about its answer."""

    resource: str


@dataclass(frozen=True, slots=True)
class Crashed:
    """The engine broke: our fault. `where` are its own innermost frames, `error` the exception's class.

    `detail` is for people.
    """

    error: str
    where: tuple[str, ...] = ()
    detail: str = field(default="", compare=False)


Outcome = (
    Authorized
    | Evaluated
    | Failed
    | Validated
    | Accepted
    | Unwritable
    | Printed
    | Rejected
    | Unlinkable
    | Answered
    | Analyzed
    | PartialError
    | PartiallyAuthorized
    | Reauthorized
    | Permitted
    | BatchAuthorized
    | Unsupported
    | ExceededBudget
    | Crashed
)


def authorized(decision: Decision, determining: Iterable[str], erring: Mapping[str, ErrorKind]) -> Authorized:
    """Make an `Authorized` with its ids in canonical order."""
    return Authorized(decision, tuple(sorted(determining)), tuple(sorted(erring.items())))


# Canonical text of values. Every kind has its own shape, so that 1, true and "1" can never be taken for
# each other; ids and strings are JSON-quoted ASCII.


def canonical_bool(value: bool) -> str:
    """Write a Boolean."""
    return "true" if value else "false"


def canonical_long(value: int) -> str:
    """Write an integer."""
    return f"{value:d}"


def canonical_string(value: str) -> str:
    """Quote a string."""
    return json.dumps(value)


def canonical_entity(type_name: str, entity_id: str) -> str:
    """Write a uid."""
    return f"{type_name}::{json.dumps(entity_id)}"


def canonical_set(elements: Iterable[str]) -> str:
    """Write a set sorted but not deduplicated: an element that an engine keeps twice must show twice."""
    return f"[{', '.join(sorted(elements))}]"


def canonical_record(fields: Mapping[str, str]) -> str:
    """Write a record of values that are canonical already, keys sorted."""
    return "{" + ", ".join(f"{json.dumps(key)}: {fields[key]}" for key in sorted(fields)) + "}"


def canonical_decimal(ten_thousandths: int) -> str:
    """Write a decimal by its ten-thousandths."""
    return f"decimal({ten_thousandths:d})"


def canonical_ipaddr(version: int, address: int, prefix: int) -> str:
    """Write an address or range by its number."""
    return f"ip(v{version:d}, {address:#x}, /{prefix:d})"


def canonical_datetime(milliseconds: int) -> str:
    """Write a datetime by its milliseconds."""
    return f"datetime({milliseconds:d}ms)"


def canonical_duration(milliseconds: int) -> str:
    """Write a duration by its milliseconds."""
    return f"duration({milliseconds:d}ms)"
