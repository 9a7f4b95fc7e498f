"""Where the shared material lies, and the visible skip where it does not.

The specification and the conformance data sit beside the checkout in CI and on the founders' machines, not on a
user's. Tests that need them carry the `shared` mark and call `shared_folder`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared_folder(*parts: str) -> Path:
    """The path of a piece of the shared material; skips the test, saying so, where there is none."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"no shared material beside the checkout: {'/'.join(('shared', *parts))}")
    return path
