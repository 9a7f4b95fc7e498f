"""The engine's parts stand behind a door, as they do wherever the engine is asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reference.support.recursion import deep_recursion

OUTSIDE = ("test_recursion", "test_small_limits", "test_door", "test_hostile")
"""Modules whose tests go through doors of their own."""


@pytest.fixture(autouse=True)
def behind_a_door(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let every test recurse as deep as its input."""
    if request.module.__name__.rpartition(".")[2] in OUTSIDE:
        yield
        return
    with deep_recursion():
        yield
