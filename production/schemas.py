"""Schemas as a user meets them: read from text, asked about policies, entities and requests, written back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from .documents.request_json import request_members, request_object
from .documents.usual_requests import Unusual
from .entities import Entities, Entity
from .errors import ArgumentError, NotValid, SchemaError
from .language.arguments import choice_of, instance_of, iterable_of, long_of, text_of
from .language.deep_stack import at_any_depth
from .language.gc_pause import without_collection
from .language.policies import Policy
from .language.strings import counted
from .optional import PartialQuestions
from .policy_set import PolicySet
from .request import Request
from .schema.canonical import canonical_schema, resolved_json_schema
from .schema.errors import SchemaTextError
from .schema.json_printer import json_schema
from .schema.json_quick import read_json_schema_quickly
from .schema.json_reader import read_json_schema
from .schema.linking import check_complete, link_models
from .schema.model import SchemaModel
from .schema.names import Names
from .schema.parser import parse_schema
from .schema.printer import cedar_schema
from .schema.resolve import resolve_schema
from .schema.syntax import Fragment
from .schema.writing import written_fragment
from .serving.server import Tier
from .typed_authorizer import TypedAuthorizer
from .validation.conforming_entities import EntityReader
from .validation.conforming_requests import check_request, read_request
from .validation.lattice import Mode
from .validation.questions import RequestEnvironment, SchemaQuestions, with_slots
from .validation.request_table import RequestTable
from .validation.validator import Validation, Validator

__all__ = ["Schema", "SchemaError"]


class Schema(SchemaQuestions, PartialQuestions):
    """A resolved schema (spec 07). Never changed once made."""

    __slots__ = ("_entity_reader", "_fragments", "_model", "_types", "_validator")

    def __init__(self, fragments: Iterable[Fragment]) -> None:
        """Make a schema of fragments taken together; `from_text` and `from_json` start from text.

        Raises `SchemaError`.
        """
        together = tuple(iterable_of(fragments, "fragments"))
        for fragment in together:
            instance_of(fragment, Fragment, "a fragment")
        self._prepare(resolve_schema(together), together)

    def _prepare(self, model: SchemaModel, fragments: tuple[Fragment, ...] | None) -> None:
        self._model = model
        self._prepare_partial(model)
        self._fragments = fragments
        self._validator = Validator(self._model)
        self._entity_reader = EntityReader(self._model)
        self._types = RequestTable(self._model)

    @classmethod
    @at_any_depth
    def from_text(cls, *texts: str) -> Schema:
        """Return a schema from one or more texts in Cedar syntax.

        Raises `SchemaError` naming line and column.
        """
        with without_collection():
            return cls(parse_schema(text_of(text, "a schema text")) for text in texts)

    @classmethod
    def from_cedar(cls, *texts: str) -> Schema:
        """Return the same as `from_text`."""
        return cls.from_text(*texts)

    @classmethod
    @at_any_depth
    def from_json(cls, *texts: str) -> Schema:
        """Return a schema from one or more texts in JSON syntax.

        Raises `SchemaError` naming line and column.
        """
        for text in texts:
            text_of(text, "a schema text")
        with without_collection():
            try:
                return cls(read_json_schema_quickly(text) for text in texts)
            except SchemaError:  # The careful reader says where and why, or takes it after all.
                return cls(read_json_schema(text) for text in texts)

    @classmethod
    @at_any_depth
    def link(cls, *schemas: Schema) -> Schema:
        """Return one schema of many, each resolved by itself before (spec 13 §5).

        What one declares as `external` another may define. The order does not matter. Raises
        `SchemaLinkError`.
        """
        for schema in schemas:
            instance_of(schema, Schema, "a schema")
        if len(schemas) == 1:
            return schemas[0]
        made = cls.__new__(cls)
        made._prepare(link_models([schema.model for schema in schemas]), None)
        return made

    @classmethod
    @at_any_depth
    def link_complete(cls, *schemas: Schema) -> Schema:
        """Link as `link` does; raise `SchemaLinkError` also where something is still external."""
        linked = cls.link(*schemas)
        check_complete(linked.model)
        return linked

    def __repr__(self) -> str:
        types = counted(len(self._model.entity_types), "entity type")
        return f"<Schema: {types}, {counted(len(self._model.actions), 'action')}>"

    def __copy__(self) -> Schema:
        return self

    def __deepcopy__(self, memo: object) -> Schema:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        # Types are objects of one schema; they are made again from what was read.
        if self._fragments is None:
            raise TypeError("a linked schema cannot be pickled: pickle the schemas that it was made of")
        return Schema, (self._fragments,)

    @property
    def model(self) -> SchemaModel:
        """What the schema means."""
        return self._model

    # What the schema says about other things

    @at_any_depth
    def validate(self, policies: PolicySet, mode: Mode = "strict", level: int | None = None) -> Validation:
        """Return the type checker's verdict on every policy, template and link (spec 08).

        With `level`, policies and templates must also need at most that many rounds of fetching entities.
        """
        instance_of(policies, PolicySet, "policies")
        choice_of(mode, ("strict", "permissive"), "mode")
        if level is not None and long_of(level, "level") < 0:
            raise ArgumentError(f"level is not negative, unlike {level}")
        return self._validator.validate(policies, mode, level)

    def live_environments(self, policy: Policy) -> Iterator[RequestEnvironment]:
        """Yield the kinds of request in which a policy or template can make a difference (spec 13 §3).

        In these the policy type-checks without error and is not always false; an incomplete schema has none.
        A link's are those of its template.
        """
        instance_of(policy, Policy, "a policy")
        if self.is_complete:
            for environment in self._validator.live_environments(policy):
                yield from with_slots(environment, policy, self._model.entity_ancestors)

    @at_any_depth
    def read_entities(self, text: str) -> Entities:
        """Return an entity document read by type and checked, with this schema's actions.

        Raises `EntitiesError`.
        """
        return self._entity_reader.read(text_of(text, "an entity document"))

    @at_any_depth
    def conforming_entities(self, entities: Iterable[Entity]) -> Entities:
        """Return a store of these and of this schema's actions. Raises `EntitiesError` for a misfit."""
        return self._entity_reader.conforming(entities)

    def read_request(self, request: str | Mapping[str, Any], *, check: bool = True) -> Request:
        """Return a request, JSON text or its members, read by type and checked. Raises `RequestError`.

        Without `check` this schema only says how to read the context.
        """
        if check:
            try:
                return self._types.usual(request)
            except (Unusual, RecursionError):
                pass
        return self._read_request(request, check)

    @at_any_depth
    def _read_request(self, request: str | Mapping[str, Any], check: bool) -> Request:
        data = request_members(request_object(request) if isinstance(request, str) else request)
        read = read_request(self._model, data, check=check)
        return self._types.checked(read) if check else read

    @at_any_depth
    def check_request(self, request: Request) -> None:
        """Raise `RequestError` unless the schema admits the request (spec 05 §9.1)."""
        instance_of(request, Request, "a request")
        check_request(self._model, request.principal, request.action, request.resource, request._context)

    @at_any_depth
    def authorizer(
        self, policies: PolicySet, entities: Entities, *, validate: bool = True, tier: Tier = "auto"
    ) -> TypedAuthorizer:
        """Return an authorizer that takes only requests that this schema admits, and is faster for it.

        Raises `NotValid` for policies that do not pass strict validation, unless `validate` is off, and
        `EntitiesError` for a store that does not fit.
        """
        if validate:
            found = self.validate(policies)
            if not found.valid:
                raise NotValid(found.report())
        conforming = self.conforming_entities(instance_of(entities, Entities, "entities"))
        return TypedAuthorizer(self._model, self._types, self._entity_reader, policies, conforming, tier)

    # Texts

    def _declarations(self) -> tuple[Fragment, ...]:
        """Return what the schema was read from; for a linked schema its meaning, written out."""
        return self._fragments if self._fragments is not None else (written_fragment(self._model),)

    @at_any_depth
    def to_cedar(self) -> str:
        """Return the schema in Cedar syntax, with common types written out where that syntax needs it.

        Raises `SchemaError` where that does not say what is meant either.
        """
        try:
            return cedar_schema(self._declarations())
        except SchemaTextError:
            return cedar_schema((written_fragment(self._model),))

    @at_any_depth
    def to_json(self, indent: int | None = 2) -> str:
        """Return the schema in JSON syntax, names as written. Raises `SchemaError` past the depth of JSON."""
        return json_schema(self._declarations(), indent)

    @at_any_depth
    def to_resolved_json(self, indent: int | None = 2, *, closed: bool = False) -> str:
        """Return a JSON schema of the same meaning, every name qualified and every common type written out.

        With `closed` all ancestors are listed, not the declared parents alone.
        """
        return resolved_json_schema(self._model, indent, closed=closed)

    @at_any_depth
    def to_canonical(self) -> str:
        """Return one line of JSON, the same for two schemas exactly when they mean the same."""
        return canonical_schema(self._model)


@at_any_depth
def translate_schema(text: str, to: Literal["cedar", "json"]) -> str:
    """Return a schema, read from the one syntax, in the other; its names need not be declared (spec 12 §5).

    Raises `SchemaError`, also for what is declared twice.
    """
    exact = text_of(text, "a schema text")
    if choice_of(to, ("cedar", "json"), "to") == "json":
        fragment = parse_schema(exact)
        Names((fragment,))
        return json_schema((fragment,))
    return cedar_schema((read_json_schema(exact),))
