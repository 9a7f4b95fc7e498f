"""Partial evaluation by the reference engine (spec 09): its answers and refusals as outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from drt.engines.reference_values import canonical
from drt.model.case import Store
from drt.model.outcome import Rejected
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
from reference.entities import Entities
from reference.errors import InputError
from reference.json.entities import read_entities
from reference.json.policy_writer import body_to_json
from reference.partial import batched, queries
from reference.partial.constructed import read_constructed_entities
from reference.partial.errors import BatchRefusal, Refusal
from reference.partial.request import check_complete, check_request
from reference.partial.request_reader import read_action_query, read_concrete_request, read_partial_request
from reference.partial.response import PartialResponse, partially_authorize
from reference.partial.store import PartialEntities, everything_known, known_store
from reference.partial.store_reader import read_partial_entities
from reference.policy_set import PolicySet
from reference.schema.schema import Schema
from reference.validation.typed_entities import read_entities_under
from reference.values import EntityUid

T = TypeVar("T")

CLASSES: dict[tuple[str, str], ResidualClass] = {
    ("true", "permit"): "true_permits",
    ("false", "permit"): "false_permits",
    ("error", "permit"): "error_permits",
    ("residual", "permit"): "residual_permits",
    ("true", "forbid"): "true_forbids",
    ("false", "forbid"): "false_forbids",
    ("error", "forbid"): "error_forbids",
    ("residual", "forbid"): "residual_forbids",
}


@dataclass(frozen=True, slots=True)
class PartialAnswers:
    """A loaded case with a schema; each partial response is made once, and each store read once."""

    policies: PolicySet
    schema: Schema
    responses: dict[tuple[str, Store], PartialResponse] = field(default_factory=dict)
    stores: dict[Store, Entities] = field(default_factory=dict)

    def partially_authorize(
        self, request: str, entities: Store
    ) -> PartiallyAuthorized | PartialError | Rejected:
        """Answer the question `PartiallyAuthorize`."""
        return answered(lambda: outcome_of(self.response(request, entities)))

    def response(self, request: str, entities: Store) -> PartialResponse:
        """Read the partial request and entities, in the order in which faults count, and answer them."""
        if (request, entities) not in self.responses:
            read = read_partial_request(request, self.schema)
            check_request(read, self.schema)
            known = self.partial_entities(entities)
            self.responses[request, entities] = partially_authorize(self.policies, read, known, self.schema)
        return self.responses[request, entities]

    def reauthorize(
        self, request: str, entities: Store, completion: str, store: Store
    ) -> Reauthorized | PartialError | Rejected:
        """Answer the question `Reauthorize`."""

        def answer() -> Reauthorized:
            response = self.response(request, entities)
            concrete = read_concrete_request(completion, self.schema)
            found = response.reauthorize(concrete, self.concrete_entities(store))
            return Reauthorized(found.decision, tuple(sorted(found.determining)), tuple(sorted(found.errors)))

        return answered(answer)

    def query(self, kind: QueryKind, request: str, entities: Store) -> Permitted | PartialError | Rejected:
        """Answer the question `Query`."""
        if kind == "action":
            return answered(lambda: self.query_action(request, entities))
        return answered(lambda: Permitted(texts(self.query_entities(kind, request, entities))))

    def query_entities(self, kind: QueryKind, text: str, store: Store) -> Iterable[EntityUid]:
        """Return the permitted resources or principals."""
        request = read_partial_request(text, self.schema)
        wanted, given = request.principal, request.resource
        if kind == "resource":
            wanted, given = given, wanted
        if wanted.id is not None or given.uid is None or request.context is None:
            raise InputError("request", f"expected a {kind} without an id, all else known, and a context")
        check_request(request, self.schema)
        context, entities = request.context, self.concrete_entities(store)
        if kind == "resource":
            return queries.query_resource(
                self.policies, given.uid, request.action, wanted.type, context, entities, self.schema
            )
        return queries.query_principal(
            self.policies, wanted.type, request.action, given.uid, context, entities, self.schema
        )

    def query_action(self, text: str, entities: Store) -> Permitted:
        """Return the actions that are not certainly denied."""
        asked = read_action_query(text)
        check_complete(self.schema)
        known = self.partial_entities(entities)
        found = queries.query_action(
            self.policies, asked.principal, asked.resource, asked.context, known, self.schema
        )
        return Permitted(
            texts(uid for uid, decision in found.items() if decision == "allow"),
            texts(uid for uid, decision in found.items() if decision is None),
        )

    def batched(
        self, request: str, entities: Store, loader: LoaderKind, max_iters: int
    ) -> BatchAuthorized | PartialError | Rejected:
        """Answer the question `Batched`."""

        def answer() -> BatchAuthorized:
            concrete = read_concrete_request(request, self.schema)
            store, loads = self.concrete_entities(entities), list[tuple[str, ...]]()

            def load(uids: frozenset[EntityUid]) -> batched.Answers:
                loads.append(texts(uids))
                return loaded(uids, store, loader)

            try:
                decision = batched.authorize_batched(self.policies, concrete, self.schema, load, max_iters)
            except BatchRefusal as error:
                return BatchAuthorized(None, error.kind, tuple(loads), error.message)
            return BatchAuthorized(decision, None if decision else "insufficient_iterations", tuple(loads))

        return answered(answer)

    def partial_entities(self, store: Store) -> PartialEntities:
        """Read what is known of entities."""
        match store.form:
            case "partial":
                return read_partial_entities(store.text, self.schema)
            case "parts":
                return read_constructed_entities(store.text, self.schema)
            case "typed" | "untyped":
                return known_store(self.concrete_entities(store), self.schema)

    def concrete_entities(self, store: Store) -> Entities:
        """Read concrete entities, under the schema or without."""
        if store not in self.stores:
            try:
                is_typed = store.form == "typed"
                read = read_entities_under(store.text, self.schema) if is_typed else read_entities(store.text)
            except InputError as error:
                raise Refusal("concrete_entities", "invalid", error.message) from None
            self.stores[store] = read
        return self.stores[store]


def answered(answer: Callable[[], T]) -> T | PartialError | Rejected:
    """Return an answer, or the refusal of its inputs."""
    try:
        return answer()
    except Refusal as error:
        return PartialError(error.stage, error.kind, error.message)
    except InputError as error:
        return Rejected(error.part, str(error))


def outcome_of(response: PartialResponse) -> PartiallyAuthorized:
    """Write a partial response."""
    policies = sorted(response.policies.items())
    return PartiallyAuthorized(
        response.decision,
        None if response.reason is None else tuple(sorted(response.reason)),
        tuple((policy_id, CLASSES[one.residual_class, one.effect]) for policy_id, one in policies),
        tuple((policy_id, canonical_residual(body_to_json(one.policy()))) for policy_id, one in policies),
    )


def loaded(uids: frozenset[EntityUid], store: Entities, kind: LoaderKind) -> batched.Answers:
    """Answer a loader's call from a store."""
    wanted = uids | store.by_uid.keys() if kind == "more" else uids
    return {
        uid: everything_known(uid, store) if uid in store.by_uid else None
        for uid in wanted
        if kind != "less" or uid in store.by_uid
    }


def texts(uids: Iterable[EntityUid]) -> tuple[str, ...]:
    """Write uids, sorted."""
    return tuple(sorted(canonical(uid) for uid in uids))
