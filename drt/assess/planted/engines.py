"""Engines with one planted defect: a sound one whose rules are patched, or whose texts pass through a fault.

A patch replaces one function or table while the engine answers. A change of a text works at
the adapter, so it holds for any engine: what the engine reads is not what was written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import patch

from drt.engines import build
from drt.engines.base import BaseEngine, BaseSession, put
from drt.model.case import Case, Request, Source, Store
from drt.model.outcome import Outcome, Printed
from drt.model.question import (
    Batched,
    CaseQuestion,
    FilterLayout,
    FilterRows,
    LoaderKind,
    PartiallyAuthorize,
    Query,
    QueryKind,
    Reauthorize,
    ValidationMode,
)

Patches = Mapping[tuple[Any, str], Any]
"""Owner and name of what is replaced, and what replaces it."""


def same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Fault:
    """The planted fault; each function changes an input or an output of the engine."""

    patches: Patches = field(default_factory=dict)
    policies: Callable[[Source], Source] = same
    expression: Callable[[str], str] = same
    entities: Callable[[str], str] = same
    schema: Callable[[Source], Source] = same
    request: Callable[[Request], Request] = same
    printed: Callable[[str], str] = same
    formatted: Callable[[str, str], str] = lambda _, laid_out: laid_out
    translated: Callable[[str], str] = same
    read: Callable[[Outcome], Outcome] = same
    verdict: Callable[[Outcome], Outcome] = same
    response: Callable[[Outcome], Outcome] = same

    @contextmanager
    def planted(self) -> Iterator[None]:
        with ExitStack() as stack:
            for (owner, name), rule in self.patches.items():
                stack.enter_context(patch.object(owner, name, rule))
            yield


def _written(answer: Outcome, change: Callable[[str], str]) -> Outcome:
    return Printed(change(answer.text)) if isinstance(answer, Printed) else answer


class PlantedLoaded(BaseSession):
    """A loaded case of a planted engine."""

    def __init__(self, fault: Fault, inner: Any) -> None:
        self.fault = fault
        self.inner = inner

    def authorize(self, request: Request) -> Outcome:
        with self.fault.planted():
            return self.fault.response(self.inner.authorize(self.fault.request(request)))

    def evaluate(self, expression: str, request: Request) -> Outcome:
        with self.fault.planted():
            answer: Outcome = self.inner.evaluate(
                self.fault.expression(expression), self.fault.request(request)
            )
            return answer

    def validate(self, mode: ValidationMode = "strict", level: int | None = None) -> Outcome:
        with self.fault.planted():
            return self.fault.verdict(self.inner.validate(mode, level))

    def partially_authorize(self, request: str, entities: Store) -> Outcome:
        return self._answered(PartiallyAuthorize(request, entities))

    def reauthorize(self, request: str, entities: Store, completion: str, store: Store) -> Outcome:
        return self._answered(Reauthorize(request, entities, completion, store))

    def query(self, kind: QueryKind, request: str, entities: Store) -> Outcome:
        return self._answered(Query(kind, request, entities))

    def filter_rows(self, request: str, entities: Store, layout: FilterLayout) -> Outcome:
        return self._answered(FilterRows(request, entities, layout))

    def batched(self, request: str, entities: Store, loader: LoaderKind, max_iters: int) -> Outcome:
        return self._answered(Batched(request, entities, loader, max_iters))

    def _answered(self, question: CaseQuestion[Any]) -> Outcome:
        with self.fault.planted():
            answer: Outcome = put(question, self.inner)
            return answer


class Planted(BaseEngine):
    """A sound engine with a fault."""

    name = "planted"
    version = "0"

    def __init__(self, fault: Fault, sound: str = "reference") -> None:
        self.fault = fault
        self.sound: Any = build(sound)

    def load(self, case: Case) -> Any:
        changed = replace(
            case,
            policies=self.fault.policies(case.policies),
            entities=self.fault.entities(case.entities),
            schema=None if case.schema is None else self.fault.schema(case.schema),
        )
        with self.fault.planted():
            loaded = self.sound.load(changed)
        return PlantedLoaded(self.fault, loaded) if hasattr(loaded, "authorize") else loaded

    def read_policies(self, policies: Source) -> Any:
        with self.fault.planted():
            return self.fault.read(self.sound.read_policies(self.fault.policies(policies)))

    def print_policies(self, policies: Source, *, templates: bool) -> Any:
        with self.fault.planted():
            answer = self.sound.print_policies(self.fault.policies(policies), templates=templates)
            return _written(answer, self.fault.printed)

    def format_policies(self, text: str, line_width: int, indent_width: int) -> Any:
        with self.fault.planted():
            answer = self.sound.format_policies(text, line_width, indent_width)
            return _written(answer, lambda laid_out: self.fault.formatted(text, laid_out))

    def read_expression(self, expression: str) -> Any:
        with self.fault.planted():
            return self.sound.read_expression(self.fault.expression(expression))

    def read_entities(self, entities: str, schema: Source | None) -> Any:
        known = None if schema is None else self.fault.schema(schema)
        with self.fault.planted():
            return self.sound.read_entities(self.fault.entities(entities), known)

    def read_schema(self, schema: Source) -> Any:
        with self.fault.planted():
            return self.sound.read_schema(self.fault.schema(schema))

    def translate_schema(self, schema: Source, to: Any) -> Any:
        with self.fault.planted():
            answer = self.sound.translate_schema(self.fault.schema(schema), to)
            return _written(answer, self.fault.translated)

    def link_schemas(self, schemas: Any, *, complete: bool) -> Any:
        with self.fault.planted():
            return self.sound.link_schemas(schemas, complete=complete)

    def answer(self, inquiry: Any) -> Any:
        with self.fault.planted():
            return self.sound.answer(inquiry)


def in_json(change: Callable[[Any], Any]) -> Callable[[str], str]:
    """A change of a JSON text, value by value, innermost first; what is no plain JSON stays as it is."""

    def changed(value: Any) -> Any:
        match value:
            case dict():
                return change({key: changed(item) for key, item in value.items()})
            case list():
                return change([changed(item) for item in value])
            case _:
                return change(value)

    def rewritten(text: str) -> str:
        try:
            document = json.loads(text, object_pairs_hook=_once)
        except (ValueError, RecursionError):
            return text
        after = changed(document)
        return text if after == document else json.dumps(after)

    return rewritten


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key twice")
    return dict(pairs)


def of_format(wanted: str, change: Callable[[str], str]) -> Callable[[Source], Source]:
    """A change of texts in one of the two syntaxes."""
    return lambda source: replace(source, text=change(source.text)) if source.format == wanted else source
