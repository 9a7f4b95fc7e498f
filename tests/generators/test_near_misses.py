"""Texts from the grammar and changed texts: some are legal, some not, and every source draws the same."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from generators.choice.sources import RecordingSource, ReplaySource, Source
from generators.faults.mutations import mutated_json, mutated_text
from generators.texts.grammar import Grammar
from tests.generators.samples import drawn


def _grammar(source: Source, number: int) -> str:
    return Grammar(source).policies(2)


def _text(source: Source, number: int) -> str:
    return mutated_text(source, drawn("hostile-text", 50)[number % 50].policies_text())


def _json(source: Source, number: int) -> str:
    return mutated_json(source, drawn("hostile-text", 50)[number % 50].policies_json())


DRAWS = [_grammar, _text, _json]


@pytest.mark.parametrize("draw", DRAWS)
def test_near_misses_replay(draw: Callable[[Source, int], str]) -> None:
    for random_seed in range(100):
        source = RecordingSource(random_seed)
        text = draw(source, random_seed)
        assert draw(ReplaySource(source.choices), random_seed) == text
        draw(ReplaySource([]), random_seed)


@pytest.mark.parametrize("draw", DRAWS)
def test_near_misses_are_partly_legal(draw: Callable[[Source, int], str]) -> None:
    cedarpy = pytest.importorskip("cedarpy")
    read = cedarpy.PolicySet.from_json_str if draw is _json else cedarpy.PolicySet.from_str
    accepted = 0
    for random_seed in range(300):
        text = draw(RecordingSource(random_seed), random_seed)
        try:
            text.encode()
            read(text)
        except ValueError:
            continue
        accepted += 1
    assert 0.02 * 300 < accepted < 0.98 * 300


def test_changed_json_has_what_json_readers_stumble_over() -> None:
    texts = [_json(RecordingSource(random_seed), random_seed) for random_seed in range(1500)]
    assert any(r"\ud800" in text for text in texts), "lone surrogates"
    assert any("NaN" in text for text in texts), "numbers that are none"
    assert any("1E400" in text for text in texts), "numbers beyond a double"
    assert any("[" * 100 in text or '{"x":' * 100 in text for text in texts), "deep nesting"
    assert any(_repeats_a_key(text) for text in texts), "repeated keys"


def _repeats_a_key(text: str) -> bool:
    repeated = False

    def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
        nonlocal repeated
        repeated |= len({key for key, _ in found}) < len(found)
        return dict(found)

    try:
        json.loads(text, object_pairs_hook=pairs)
    except ValueError:
        return False
    return repeated
