"""Requests that a schema admits, marked with their types; those of the usual form are read in one pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from ..documents.usual_contexts import RecordReader, UsualReaders
from ..documents.usual_requests import Unusual, usual_request
from ..language.uids import Uid
from ..request import Request, make_request
from ..schema.model import SchemaModel, StandardEntityType
from ..schema.request_types import RequestTypes
from ..schema.typed_values import unlisted

Key: TypeAlias = tuple[Uid, str, str]
"""An action, and the types of a principal and a resource."""


@dataclass(frozen=True, slots=True, eq=False)
class _Environment:
    """An environment that a request was admitted in.

    `has_listed_ids` says whether the principal's type or the resource's admits only some ids.
    """

    types: RequestTypes
    read_context: RecordReader
    has_listed_ids: bool


class RequestTable:
    """The environments of a schema that were asked for, each with one object for its types."""

    def __init__(self, model: SchemaModel) -> None:
        self._model = model
        self._readers = UsualReaders(model)
        self._made: dict[Key, _Environment] = {}

    def types_of(self, request: Request) -> RequestTypes:
        """Return the types of a request that the schema admits."""
        key = (request.action, request.principal.type, request.resource.type)
        environment = self._made.get(key)
        if environment is None:
            environment = self._made.setdefault(key, self._environment(*key))
        return environment.types

    def usual(self, data: Any) -> Request:
        """Return a request of the usual form in an environment that was asked for before; raise `Unusual`."""
        made, context = usual_request(data)
        environment = self._made.get((made.action, made.principal.type, made.resource.type))
        if environment is None:
            raise Unusual
        if environment.has_listed_ids and (
            unlisted(made.principal, self._model) or unlisted(made.resource, self._model)
        ):
            raise Unusual
        made._context = environment.read_context(context)
        made._types = environment.types
        made.__class__ = Request
        request: Request = made
        return request

    def checked(self, request: Request) -> Request:
        """Return a request that the schema admits, marked as such."""
        return make_request(
            request.principal, request.action, request.resource, request._context, self.types_of(request)
        )

    def _environment(self, action: Uid, principal: str, resource: str) -> _Environment:
        entity, declared = self._model.types.entity, self._model.entity_types
        context = self._model.actions[action.type, action.id].context
        return _Environment(
            RequestTypes(self._model, entity(principal), entity(resource), context),
            self._readers.context(context),
            not all(isinstance(declared.get(name), StandardEntityType) for name in (principal, resource)),
        )
