"""The reference engine as an engine of the harness: its answers and errors as outcomes.

The only module outside `reference/` that imports it, beside the proofs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TypeVar, cast

from drt.engines import reference_answers as answers
from drt.engines.base import BaseEngine, BaseSession, take_stated_name
from drt.engines.reference_doors import entities_under, request_under
from drt.engines.reference_partial import PartialAnswers
from drt.engines.reference_values import canonical
from drt.engines.reference_verdicts import Verdicts
from drt.model import outcome
from drt.model.case import Case, Format, Inquiry, Link, Request, Source, Store
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
from drt.model.partial_outcome import (
    BatchAuthorized,
    PartialError,
    PartiallyAuthorized,
    Permitted,
    Reauthorized,
)
from drt.model.question import FilterLayout, LoaderKind, QueryKind, ValidationMode
from reference import policy_set
from reference import request as cedar
from reference.authorizer import authorize
from reference.entities import Entities
from reference.errors import EvaluationError, InputError
from reference.evaluator import evaluate
from reference.json.document import Json
from reference.json.entities import NoJson, entities_to_json, read_entities
from reference.json.policies import parse_policy_set
from reference.json.policy_writer import expression_to_json, policy_set_to_json
from reference.json.reader import read_json
from reference.json.requests import read_request
from reference.json.values import uid
from reference.json.writer import write_json
from reference.policies import Policies
from reference.policy_set import PolicySet, from_bodies
from reference.schema import linking
from reference.schema.canonical import canonical_schema
from reference.schema.printer import plain_schema_json, translated
from reference.schema.reader import read_fragments, read_schema
from reference.schema.schema import Schema
from reference.support.recursion import door
from reference.syntax import Expr, SlotName
from reference.text.parser import parse_expression, parse_policies
from reference.text.printer import print_plain_policies, print_policies_and_templates
from reference.values import EntityUid

T = TypeVar("T")

Refused = PartialError | Rejected | Unsupported
NO_SCHEMA = Unsupported("partial-evaluation-without-schema")


@dataclass(frozen=True, slots=True)
class LoadedReference(BaseSession):
    """A case that the engine has read.

    Requests and expressions recur, so each text is read once.
    """

    source: Source
    policy_set: PolicySet
    policies: Policies
    entities: Entities
    schema: Schema | None = None
    requests: dict[Request, cedar.Request] = field(default_factory=dict, compare=False, repr=False)
    expressions: dict[str, Expr] = field(default_factory=dict, compare=False, repr=False)
    partial: PartialAnswers | None = None
    verdicts: Verdicts | None = None

    @door
    def authorize(self, request: Request) -> Authorized | Rejected | Unsupported:
        try:
            response = authorize(self.policies, self.request(request), self.entities)
        except InputError as error:
            return rejected(error)
        return outcome.authorized(response.decision, response.determining, response.errors)

    @door
    def evaluate(self, expression: str, request: Request) -> Evaluated | Failed | Rejected | Unsupported:
        try:
            value = evaluate(self.expression(expression), self.request(request), self.entities)
            return Evaluated(canonical(value))
        except InputError as error:
            return rejected(error)
        except EvaluationError as error:
            return Failed(error.kind)

    @door
    def validate(
        self, mode: ValidationMode = "strict", level: int | None = None
    ) -> Validated | Rejected | Unsupported:
        if self.verdicts is None:
            return Unsupported("validation-without-schema")
        return self.verdicts.validated(permissive=mode == "permissive", level=level)

    @door
    def partially_authorize(self, request: str, entities: Store) -> PartiallyAuthorized | Refused:
        return self.partial.partially_authorize(request, entities) if self.partial else NO_SCHEMA

    @door
    def reauthorize(
        self, request: str, entities: Store, completion: str, store: Store
    ) -> Reauthorized | Refused:
        return self.partial.reauthorize(request, entities, completion, store) if self.partial else NO_SCHEMA

    @door
    def query(self, kind: QueryKind, request: str, entities: Store) -> Permitted | Refused:
        return self.partial.query(kind, request, entities) if self.partial else NO_SCHEMA

    def filter_rows(self, request: str, entities: Store, layout: FilterLayout) -> Permitted | Refused:
        return self.query("resource", request, entities)  # what a filter selects, by definition

    @door
    def batched(
        self, request: str, entities: Store, loader: LoaderKind, max_iters: int
    ) -> BatchAuthorized | Refused:
        return self.partial.batched(request, entities, loader, max_iters) if self.partial else NO_SCHEMA

    def request(self, request: Request) -> cedar.Request:
        """Read a request, checked under a schema if the request asks for it."""
        known = self.requests.get(request)
        if known is None:
            if self.schema is None:
                known = read_request(request.text)
            else:
                known = request_under(request.text, self.schema, checked=request.validate)
            self.requests[request] = known
        return known

    def expression(self, text: str) -> Expr:
        known = self.expressions.get(text)
        if known is None:
            known = self.expressions[text] = parse_expression(text)
        return known


@dataclass(frozen=True, slots=True)
class ReferenceEngine(BaseEngine):
    """The reference engine, which defines the meaning of Cedar."""

    name: str = "reference"
    version: str = "0.1.0"

    def __post_init__(self) -> None:
        take_stated_name(self)

    @door
    def load(self, case: Case) -> LoadedReference | Rejected | Unlinkable | Unsupported:
        try:
            schema = linked_schema(case.schemas)
            policies = linked(read_policy_set(case.policies), case.links)
            entities = read_store(case.entities, schema)
            loaded = LoadedReference(case.policies, policies, policies.policies(), entities, schema)
            if schema is None:
                return loaded
            return replace(
                loaded, partial=PartialAnswers(policies, schema), verdicts=Verdicts(policies, schema)
            )
        except InputError as error:
            return rejected(error)
        except linking.Unlinkable as error:
            return Unlinkable(error.kind, error.message)

    @door
    def read_policies(self, policies: Source) -> Accepted | Unwritable | Rejected | Unsupported:
        try:
            read = read_policy_set(policies)
        except InputError as error:
            return rejected(error)
        return written("policies", lambda: write_json(policy_set_to_json(read)), Accepted)

    @door
    def print_policies(
        self, policies: Source, *, templates: bool
    ) -> Printed | Unwritable | Rejected | Unsupported:
        write = print_policies_and_templates if templates else print_plain_policies
        try:
            read = read_policy_set(policies)
        except InputError as error:
            return rejected(error)
        return written("policies", lambda: write(read), Printed)

    def format_policies(
        self, text: str, line_width: int, indent_width: int
    ) -> Printed | Rejected | Unsupported:
        return Unsupported("format")

    @door
    def read_expression(self, expression: str) -> Accepted | Unwritable | Rejected | Unsupported:
        try:
            read = parse_expression(expression)
        except InputError as error:
            return Rejected("expression", str(error), error.line, error.column)
        return written("expression", lambda: write_json(expression_to_json(read)), Accepted)

    @door
    def read_entities(
        self, entities: str, schema: Source | None
    ) -> Accepted | Unwritable | Rejected | Unsupported:
        try:
            known = None if schema is None else known_schema(schema.text, schema.format)
            store = read_store(entities, known)
        except InputError as error:
            return rejected(error)
        count = len(store.by_uid)
        return written(
            "entities", lambda: write_json(entities_to_json(store)), lambda text: Accepted(text, count), count
        )

    @door
    def read_schema(self, schema: Source) -> Accepted | Unwritable | Rejected | Unsupported:
        try:
            read = read_schema(schema.text, schema.format)
        except InputError as error:
            return rejected(error)
        return written("schema", lambda: canonical_schema(read), Accepted)

    @door
    def translate_schema(self, schema: Source, to: Format) -> Printed | Unwritable | Rejected | Unsupported:
        try:
            fragments = read_fragments(schema.text, schema.format)
        except InputError as error:
            return rejected(error)
        return written("schema", lambda: translated(fragments, to), Printed)

    @door
    def link_schemas(
        self, schemas: Sequence[Source], *, complete: bool
    ) -> Accepted | Unwritable | Rejected | Unlinkable | Unsupported:
        try:
            each = [read_schema(schema.text, schema.format) for schema in schemas]
            whole = linking.link_complete(each) if complete else linking.link(each)
        except InputError as error:
            return rejected(error)
        except linking.Unlinkable as error:
            return Unlinkable(error.kind, error.message)
        return written("schema", lambda: plain_schema_json(whole), Accepted)

    @door
    def answer(self, inquiry: Inquiry) -> Answered | Rejected | Unlinkable | Unsupported:
        try:
            return Answered(write_json(self.answers_to(inquiry)))
        except InputError as error:
            return rejected(error)
        except linking.Unlinkable as error:
            return Unlinkable(error.kind, error.message)

    def answers_to(self, inquiry: Inquiry) -> dict[str, Json]:
        """Build the members of the answer; raises `InputError` and `linking.Unlinkable`."""
        found: dict[str, Json] = {}
        schema = linked_schema(inquiry.schemas)
        if schema is not None:
            extra = [answers.literal(action) for action in inquiry.extra_actions]
            found["schema"] = answers.schema_answers(schema, inquiry.extra_types, extra)
        if inquiry.policies is not None:
            policies = linked(read_policy_set(inquiry.policies), inquiry.links)
            new = {answers.literal(old): answers.literal(new) for old, new in inquiry.substitute}
            found["policies"] = answers.policies_answers(policies, schema, new)
            if schema is not None:
                found["valid"] = answers.is_valid(policies, schema)
        return found


known_schema = lru_cache(maxsize=4)(read_schema)
"""Read a schema, or take one of the last; neighbouring cases share theirs, and none ever changes."""


def linked_schema(schemas: Sequence[Source]) -> Schema | None:
    """Link the schemas; None if there are none."""
    read = [known_schema(schema.text, schema.format) for schema in schemas]
    return linking.link(read) if len(read) > 1 else next(iter(read), None)


def read_store(entities: str, schema: Schema | None) -> Entities:
    """Read an entity document, under the schema if there is one."""
    return read_entities(entities) if schema is None else entities_under(entities, schema)


def read_policy_set(policies: Source) -> PolicySet:
    """Read policies in either syntax."""
    if policies.format == "json":
        return parse_policy_set(policies.text)
    return from_bodies(parse_policies(policies.text))


def linked(policies: PolicySet, links: Sequence[Link]) -> PolicySet:
    """Link templates of the policies."""
    return policies.link_all(
        (new_id, policy_set.Link(template_id, dict(_slot_value(slot, text) for slot, text in values)))
        for template_id, new_id, values in links
    )


def _slot_value(slot: str, text: str) -> tuple[SlotName, EntityUid]:
    return cast(SlotName, slot), uid(read_json(text, "link"), "link", f"`{slot}`")


def written(
    part: Part, write: Callable[[], str], answer: Callable[[str], T], count: int | None = None
) -> T | Unwritable:
    """Write what was read as a document of the engine's own, which is never missing."""
    try:
        text = write()
        assert isinstance(text, str)
        return answer(text)
    except (InputError, NoJson) as error:
        return Unwritable(part, count, str(error))


def rejected(error: InputError) -> Rejected:
    """Make an outcome of an input error."""
    return Rejected(error.part, str(error), error.line, error.column)
