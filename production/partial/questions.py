"""Questions of partial evaluation to a schema (spec 09): what a `Schema` adds to its other questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf
from typing import Any, cast
from weakref import WeakKeyDictionary

from ..entities import Entities, make_store
from ..errors import ArgumentError, JsonError, PartialRequestError, RequestError
from ..language.arguments import instance_of, is_a, long_of, text_of
from ..language.deep_stack import at_any_depth
from ..language.entity import NO_TAGS, make_entity
from ..language.uids import Uid
from ..language.values import plain_record
from ..policy_set import PolicySet
from ..request import Request
from ..response import Decision
from ..schema.model import SchemaModel
from ..schema.request_types import RequestTypes
from ..text.json_scanner import Repeated
from ..text.json_text import read_json
from ..validation.environments import Hierarchy
from .candidates import BulkRunner, Candidates, Loops
from .completion import Completion
from .entities import PartialEntities, PartialEntity, PartialEntityChecker
from .entity_document import read_partial_entities
from .loading import AsyncLoader, Loader, Steps, await_steps, batched_steps, run_steps
from .outcome import Residuals
from .plans import Plan, plan_of
from .postings import Side
from .queries import allowed
from .request import PartialRequest, Role, make_partial_request, read_partial_request, role_of
from .response import PartialResponse
from .rules import Known


class _Store:
    """A store that fits the schema, completed by its actions: known in every part, and by entity type."""

    __slots__ = ("_candidates", "entities", "partial")

    def __init__(self, entities: Entities, checker: PartialEntityChecker) -> None:
        self.partial = checker.concrete(entities)
        missing = [
            make_entity(uid, NO_TAGS, above) for uid, above in checker.actions.items() if uid not in entities
        ]
        # Not the store itself: this is kept for as long as that lives.
        parts = entities._attributes, entities._parents, entities._tags
        self.entities = entities.add(missing) if missing else make_store(*parts, entities._above)
        self._candidates: dict[str, Candidates] = {}

    def candidates(self, type_name: str) -> Candidates:
        """Return the entities of a type, put in order when first asked for."""
        if type_name not in self._candidates:
            self._candidates[type_name] = Candidates(self.entities, type_name)
        return self._candidates[type_name]


class PartialQuestions:
    """Partial authorization, permission queries and batched authorization under one schema."""

    __slots__ = ("_checker", "_hierarchy", "_loops", "_stores", "_types_made")
    _model: SchemaModel

    def _prepare_partial(self, model: SchemaModel) -> None:
        self._checker = PartialEntityChecker(model)
        self._hierarchy = Hierarchy(model)
        self._loops = Loops()
        self._stores: WeakKeyDictionary[Entities, _Store] = WeakKeyDictionary()
        self._types_made: dict[tuple[Uid, str, str], RequestTypes] = {}

    # Inputs

    def partial_request(
        self, principal: Role, action: Uid, resource: Role, context: Mapping[str, Any] | None = None
    ) -> PartialRequest:
        """Return a partial request that fits this schema.

        Principal and resource are uids, or names of entity types where the id is unknown; no context stands
        for an unknown one. Raises `PartialRequestError`.
        """
        return make_partial_request(self._model, principal, action, resource, context)

    @at_any_depth
    def read_partial_request(self, request: str | Mapping[str, Any]) -> PartialRequest:
        """Return a partial request from JSON text or its members; raise `RequestError`.

        `principal` and `resource` are objects with `type` and maybe `id`, `action` has both, `context` may be
        missing.
        """
        if not isinstance(request, str):
            return read_partial_request(self._model, request)
        try:
            members: Any = read_json(text_of(request, "a partial request"))
        except JsonError as error:
            raise RequestError(str(error)) from None
        if isinstance(members, Repeated):
            raise RequestError(f"the partial request has {members.name!r} twice")
        return read_partial_request(self._model, members, is_text=True)

    @at_any_depth
    def partial_entities(self, entities: Iterable[PartialEntity] | Entities = ()) -> PartialEntities:
        """Return a store of partial entities, or of concrete ones with every part known.

        This schema's action entities are added. Raises `PartialEntitiesError`.
        """
        if is_a(entities, Entities):
            return self._store(entities).partial
        return self._checker.constructed(cast("Iterable[PartialEntity]", entities))

    @at_any_depth
    def read_partial_entities(self, text: str) -> PartialEntities:
        """Return the store of a document in which parts may be missing; raise `PartialEntitiesError`."""
        self._checker.require_complete()
        listed = read_partial_entities(text_of(text, "a document of partial entities"), self._model)
        return self._checker.read(listed)

    # Questions

    @at_any_depth
    def partially_authorize(
        self, policies: PolicySet, request: PartialRequest, entities: PartialEntities
    ) -> PartialResponse:
        """Return what is known of the response to every completion of a partial request.

        Raises `IllTypedError` for a policy that is ill-typed in the environment of the request.
        """
        plan = self._plan(policies, request)
        residuals = Residuals(plan, plan.evaluate(request, self._known(entities)))
        return PartialResponse(residuals, Completion(self._model, self._checker, request, entities).check)

    def query_resources(
        self,
        policies: PolicySet,
        principal: Uid,
        action: Uid,
        resource_type: str,
        context: Mapping[str, Any],
        entities: Entities,
    ) -> frozenset[Uid]:
        """Return the entities of a type in a store on which the policies allow the request."""
        instance_of(principal, Uid, "principal")
        wanted = text_of(resource_type, "resource_type")
        request = self._request_of_query(principal, action, wanted, context)
        return self._query(policies, request, "resource", entities)

    def query_principals(
        self,
        policies: PolicySet,
        principal_type: str,
        action: Uid,
        resource: Uid,
        context: Mapping[str, Any],
        entities: Entities,
    ) -> frozenset[Uid]:
        """Return the entities of a type in a store that the policies allow the request."""
        instance_of(resource, Uid, "resource")
        wanted = text_of(principal_type, "principal_type")
        request = self._request_of_query(wanted, action, resource, context)
        return self._query(policies, request, "principal", entities)

    @at_any_depth
    def query_actions(
        self,
        policies: PolicySet,
        principal: Role,
        resource: Role,
        context: Mapping[str, Any] | None,
        entities: PartialEntities,
    ) -> dict[Uid, Decision | None]:
        """Return the actions that are not certainly denied: `allow`, or `None` where that is open."""
        principal, resource = role_of(principal, "principal"), role_of(resource, "resource")
        record = None if context is None else plain_record(context, "context")
        found: dict[Uid, Decision | None] = {}
        for uid in self._model.actions:
            action = Uid(*uid)
            try:
                request = self.partial_request(principal, action, resource, record)
            except PartialRequestError as error:
                if error.kind == "incomplete_schema":
                    raise
                continue
            decision = self.partially_authorize(policies, request, entities).decision
            if decision != "deny":
                found[action] = decision
        return found

    def authorize_batched(
        self,
        policies: PolicySet,
        request: Request,
        loader: Loader,
        max_rounds: int,
        *,
        deadline: float | None = None,
    ) -> Decision:
        """Return the decision on a request whose entities are loaded as they are needed.

        `deadline` is the time in seconds that all calls of the loader may take together. Raises
        `InsufficientIterations`, `LoaderError`, `PartialRequestError`, `PartialEntitiesError`, and
        `IllTypedError`.
        """
        return run_steps(self._steps(policies, request, max_rounds), loader, _seconds(deadline))

    async def authorize_batched_async(
        self,
        policies: PolicySet,
        request: Request,
        loader: AsyncLoader,
        max_rounds: int,
        *,
        deadline: float | None = None,
    ) -> Decision:
        """Return what `authorize_batched` returns, with a loader that is awaited."""
        return await await_steps(self._steps(policies, request, max_rounds), loader, _seconds(deadline))

    def _plan(self, policies: PolicySet, request: PartialRequest) -> Plan:
        instance_of(policies, PolicySet, "policies")
        if instance_of(request, PartialRequest, "a partial request")._model is not self._model:
            raise ArgumentError("the partial request was made under another schema")
        return plan_of(policies, self._model, self._hierarchy, request, self._checker.nothing)

    def _known(self, entities: PartialEntities) -> Known:
        known = instance_of(entities, PartialEntities, "partial entities")._known
        if known.model is not self._model:
            raise ArgumentError("the partial entities were made under another schema")
        return known

    def _request_of_query(
        self, principal: Role, action: Uid, resource: Role, context: Mapping[str, Any]
    ) -> PartialRequest:
        return make_partial_request(
            self._model, principal, action, resource, plain_record(context, "context")
        )

    @at_any_depth
    def _query(
        self, policies: PolicySet, request: PartialRequest, side: Side, entities: Entities
    ) -> frozenset[Uid]:
        store = self._store(instance_of(entities, Entities, "entities"))
        plan = self._plan(policies, request)
        residuals = Residuals(plan, plan.evaluate(request, store.partial._known))
        given = request.principal if side == "resource" else request.resource
        assert isinstance(given, Uid)
        assert request._context is not None
        runner = BulkRunner(
            side,
            given,
            request.action,
            request._context,
            store.entities,
            self._types_of(request),
            self._loops,
        )
        wanted = request.resource_type if side == "resource" else request.principal_type
        return allowed(residuals, side, store.candidates(wanted), runner)

    def _types_of(self, request: PartialRequest) -> RequestTypes:
        key = (request.action, request.principal_type, request.resource_type)
        types = self._types_made.get(key)
        if types is None:
            entity, (action, principal, resource) = self._model.types.entity, key
            context = self._model.actions[action.type, action.id].context
            types = RequestTypes(self._model, entity(principal), entity(resource), context)
            self._types_made[key] = types
        return types

    def _store(self, entities: Entities) -> _Store:
        store = self._stores.get(entities)
        if store is None:
            store = self._stores[entities] = _Store(entities, self._checker)
        return store

    def _steps(self, policies: PolicySet, request: Request, max_rounds: int) -> Steps:
        instance_of(request, Request, "a request")
        most = long_of(max_rounds, "max_rounds")
        if most < 0:
            raise ArgumentError(f"max_rounds is not negative, unlike {most}")
        partial = make_partial_request(
            self._model, request.principal, request.action, request.resource, request._context
        )
        plan = self._plan(policies, partial)
        variables = (request.principal, request.action, request.resource, request._context)
        return batched_steps(plan, self._checker, variables, most)


def _seconds(deadline: object) -> float | None:
    """Return a deadline as a number of seconds; raise `ArgumentError`."""
    if deadline is None:
        return None
    if type(deadline) not in (int, float) or not 0 <= float(deadline) < inf:  # type: ignore[arg-type]
        raise ArgumentError(f"deadline is a number of seconds, not {deadline!r}")
    return float(deadline)  # type: ignore[arg-type]
