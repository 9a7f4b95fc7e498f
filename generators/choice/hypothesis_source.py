"""Hypothesis as a source of choices: the one place that touches its draw machinery.

A drawn integer is one integer choice and a drawn boolean one boolean choice, so a choice sequence that
Hypothesis found replays in `ReplaySource`, and a recorded one replays in Hypothesis (`encode_failure`,
`@reproduce_failure`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Generic, TypeVar

from hypothesis import (
    HealthCheck,
    Phase,
    Verbosity,
    __version__,
    given,
    reproduce_failure,
    seed,
    settings,
)
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.core import encode_failure
from hypothesis.database import InMemoryExampleDatabase, choices_to_bytes
from hypothesis.internal.conjecture.data import ConjectureData
from hypothesis.internal.conjecture.utils import calc_label_from_name
from hypothesis.internal.reflection import function_digest
from hypothesis.strategies import SearchStrategy

from generators.choice.sources import Choice, ReplaySource, Source

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_LABELS: dict[str, int] = {}


class HypothesisSource:
    """Asks the test case that Hypothesis is drawing."""

    __slots__ = ("_data", "choices")

    def __init__(self, data: ConjectureData) -> None:
        self._data = data
        self.choices: list[Choice] = []

    def integer(self, lo: int, hi: int) -> int:
        if lo == hi:
            return lo
        # Integers shrink towards the simplest answer, which is `lo`, whatever its sign.
        value = self._data.draw_integer(lo, hi, shrink_towards=lo)
        self.choices.append(value)
        return value

    def boolean(self, p: float = 0.5) -> bool:
        if p <= 0.0:
            return False
        if p >= 1.0:
            return True
        value = self._data.draw_boolean(p)
        self.choices.append(value)
        return value

    def choice(self, seq: Sequence[T]) -> T:
        return seq[self.integer(0, len(seq) - 1)]

    def span(self, label: str) -> AbstractContextManager[None]:
        return self._span(label)

    def earlier(self) -> Source:
        return self

    def shared(self, key: Hashable, draw: Callable[[Source], T]) -> T:
        return draw(self)

    @contextmanager
    def _span(self, label: str) -> Iterator[None]:
        number = _LABELS.get(label)
        if number is None:
            number = _LABELS[label] = calc_label_from_name(label)
        self._data.start_span(number)
        yield
        self._data.stop_span()


class _Drawn(SearchStrategy[T_co], Generic[T_co]):
    """The strategy of what a function draws from a source."""

    def __init__(self, draw: Callable[[Source], T_co]) -> None:
        super().__init__()
        self._function = draw

    def do_draw(self, data: ConjectureData) -> T_co:
        return self._function(HypothesisSource(data))

    def __repr__(self) -> str:
        return f"drawn_by({getattr(self._function, '__qualname__', self._function)!s})"


def drawn_by(draw: Callable[[Source], T]) -> SearchStrategy[T]:
    """Return a Hypothesis strategy that draws by a plain function over a source."""
    return _Drawn(draw)


def search(
    draw: Callable[[Source], T],
    judge: Callable[[T, Sequence[Choice]], object],
    random_seed: int,
    examples: int,
    home: Path,
) -> None:
    """Have Hypothesis draw so many examples and hand each to a judge with its choices.

    The same random seed gives the same things. Hypothesis keeps its own files in `home`.
    """
    set_hypothesis_home_dir(home)

    @seed(random_seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(drawn_by(lambda source: (draw(source), source.choices)))
    def judged(found: tuple[T, Sequence[Choice]]) -> None:
        judge(*found)

    judged()


def shrink(
    draw: Callable[[Source], T],
    interesting: Callable[[T], bool],
    choices: Sequence[Choice],
    over: Callable[[], bool],
    home: Path,
) -> T:
    """Have Hypothesis shrink choices for as long as what they draw is interesting; return the simplest thing.

    Stops at the best so far once `over` says so. A thing that Hypothesis does not find interesting again, or
    whose choices are longer than it takes, is returned as it was.
    """
    set_hypothesis_home_dir(home)
    best = [draw(ReplaySource(choices))]
    database = InMemoryExampleDatabase()

    @settings(
        max_examples=1,
        database=database,
        deadline=None,
        phases=(Phase.reuse, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
        print_blob=False,
    )
    @given(drawn_by(draw))
    def shrunk(found: T) -> None:
        if over():
            raise _Over
        if interesting(found):
            best[0] = found
            raise _Interesting

    # An entry under the secondary key is shrunk; one under the primary key counts as minimal.
    key = function_digest(shrunk.hypothesis.inner_test) + b".secondary"  # type: ignore[attr-defined]  # set by @given
    database.save(key, choices_to_bytes(tuple(choices)))
    with suppress(_Interesting, _Over):
        shrunk()
    return best[0]


class _Interesting(AssertionError):
    """Signal to Hypothesis that what it has drawn is still interesting."""


class _Over(BaseException):
    """Signal to end a shrink; not an `Exception`, which Hypothesis would take for a finding."""


def reproduction(choices: Sequence[Choice]) -> tuple[str, bytes]:
    """Return the arguments of `@reproduce_failure` for a test whose only drawn argument is of these choices.

    They are bound to the exact Hypothesis version, so they are provenance; the saved case is the record.
    """
    return __version__, encode_failure(tuple(choices))


__all__ = [
    "HypothesisSource",
    "SearchStrategy",
    "drawn_by",
    "reproduce_failure",
    "reproduction",
    "search",
    "shrink",
]
