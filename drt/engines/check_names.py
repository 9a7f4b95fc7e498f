"""Names of checks: the one table that `drt conformance` prints from and declared differences choose from."""

from __future__ import annotations

ANSWERS_ABOUT = (
    "action",
    "action_entities",
    "action_groups",
    "actions",
    "actions_for_principal_and_resource",
    "ancestors",
    "annotations",
    "effect",
    "entity_literals",
    "entity_types",
    "external_actions",
    "external_entity_types",
    "has_non_scope_constraint",
    "is_complete",
    "links",
    "principal",
    "principals",
    "principals_for_action",
    "request_envs",
    "resource",
    "resources",
    "resources_for_action",
    "slots",
    "static",
    "substituted",
    "substituted_literals",
    "template",
    "valid_request_envs",
    "validity",
)
"""The members of an answer to an inquiry (spec 13)."""

PARTIAL = (
    "batched",
    "classes",
    "decision",
    "error",
    "level",
    "policies",
    "query action",
    "query principal",
    "query resource",
    "reason",
    "reauthorize",
    "residual",
    "response",
    "validity",
)
"""What is compared of partial evaluation (spec 09)."""

VERDICTS = ("strict verdict", "permissive verdict")

IN_A_RUN = (
    "policies accepted",
    "text to JSON",
    "reading",
    "policy JSON accepted",
    "policy JSON to text",
    "validation",
    "entities accepted",
    "schema accepted",
    "expression result",
    "expression value",
    "response",
    "case response",
    "partial input",
)
"""The checks that a run finds in a case; it excuses by no other."""

CHECKS = frozenset(
    (
        *IN_A_RUN,
        "case validates",
        "deep",
        "deep verdict",
        "entities accepted under a schema",
        "entities counted",
        "entities under a schema counted",
        "entity alone",
        "entity document",
        "expression refused",
        "expression valid",
        "invalid policies",
        "kinds of errors",
        "only what was asked",
        "part refused",
        "policies counted",
        "policies valid",
        "policy JSON counted",
        "questions answered",
        "request validates",
        "schema as rendered",
        "schema in both syntaxes",
        "schemas linked",
        "verdict",
        "warnings",
        *VERDICTS,
        *(f"{verdict} per policy" for verdict in VERDICTS),
        *(f"{verdict} with the JSON schema" for verdict in VERDICTS),
        *(f"answers about {name}" for name in ANSWERS_ABOUT),
        *(f"partial: {part}" for part in PARTIAL),
    )
)
