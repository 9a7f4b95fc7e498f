"""Mutants that mean the same as the shipped code, each with the reason."""

from __future__ import annotations

EQUIVALENT: dict[tuple[str, str], str] = {
    (
        "reference.authorizer.decide",
        "`p.effect == 'permit' and outcome_of(p).status == 'satisfied'` -> `outcome_of(p).status == 'satisfied'`",
    ): "the permits are read only where no forbid is satisfied",
}
"""By function and change."""
