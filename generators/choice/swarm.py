"""Swarm masks: half of the cases leave out random features, so that the others meet more often."""

from __future__ import annotations

from generators.choice.sources import Source

FEATURES = (
    "arithmetic",
    "order",
    "like",
    "sets",
    "records",
    "in",
    "is",
    "has",
    "tags",
    "if",
    "and",
    "or",
    "not",
    "equality",
    "decimal",
    "ipaddr",
    "datetime",
    "duration",
    "optional",
    "enums",
    "namespaces",
    "common",
    "entities",
    "strings",
    "unless",
    "scope-eq",
    "scope-in",
    "scope-is",
    "action-tests",
)
"""The features that a mask can leave out, in the order of its bits."""

NOTHING: frozenset[str] = frozenset()


def draw_mask(source: Source, p: float) -> frozenset[str]:
    """Draw the features left out of a case; none, the mask zero, with probability `1 - p`."""
    if not source.boolean(p):
        return NOTHING
    bits = source.integer(0, (1 << len(FEATURES)) - 1)
    return frozenset(name for place, name in enumerate(FEATURES) if bits >> place & 1)
