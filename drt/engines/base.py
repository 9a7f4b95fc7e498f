"""An engine that does nothing yet: the place to start an adapter from.

Every question is answered `Unsupported` with its own name, so an adapter overrides what its engine can do.
"""

from __future__ import annotations

from collections.abc import Sequence

from drt.model.case import Case, Format, Inquiry, Request, Source
from drt.model.engine import Engine, Loaded, Unanswered, ValidationMode
from drt.model.outcome import (
    Accepted,
    Answered,
    Authorized,
    Evaluated,
    Failed,
    Printed,
    Rejected,
    Unlinkable,
    Unsupported,
    Unwritable,
    Validated,
)


class BaseLoaded:
    """A loaded case of which nothing can be asked."""

    def authorize(self, request: Request) -> Authorized | Rejected | Unanswered:
        return Unsupported("authorize")

    def evaluate(self, expression: str, request: Request) -> Evaluated | Failed | Rejected | Unanswered:
        return Unsupported("evaluate")

    def validate(
        self, mode: ValidationMode = "strict", level: int | None = None
    ) -> Validated | Rejected | Unanswered:
        return Unsupported("validate")


class BaseEngine:
    """An engine of which nothing can be asked."""

    name = "base"
    version = "0"

    def variants(self) -> tuple[Engine, ...]:
        return ()

    def load(self, case: Case) -> Loaded | Rejected | Unlinkable | Unanswered:
        return Unsupported("load")

    def read_policies(self, policies: Source) -> Accepted | Unwritable | Rejected | Unanswered:
        return Unsupported("policies")

    def print_policies(
        self, policies: Source, *, templates: bool
    ) -> Printed | Unwritable | Rejected | Unanswered:
        return Unsupported("print")

    def format_policies(
        self, text: str, line_width: int, indent_width: int
    ) -> Printed | Rejected | Unanswered:
        return Unsupported("format")

    def read_expression(self, expression: str) -> Accepted | Unwritable | Rejected | Unanswered:
        return Unsupported("expression")

    def read_entities(
        self, entities: str, schema: Source | None
    ) -> Accepted | Unwritable | Rejected | Unanswered:
        return Unsupported("entities")

    def read_schema(self, schema: Source) -> Accepted | Unwritable | Rejected | Unanswered:
        return Unsupported("schema")

    def translate_schema(self, schema: Source, to: Format) -> Printed | Unwritable | Rejected | Unanswered:
        return Unsupported("schema")

    def link_schemas(
        self, schemas: Sequence[Source], *, complete: bool
    ) -> Accepted | Unwritable | Rejected | Unlinkable | Unanswered:
        return Unsupported("linking")

    def answer(self, inquiry: Inquiry) -> Answered | Rejected | Unlinkable | Unanswered:
        return Unsupported("questions")
