"""An engine that answers from a table, to test what the harness makes of the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from drt.model.case import Case, Format, Request, Source
from drt.model.outcome import Unsupported


@dataclass(slots=True)
class FakeEngine:
    """Every question is `Unsupported(its name)` unless `answers` has a function of that name."""

    answers: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    name: str = "fake"
    version: str = "0"

    def _answer(self, question: str, *asked: object) -> Any:
        return self.answers.get(question, lambda *_: Unsupported(question))(*asked)

    def load(self, case: Case) -> Any:
        return FakeLoaded(self, case) if "load" not in self.answers else self.answers["load"](case)

    def read_policies(self, policies: Source) -> Any:
        return self._answer("read_policies", policies)

    def print_policies(self, policies: Source, *, templates: bool) -> Any:
        return self._answer("print_policies", policies, templates)

    def format_policies(self, text: str, line_width: int, indent_width: int) -> Any:
        return self._answer("format_policies", text, line_width, indent_width)

    def read_expression(self, expression: str) -> Any:
        return self._answer("read_expression", expression)

    def read_entities(self, entities: str, schema: Source | None) -> Any:
        return self._answer("read_entities", entities, schema)

    def read_schema(self, schema: Source) -> Any:
        return self._answer("read_schema", schema)

    def translate_schema(self, schema: Source, to: Format) -> Any:
        return self._answer("translate_schema", schema, to)


@dataclass(slots=True)
class FakeLoaded:
    engine: FakeEngine
    case: Case

    def authorize(self, request: Request) -> Any:
        return self.engine._answer("authorize", self.case, request)

    def evaluate(self, expression: str, request: Request) -> Any:
        return self.engine._answer("evaluate", expression, request)

    def validate(self, mode: str = "strict", level: int | None = None) -> Any:
        return self.engine._answer("validate", self.case, mode)
