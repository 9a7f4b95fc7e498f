"""Profiles: the knobs by which a scenario is drawn.

The first profile is complete; every other one is a change of an earlier one. A knob is a probability unless
its type is another. Whatever a knob breaks on purpose is named in the scenario's `intended_misfits`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Profile:
    """The knobs of a scenario."""

    name: str

    # Sizes.
    policies: tuple[int, int] = (1, 5)
    requests: int = 16
    expressions: int = 3
    expression_depth: int = 3
    entities_each: tuple[int, int] = (1, 4)

    # Aim: how often requests and conditions are drawn from what makes them meet.
    aimed_requests: float = 0.85
    satisfied_conditions: float = 0.85
    redraws: int = 2
    same_witness: float = 0.5
    swarm: float = 0.5

    # Constants.
    extreme_constants: float = 0.03
    odd_strings: float = 0.12
    odd_names: float = 0.05
    hostile_text: bool = False
    odd_spelling: float = 0.1

    # Shape of the documents.
    explicit_escapes: bool = True
    action_entities: bool = True
    templates: float = 0.0

    # Misfits.
    dangling_reference: float = 0.02
    missing_entity: float = 0.02
    mistyped_expression: float = 0.0
    loose_type: float = 0.0
    look_alike: float = 0.0
    unguarded_access: float = 0.0
    unknown_attribute: float = 0.0
    mistyped_value: float = 0.0
    mistyped_request: float = 0.0
    bad_extension_text: float = 0.0
    broken_part: float = 0.0
    unfit_scope: float = 0.0
    type_errors: float = 0.0
    odd_scripts: float = 0.0
    one_type_error: bool = False
    evident_error: float = 0.45
    near_miss_schema: bool = False
    broken_schema: bool = False
    broken_entities: bool = False


TYPED = Profile("typed")
"""Everything fits: policies validate, entities and requests conform."""

UNTYPED = replace(
    TYPED,
    name="untyped",
    mistyped_expression=0.08,
    look_alike=0.04,
    unguarded_access=0.4,
    unknown_attribute=0.03,
    broken_part=0.12,
    mistyped_value=0.08,
    mistyped_request=0.1,
    bad_extension_text=0.1,
    dangling_reference=0.1,
    missing_entity=0.1,
    extreme_constants=0.1,
    redraws=0,
)
"""Nothing has to fit: wrong kinds, absent attributes, unguarded accesses, values that break the schema."""

DANGLING = replace(
    TYPED,
    name="dangling",
    dangling_reference=0.2,
    missing_entity=0.2,
    extreme_constants=0.3,
    redraws=0,
)
"""Well typed, but references dangle, entities are missing, and constants lie at the ends of their ranges."""

EXTREME = replace(TYPED, name="extreme", extreme_constants=0.5, redraws=0)
"""Well typed; half of the constants lie at the ends of their ranges, so that arithmetic overflows."""

ONE_TYPE_ERROR = replace(TYPED, name="one-type-error", one_type_error=True, policies=(1, 3))
"""Well typed but for one type error in one policy, at which most requests are aimed."""

TEMPLATES = replace(TYPED, name="templates", templates=0.6)
"""Role-based: most policies are templates, and linked."""

HOSTILE_TEXT = replace(
    TYPED, name="hostile-text", hostile_text=True, odd_strings=0.5, odd_names=0.4, odd_spelling=0.5
)
"""Well typed, in unusual words: odd names, ids, strings and spellings."""

IMPLIED = replace(TYPED, name="implied", explicit_escapes=False)
"""Well typed; entity references and extension values are written so that only the schema identifies them."""

NEAR_MISS_SCHEMA = replace(TYPED, name="near-miss-schema", near_miss_schema=True)
"""Everything was drawn from a schema of which one attribute or parent has changed since."""

BROKEN_SCHEMA = replace(TYPED, name="broken-schema", broken_schema=True, policies=(1, 1), requests=2)
"""The schema has one error."""

BROKEN_ENTITIES = replace(TYPED, name="broken-entities", broken_entities=True, policies=(1, 1), requests=2)
"""One entity does not conform to the schema, or could be in no store."""

LOOSE_TYPES = replace(TYPED, name="loose-types", loose_type=0.35, redraws=0)
"""Entities of another type, empty sets, other records: what only permissive validation may take."""

UNFIT_SCOPES = replace(TYPED, name="unfit-scopes", unfit_scope=0.6, templates=0.35, policies=(1, 4))
"""Well typed, but no action fits the scopes of many policies, templates and links."""

TYPE_ERRORS = replace(
    TYPED, name="type-errors", type_errors=0.7, unfit_scope=0.1, policies=(1, 4), templates=0.2, redraws=0
)
"""Most policies have one to three validation errors, of every kind alike; some also fit no action."""

ODD_SCRIPTS = replace(
    TYPED,
    name="odd-scripts",
    odd_scripts=0.25,
    type_errors=0.1,
    unfit_scope=0.1,
    templates=0.25,
    odd_spelling=0.5,
    policies=(1, 4),
)
"""Texts everywhere that mix scripts, or hold what looks like something else; some with errors besides."""

EXPRESSIONS = replace(
    TYPED, name="expressions", policies=(1, 1), expressions=16, requests=4, extreme_constants=0.1
)
"""Many well-typed expressions over few requests."""

UNTYPED_EXPRESSIONS = replace(
    UNTYPED, name="untyped-expressions", policies=(1, 1), expressions=16, requests=4
)
"""Many expressions that need not fit."""

PROFILES = {
    profile.name: profile
    for profile in (
        TYPED,
        UNTYPED,
        DANGLING,
        EXTREME,
        ONE_TYPE_ERROR,
        TEMPLATES,
        HOSTILE_TEXT,
        IMPLIED,
        NEAR_MISS_SCHEMA,
        BROKEN_SCHEMA,
        BROKEN_ENTITIES,
        LOOSE_TYPES,
        UNFIT_SCOPES,
        TYPE_ERRORS,
        ODD_SCRIPTS,
        EXPRESSIONS,
        UNTYPED_EXPRESSIONS,
    )
}
"""Every profile by its name."""
