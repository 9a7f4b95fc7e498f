"""Batched authorization: whatever a loader does, nothing but a decision of the policies is given."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from time import perf_counter, sleep
from typing import Any

import pytest

from production import (
    ArgumentError,
    CedarError,
    Entity,
    IllTypedError,
    InsufficientIterations,
    LoaderError,
    PartialEntitiesError,
    PartialRequestError,
    PolicySet,
    Request,
    SetValue,
    Uid,
)

from .partial_world import DOCS, SCHEMA, USERS, VIEW, StoreLoader, loaded

ENTITIES = SCHEMA.conforming_entities(
    [
        Entity(USERS[1], {"dept": "x", "lead": USERS[0], "home": {"zip": 1}}),
        Entity(DOCS[0], {"owner": USERS[1], "pub": True, "level": 0, "readers": SetValue()}),
    ]
)
POLICIES = PolicySet.from_text('permit(principal, action, resource) when { resource.owner.dept != "nope" };')
REQUEST = Request(USERS[0], VIEW, DOCS[0], {"mfa": True})


class Answering:
    """A loader that answers with what a function gives."""

    def __init__(self, answer: Callable[[frozenset[Uid]], Any]) -> None:
        self.load = answer


def _raise(error: BaseException) -> Any:
    raise error


class Broken(Mapping[Any, Any]):
    """A mapping that raises when it is read."""

    def __getitem__(self, key: object) -> object:
        raise RuntimeError("broken")

    def __iter__(self) -> Any:
        return iter(DOCS)

    def __len__(self) -> int:
        return 1


class Impostor:
    """An object that claims to be an entity."""

    def __init__(self, uid: Uid) -> None:
        self.uid = uid
        self.parents = frozenset[Uid]()
        self._attributes = {"owner": USERS[0], "pub": True, "level": 0}
        self._tags: dict[str, Any] = {}

    __class__ = Entity  # type: ignore[assignment]


HOSTILE: dict[str, Callable[[frozenset[Uid]], Any]] = {
    "raises": lambda uids: _raise(OSError("gone")),
    "raises an engine's error": lambda uids: _raise(CedarError("gone")),
    "stops": lambda uids: _raise(StopIteration("allow")),
    "no mapping": lambda uids: [],
    "none": lambda uids: None,
    "a broken mapping": lambda uids: Broken(),
    "no entity": lambda uids: dict.fromkeys(uids, "x"),
    "true": lambda uids: dict.fromkeys(uids, True),
    "an impostor": lambda uids: {uid: Impostor(uid) for uid in uids},
    "another entity": lambda uids: {uid: Entity(Uid(uid.type, "other")) for uid in uids},
}


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("deadline", [None, 5])
def test_a_loader_that_fails_or_lies_is_an_error(answer: Any, deadline: float | None) -> None:
    with pytest.raises(LoaderError) as caught:
        SCHEMA.authorize_batched(POLICIES, REQUEST, Answering(answer), 4, deadline=deadline)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
def test_an_awaited_loader_that_fails_or_lies_is_an_error(answer: Any) -> None:
    async def load(uids: frozenset[Uid]) -> Any:
        return answer(uids)

    with pytest.raises(LoaderError):
        asyncio.run(SCHEMA.authorize_batched_async(POLICIES, REQUEST, Answering(load), 4))


def test_a_loader_that_hangs_meets_the_deadline() -> None:
    start = perf_counter()
    with pytest.raises(LoaderError, match="in time"):
        SCHEMA.authorize_batched(POLICIES, REQUEST, Answering(lambda uids: sleep(20)), 4, deadline=0.05)

    async def hang(uids: frozenset[Uid]) -> Any:
        await asyncio.sleep(20)

    with pytest.raises(LoaderError, match="in time"):
        asyncio.run(SCHEMA.authorize_batched_async(POLICIES, REQUEST, Answering(hang), 4, deadline=0.05))
    assert perf_counter() - start < 10


def test_a_loader_that_gives_nothing_is_asked_again_and_then_given_up() -> None:
    asked: list[frozenset[Uid]] = []

    def nothing(uids: frozenset[Uid]) -> dict[Uid, Entity | None]:
        asked.append(uids)
        return {}

    with pytest.raises(InsufficientIterations):
        SCHEMA.authorize_batched(POLICIES, REQUEST, Answering(nothing), 3)
    assert asked == [{DOCS[0]}] * 3


def test_more_than_was_asked_for_is_ignored() -> None:
    asked: list[frozenset[Uid]] = []

    def everything(uids: frozenset[Uid]) -> dict[Any, Any]:
        asked.append(uids)
        answer: dict[Any, Any] = {entity.uid: loaded(ENTITIES, entity.uid) for entity in ENTITIES}
        return answer | dict.fromkeys(uids - answer.keys()) | {"junk": "junk", Uid("Nope", "x"): Entity(VIEW)}

    assert SCHEMA.authorize_batched(POLICIES, REQUEST, Answering(everything), 4) == "allow"
    exact = StoreLoader(ENTITIES)
    assert SCHEMA.authorize_batched(POLICIES, REQUEST, exact, 4) == "allow"
    assert asked == exact.asked


def test_an_entity_that_does_not_fit_the_schema_is_an_error() -> None:
    with pytest.raises(PartialEntitiesError) as caught:
        SCHEMA.authorize_batched(
            POLICIES, REQUEST, Answering(lambda uids: {uid: Entity(uid) for uid in uids}), 4
        )
    assert caught.value.kind == "invalid"


def test_what_does_not_exist_is_as_a_missing_entity() -> None:
    gone = Answering(dict.fromkeys)
    assert SCHEMA.authorize_batched(POLICIES, REQUEST, gone, 4) == "deny"


def test_the_loader_is_not_asked_without_need() -> None:
    never = Answering(lambda uids: _raise(AssertionError))
    assert SCHEMA.authorize_batched(PolicySet(), REQUEST, never, 4) == "deny"
    with pytest.raises(InsufficientIterations):
        SCHEMA.authorize_batched(POLICIES, REQUEST, never, 0)
    with pytest.raises(PartialRequestError):
        SCHEMA.authorize_batched(POLICIES, Request(USERS[0], VIEW, DOCS[0]), never, 4)
    with pytest.raises(IllTypedError):
        SCHEMA.authorize_batched(
            PolicySet.from_text("permit(principal, action, resource) when { 1 };"), REQUEST, never, 4
        )


@pytest.mark.parametrize("rounds", [-1, True, 1.0, "1", 2**64])
def test_rounds_are_a_number(rounds: Any) -> None:
    with pytest.raises(ArgumentError):
        SCHEMA.authorize_batched(POLICIES, REQUEST, StoreLoader(ENTITIES), rounds)


@pytest.mark.parametrize("deadline", [-1, True, "1", float("nan"), float("inf")])
def test_a_deadline_is_a_number_of_seconds(deadline: Any) -> None:
    with pytest.raises(ArgumentError):
        SCHEMA.authorize_batched(POLICIES, REQUEST, StoreLoader(ENTITIES), 4, deadline=deadline)


def test_an_awaited_loader_decides_as_another_does() -> None:
    class Awaited:
        async def load(self, uids: frozenset[Uid]) -> Mapping[Uid, Entity | None]:
            return StoreLoader(ENTITIES).load(uids)

    assert (
        asyncio.run(SCHEMA.authorize_batched_async(POLICIES, REQUEST, Awaited(), 4, deadline=10)) == "allow"
    )
