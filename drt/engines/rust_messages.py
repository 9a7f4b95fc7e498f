"""The Rust engine's messages about evaluation and validation, classified by how they begin.

Its binding and its records report errors as sentences only. A message quotes names and strings of the case,
so only what stands before the first quoted piece, or around a whole quoted entity, may decide.
"""

from __future__ import annotations

import re
from functools import lru_cache

from drt.model.outcome import ErrorKind, ValidationErrorKind

_QUOTED_UID = r'`[^`"]*"(?:[^"\\]|\\.)*"`'

_KINDS: tuple[tuple[str, ErrorKind], ...] = (
    (r"type error: ", "type"),
    (r"record does not have the attribute ", "attr-missing"),
    (rf"{_QUOTED_UID} does not have the attribute ", "attr-missing"),
    (rf"{_QUOTED_UID} does not have the tag ", "tag-missing"),
    (rf"entity {_QUOTED_UID} does not exist", "entity-missing"),
    (r"integer overflow while attempting ", "overflow"),
    (r"error while evaluating `\w+` extension function: ", "extension"),
    (r"wrong number of arguments provided to extension function ", "arity"),
    (r"recursion limit reached", "recursion-limit"),
    (r"template slot `\?\w+` was not linked", "unlinked-slot"),
)


@lru_cache(maxsize=256)
def error_kind(message: str) -> ErrorKind | None:
    """Classify the error (spec 02 §3) that a message reports; `None` for an unknown sentence."""
    return next((kind for pattern, kind in _KINDS if re.match(pattern, message, re.DOTALL)), None)


_VALIDATION_KINDS: tuple[tuple[str, ValidationErrorKind], ...] = (
    (r"unrecognized entity type ", "unrecognized_entity_type"),
    (r"unrecognized action ", "unrecognized_action"),
    (r"entity `.*` is of an enumerated entity type, but ", "invalid_enum_entity"),
    (r"unexpected type: ", "unexpected_type"),
    (r"the types ", "incompatible_types"),
    (r"attribute `", "unsafe_attribute_access"),
    (r"unable to guarantee safety of access to optional attribute ", "unsafe_optional_attribute_access"),
    (r"unable to guarantee safety of access to tag ", "unsafe_tag_access"),
    (r"wrong number of arguments in extension function application", "wrong_number_of_arguments"),
    (r"error during extension function argument validation: ", "function_argument"),
    (r"extension constructors may not be called with non-literal expressions", "non_literal_constructor"),
    (r"empty set literals are forbidden in policies", "empty_set"),
)

NO_APPLICABLE_ACTION = "unable to find an applicable action given the policy scope constraints"
"""An error up to version 4.12 that has no kind, because the guide has it as a warning (spec 08 §4)."""


@lru_cache(maxsize=1024)
def validation_error_kind(message: str) -> ValidationErrorKind | None:
    """Classify the error (spec 08 §13) that a message reports; `None` for an unknown sentence.

    The message stands without the policy that it begins with.
    """
    return next((kind for pattern, kind in _VALIDATION_KINDS if re.match(pattern, message, re.DOTALL)), None)


_INVALID_REQUEST = re.compile(
    r"failed to build request: (?:(?:principal|resource) type `[^`]*` is not |context `.*` is not valid for |"
    r"entity `.*` is of an enumerated entity type, but )",
    re.DOTALL,
)
_UNDECLARED_ACTION = re.compile(
    r"failed to build request: action `.*` does not exist in the supplied schema", re.DOTALL
)


def is_invalid_request(message: str) -> bool:
    """Whether a request was read with its schema and refused because it does not fit it (spec 05 §9.1)."""
    return _INVALID_REQUEST.match(message) is not None


def is_undeclared_action(message: str) -> bool:
    """Whether a request was refused because its schema has no context type for its action."""
    return _UNDECLARED_ACTION.match(message) is not None
