"""Sources of choices: where a generator's decisions come from.

Every generator is a plain function over a `Source`. The same function then runs from a pseudo-random number
generator, from recorded choices or from Hypothesis, and all of them consume and record the same sequence: a
range of one value and a certain boolean draw nothing, an integer is an `int`, a boolean is a `bool`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar, cast

T = TypeVar("T")

Choice = int | bool
"""One recorded decision; its Python class is that of the question."""


class Source(Protocol):
    """A source of answers to the questions that a generator asks.

    The smallest answer (`lo`, `False`, the first item) is the simplest.
    """

    @property
    def choices(self) -> list[Choice]:
        """The answers given so far, in order."""
        ...

    def integer(self, lo: int, hi: int) -> int:
        """Draw an integer in `lo..hi`, both included; nothing is drawn when they are equal."""
        ...

    def boolean(self, p: float = 0.5) -> bool:
        """Draw true with probability `p`; nothing is drawn when `p` leaves no doubt."""
        ...

    def choice(self, seq: Sequence[T]) -> T:
        """Draw one item of a non-empty sequence, as an integer index."""
        ...

    def span(self, label: str) -> AbstractContextManager[None]:
        """Group the choices drawn inside, so that a shrinker can treat them as one thing."""
        ...

    def earlier(self) -> Source:
        """Return a source that replays an earlier case and records its answers here.

        It is this source itself where nothing was kept.
        """
        ...

    def shared(self, key: Hashable, draw: Callable[[Source], T]) -> T:
        """Return what `draw` gives, the same for all cases that share things and ask by the same key.

        The result must not change afterwards.
        """
        ...


class _NoSpan:
    """The span of sources that have no use for spans."""

    __slots__ = ()

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


NO_SPAN = _NoSpan()

_FLOAT_SPAN = 1 << 48
"""Spans below this are drawn from one random float: uniform enough, and three times faster."""


MOST_SHARED = 64
_SHARED: dict[tuple[int, Hashable], tuple[object, tuple[Choice, ...]]] = {}
"""Values shared by cases, with the choices that drew them; cleared now and then and drawn again."""


class RecordingSource:
    """A pseudo-random source that records its answers; the same random seed gives the same answers.

    `kept` are the choices of earlier cases, from which `earlier` draws one. Cases of the same `shared_seed`
    share what they may.
    """

    __slots__ = ("_kept", "_random", "_randrange", "_record", "_shared_seed", "choices")

    def __init__(
        self, random_seed: int, kept: Sequence[Sequence[Choice]] = (), shared_seed: int | None = None
    ) -> None:
        generator = random.Random(random_seed)
        self.choices: list[Choice] = []
        self._kept = kept
        self._shared_seed = shared_seed
        self._record = self.choices.append
        self._random = generator.random
        self._randrange = generator.randrange

    def integer(self, lo: int, hi: int) -> int:
        if lo == hi:
            return lo
        width = hi - lo + 1
        if width < _FLOAT_SPAN:
            value = lo + int(self._random() * width)
        else:
            value = lo + self._randrange(width)
        self._record(value)
        return value

    def boolean(self, p: float = 0.5) -> bool:
        if p <= 0.0:
            return False
        if p >= 1.0:
            return True
        value = self._random() < p
        self._record(value)
        return value

    def choice(self, seq: Sequence[T]) -> T:
        size = len(seq)
        if size == 1:
            return seq[0]
        index = int(self._random() * size)
        self._record(index)
        return seq[index]

    def span(self, label: str) -> AbstractContextManager[None]:
        return NO_SPAN

    def earlier(self) -> Source:
        if not self._kept:
            return self
        again = ReplaySource(self._kept[int(self._random() * len(self._kept))])
        again.choices = self.choices
        return again

    def shared(self, key: Hashable, draw: Callable[[Source], T]) -> T:
        if self._shared_seed is None:
            return draw(self)
        known = _SHARED.get((self._shared_seed, key))
        if known is None:
            source = RecordingSource(self._shared_seed)
            made = draw(source)
            if len(_SHARED) >= MOST_SHARED:
                _SHARED.clear()
            known = _SHARED[self._shared_seed, key] = (made, tuple(source.choices))
        shared, choices = known
        self.choices.extend(choices)
        return cast(T, shared)


class ReplaySource:
    """A source that answers from recorded choices.

    Replaying what a generator recorded gives the same thing again. A choice that does not fit its question
    (of the other kind, or out of range) is consumed and answered with the simplest value, as is every
    question after the last choice, so that any list of choices is a valid input.
    """

    __slots__ = ("_given", "_position", "choices")

    def __init__(self, choices: Sequence[Choice]) -> None:
        self._given = tuple(choices)
        self._position = 0
        self.choices: list[Choice] = []

    def _next(self) -> Choice | None:
        if self._position >= len(self._given):
            return None
        value = self._given[self._position]
        self._position += 1
        return value

    def integer(self, lo: int, hi: int) -> int:
        if lo == hi:
            return lo
        value = self._next()
        if value is None or isinstance(value, bool) or not lo <= value <= hi:
            value = lo
        self.choices.append(value)
        return value

    def boolean(self, p: float = 0.5) -> bool:
        if p <= 0.0:
            return False
        if p >= 1.0:
            return True
        value = self._next()
        if not isinstance(value, bool):
            value = False
        self.choices.append(value)
        return value

    def choice(self, seq: Sequence[T]) -> T:
        return seq[self.integer(0, len(seq) - 1)]

    def span(self, label: str) -> AbstractContextManager[None]:
        return NO_SPAN

    def earlier(self) -> Source:
        return self

    def shared(self, key: Hashable, draw: Callable[[Source], T]) -> T:
        return draw(self)
