"""Partial evaluation by the production engine (spec 09): its answers and errors as outcomes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar, get_args

from drt.engines.base import BaseSession
from drt.engines.production_loader import StoreLoader, texts
from drt.engines.production_objects import constant
from drt.engines.production_problems import rejected
from drt.model.case import Store
from drt.model.outcome import Rejected, Unsupported
from drt.model.partial_outcome import (
    BatchAuthorized,
    PartialError,
    PartiallyAuthorized,
    Permitted,
    Reauthorized,
    ResidualClass,
)
from drt.model.question import LoaderKind, QueryKind
from drt.model.residual_json import canonical_residual
from production import (
    CedarError,
    Entities,
    EntitiesError,
    IllTypedError,
    InconsistentError,
    InsufficientIterations,
    PartialEntities,
    PartialEntitiesError,
    PartialEntity,
    PartialRequest,
    PartialRequestError,
    PartialResponse,
    PolicySet,
    PrintError,
    Request,
    RequestError,
    Schema,
    Uid,
    Value,
    read_uid_json,
)

T = TypeVar("T")
Written = TypeVar("Written", PartialRequest, PartialEntities)
Json = dict[str, Any]

CLASSES: tuple[ResidualClass, ...] = get_args(ResidualClass)
NO_SCHEMA = Unsupported("partial-evaluation-without-schema")
UNWRITTEN = Unsupported("residual-too-large-to-write")


class _Refused(Exception):
    """An input that gives an outcome of its own."""

    def __init__(self, outcome: PartialError | Rejected) -> None:
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class PartialAnswers:
    """The answers of a loaded case with a schema; each response is made and each store read once."""

    policies: PolicySet
    schema: Schema
    responses: dict[tuple[str, Store], PartialResponse] = field(default_factory=dict)
    stores: dict[Store, Entities] = field(default_factory=dict)

    def partially_authorize(
        self, request: str, entities: Store
    ) -> PartiallyAuthorized | PartialError | Rejected | Unsupported:
        """Answer the question `PartiallyAuthorize`."""
        try:
            return answered(lambda: _outcome_of(self._response(request, entities)))
        except PrintError:
            return UNWRITTEN

    def reauthorize(
        self, request: str, entities: Store, completion: str, store: Store
    ) -> Reauthorized | PartialError | Rejected:
        """Answer the question `Reauthorize`."""

        def answer() -> Reauthorized:
            response = self._response(request, entities)
            concrete = self._concrete_request(completion)
            verdict = response.reauthorize(concrete, self.concrete_entities(store))
            return Reauthorized(
                verdict.decision, tuple(sorted(verdict.determining)), tuple(sorted(verdict.errors))
            )

        return answered(answer)

    def query(self, kind: QueryKind, request: str, entities: Store) -> Permitted | PartialError | Rejected:
        """Answer the question `Query`."""
        if kind == "action":
            return answered(lambda: self._query_actions(request, entities))
        return answered(lambda: Permitted(texts(self._query(kind, request, entities))))

    def batched(
        self, request: str, entities: Store, loader: LoaderKind, max_iters: int
    ) -> BatchAuthorized | PartialError | Rejected:
        """Answer the question `Batched`."""

        def answer() -> BatchAuthorized:
            concrete = self._concrete_request(request)
            source = StoreLoader(self.concrete_entities(entities), loader)
            try:
                decision = self.schema.authorize_batched(self.policies, concrete, source, max_iters)
            except InsufficientIterations as error:
                return BatchAuthorized(None, "insufficient_iterations", tuple(source.loads), str(error))
            except PartialRequestError as error:
                if error.kind == "incomplete_schema":
                    raise
                return BatchAuthorized(None, "request", tuple(source.loads), str(error))
            except IllTypedError as error:
                return BatchAuthorized(None, "policies", tuple(source.loads), str(error))
            except PartialEntitiesError as error:
                return BatchAuthorized(None, "entities", tuple(source.loads), str(error))
            return BatchAuthorized(decision, None, tuple(source.loads))

        return answered(answer)

    def _response(self, request: str, entities: Store) -> PartialResponse:
        if (request, entities) not in self.responses:
            asked = self.schema.read_partial_request(request)
            asked = _read_again(asked, self.schema.read_partial_request)
            known = self._partial_entities(entities)
            self.responses[request, entities] = self.schema.partially_authorize(self.policies, asked, known)
        return self.responses[request, entities]

    def _query(self, kind: QueryKind, text: str, entities: Store) -> frozenset[Uid]:
        members = _members(text)
        if isinstance(members, dict) and isinstance(wanted := members.get(kind), dict) and "id" in wanted:
            raise RequestError(f"a query has no id of the {kind}")
        request = self.schema.read_partial_request(text)
        if request.context is None:
            raise RequestError("a query has a context")
        match kind, request.principal, request.resource:
            case "resource", Uid() as principal, str() as wanted:
                query = partial(self.schema.query_resources, self.policies, principal, request.action, wanted)
            case "principal", str() as wanted, Uid() as resource:
                query = partial(self.schema.query_principals, self.policies, wanted, request.action, resource)
            case _:
                raise RequestError(f"expected a {kind} without an id, and all else known")
        context, store = request.context, self.concrete_entities(entities)
        return _queried(lambda: query(context, store))

    def _query_actions(self, text: str, entities: Store) -> Permitted:
        members = _members(text)
        if not isinstance(members, dict):
            raise RequestError("expected an object")
        principal, resource = _role(members, "principal"), _role(members, "resource")
        context = _untyped_context(members["context"]) if "context" in members else None
        known = self._partial_entities(entities)
        found = _queried(
            lambda: self.schema.query_actions(self.policies, principal, resource, context, known)
        )
        return Permitted(
            texts(uid for uid, decision in found.items() if decision == "allow"),
            texts(uid for uid, decision in found.items() if decision is None),
        )

    def _partial_entities(self, store: Store) -> PartialEntities:
        match store.form:
            case "partial":
                read = self.schema.read_partial_entities
                return _read_again(read(store.text), read)
            case "parts":
                made = self.schema.partial_entities(map(_constructed, json.loads(store.text)))
                return self.schema.partial_entities(made)
            case "typed" | "untyped":
                return self.schema.partial_entities(self.concrete_entities(store))

    def concrete_entities(self, store: Store) -> Entities:
        """Read concrete entities, under the schema or without."""
        if store not in self.stores:
            read = self.schema.read_entities if store.form == "typed" else Entities.from_json
            try:
                self.stores[store] = read(store.text)
            except EntitiesError as error:
                raise _Refused(PartialError("concrete_entities", "invalid", str(error))) from None
        return self.stores[store]

    def _concrete_request(self, text: str) -> Request:
        """Read a request, its context by type if that is possible, so that a wrong one reaches the check."""
        try:
            return self.schema.read_request(text, check=False)
        except RequestError:
            pass
        try:
            return Request.from_json(text)
        except RequestError as error:
            members = _members(text)
            if isinstance(members, dict) and "context" in members:
                Request.from_dict({name: part for name, part in members.items() if name != "context"})
                raise _Refused(PartialError("context", "invalid", str(error))) from None
            raise


def _read_again(made: Written, read: Callable[[str], Written]) -> Written:
    """Return what the engine reads of its own text of an input, or the input if no text can hold it."""
    try:
        text = made.to_json()
    except PrintError:
        return made
    return read(text)


class PartialSession(BaseSession):
    """The questions of spec 09 to a loaded case."""

    __slots__ = ()

    partial: PartialAnswers | None

    def partially_authorize(
        self, request: str, entities: Store
    ) -> PartiallyAuthorized | PartialError | Rejected | Unsupported:
        """Answer the question `PartiallyAuthorize`."""
        return NO_SCHEMA if self.partial is None else self.partial.partially_authorize(request, entities)

    def reauthorize(
        self, request: str, entities: Store, completion: str, store: Store
    ) -> Reauthorized | PartialError | Rejected | Unsupported:
        """Answer the question `Reauthorize`."""
        return (
            NO_SCHEMA
            if self.partial is None
            else self.partial.reauthorize(request, entities, completion, store)
        )

    def query(
        self, kind: QueryKind, request: str, entities: Store
    ) -> Permitted | PartialError | Rejected | Unsupported:
        """Answer the question `Query`."""
        return NO_SCHEMA if self.partial is None else self.partial.query(kind, request, entities)

    def batched(
        self, request: str, entities: Store, loader: LoaderKind, max_iters: int
    ) -> BatchAuthorized | PartialError | Rejected | Unsupported:
        """Answer the question `Batched`."""
        return (
            NO_SCHEMA if self.partial is None else self.partial.batched(request, entities, loader, max_iters)
        )


def _members(text: str) -> Any:
    """Parse a request that is no ordinary one."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RequestError(str(error)) from None


