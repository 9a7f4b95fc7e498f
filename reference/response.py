"""The answer to an authorization request (spec 04 §4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from reference.errors import ErrorKind

Decision = Literal["allow", "deny"]


@dataclass(frozen=True, slots=True)
class Response:
    """The decision, the ids of the policies that determined it, and the erring policies with their errors."""

    decision: Decision
    determining: frozenset[str]
    errors: Mapping[str, ErrorKind]
