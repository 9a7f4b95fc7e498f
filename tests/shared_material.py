"""Where the shared material lies, and the visible skip where it does not.

The specification and the conformance data sit beside the checkout in CI, not on a user's machine. Tests that need
them carry the `shared` mark and call `shared_folder`. With REQUIRE_SHARED set, as `.ci/run` sets it where the
material is there, its absence is a failure.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared_folder(*parts: str) -> Path:
    """The path of a piece of the shared material; skips the test, saying so, where there is none."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        message = f"no shared material beside the checkout: {'/'.join(('shared', *parts))}"
        if os.environ.get("REQUIRE_SHARED"):
            pytest.fail(message)
        pytest.skip(message)
    return path