def _role(members: Json, name: str) -> Uid | str:
    node = members.get(name)
    if isinstance(node, dict) and set(node) == {"type"}:
        return read_uid_json(json.dumps({**node, "id": ""})).type
    if not isinstance(node, dict) or set(node) != {"type", "id"}:
        raise RequestError(f"expected an object with a `type` and perhaps an `id` as `{name}`")
    return read_uid_json(json.dumps(node))


def _untyped_context(node: Any) -> Mapping[str, Any]:
    uid = {"type": "T", "id": ""}
    if isinstance(node, str):
        raise _Refused(PartialError("context", "invalid", "a context is an object"))
    try:
        return Request.from_dict({"principal": uid, "action": uid, "resource": uid, "context": node}).context
    except RequestError as error:
        raise _Refused(PartialError("context", "invalid", str(error))) from None


def _constructed(parts: Json) -> PartialEntity:
    """Make a partial entity of a uid, expressions by name, and uids."""
    attributes, tags, ancestors = parts.get("attrs"), parts.get("tags"), parts.get("ancestors")
    if not isinstance(ancestors, list | None):
        raise _Refused(PartialError("entities", "invalid", "`ancestors` is no list"))
    return PartialEntity(
        read_uid_json(json.dumps(parts["uid"])),
        None if attributes is None else {name: _value(text) for name, text in attributes.items()},
        None if ancestors is None else [read_uid_json(json.dumps(uid)) for uid in ancestors],
        None if tags is None else {name: _value(text) for name, text in tags.items()},
    )


