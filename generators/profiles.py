"""Profiles: how a scenario is drawn. The first is complete; every other one is a change of an earlier one.

A knob is a probability unless its name says otherwise. What a knob breaks on purpose is named in the
scenario's `intended_misfits`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True, slots=True)
class Profile:
    """The knobs of a scenario."""

    name: str

    # Sizes.
    policies: tuple[int, int] = (1, 5)
    requests: int = 16
    expressions: int = 3
    expression_depth: int = 3
    entities_each: tuple[int, int] = (1, 3)

    # Aim: how often requests and conditions are drawn from what makes them meet.
    aimed_requests: float = 0.85
    satisfied_conditions: float = 0.8
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
    unguarded_access: float = 0.0
    unknown_attribute: float = 0.0
    mistyped_value: float = 0.0
    mistyped_request: float = 0.0
    bad_extension_text: float = 0.0
    one_type_error: bool = False
    near_miss_schema: Literal["", "renamed", "optional", "parent"] = ""


TYPED = Profile("typed")
"""Everything fits: policies validate, entities and requests conform."""

UNTYPED = replace(
    TYPED,
    name="untyped",
    mistyped_expression=0.05,
    unguarded_access=0.3,
    unknown_attribute=0.03,
    mistyped_value=0.08,
    mistyped_request=0.1,
    bad_extension_text=0.1,
    dangling_reference=0.1,
    missing_entity=0.1,
    extreme_constants=0.1,
)
"""Nothing has to fit: wrong kinds, absent attributes, unguarded accesses, values that break the schema."""

PROFILES = {profile.name: profile for profile in (TYPED, UNTYPED)}
"""Every profile by its name."""
