"""Findings of validation: errors and warnings, each with its policy, its kind and the expression at fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from ..language.nodes import Node
from .environments import Environment

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
    "not_checked",
]
"""Kinds of errors (spec 08 §13); `not_checked` is for a policy whose check ran out of memory or stack."""

WarningKind = Literal[
    "no_applicable_action",
    "impossible_policy",
    "bidi_string",
    "mixed_script_string",
    "bidi_identifier",
    "confusable_identifier",
    "mixed_script_identifier",
]
"""Kinds of warnings (spec 08 §8)."""


LONGEST_LINE: Final = 200
"""Characters of a line that a report still shows."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column of a text, both from 1, and the line itself."""

    line: int
    """The line, from 1."""
    column: int
    """The column in characters, from 1."""
    text: str
    """The line itself."""

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"

    def caret(self) -> str:
        """Return the line with a caret under the column, what does not print replaced.

        Empty for a long line.
        """
        if len(self.text) > LONGEST_LINE:
            return ""
        shown = self.text if self.text.isprintable() else "".join(map(_shown, self.text))
        return f"\n  {shown}\n  {' ' * (self.column - 1)}^"


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character == "\t" else "\ufffd"


@dataclass(frozen=True, slots=True)
class ValidationError:
    """One thing that makes a policy, a template or a link invalid.

    `expression` is the text of the expression at fault, cut where it gets long; empty where it is no
    expression. `Validation.placed` fills `place`; `site` is the number by which it finds the expression
    (`sites`), and `None` stands for the whole policy.
    """

    policy: str
    """The id of the policy, template or link."""
    kind: ValidationErrorKind
    """What is wrong, as a fixed word."""
    message: str
    """What is wrong, for people."""
    expression: str = ""
    """The text of the expression at fault, or nothing."""
    place: Place | None = None
    """Where the expression starts, once `Validation.placed` was asked."""
    site: int | None = field(default=None, repr=False, compare=False)
    """The number of the expression; `None` for the whole policy."""

    def __str__(self) -> str:
        return f"{_head(self.policy, self.place)}: {_within(self.expression)}{self.message}"


@dataclass(frozen=True, slots=True)
class ValidationWarning:
    """One thing that a valid policy may still have got wrong.

    `texts` holds the string or identifier that a warning is about and, for `confusable_identifier`, its first
    character that is not allowed. `expression`, `place` and `site` are as in an error.
    """

    policy: str
    """The id of the policy, template or link."""
    kind: WarningKind
    """What is doubtful, as a fixed word."""
    message: str
    """What is doubtful, for people."""
    texts: tuple[str, ...] = ()
    """The strings or names that look misleading."""
    expression: str = ""
    """The text of the expression, or nothing."""
    place: Place | None = None
    """Where the expression starts, once `Validation.placed` was asked."""
    site: int | None = field(default=None, repr=False, compare=False)
    """The number of the expression; `None` for the whole policy."""

    def __str__(self) -> str:
        return f"{_head(self.policy, self.place)}: warning: {_within(self.expression)}{self.message}"


def _head(policy_id: str, place: Place | None) -> str:
    return f"policy `{policy_id}`" if place is None else f"policy `{policy_id}`, {place}"


def _within(expression: str) -> str:
    return f"in `{expression}`: " if expression else ""


@dataclass(frozen=True, slots=True)
class Fault:
    """An error before it belongs to a policy; `node` is the innermost expression at fault.

    An error of types has the first environment that it was found in.
    """

    kind: ValidationErrorKind
    message: str
    node: Node | None = None
    environment: Environment | None = None

    def __str__(self) -> str:
        if self.environment is None:
            return self.message
        where = (
            f"where the action is {self.environment.action!r}, the principal a {self.environment.principal}"
        )
        return f"{self.message} ({where} and the resource a {self.environment.resource})"


class Faults:
    """The faults of one policy over all environments: one for each kind and place.

    `count` goes up with every report, also with a repeated one, so that a change of it shows that the
    expression checked meanwhile is at fault.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, int | str], Fault] = {}
        self.count = 0

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._found.values())

    def add(
        self,
        kind: ValidationErrorKind,
        message: str,
        node: Node | None = None,
        environment: Environment | None = None,
    ) -> None:
        """Add a fault."""
        self.count += 1
        place: int | str = message if node is None else id(node)
        self._found.setdefault((kind, place), Fault(kind, message, node, environment))
