"""Responses have no truth value; whatever is copied, pickled or sent to a process answers as before."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from multiprocessing import get_context
from time import process_time
from typing import Any

import pytest

from production import (
    Authorizer,
    Datetime,
    Decimal,
    Duration,
    Entities,
    Entity,
    EvaluationError,
    PolicyError,
    PolicySet,
    Request,
    Response,
    Schema,
    SetValue,
    Uid,
    entities_json,
)
from production.language import values

COPIES: list[Callable[[Any], Any]] = [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))]


def test_a_response_has_no_truth_value() -> None:
    response = Response("deny", ["a"], {"b": "type"})
    with pytest.raises(TypeError, match="allowed"):
        bool(response)
    assert response.reason == response.determining == {"a"}
    assert response.erring == {"b"} == response.errors.keys()


@pytest.mark.parametrize("copied", COPIES)
def test_values_survive_copies(copied: Callable[[Any], Any]) -> None:
    nested = SetValue(
        [True, 1, 2**40, "t", SetValue([False, {"a": True, "b": SetValue()}]), Uid("U", "a"), Decimal(1)]
    )
    again = copied({"r": nested})["r"]
    assert again == nested
    assert hash(again) == hash(nested)
    assert again.digest() == nested.digest()
    assert True in again
    assert 1 in again
    assert 2**40 in again
    assert False not in again
    assert copied(values.key(True)) is values.key(True)
    assert copied(Uid("U", "a")) is Uid("U", "a")


@pytest.mark.parametrize("copied", COPIES)
def test_responses_and_errors_survive_copies(copied: Callable[[Any], Any]) -> None:
    response = Response("deny", ["a"], {"b": "type"})
    assert copied(response) == response
    error = copied(EvaluationError("overflow", "too large"))
    assert (error.kind, error.status, str(error)) == ("overflow", 6, "too large")
    refused = copied(PolicyError("wrong", 2, 3))
    assert (str(refused), refused.line, refused.column) == ("line 2, column 3: wrong", 2, 3)


TEXT = """@id("one") permit(principal in Group::"g", action in [Action::"a", Action::"b"], resource is Doc)
    when { [true, 1, "t", principal].contains(context.flag) && {a: [false]} == context.r };
permit(principal == ?principal, action, resource in ?resource) unless { context.s like "a*b" };
permit(principal, action, resource) when { if context has a.b then -1 < 2 else decimal("1.0") == context.d };"""
REQUEST = Request(
    Uid("User", "a"), Uid("Action", "a"), Uid("Doc", "d"), {"flag": True, "r": {"a": SetValue([False])}}
)
STORE = Entities.from_entities(
    [Entity(Uid("User", "a"), {"f": SetValue([True])}, [Uid("Group", "g")], {"t": 1})]
)


def policies() -> PolicySet:
    read = PolicySet.from_text(TEXT)
    return read.link("policy1", "linked", {"?principal": Uid("User", "a"), "?resource": Uid("Doc", "d")})


def answers(authorizer: Authorizer) -> list[object]:
    return [authorizer.authorize(REQUEST), authorizer.explain(REQUEST), authorizer.policies.to_json()]


@pytest.mark.parametrize("copied", COPIES)
@pytest.mark.parametrize("asked", [0, 100])
def test_authorizers_survive_copies(copied: Callable[[Any], Any], asked: int) -> None:
    authorizer = Authorizer(policies(), STORE)
    for _ in range(asked):
        authorizer.authorize(REQUEST)
    assert authorizer.authorize(REQUEST).allowed
    assert answers(copied(authorizer)) == answers(authorizer)
    again = Authorizer(copied(authorizer.policies), copied(STORE), tier="generated")
    assert answers(again) == answers(authorizer)
    assert again.authorize(copied(REQUEST)) == authorizer.authorize(REQUEST)
    assert entities_json(copied(STORE)) == entities_json(STORE)
    assert again.policies.unlink("linked").links == {}


@pytest.mark.slow
@pytest.mark.parametrize("copied", COPIES)
def test_deep_trees_survive_copies(copied: Callable[[Any], Any]) -> None:
    deep = PolicySet.from_text(
        f"permit(principal, action, resource) when {{ {' && '.join(['true'] * 50_000)} }};"
    )
    assert Authorizer(copied(deep), STORE).authorize(REQUEST).allowed
    assert copied(deep).to_text() == deep.to_text()


@pytest.mark.parametrize("copied", COPIES)
def test_schemas_and_what_they_find_survive_copies(copied: Callable[[Any], Any]) -> None:
    schema = Schema.from_cedar('entity User, Doc; action "a" appliesTo { principal: User, resource: Doc };')
    again = copied(schema)
    assert again.to_cedar() == schema.to_cedar()
    wrong = PolicySet.from_text("permit(principal, action, resource) when { principal.x };")
    assert (
        copied(schema.validate(wrong)).report()
        == again.validate(wrong).report()
        == schema.validate(wrong).report()
    )


def decision(pair: tuple[Authorizer, Request]) -> str:
    return pair[0].authorize(pair[1]).decision


def refused(text: str) -> PolicySet:
    return PolicySet.from_text(text)


def test_another_process_answers_alike() -> None:
    forbidding = PolicySet.from_text(
        """permit(principal, action, resource);
        forbid(principal, action, resource) when { [1, true].contains(context.flag) && context.r.a.contains(false) };"""
    )
    with get_context("spawn").Pool(1) as pool:
        assert pool.map(decision, [(Authorizer(forbidding, STORE), REQUEST)]) == ["deny"]
        with pytest.raises(PolicyError, match="line 1"):
            pool.map(refused, ["permit("])


ORDINARY = [number * 0x9E3779B97F4A7C15 % 2**62 for number in range(4_800)]


def crowded_longs(count: int, run: int = 2_000) -> list[int]:
    """Longs for which a set of Python looks at many taken places each.

    The first fill a run of places. Each step to another place adds five more bits of the long, and those are
    chosen that lead into the run again.
    """
    mask = 8_191
    found: list[int] = []
    open_ = [(0, 0, 0)]
    while len(found) < count - run:
        long, place, steps = open_.pop()
        if steps == 9:
            found.append(long)
            continue
        for digit in range(32):
            longer = long | digit << 13 + 5 * steps
            next_place = (5 * place + 1 + (longer >> 5 * (steps + 1))) & mask
            if next_place < run - 10:
                open_.append((longer, next_place, steps + 1))
    return [*range(run), *found]


CRAFTED = crowded_longs(4_800)


def seconds(work: Callable[[], object]) -> float:
    """The least time of nine runs."""

    def once() -> float:
        start = process_time()
        work()
        return process_time() - start

    return min(once() for _ in range(9))


def test_the_crafted_longs_are_bad_for_python() -> None:
    assert seconds(lambda: set(CRAFTED)) > 2 * seconds(lambda: set(ORDINARY))


@pytest.mark.parametrize("kind", [int, Decimal, Datetime, Duration])
def test_no_longs_can_be_chosen_to_collide(kind: Callable[[int], Any]) -> None:
    def compared(longs: list[int]) -> None:
        made = list(map(kind, longs))
        one, other = SetValue(made), SetValue(reversed(made))
        assert one == other
        assert all(each in one for each in made)
        assert one.keys <= other.keys

    assert seconds(lambda: compared(CRAFTED)) < 3 * seconds(lambda: compared(ORDINARY))
