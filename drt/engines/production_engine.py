"""The production engine as an engine of the harness: its answers and errors as outcomes.

The only module outside `production/` that imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from functools import partial as bound
from typing import Literal, TypeVar

from drt.engines import production_doors as doors
from drt.engines.base import BaseEngine, take_stated_name
from drt.engines.little_stack import asked_deep
from drt.engines.production_answers import answers
from drt.engines.production_filters import FilteringSession
from drt.engines.production_objects import plain_members
from drt.engines.production_partial import PartialAnswers
from drt.engines.production_problems import kind_of, rejected, words_of
from drt.engines.production_revisions import revised
from drt.engines.production_values import canonical, literal_uid
from drt.model import outcome
from drt.model.case import Case, Format, Inquiry, Link, Request, Source, Step
from drt.model.engine import Engine
from drt.model.outcome import (
    Accepted,
    Answered,
    Authorized,
    Evaluated,
    Failed,
    Part,
    Printed,
    Rejected,
    Unlinkable,
    Unsupported,
    Unwritable,
    Validated,
)
from drt.model.question import ValidationMode
from drt.model.words import worded
from production import (
    Authorizer,
    CedarError,
    Entities,
    EvaluationError,
    PolicySet,
    Schema,
    SchemaLinkError,
    TypedAuthorizer,
    __version__,
    entities_json,
    expression_json,
    format_policies,
    parse_expression,
    read_uid_json,
    translate_schema,
    write_json,
)
from production import Request as Question

T = TypeVar("T")

LONGEST_SHOWN = 100_000
"""Most characters of a text in which the place of an error is searched for."""

MANY_VERDICTS = 16
"""Policies in a set whose errors are put into words only where somebody reads them."""


def _attempt(part: Part, work: Callable[[], T]) -> T | Rejected:
    """Read a part; give the result or the rejection."""
    try:
        return work()
    except EvaluationError:
        raise
    except CedarError as error:
        return rejected(part, error)


def read_policy_set(source: Source) -> PolicySet | Rejected:
    """Read policies in either syntax."""
    read = PolicySet.from_text if source.format == "cedar" else PolicySet.from_json
    return _attempt("policies", lambda: read(source.text))


@lru_cache(maxsize=4)
def read_schema(source: Source) -> Schema | Rejected:
    """Read a schema in either syntax, or take one of the last: neighbouring cases share theirs."""
    read = Schema.from_cedar if source.format == "cedar" else Schema.from_json
    return _attempt("schema", lambda: read(source.text))


def linked_schema(sources: Sequence[Source]) -> Schema | Rejected | Unlinkable:
    """Link one schema of many texts, each read by itself."""
    schemas: list[Schema] = []
    for source in sources:
        schema = read_schema(source)
        if isinstance(schema, Rejected):
            return schema
        schemas.append(schema)
    try:
        return Schema.link(*schemas)
    except SchemaLinkError as error:
        return Unlinkable(error.kind, str(error))


@dataclass(frozen=True, slots=True)
class LoadedProduction(FilteringSession):
    """A case that the engine has read."""

    authorizer: Authorizer
    schema: Schema | None = None
    typed: TypedAuthorizer | None = None
    text: str | None = None
    partial: PartialAnswers | None = None
    reads_objects: bool = False

    def _question(self, request: Request) -> Question | Rejected:
        schema, text = self.schema, request.text
        members = plain_members(text, is_typed=schema is not None) if self.reads_objects else None
        if schema is not None:
            return _attempt(
                "request", lambda: doors.request_under(schema, text, members or None, check=request.validate)
            )
        if members is not None:
            return _attempt("request", lambda: Question.from_dict(members))
        return _attempt("request", lambda: Question.from_json(text))

    def authorize(self, request: Request) -> Authorized | Rejected | Unsupported:
        question = self._question(request)
        if self.typed is not None and request.validate:
            return self._by_types(self.typed, question, request)
        if isinstance(question, Rejected):
            return question
        return self._answer(self.authorizer, question, len(request.text))

    def _answer(self, authorizer: Authorizer, question: Question, size: int) -> Authorized:
        ask = bound(_response, authorizer, question)
        return asked_deep(ask, size) if self.reads_objects else ask()

    def _by_types(
        self, typed: TypedAuthorizer, question: Question | Rejected, request: Request
    ) -> Authorized | Rejected:
        """Ask with the request that was read, and with one that the authorizer has to check by itself.

        Return the answer that differs from reading the text, if one does.
        """
        schema = self.schema
        assert schema is not None
        size = len(request.text)
        unchecked = _attempt("request", lambda: schema.read_request(request.text, check=False))
        answers = [
            one if isinstance(one, Rejected) else _attempt("request", bound(self._answer, typed, one, size))
            for one in (question, unchecked)
        ]
        is_refused = isinstance(_attempt("request", lambda: schema.read_request(request.text)), Rejected)
        return next((one for one in answers if isinstance(one, Rejected) is not is_refused), answers[0])

    def evaluate(self, expression: str, request: Request) -> Evaluated | Failed | Rejected | Unsupported:
        node = _attempt("expression", lambda: parse_expression(expression))
        if isinstance(node, Rejected):
            return node
        question = self._question(request)
        if isinstance(question, Rejected):
            return question
        try:
            return Evaluated(canonical(self.authorizer.evaluate(node, question)))
        except EvaluationError as error:
            return Failed(error.kind)

    def validate(
        self, mode: ValidationMode = "strict", level: int | None = None
    ) -> Validated | Rejected | Unsupported:
        if self.schema is None:
            return Rejected("schema", "the case has no schema")
        found = self.schema.validate(self.authorizer.policies, mode, level)
        verdict = Validated(
            found.valid,
            tuple(sorted(found.verdicts.items())),
            tuple(sorted({(error.policy, kind_of(error)) for error in found.errors})),
            tuple(sorted({(one.policy, one.kind, *one.texts) for one in found.warnings})),
        )
        later = mode != "strict" or level is not None or len(found.verdicts) >= MANY_VERDICTS
        return worded(verdict, lambda: words_of(found, self.text), later=later)

    def revise(self, steps: Sequence[Step], requests: Sequence[Request]) -> Answered | Rejected | Unsupported:
        read = [self._question(request) for request in requests]
        refused = [request for request in read if isinstance(request, Rejected)]
        if refused:
            return refused[0]
        questions = [request for request in read if not isinstance(request, Rejected)]
        return Answered(revised(self.authorizer, steps, questions))


@dataclass(frozen=True, slots=True)
class ProductionEngine(BaseEngine):
    """The engine that serves; `tier` forces one way of evaluating, `is_typed` code for a schema's types.

    Where a tier is forced, requests are read as Python objects instead of texts.
    """

    tier: Literal["auto", "machine", "generated"] = "auto"
    name: str = "production"
    version: str = __version__
    is_typed: bool = False

    def __post_init__(self) -> None:
        take_stated_name(self)

    def variants(self) -> tuple[Engine, ...]:
        if self.tier != "auto":
            return ()
        return (
            ProductionEngine("generated", f"{self.name}, generated"),
            ProductionEngine("generated", f"{self.name}, typed", is_typed=True),
        )

    def load(self, case: Case) -> LoadedProduction | Rejected | Unlinkable | Unsupported:
        schema = linked_schema(case.schemas) if case.schemas else None
        if isinstance(schema, (Rejected, Unlinkable)):
            return schema
        policies = read_policy_set(case.policies)
        if isinstance(policies, Rejected):
            return policies
        linked = _attempt("link", lambda: _linked(policies, case.links))
        if isinstance(linked, Rejected):
            return linked
        entities = _attempt("entities", lambda: _entities(case.entities, schema))
        if isinstance(entities, Rejected):
            return entities
        shown = case.policies.format == "cedar" and len(case.policies.text) <= LONGEST_SHOWN
        text = case.policies.text if shown else None
        authorizer = Authorizer(linked, entities, tier=self.tier)
        reads_objects = self.tier != "auto"
        if schema is None:
            return LoadedProduction(authorizer, text=text, reads_objects=reads_objects)
        is_typed, tier = self.is_typed, self.tier
        typed = schema.authorizer(linked, entities, validate=False, tier=tier) if is_typed else None
        return LoadedProduction(
            authorizer, schema, typed, text, PartialAnswers(linked, schema), reads_objects
        )

    def read_policies(self, policies: Source) -> Accepted | Unwritable | Rejected | Unsupported:
        read = read_policy_set(policies)
        return read if isinstance(read, Rejected) else _written("policies", read.to_json, Accepted)

    def print_policies(
        self, policies: Source, *, templates: bool
    ) -> Printed | Unwritable | Rejected | Unsupported:
        read = read_policy_set(policies)
        if isinstance(read, Rejected):
            return read
        return _written("policies", lambda: read.to_text(templates=templates), Printed)

    def format_policies(
        self, text: str, line_width: int, indent_width: int
    ) -> Printed | Rejected | Unsupported:
        formatted = _attempt("policies", lambda: format_policies(text, line_width, indent_width))
        return formatted if isinstance(formatted, Rejected) else Printed(formatted)

    def read_expression(self, expression: str) -> Accepted | Unwritable | Rejected | Unsupported:
        node = _attempt("expression", lambda: parse_expression(expression))
        if isinstance(node, Rejected):
            return node
        return _written("expression", lambda: expression_json(node), Accepted)

    def read_entities(
        self, entities: str, schema: Source | None
    ) -> Accepted | Unwritable | Rejected | Unsupported:
        known = read_schema(schema) if schema is not None else None
        if isinstance(known, Rejected):
            return known
        read = _attempt("entities", lambda: _entities(entities, known))
        if isinstance(read, Rejected):
            return read
        accepted = bound(Accepted, count=len(read))
        return _written("entities", lambda: write_json(entities_json(read)), accepted, len(read))

    def read_schema(self, schema: Source) -> Accepted | Unwritable | Rejected | Unsupported:
        read = read_schema(schema)
        if isinstance(read, Rejected):
            parts = _attempt("schema", lambda: doors.schema_in_parts(schema))
            read = read if isinstance(parts, Rejected) else parts
        return read if isinstance(read, Rejected) else _written("schema", read.to_canonical, Accepted)

    def link_schemas(
        self, schemas: Sequence[Source], *, complete: bool
    ) -> Accepted | Unwritable | Rejected | Unlinkable | Unsupported:
        linked = linked_schema(schemas)
        if isinstance(linked, (Rejected, Unlinkable)):
            return linked
        try:
            schema = Schema.link_complete(linked) if complete else linked
        except SchemaLinkError as error:
            return Unlinkable(error.kind, str(error))
        return _written("schema", lambda: doors.linked_document(schema), Accepted)

    def answer(self, inquiry: Inquiry) -> Answered | Rejected | Unlinkable | Unsupported:
        schema = linked_schema(inquiry.schemas) if inquiry.schemas else None
        if isinstance(schema, (Rejected, Unlinkable)):
            return schema
        policies = read_policy_set(inquiry.policies) if inquiry.policies is not None else None
        if isinstance(policies, Rejected):
            return policies
        if policies is not None:
            policies = _attempt("link", bound(_linked, policies, inquiry.links))
            if isinstance(policies, Rejected):
                return policies
        actions = [literal_uid(text) for text in inquiry.extra_actions]
        replacements = {literal_uid(old): literal_uid(new) for old, new in inquiry.substitute}
        return Answered(answers(inquiry, schema, policies, actions, replacements))

    def translate_schema(self, schema: Source, to: Format) -> Printed | Unwritable | Rejected | Unsupported:
        read = read_schema(schema)
        if isinstance(read, Rejected):
            if schema.format == to:
                return read
            return _attempt("schema", lambda: Printed(translate_schema(schema.text, to)))
        return _written("schema", lambda: doors.translated(read, schema, to), Printed)


def _response(authorizer: Authorizer, question: Question) -> Authorized:
    response = authorizer.authorize(question)
    return outcome.authorized(response.decision, response.determining, response.errors)


def _entities(text: str, schema: Schema | None) -> Entities:
    return Entities.from_json(text) if schema is None else doors.entities_under(schema, text)


def _written(
    part: Part, write: Callable[[], str], answer: Callable[[str], T], count: int | None = None
) -> T | Unwritable:
    """Write what was read as a document of the engine's own, which is never missing."""
    try:
        text = write()
        assert isinstance(text, str)
        return answer(text)
    except CedarError as error:
        return Unwritable(part, count, str(error))


def _linked(policies: PolicySet, links: Sequence[Link]) -> PolicySet:
    return policies.link_all(
        (template_id, new_id, {slot: read_uid_json(text) for slot, text in values})
        for template_id, new_id, values in links
    )
