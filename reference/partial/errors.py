"""The ways in which an input of partial evaluation is refused (spec 09 §1, §7 to §9)."""

from __future__ import annotations

from typing import Literal

Stage = Literal[
    "schema",
    "request",
    "context",
    "entities",
    "concrete_entities",
    "policies",
    "reauthorize",
    "query",
]
Kind = Literal[
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
    "policies",
    "inconsistent_entities",
    "inconsistent_request",
]


class Refusal(Exception):
    """An input is refused in a stage, by a check of the class `kind`."""

    def __init__(self, stage: Stage, kind: Kind, message: str) -> None:
        super().__init__(f"{stage}: {kind}: {message}")
        self.stage: Stage = stage
        self.kind: Kind = kind
        self.message = message


class BatchRefusal(Exception):
    """Batched authorization fails: the request, the policies or a loaded entity is refused."""

    def __init__(self, kind: Literal["request", "policies", "entities"], message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind: Literal["request", "policies", "entities"] = kind
        self.message = message
