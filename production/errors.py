"""Errors: one class per part of the input, and the closed vocabulary of evaluation errors.

An engine error is never a bare Python exception: it names the part that is at fault, and for texts the place.
"""

from __future__ import annotations

from typing import Final, Literal

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
"""Why an evaluation failed (spec 02 §3)."""

FALSE: Final = 0
TRUE: Final = 1
ERROR_KINDS: Final[tuple[ErrorKind, ...]] = (
    "type",
    "entity-missing",
    "attr-missing",
    "tag-missing",
    "overflow",
    "extension",
    "arity",
    "unlinked-slot",
    "recursion-limit",
)
FIRST_ERROR: Final = 2
STATUS_BITS: Final = 4
"""A policy's status is a small integer: 0 not satisfied, 1 satisfied, 2 and up `ERROR_KINDS[status - 2]`."""

STATUS_OF_KIND: Final[dict[ErrorKind, int]] = {
    kind: number for number, kind in enumerate(ERROR_KINDS, start=FIRST_ERROR)
}


class CedarError(Exception):
    """Whatever this engine refuses or fails at."""

    def __reduce__(self) -> tuple[object, ...]:
        # A subclass's constructor takes other arguments than those that an exception remembers.
        return _remade, (self.__class__, self.args, self.__dict__)


def _remade(kind: type[CedarError], arguments: tuple[object, ...], members: dict[str, object]) -> CedarError:
    """Make an error again from its parts, as copies and pickles do."""
    error = kind.__new__(kind)
    error.args = arguments
    error.__dict__.update(members)
    return error


class ArgumentError(CedarError, TypeError, ValueError):
    """An argument is of the wrong type, or out of its range."""


class PolicyError(CedarError):
    """A policy text, an expression or a policy document was refused.

    `line` and `column` count from 1 and are 0 where the input is not a policy text. `others` are the errors
    of further policies of the text; the message names all of them, one per line.
    """

    others: tuple[PolicyError, ...] = ()
    """The errors of further policies of the text."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        place = f"line {line}, column {column}: " if line else ""
        super().__init__(place + message)
        self.line = line
        """The line of the text, from 1; 0 where there is none."""
        self.column = column
        """The column in characters, from 1; 0 where there is none."""


class PolicySetError(CedarError):
    """A policy set cannot hold what was asked: a used id, a missing template, a link that does not fit."""


class LinkError(PolicySetError):
    """A template link was refused (spec 04 §1.1)."""


class SchemaError(CedarError):
    """A schema was refused (spec 07)."""


class EntitiesError(CedarError):
    """An entity document or a change of the store was refused (spec 05)."""


class NotValid(CedarError):
    """The error for policies that do not pass validation (spec 08); the message lists every problem."""


class RequestError(CedarError):
    """A request or its context was refused (spec 05 §8, §9)."""


PartialRequestFault = Literal[
    "incomplete_schema",
    "unreadable_context",
    "undeclared_action",
    "principal_type",
    "resource_type",
    "enumerated_id",
    "context",
]
"""Why a partial request was refused (spec 09 §1.1); `unreadable_context` holds what is no value."""

PartialEntitiesFault = Literal[
    "incomplete_schema",
    "invalid",
    "action_entity",
    "duplicate",
    "unknown_ancestors",
    "cycle",
    "action_ancestors",
]
"""Why partial entities were refused (spec 09 §1.2)."""

InconsistencyFault = Literal["request", "entities", "inconsistent_entities", "inconsistent_request"]
"""Why concrete data do not complete partial ones (spec 09 §7)."""


class PartialRequestError(RequestError):
    """A partial request, or the concrete one of a query, was refused; `kind` says why."""

    def __init__(self, kind: PartialRequestFault, message: str) -> None:
        super().__init__(message)
        self.kind: PartialRequestFault = kind
        """Why it was refused, as a fixed word."""


class PartialEntitiesError(EntitiesError):
    """Partial entities were refused; `kind` says why."""

    def __init__(self, kind: PartialEntitiesFault, message: str) -> None:
        super().__init__(message)
        self.kind: PartialEntitiesFault = kind
        """Why they were refused, as a fixed word."""


class IllTypedError(NotValid):
    """A policy has a type error in the environment of the request (spec 09 §1.3)."""


class InconsistentError(CedarError):
    """Concrete data do not complete the partial ones, or do not fit the schema; `kind` says which."""

    def __init__(self, kind: InconsistencyFault, message: str) -> None:
        super().__init__(message)
        self.kind: InconsistencyFault = kind
        """What does not fit, as a fixed word."""


class LoaderError(CedarError):
    """An entity loader raised an exception, ran out of time, or gave an answer that is none."""


class InsufficientIterations(CedarError):
    """Batched authorization found no decision within its calls of the loader (spec 09 §9)."""


class JsonError(CedarError):
    """A text is not strict JSON."""


class PrintError(CedarError):
    """A policy has no text (spec 01 §7), or a value has no JSON form (spec 05 §2.2)."""


class EvaluationError(CedarError):
    """An expression has no value; `kind` says why, `status` is the kind as a number."""

    def __init__(self, kind: ErrorKind, detail: str = "") -> None:
        super().__init__(detail or kind)
        self.kind: ErrorKind = kind
        """Why there is no value."""
        self.status = STATUS_OF_KIND[kind]
        """The kind as a number."""
