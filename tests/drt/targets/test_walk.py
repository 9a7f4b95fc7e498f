"""The walks of `drt enumerate`: what they find of planted defects, in one engine and in both alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from drt.assess.planted.current import FALSE_IN_NOTHING
from drt.assess.planted.defects import DEFECTS
from drt.assess.planted.faulty_engines import SwappedLess
from drt.engines import build
from drt.engines.guard import Guarded
from drt.model.case import Case
from drt.model.engine import Engine
from drt.targets.walk import GROUPS, WALK

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


def test_engines_agree_on_a_part_of_every_walk(sound: Guarded) -> None:
    production = Guarded(build("production"))
    for target in WALK.values():
        for index in range(0, target.walk, max(1, target.walk // 7)):
            checked = target.oracle(target.draw(target.source(0, index, (), 0)), (sound, production))

            assert not checked.divergences, (target.name, index)
            assert checked.comparisons
