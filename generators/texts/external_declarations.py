"""The schema of `small_stores` with one declaration that does not define its type or action."""

from __future__ import annotations

from generators.choice.sources import Source
from generators.texts.small_stores import SCHEMA

_EXTERNAL = (
    ("entity Org;", "external entity Org;"),
    ("entity Team in [N::Team] {lead: User};", "external entity Team in [N::Team];"),
    ("action top;", "external action top;"),
    (
        'action edit in [Action::"read"] appliesTo {principal: User, resource: Team};',
        'external action edit in [Action::"read"];',
    ),
)
"""Declarations, and the same without what they define."""


def incomplete_schema(source: Source) -> str:
    """Return the schema with one declaration left external."""
    declared, external = source.choice(_EXTERNAL)
    return SCHEMA.replace(declared, external)
