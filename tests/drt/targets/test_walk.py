"""The walks of `drt enumerate`: what they find of planted defects, in one engine and in both alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from drt.assess.planted.current import FALSE_IN_NOTHING
from drt.assess.planted.defects import DEFECTS
from drt.assess.planted.faulty_engines import SwappedLess
from drt.engines import build
from drt.engines.guard import Guarded
from drt.model.case import Case
from drt.model.engine import Engine, NotLoaded
from drt.oracles.thorough import LADDER
from drt.targets.walk import GROUPS, SCHEMA, WALK
from reference.policy_set import from_bodies
from reference.schema.reader import read_schema
from reference.text.parser import parse_policies
from reference.validation.messages import explain
from reference.validation.policies import Review, review_set, survey_set

PLANTED = {defect.name: defect for defect in DEFECTS}


def cases(target: str, **wanted: str) -> list[Case]:
    """The cases of a walk; of one operator in one context where these are named."""
    return [
        WALK[target].draw(WALK[target].source(0, index, (), 0))
        for index in range(WALK[target].walk)
        if not wanted or (GROUPS[index].operator, GROUPS[index].context) == tuple(wanted.values())
    ]


def diverging(target: str, found: list[Case], engines: tuple[Engine, ...]) -> int:
    return sum(bool(WALK[target].oracle(case, engines).divergences) for case in found)


def guarded(make: Callable[[], Any]) -> Guarded:
    return Guarded(make())


@pytest.fixture(scope="module")
def sound() -> Guarded:
    return Guarded(build("reference"))


def test_a_walk_is_drawn_by_its_index_alone() -> None:
    for target in WALK.values():
        sources = [target.source(seed, target.walk - 1, ((7,),), seed) for seed in (1, 2)]
        first, second = map(target.draw, sources)

        assert first == second
        assert sources[0].choices == [target.walk - 1]


def test_the_permissive_empty_set_is_found_in_one_engine_and_beside_a_witness_in_both(sound: Guarded) -> None:
    found = cases("walk-operators", operator="in", context="before a misfit, and")
    found = [case for case in found if "(principal) in ([])" in case.policies.text]
    planted, twin = guarded(FALSE_IN_NOTHING.make), guarded(FALSE_IN_NOTHING.make)

    assert diverging("walk-operators", found, (sound, planted)), "one engine"
    assert not diverging("walk-operators", found, (planted, twin)), "both alike, and no witness"
    assert diverging("walk-operators", found, (twin, sound)), "both alike, beside a witness"


def test_a_defect_in_both_engines_alike_is_found_beside_the_rust_engine() -> None:
    pytest.importorskip("cedarpy")
    found = cases("walk-operators", operator="<", context="alone")
    planted, twin = guarded(SwappedLess), guarded(SwappedLess)
    witness = Guarded(build("cedarpy"))

    assert not diverging("walk-operators", found, (planted, twin))
    assert diverging("walk-operators", found, (planted, witness))


@pytest.mark.parametrize(
    ("target", "defect"),
    [
        ("walk-policy-json", "JsonUnlessIsWhen"),
        ("walk-entities-untyped", "TagsLost"),
        ("walk-requests", "ContextUnchecked"),
    ],
)
def test_a_defect_in_reading_documents_is_found(target: str, defect: str, sound: Guarded) -> None:
    planted = guarded(PLANTED[defect].make)
    beside = Guarded(build(PLANTED[defect].beside))

    assert any(WALK[target].oracle(case, (beside, planted)).divergences for case in cases(target))


def test_a_defect_in_both_readers_alike_is_found_by_the_definition() -> None:
    planted, twin = (guarded(PLANTED["JsonUnlessIsWhen"].make) for _ in range(2))

    assert any(
        WALK["walk-policy-json"].oracle(case, (planted, twin)).divergences
        for case in cases("walk-policy-json")
    )


def test_a_review_that_never_asks_for_the_mode_is_the_same_in_both() -> None:
    schema = read_schema(SCHEMA.text, SCHEMA.format)
    asking = Counter[bool]()
    differing = 0
    for group in GROUPS[::37]:
        surveys = survey_set(from_bodies(parse_policies(group.policies())), schema)
        strict, permissive = (review_set(surveys, schema, permissive=mode) for mode in (False, True))
        for policy, review in strict.items():
            differs = explained(review) != explained(permissive[policy])
            assert review.asks_mode is permissive[policy].asks_mode or differs
            assert review.asks_mode or not differs, group.expressions
            asking[review.asks_mode] += 1
            differing += differs

    assert asking[False]
    assert asking[True] > differing > 0


def explained(review: Review) -> tuple[object, ...]:
    """All that a verdict is made of."""
    passed = [(repr(checked.typed), checked.failed) for checked in review.passed]
    return ([*explain({"": review.verdict()})], passed)


def test_a_verdict_is_the_same_whichever_mode_was_asked_for_first(sound: Guarded) -> None:
    for case in cases("walk-operators")[::101]:
        asked = [question for _, question in LADDER]
        orders = [asked, asked[::-1]]
        sessions = [sound.load(case) for _ in orders]
        answers = [
            {question: session.ask(question) for question in order if not isinstance(session, NotLoaded)}
            for session, order in zip(sessions, orders, strict=True)
        ]

        assert answers[0] == answers[1]
        assert len(answers[0]) == len(LADDER)


def test_engines_agree_on_a_part_of_every_walk(sound: Guarded) -> None:
    production = Guarded(build("production"))
    for target in WALK.values():
        for index in range(0, target.walk, max(1, target.walk // 7)):
            checked = target.oracle(target.draw(target.source(0, index, (), 0)), (sound, production))

            assert not checked.divergences, (target.name, index)
            assert checked.comparisons
