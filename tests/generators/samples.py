"""Scenarios drawn once for all generator tests: fixed random seeds, modest samples."""

from __future__ import annotations

from functools import cache

from generators.choice.profiles import PROFILES
from generators.choice.sources import RecordingSource
from generators.scenarios import Scenario, scenario


@cache
def drawn(profile: str, count: int) -> tuple[Scenario, ...]:
    """The scenarios of the first `count` random seeds."""
    return tuple(scenario(RecordingSource(seed), PROFILES[profile]) for seed in range(count))