def _value(text: str) -> Value:
    try:
        return constant(text)
    except CedarError as error:
        raise _Refused(PartialError("entities", "invalid", str(error))) from None


def answered(answer: Callable[[], T]) -> T | PartialError | Rejected:
    """Return an answer, or the refusal of its inputs."""
    try:
        return answer()
    except _Refused as refused:
        return refused.outcome
    except (PartialRequestError, PartialEntitiesError) as error:
        match error.kind:
            case "incomplete_schema":
                return PartialError("schema", error.kind, str(error))
            case "unreadable_context":
                return PartialError("context", "invalid", str(error))
        is_request = isinstance(error, PartialRequestError)
        return PartialError("request" if is_request else "entities", error.kind, str(error))
    except IllTypedError as error:
        return PartialError("policies", "ill_typed", str(error))
    except InconsistentError as error:
        return PartialError("reauthorize", error.kind, str(error))
    except (RequestError, EntitiesError) as error:
        return rejected("request", error)


def _queried(query: Callable[[], T]) -> T:
    """Return what a query finds; its own request and partial entities are checked before."""
    try:
        return query()
    except PartialEntitiesError as error:
        raise _Refused(PartialError("query", "entities", str(error))) from None
    except IllTypedError as error:
        raise _Refused(PartialError("query", "policies", str(error))) from None


def _outcome_of(response: PartialResponse) -> PartiallyAuthorized:
    found = sorted((policy_id, name) for name in CLASSES for policy_id in getattr(response, name))
    written = json.loads(response.policy_set().to_json())["staticPolicies"]
    return PartiallyAuthorized(
        response.decision,
        None if response.reason is None else tuple(sorted(response.reason)),
        tuple(found),
        tuple((policy_id, canonical_residual(body)) for policy_id, body in sorted(written.items())),
    )
