"""One authorizer between threads: whatever is made lazily is made safely (docs/use-the-engine.md: share them)."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from random import Random

import pytest

from production import Authorizer, Entities, PolicySet, Request
from production.language import hierarchy
from production.serving import server
from production.serving.entity_side import Grouping
from tests.production.random_policies import policy
from tests.production.test_laws import STORE, naive, question, template, uid

THREADS = 4


@pytest.fixture(autouse=True)
def hurried() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def requests(random: Random, count: int) -> list[Request]:
    return [
        Request(
            uid("User", random.choice("abcde")),
            uid("Action", random.choice("vwx")),
            uid("Doc", random.choice("abcde")),
            question().context,
        )
        for _ in range(count)
    ]


def wrong_between_threads(seed: int) -> list[Request]:
    """Requests that some thread got another response to than a walk over all policies gives."""
    random = Random(seed)
    policies = PolicySet.from_text("\n".join(policy(random) for _ in range(60))).add("t", template())
    policies = policies.link_all(
        ("t", f"l{number}", {"?principal": uid("Group", random.choice("abc")), "?resource": uid("Doc", "a")})
        for number in range(20)
    )
    asked = requests(random, 60)
    expected = [naive(policies, each) for each in asked]
    shared = Authorizer(policies, Entities.from_entities(STORE))
    wrong: list[Request] = []
    barrier = threading.Barrier(THREADS)

    def work(number: int) -> None:
        own = list(zip(asked, expected, strict=True))
        Random(number).shuffle(own)
        barrier.wait()
        for _ in range(4):
            wrong.extend(each for each, response in own if shared.authorize(each) != response)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


@pytest.mark.parametrize("seed", range(4))
def test_threads_get_the_responses_of_a_plain_walk(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_MOST_SIDES", 3)
    monkeypatch.setattr(server, "_MOST_RESPONSES", 5)
    monkeypatch.setattr(server, "_ASKED_OFTEN", 5)
    monkeypatch.setattr(hierarchy, "_CACHE_FLOOR", 4)

    assert wrong_between_threads(seed) == []


def test_something_kept_in_the_wrong_place_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The defect: a server that notes the side it is making in a place that all threads share.

    Whoever notes an entity waits until another one has been noted, so that the defect shows whenever it can.
    """
    made = Grouping.side
    noted: list[object] = []
    changed = threading.Condition()

    def side(self: Grouping, entity: object, indexes: object, above: object) -> object:
        with changed:
            noted.append(entity)
            changed.notify_all()
            changed.wait_for(lambda: noted[-1] != entity, timeout=0.05)
            return made(self, noted[-1], indexes, above)  # type: ignore[arg-type]  # `noted` holds what came in

    monkeypatch.setattr(Grouping, "side", side)
    monkeypatch.setattr(server, "_ASKED_OFTEN", 5)

    assert any(wrong_between_threads(seed) for seed in range(4))
