"""Capabilities of an engine behind JSON lines, and the failure to agree on a protocol."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from drt.model.question import QUESTIONS

Json = Mapping[str, Any]


class CannotTalk(Exception):
    """A process that starts, and with which there is no common language."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The questions that an engine takes, how many in one batch, and its heartbeat in seconds (0: none)."""

    asks: frozenset[str] = frozenset(QUESTIONS)
    batch: int = 0
    heartbeat: float = 0.0


def capabilities_of(answer: Json) -> Capabilities:
    """Read the capabilities of an engine; one that does not know the question has all, one by one."""
    if answer.get("outcome") == "Unsupported":
        return Capabilities()
    asks, batch, heartbeat = answer.get("asks"), answer.get("batch", 0), answer.get("heartbeat", 0)
    if not isinstance(asks, list) or not all(isinstance(ask, str) for ask in asks):
        raise CannotTalk(f"its capabilities hold no list of 'asks': {json.dumps(answer)[:200]}")
    if strange := sorted(set(asks) - set(QUESTIONS) - {"start", "capabilities", "batch", "stop"}):
        near = get_close_matches(strange[0], QUESTIONS, 1)
        meant = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(QUESTIONS)}"
        raise CannotTalk(f"its capabilities name the unknown question {strange[0]!r}{meant}")
    if (
        type(batch) is not int
        or batch < 0
        or type(heartbeat) not in (int, float)
        or not 0 <= heartbeat < 3600
    ):
        raise CannotTalk(f"its capabilities are not numbers of use: {json.dumps(answer)[:200]}")
    return Capabilities(frozenset(asks) & frozenset(QUESTIONS), batch, float(heartbeat))
