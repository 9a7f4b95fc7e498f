"""Errors and warnings of validation: kinds, places, messages (spec 08 §8, §13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reference.syntax import Expr
from reference.validation.environments import Environment

ErrorKind = Literal[
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
WarningKind = Literal[
    "no_applicable_action",
    "impossible_policy",
    "bidi_string",
    "mixed_script_string",
    "bidi_identifier",
    "confusable_identifier",
    "mixed_script_identifier",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """An error: the expression at fault and the environment in which it is one, as far as there are any."""

    kind: ErrorKind
    message: str
    expr: Expr | None = None
    environment: Environment | None = None


@dataclass(frozen=True, slots=True)
class Caution:
    """A warning. Kinds about texts name the text, and the first character of it that is not allowed."""

    kind: WarningKind
    message: str
    expr: Expr | None = None
    text: str | None = None
    character: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """All errors and warnings of one policy, template or link."""

    problems: tuple[Problem, ...] = ()
    cautions: tuple[Caution, ...] = ()

    @property
    def valid(self) -> bool:
        """Return whether there are no errors; warnings do not count."""
        return not self.problems

    def warns(self, kind: WarningKind) -> bool:
        """Return whether there is a warning of this kind."""
        return any(caution.kind == kind for caution in self.cautions)
