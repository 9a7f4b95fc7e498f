"""The engine protocol: the questions that can be put to any Cedar engine.

Owns the surface that an adapter offers. An adapter turns texts into its engine's answers and its engine's
errors into outcomes; whatever else escapes is left to escape, and the caller makes a `Crashed` of it.
An engine that does not do something returns `Unsupported`; nothing is optional by absence. `Unanswered` is
all that a caller may meet instead of an answer: an engine in a process of its own answers for its own death,
the guard answers for the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from drt.model.case import Case, Format, Inquiry, Request, Source
from drt.model.outcome import (
    Accepted,
    Answered,
    Authorized,
    Crashed,
    Evaluated,
    ExceededBudget,
    Failed,
    Printed,
    Rejected,
    Unlinkable,
    Unsupported,
    Unwritable,
    Validated,
)

ValidationMode = Literal["strict", "permissive"]

Unanswered = Unsupported | ExceededBudget | Crashed

NotLoaded = Rejected | Unlinkable | Unanswered
"""What a caller may meet instead of a loaded case."""


class Loaded(Protocol):
    """A case that an engine has read: policies linked, schema resolved, entities closed."""

    def authorize(self, request: Request) -> Authorized | Rejected | Unanswered:
        """The response to one request (spec 04); `Rejected("request")` when the request itself is refused."""
        ...

    def evaluate(self, expression: str, request: Request) -> Evaluated | Failed | Rejected | Unanswered:
        """The value of one expression under a request (spec 02); `Rejected("expression")` if not read."""
        ...

    def validate(
        self, mode: ValidationMode = "strict", level: int | None = None
    ) -> Validated | Rejected | Unanswered:
        """The verdict of the case's schema on its policies (spec 08)."""
        ...


class Engine(Protocol):
    """Something that can answer a case."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def variants(self) -> tuple[Engine, ...]:
        """Other ways in which the engine could come to its answers, such as compiled code; often none."""
        ...

    def load(self, case: Case) -> Loaded | Rejected | Unlinkable | Unanswered:
        """Read everything of the case but its requests and expressions.

        Parts are read in the order schema, policies, links, entities; the first that fails is reported.
        Fragments are linked with the schema.
        """
        ...

    def read_policies(self, policies: Source) -> Accepted | Unwritable | Rejected | Unanswered:
        """Read policies and give them back as canonical policy-set JSON (spec 06)."""
        ...

    def print_policies(
        self, policies: Source, *, templates: bool
    ) -> Printed | Unwritable | Rejected | Unanswered:
        """Write policies as Cedar text (spec 01 §7, 06 §4).

        With `templates` every template is written too and links are left out; without, links are written as
        the plain policies that they stand for and templates are left out.
        """
        ...

    def format_policies(
        self, text: str, line_width: int, indent_width: int
    ) -> Printed | Rejected | Unanswered:
        """Lay out policy text afresh, keeping its comments."""
        ...

    def read_expression(self, expression: str) -> Accepted | Unwritable | Rejected | Unanswered:
        """Read one expression and give it back as canonical expression JSON (spec 06 §3)."""
        ...

    def read_entities(
        self, entities: str, schema: Source | None
    ) -> Accepted | Unwritable | Rejected | Unanswered:
        """Read an entity document, under a schema if any, and give it back canonically (spec 05 §2.4)."""
        ...

    def read_schema(self, schema: Source) -> Accepted | Unwritable | Rejected | Unanswered:
        """Read and resolve a schema and give it back as canonical resolved JSON (spec 07)."""
        ...

    def translate_schema(self, schema: Source, to: Format) -> Printed | Unwritable | Rejected | Unanswered:
        """Write a schema in the other syntax."""
        ...

    def link_schemas(
        self, schemas: Sequence[Source], *, complete: bool
    ) -> Accepted | Unwritable | Rejected | Unlinkable | Unanswered:
        """Make one schema of many (spec 13 §5) and give it back as canonical resolved JSON (spec 07).

        With `complete`, a result that still has external declarations is `Unlinkable("Incomplete")`.
        """
        ...

    def answer(self, inquiry: Inquiry) -> Answered | Rejected | Unlinkable | Unanswered:
        """Answer questions about schemas and policies (spec 13 §1–§3)."""
        ...
