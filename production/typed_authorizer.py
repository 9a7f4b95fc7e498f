"""Answering requests under a schema: each is checked, and code is generated for its types.

Law (typed): the response is the one that an `Authorizer` gives. Types are relied on only for requests that
the schema admits and a store that fits it, both checked here or by the schema beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable

from production.authorizer import Authorizer
from production.entities import Entities
from production.policy_set import PolicySet
from production.request_types import CheckedRequest, RequestTypes, TypesTable
from production.requests import Request
from production.responses import Response
from production.schema_model import SchemaModel
from production.servers import Server, Tier
from production.typed_request import check_request


class TypedAuthorizer:
    """Answers requests about policies and a store that fit a schema; see `Schema.authorizer`. Safe to share
    between threads.
    """

    __slots__ = ("_model", "_plain", "_servers", "_table", "_tier")

    def __init__(
        self,
        model: SchemaModel,
        table: TypesTable,
        policies: PolicySet,
        entities: Entities,
        tier: Tier = "auto",
    ) -> None:
        """`entities` conform to the schema."""
        self._model = model
        self._table = table
        self._plain = Authorizer(policies, entities, tier=tier)
        self._tier: Tier = tier
        self._servers: dict[RequestTypes, Server] = {}

    @property
    def policies(self) -> PolicySet:
        """The policies that are asked."""
        return self._plain.policies

    @property
    def entities(self) -> Entities:
        """The store that is asked."""
        return self._plain.entities

    def authorize(self, request: Request) -> Response:
        """The response to one request; raises `RequestError` for one that the schema does not admit."""
        server = self._servers.get(request.types) if request.__class__ is CheckedRequest else None
        if server is None:
            server = self._server(request)
        return server.answer(request.principal, request.action, request.resource, request.context)

    def authorize_many(self, requests: Iterable[Request]) -> list[Response]:
        """The responses to many requests, in order; raises `RequestError`."""
        return [self.authorize(request) for request in requests]

    def _server(self, request: Request) -> Server:
        check_request(self._model, request.principal, request.action, request.resource, request.context)
        types = self._table.of(request)
        server = self._servers.get(types)
        if server is None:
            server = self._servers[types] = self._plain.server_for(request.action, types)
        return server
