"""The texts of the W-method tell an automaton from others, and the automaton of durations has their form."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import product

import pytest

from drt.proofs.automata import Automaton
from drt.proofs.texts import DURATION, READERS

STATES = range(3)
TABLE = {(0, "a"): 1, (0, "b"): 0, (1, "a"): 2, (1, "b"): 0, (2, "a"): 2, (2, "b"): 1}


def _automaton(table: dict[tuple[int, str], int], accepting: frozenset[int] = frozenset({2})) -> Automaton:
    def step(state: Hashable, letter: str) -> Hashable:
        assert isinstance(state, int)
        return table[state, letter]

    return Automaton(("a", "b"), 0, step, lambda state: state in accepting)


def _accepts(one: Automaton) -> Callable[[str], bool]:
    return lambda text: one.is_accepted(one.after(one.start, tuple(text)))


def _differ(one: Automaton, other: Automaton) -> bool:
    return any(
        _accepts(one)("".join(text)) is not _accepts(other)("".join(text))
        for size in range(8)
        for text in product("ab", repeat=size)
    )


def _are_distinguished(one: Automaton, other: Automaton, extra: int) -> bool:
    return any(_accepts(one)(text) is not _accepts(other)(text) for text in one.texts(extra))


def test_every_other_automaton_of_as_many_states_is_distinguished() -> None:
    right = _automaton(TABLE)
    compared = 0
    for targets in product(STATES, repeat=len(TABLE)):
        for accepting in ({2}, {1}, {1, 2}, {0, 2}):
            other = _automaton(dict(zip(TABLE, targets, strict=True)), frozenset(accepting))
            assert _are_distinguished(right, other, 0) == _differ(right, other)
            compared += 1
    assert compared == 4 * 3**6


def test_a_state_more_needs_texts_for_it() -> None:
    """The fourth state is as the third, but for what comes after two letters more."""
    more = {**TABLE, (2, "a"): 3, (3, "a"): 4, (3, "b"): 1, (4, "a"): 0, (4, "b"): 1}
    other = _automaton(more, frozenset({2, 3, 4}))
    assert _differ(_automaton(TABLE), other)
    assert _are_distinguished(_automaton(TABLE), other, 2)
    assert not _are_distinguished(_automaton(TABLE), other, 0)


@pytest.mark.parametrize("size", range(5))
def test_the_automaton_of_durations_has_their_form(size: int) -> None:
    for text in product(DURATION.alphabet, repeat=size):
        assert _accepts(DURATION)("".join(text)) is (READERS["duration"].right("".join(text)) is not None)
