"""Order of releases: the version that an engine states, and the ranges of declared differences.

A version is read from the first number in its text, so that `v1.9` and `toy 1.9` are 1.9. Zeros at the end
count for nothing. A pre-release, as SemVer or PEP 440 write one (`2.0.0-rc1`, `2.0b1`), is below its release.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_VERSION = re.compile(
    r"(?<![0-9A-Za-z.])[vV]?([0-9]+(?:\.[0-9]+)*)(-[0-9A-Za-z.-]+|\.?(?:a|b|rc|dev)[0-9]+)?(?![0-9A-Za-z])"
)


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """A release by its numbers, without zeros at the end; `final` is False for a pre-release."""

    numbers: tuple[int, ...]
    final: bool = True


def release(version: str) -> Release | None:
    """Read the release in a version; None if the text holds no number of one."""
    found = _VERSION.search(version)
    if found is None:
        return None
    numbers = [int(number) for number in found[1].split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return Release(tuple(numbers), final=found[2] is None)


def is_between(version: str, since: str, below: str) -> bool:
    """Whether a version is from `since` on and below `below`; an empty limit excludes nothing.

    A version without a number is in no range.
    """
    if not (since or below):
        return True
    found, first, end = release(version), release(since), release(below)
    return found is not None and (first is None or first <= found) and (end is None or found < end)
