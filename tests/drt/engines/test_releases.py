"""Versions of engines and the ranges of releases of declared differences."""

from __future__ import annotations

import pytest

from drt.engines.releases import is_between


@pytest.mark.parametrize(
    ("version", "since", "below", "inside"),
    [
        ("0.0", "", "1.0", True),
        ("0.0.0", "0", "1.0", True),
        ("1.9", "1.9.0", "1.10", True),
        ("2", "", "2.0.0", False),
        ("V1.9", "1.9", "2", True),
        ("toy 1.9", "1.9", "2", True),
        ("toy-v1.9+build.7", "1.9", "2", True),
        ("2.0.0-rc1", "", "2", True),
        ("2.0.0-rc.1", "2", "", False),
        ("2.0b1", "1.9", "2.0", True),
        ("2.0.dev3", "2", "", False),
        ("", "0", "", False),
        ("nightly", "0", "", False),
        ("7e72a031", "", "8", False),
        ("nightly", "", "", True),
    ],
)
def test_a_range_of_releases(version: str, since: str, below: str, inside: bool) -> None:
    assert is_between(version, since, below) is inside
