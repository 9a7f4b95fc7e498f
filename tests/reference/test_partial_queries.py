"""Permission queries and batched authorization (spec 09 §8, §9)."""

from __future__ import annotations

from typing import Any

import pytest

from reference.authorizer import authorize
from reference.entities import Entities
from reference.partial import batched as batched_module
from reference.partial import queries
from reference.partial.batched import Answers, authorize_batched
from reference.partial.errors import BatchRefusal, Refusal
from reference.partial.request import Participant
from reference.partial.store import PartialEntity, everything_known
from reference.policy_set import PolicySet, from_bodies
from reference.response import Decision
from reference.text.parser import parse_policies
from reference.values import TRUE, EntityUid, Record
from tests.reference.partial_world import (
    CONCRETE,
    NAMELESS_BOB,
    SCHEMA,
    SET,
    STORE,
    completion,
    entities,
    requests,
    without,
)  # fmt: skip

A, B, VIEW = EntityUid("User", "a"), EntityUid("User", "b"), EntityUid("Action", "view")


# Queries


def brute_force(policies: PolicySet, wanted: str, **fixed: Any) -> frozenset[EntityUid]:
    return frozenset(
        uid
        for uid in CONCRETE.by_uid
        if uid.type == {"principal": "User", "resource": "Doc"}[wanted]
        and authorize(
            policies.policies(), completion(**{**fixed, wanted: {"type": uid.type, "id": uid.id}}), CONCRETE
        ).decision
        == "allow"
    )


SETS = [SET, from_bodies(()), from_bodies(parse_policies("permit(principal, action, resource);"))]


@pytest.mark.parametrize("policies", SETS)
def test_queries_find_what_single_requests_allow(policies: PolicySet) -> None:
    context = Record({"mfa": TRUE})
    for name in ("a", "b", "gone"):
        uid = EntityUid("User", name)
        found = queries.query_resource(policies, uid, VIEW, "Doc", context, CONCRETE, SCHEMA)
        assert found == brute_force(policies, "resource", principal={"type": "User", "id": name})
    for name in ("d", "e", "gone"):
        uid = EntityUid("Doc", name)
        found = queries.query_principal(policies, "User", VIEW, uid, context, CONCRETE, SCHEMA)
        assert found == brute_force(policies, "principal", resource={"type": "Doc", "id": name})


def test_a_store_without_actions_is_completed() -> None:
    found = queries.query_resource(
        SETS[2], A, VIEW, "Doc", Record({"mfa": TRUE}), without("view", "all", "paint", "noop"), SCHEMA
    )
    assert {uid.id for uid in found} == {"d", "e", "f"}


def query_action(policies: str, resource: Participant, context: Record | None = None) -> dict[str, Any]:
    found = queries.query_action(
        from_bodies(parse_policies(policies)),
        Participant("User", "a"),
        resource,
        context,
        entities(*STORE),
        SCHEMA,
    )
    return {uid.id: decision for uid, decision in found.items()}


def test_actions_that_are_not_certainly_denied() -> None:
    both = 'permit(principal, action in [Action::"view", Action::"paint"], resource);'
    doc = Participant("Doc")
    assert query_action(both, doc) == {"view": "allow", "paint": "allow"}
    assert query_action(both, doc, Record({})) == {"paint": "allow"}, "the context does not fit the other"
    assert query_action(both, Participant("Color", "red")) == {"paint": "allow"}
    assert query_action(both, Participant("Color", "green")) == {}, "the id is not listed"
    assert query_action(both, Participant("Nope")) == {}
    unless_public = both + ' forbid(principal, action == Action::"view", resource) when { resource.pub };'
    assert query_action(unless_public, doc) == {"view": None, "paint": "allow"}
    assert query_action('permit(principal, action == Action::"view", resource);', doc) == {"view": "allow"}


WRONG = from_bodies(parse_policies("permit(principal, action, resource) when { context.nope };"))


def test_a_query_with_an_ill_typed_policy() -> None:
    context, doc = Record({"mfa": TRUE}), EntityUid("Doc", "d")
    wrong_for_paint = from_bodies(parse_policies("permit(principal, action, resource) when { context.mfa };"))
    for query in (
        lambda: queries.query_resource(WRONG, A, VIEW, "Doc", context, CONCRETE, SCHEMA),
        lambda: queries.query_principal(WRONG, "User", VIEW, doc, context, CONCRETE, SCHEMA),
        lambda: queries.query_action(
            wrong_for_paint, Participant("User"), Participant("Doc"), None, entities(), SCHEMA
        ),
    ):
        with pytest.raises(Refusal) as refusal:
            query()
        assert (refusal.value.stage, refusal.value.kind) == ("query", "policies")


def test_the_order_of_errors_of_a_query() -> None:
    bad = Entities({NAMELESS_BOB.uid: NAMELESS_BOB})
    for context, concrete, expected in (
        (Record({}), bad, ("request", "context")),
        (Record({"mfa": TRUE}), bad, ("query", "entities")),
        (Record({"mfa": TRUE}), CONCRETE, ("query", "policies")),
    ):
        with pytest.raises(Refusal) as refusal:
            queries.query_resource(WRONG, A, VIEW, "Doc", context, concrete, SCHEMA)
        assert (refusal.value.stage, refusal.value.kind) == expected


# Batched authorization


