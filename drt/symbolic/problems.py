"""Refusals: why a query has no verdict (spec 10 §9)."""

from __future__ import annotations

from typing import Literal

ErrorClass = Literal[
    "schema",
    "parse",
    "not-one-policy",
    "incomplete-schema",
    "action-not-in-schema",
    "unsupported-feature",
    "policy-not-well-typed",
    "encode-error",
    "unknown",
    "decode-model",
    "concretize-error",
]


class Refused(Exception):
    """The query cannot be asked, for a reason of a class, in one sentence."""

    def __init__(self, kind: ErrorClass, sentence: str) -> None:
        super().__init__(sentence)
        self.kind: ErrorClass = kind
