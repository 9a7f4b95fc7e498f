"""Saved cases: texts with the expected outcomes, the origin and the verdict.

Owns the records; `case_files` owns their form on disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from drt.model.case import Case
from drt.model.outcome import Decision, ErrorKind, Part
from drt.model.question import ValidationMode

Status = Literal["open", "fixed", "declared"]
"""`open`: a bug not yet fixed. `fixed`: kept as a regression test. `declared`: a difference that is meant."""


@dataclass(frozen=True, slots=True)
class ExpectedResponse:
    """The expected response to a request of the case.

    `reason` and `errors` are sets of policy ids in sorted order. `error_kinds`, where known, names the
    kinds of some erring policies. `rejected` says that the request itself must be refused; then nothing
    else holds.
    """

    request: int
    decision: Decision | None = None
    reason: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    error_kinds: tuple[tuple[str, ErrorKind], ...] = ()
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class ExpectedValue:
    """The expected outcome of an expression under a request: exactly one of the three is set.

    `value` is the canonical text of `drt.model.outcome`; `error` an error kind, or the empty text for
    any kind.
    """

    expression: int
    request: int
    value: str | None = None
    error: ErrorKind | Literal[""] | None = None
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class ExpectedVerdict:
    """The expected verdict of validation: the ids of the policies with errors, in sorted order."""

    invalid: tuple[str, ...] = ()
    mode: ValidationMode = "strict"
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Expectations:
    """Known right answers to a case; `rejected` names the part that must be refused."""

    responses: tuple[ExpectedResponse, ...] = ()
    values: tuple[ExpectedValue, ...] = ()
    verdicts: tuple[ExpectedVerdict, ...] = ()
    should_validate: bool | None = None
    rejected: Part | None = None

    def __bool__(self) -> bool:
        known = self.should_validate is not None or self.rejected is not None
        return known or bool(self.responses or self.values or self.verdicts)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a triage: which engine is wrong, why, and where that is written."""

    wrong: str
    because: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class SavedCase:
    """A case of the corpus.

    `name` is the name of its folder; `source` the place in the language guide that the expected outcomes come
    from; `origin` says which run found it (target, profile, random seed, engines and versions, choices).
    """

    case: Case
    name: str = ""
    description: str = ""
    descriptions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    source: str = ""
    expected: Expectations = Expectations()
    origin: Mapping[str, object] = field(default_factory=dict)
    signature: str = ""
    verdict: Verdict | None = None
    status: Status | None = None