class Recorder:
    """A loader that answers from the concrete store and remembers what it was asked for."""

    def __init__(self, *, more: bool = False, less: bool = False) -> None:
        self.more, self.less = more, less
        self.loads: list[set[str]] = []

    def __call__(self, asked: frozenset[EntityUid]) -> Answers:
        self.loads.append({f"{uid.type}::{uid.id}" for uid in asked})
        wanted = asked | CONCRETE.by_uid.keys() if self.more else asked
        found: dict[EntityUid, PartialEntity | None] = {
            uid: everything_known(uid, CONCRETE) if uid in CONCRETE.by_uid else None for uid in wanted
        }
        return {uid: one for uid, one in found.items() if one is not None or not self.less}


def batched(policies: str, loader: Any, max_iters: int, **changes: Any) -> Decision | None:
    return authorize_batched(
        from_bodies(parse_policies(policies)), completion(**changes), SCHEMA, loader, max_iters
    )


OWNERS_MANAGER = """permit(principal, action, resource) when {
  resource.owner has manager && resource.owner.manager has name && resource.owner.manager.name == "bob" };"""


def test_rounds_until_the_decision() -> None:
    loads = [{"Doc::d"}, {"User::a"}, {"User::b"}]
    for rounds in range(5):
        loader = Recorder()
        decision = batched(OWNERS_MANAGER, loader, rounds)
        assert decision == ("allow" if rounds >= 3 else None)
        assert loader.loads == loads[:rounds]


def test_nothing_is_loaded_that_is_not_needed() -> None:
    for policies in (
        "",
        "permit(principal, action, resource);",
        'permit(principal == User::"z", action, resource);',
    ):
        loader = Recorder()
        assert batched(policies, loader, 3) is not None
        assert loader.loads == []


def test_uids_inside_sets_and_records_are_asked_for() -> None:
    loader = Recorder()
    policies = 'permit(principal, action, resource) when { [User::"x", User::"y"].contains(resource.owner) };'
    batched(policies, loader, 1)
    assert loader.loads == [{"Doc::d", "User::x", "User::y"}]
    loader = Recorder()
    batched('permit(principal, action, resource) when { {a: User::"z"} == {a: resource.owner} };', loader, 1)
    assert loader.loads == [{"Doc::d", "User::z"}]


def test_missing_entities_are_empty() -> None:
    policies = (
        'permit(principal, action, resource) when { !(resource has pub) && !(principal in Group::"g") };'
    )
    gone = {"type": "Doc", "id": "gone"}
    assert (
        batched(policies, Recorder(), 1, resource=gone, principal={"type": "User", "id": "gone"}) == "allow"
    )
    loader = Recorder(less=True)
    assert batched(policies, loader, 2, resource=gone, principal={"type": "User", "id": "gone"}) is None
    assert loader.loads == [{"Doc::gone", "Group::g", "User::gone"}, {"Doc::gone", "User::gone"}]


def test_what_was_not_asked_for_is_ignored() -> None:
    loader = Recorder(more=True)
    assert batched(OWNERS_MANAGER, loader, 2) is None
    assert batched(OWNERS_MANAGER, Recorder(more=True), 3) == "allow"


def test_batches_decide_as_the_policies_do() -> None:
    for concrete, changes in requests():
        if "context" in changes and len(changes["principal"]) == len(changes["resource"]) == 2:
            decision = authorize_batched(SET, concrete, SCHEMA, Recorder(), 4)
            assert decision == authorize(SET.policies(), concrete, CONCRETE).decision


def liar(asked: frozenset[EntityUid]) -> Answers:
    return {uid: everything_known(B, CONCRETE) for uid in asked}


def careless(asked: frozenset[EntityUid]) -> Answers:
    return {uid: PartialEntity(uid, {}, frozenset(), {}) for uid in asked}


@pytest.mark.parametrize(
    ("kind", "policies", "loader", "changes"),
    [
        ("request", "permit(principal, action, resource) when { context.nope };", careless, {"context": {}}),
        ("policies", "permit(principal, action, resource) when { context.nope };", careless, {}),
        ("entities", OWNERS_MANAGER, careless, {}),
        ("entities", OWNERS_MANAGER, liar, {}),
    ],
)
def test_refusals_of_batched_authorization(kind: str, policies: str, loader: Any, changes: Any) -> None:
    with pytest.raises(BatchRefusal) as refusal:
        batched(policies, loader, 3, **changes)
    assert refusal.value.kind == kind


def test_a_loader_that_raises_is_not_an_answer() -> None:
    def fails(asked: frozenset[EntityUid]) -> Answers:
        raise OSError("no connection")

    with pytest.raises(OSError, match="no connection"):
        batched(OWNERS_MANAGER, fails, 3)


def test_planted_defects_of_batched_authorization_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batched_module, "uids_of", lambda residuals: frozenset([A]))
    with pytest.raises(AssertionError):
        test_rounds_until_the_decision()
    monkeypatch.undo()
    monkeypatch.setattr(batched_module, "check_entity", lambda entity, schema: None)
    with pytest.raises(pytest.fail.Exception):
        test_refusals_of_batched_authorization("entities", OWNERS_MANAGER, careless, {})


def test_planted_defects_of_queries_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "completed", lambda store, schema: Entities({}))
    with pytest.raises(AssertionError):
        test_queries_find_what_single_requests_allow(SET)
