"""Texts that distinguish an automaton from every other of a bounded number of states.

Owns the W-method (Chow, 1978): reach every state, go on in every way, and then ask what distinguishes states. A reader
that has no more states than `extra` beyond the automaton's, and distinguishes no more classes of characters than its
alphabet, and is right on these texts, accepts exactly the automaton's language.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from itertools import product

State = Hashable


@dataclass(frozen=True, slots=True)
class Automaton:
    """A deterministic automaton; `None` is the state that accepts nothing."""

    alphabet: tuple[str, ...]
    start: State
    step: Callable[[State, str], State]
    accepts: Callable[[State], bool]

    def after(self, state: State, text: tuple[str, ...]) -> State:
        """Return where a text leads."""
        for letter in text:
            state = None if state is None else self.step(state, letter)
        return state

    def reached(self) -> dict[State, tuple[str, ...]]:
        """Return a shortest text that leads to each state."""
        found: dict[State, tuple[str, ...]] = {self.start: ()}
        todo = [self.start]
        for state in todo:
            for letter in self.alphabet:
                following = self.after(state, (letter,))
                if following not in found:
                    found[following] = (*found[state], letter)
                    todo.append(following)
        return found

    def separating(self) -> set[tuple[str, ...]]:
        """Return texts that distinguish every two states; states that none distinguishes are one."""
        states = list(self.reached())
        chosen: set[tuple[str, ...]] = {()}
        while True:
            rows = {state: self._row(state, chosen) for state in states}
            longer = ((letter, *text) for text in sorted(chosen) for letter in self.alphabet)
            finer = next((text for text in longer if self._splits(rows, text)), None)
            if finer is None:
                return chosen
            chosen.add(finer)

    def _row(self, state: State, texts: set[tuple[str, ...]]) -> tuple[bool, ...]:
        return tuple(self.is_accepted(self.after(state, text)) for text in sorted(texts))

    def is_accepted(self, state: State) -> bool:
        """Return whether a state accepts."""
        return state is not None and self.accepts(state)

    def _splits(self, rows: dict[State, tuple[bool, ...]], text: tuple[str, ...]) -> bool:
        seen: dict[tuple[bool, ...], bool] = {}
        answers = ((row, self.is_accepted(self.after(state, text))) for state, row in rows.items())
        return any(seen.setdefault(row, answer) is not answer for row, answer in answers)

    def texts(self, extra: int) -> Iterator[str]:
        """Yield the texts of the method, for readers of so many more states."""
        separating = sorted(self.separating())
        for reach in self.reached().values():
            for size in range(extra + 2):
                for onward in product(self.alphabet, repeat=size):
                    yield from ("".join((*reach, *onward, *end)) for end in separating)
