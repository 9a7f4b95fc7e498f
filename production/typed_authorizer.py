"""Authorization under a schema: each request is checked, and code is generated for its types.

Law (typed): the response is the one that an `Authorizer` gives. Types are relied on only for requests that
the schema admits and a store that fits it, both checked here or by the schema beforehand. The mark of a
checked request belongs to one immutable object, and names the types of one schema.
"""

from __future__ import annotations

from typing import NoReturn

from .authorizer import Authorizer, Explanation
from .entities import Entities
from .language.arguments import instance_of
from .language.deep_stack import at_any_depth, on_fresh_stack
from .language.nodes import Node
from .language.values import Value
from .policy_set import PolicySet
from .request import Request
from .response import Response
from .schema.model import SchemaModel
from .schema.request_types import RequestTypes
from .serving.server import Server, Tier
from .validation.conforming_entities import EntityReader
from .validation.conforming_requests import check_request
from .validation.request_table import RequestTable


class TypedAuthorizer(Authorizer):
    """An authorizer of policies and a store that fit a schema; made by `Schema.authorizer`.

    Safe to share between threads.
    """

    __slots__ = ("_model", "_reader", "_table", "_typed")

    def __init__(
        self,
        model: SchemaModel,
        table: RequestTable,
        reader: EntityReader,
        policies: PolicySet,
        entities: Entities,
        tier: Tier = "auto",
    ) -> None:
        """Take policies, and entities that conform to the schema."""
        super().__init__(policies, entities, tier=tier)
        self._model = model
        self._table = table
        self._reader = reader
        self._typed: dict[RequestTypes | None, Server] = {}

    def __reduce__(self) -> NoReturn:
        raise TypeError("a typed authorizer cannot be pickled: make one of a schema, policies and entities")

    def authorize(self, request: Request) -> Response:
        """Return the response to one request; raise `RequestError` for one that the schema does not admit."""
        if type(request) is not Request:
            instance_of(request, Request, "a request")
        server = self._typed.get(request._types)
        try:
            if server is None:
                server = self._checked_server(request)
            return server.answer(request.principal, request.action, request.resource, request._context)
        except RecursionError:
            return on_fresh_stack(lambda: self.authorize(request))

    def explain(self, request: Request) -> Explanation:
        """Explain as `Authorizer.explain` does.

        Raises `RequestError` for a request that the schema does not admit.
        """
        self._check(request)
        return super().explain(request)

    def evaluate(self, expression: Node, request: Request) -> Value:
        """Evaluate as `Authorizer.evaluate` does.

        Raises `RequestError` for a request that the schema does not admit.
        """
        self._check(request)
        return super().evaluate(expression, request)

    def with_entities(self, entities: Entities) -> TypedAuthorizer:
        """Return the same policies over another store.

        Raises `EntitiesError` if it does not fit the schema.
        """
        conforming = self._reader.conforming(instance_of(entities, Entities, "entities"))
        return TypedAuthorizer(self._model, self._table, self._reader, self._policies, conforming, self._tier)

    def with_policies(self, policies: PolicySet) -> TypedAuthorizer:
        """Return other policies over the same store. They are not validated."""
        return TypedAuthorizer(self._model, self._table, self._reader, policies, self._entities, self._tier)

    def _check(self, request: Request) -> None:
        instance_of(request, Request, "a request")
        check_request(self._model, request.principal, request.action, request.resource, request._context)

    @at_any_depth
    def _checked_server(self, request: Request) -> Server:
        self._check(request)
        types = self._table.types_of(request)
        server = self._typed.get(types)
        if server is None:
            server = self._typed[types] = self.server_for(request.action, types)
        return server
