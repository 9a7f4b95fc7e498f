"""Outcomes of partial evaluation, permission queries and batched authorization (spec 09).

Members are compared with `==` as those of `drt.model.outcome`, whose union includes these records. A uid is
written as `canonical_entity` writes it. Imports nothing of ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

PartialDecision = Literal["allow", "deny"] | None
"""A decision; None while it depends on what is unknown."""

ResidualClass = Literal[
    "true_permits",
    "false_permits",
    "error_permits",
    "residual_permits",
    "true_forbids",
    "false_forbids",
    "error_forbids",
    "residual_forbids",
]
"""Effect of a policy and class of its residual (spec 09 §6)."""

PartialStage = Literal[
    "schema", "request", "context", "entities", "concrete_entities", "policies", "reauthorize", "query"
]
"""Where an input is refused. `context`, `concrete_entities`: a value or a store cannot be read at all."""

PartialErrorKind = Literal[
    "incomplete_schema",
    "undeclared_action",
    "principal_type",
    "resource_type",
    "enumerated_id",
    "context",
    "invalid",
    "action_entity",
    "duplicate",
    "unknown_ancestors",
    "cycle",
    "action_ancestors",
    "ill_typed",
    "request",
    "entities",
    "inconsistent_entities",
    "inconsistent_request",
    "policies",
]
"""Class of an error in its stage (spec 09 §1, §7, §8)."""

BatchErrorKind = Literal["request", "policies", "entities", "insufficient_iterations"]
"""Why batched authorization has no decision (spec 09 §9)."""


@dataclass(frozen=True, slots=True)
class PartialError:
    """An input of partial evaluation is refused, so there is no response. `detail` is for people."""

    stage: PartialStage
    kind: PartialErrorKind
    detail: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class PartiallyAuthorized:
    """A partial response (spec 09 §6): `reason` is None where there is no decision.

    `classes` pairs each policy id with its class; `residuals` pairs it with the residual policy as canonical
    policy JSON (spec 09 §5.1; see `drt.model.residual_json`). All are sorted by id.
    """

    decision: PartialDecision
    reason: tuple[str, ...] | None
    classes: tuple[tuple[str, ResidualClass], ...] = ()
    residuals: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reauthorized:
    """The response of residual policies to a concrete request (spec 09 §7): ids, sorted."""

    decision: Literal["allow", "deny"]
    determining: tuple[str, ...] = ()
    erring: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Permitted:
    """The answer to a permission query (spec 09 §8): sorted uids of principals, resources or actions.

    `undecided` are the actions that are neither certainly allowed nor certainly denied.
    """

    allowed: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchAuthorized:
    """The result of a batched authorization: a decision or an error, and what was loaded (spec 09 §9).

    `loads` are the uids that the loader was asked for, call by call, each sorted and not empty. `detail` is
    for people.
    """

    decision: PartialDecision
    error: BatchErrorKind | None = None
    loads: tuple[tuple[str, ...], ...] = ()
    detail: str = field(default="", compare=False)


PartialOutcome = PartialError | PartiallyAuthorized | Reauthorized | Permitted | BatchAuthorized
"""Every outcome of spec 09."""
