"""Rejections of engines that state the place of a fault only in their message."""

from __future__ import annotations

import re
from dataclasses import replace

from drt.model.outcome import Part, Rejected

_PLACE = re.compile(r"line (\d+),? column (\d+)")


def rejected(part: Part, message: str) -> Rejected:
    """Make a rejection, with the place that the message states."""
    return placed(Rejected(part, message))


def placed(rejection: Rejected) -> Rejected:
    """Add the place that the message states, unless the rejection has one."""
    found = _PLACE.search(rejection.detail) if rejection.line is None else None
    if found is None:
        return rejection
    return replace(rejection, line=int(found[1]), column=int(found[2]))
