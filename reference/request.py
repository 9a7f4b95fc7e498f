"""An authorization request (spec 04 §1)."""

from __future__ import annotations

from dataclasses import dataclass

from reference.values import EntityUid, Record


@dataclass(frozen=True, slots=True)
class Request:
    """Who wants to do what to what, and under which circumstances. The entities need not exist."""

    principal: EntityUid
    action: EntityUid
    resource: EntityUid
    context: Record
