"""A bisection of versions: it runs as few as possible, none between two that answer alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from drt.assess.survey.table import Column, Survey, distinguish
from drt.assess.survey.versions import Verdicts
from drt.engines import UnknownEngine, from_anywhere
from drt.model.errors import InputProblem


def bisect_versions(names: Sequence[str], ask: Callable[[str], Column]) -> Survey:
    """Run the first and the last of several versions and, where verdicts differ, those between.

    `names` are in the order of their release. A version between that cannot start is left out and reported.
    Raises `InputProblem` where they are not of one engine, or one is named twice.
    """
    _check_distinct(names)
    search = _Search(names, ask)
    if len(names) > 1:
        search.narrow(0, len(names) - 1)
    asked = sorted(search.asked)
    columns = distinguish([search.asked[one].column for one in asked], [names[one] for one in asked])
    skipped = [name for number, name in enumerate(names) if number not in {*asked, *search.unstarted}]
    unstarted = [search.unstarted[number] for number in sorted(search.unstarted)]
    return Survey(columns, skipped=tuple(skipped), unstarted=tuple(unstarted))


def _check_distinct(names: Sequence[str]) -> None:
    known: dict[str, str] = {}
    for name in names:
        place = str(Path(name).resolve()) if Path(name).is_dir() else from_anywhere(name)
        if place in known:
            other = "" if known[place] == name else f", first as {known[place]}"
            raise InputProblem(
                f"--bisect takes versions of one engine, each once: {name} is named twice{other}"
            )
        known[place] = name


class _Search:
    """Versions that were run, by their number, and those that could not start."""

    def __init__(self, names: Sequence[str], ask: Callable[[str], Column]) -> None:
        self.asked: dict[int, Verdicts] = {}
        self.unstarted: dict[int, str] = {}
        self._names = names
        self._ask = ask
        for end in dict.fromkeys((0, len(names) - 1)):
            self._run(end)

    def narrow(self, low: int, high: int) -> None:
        """Run versions between two that differ."""
        if high - low < 2 or self.asked[low].agree(self.asked[high]):
            return
        middle = self._start_between(low, high)
        if middle is not None:
            self.narrow(low, middle)
            self.narrow(middle, high)

    def _start_between(self, low: int, high: int) -> int | None:
        """Run the version nearest to the middle that starts."""
        middle = (low + high) // 2
        untried = (number for number in range(low + 1, high) if number not in self.unstarted)
        for number in sorted(untried, key=lambda one: abs(one - middle)):
            try:
                self._run(number)
            except UnknownEngine as problem:
                self.unstarted[number] = str(problem)
            else:
                return number
        return None

    def _run(self, number: int) -> None:
        column = self._ask(self._names[number])
        first = self.asked[0].column.engine if self.asked else column.engine
        if column.engine != first:
            raise InputProblem(f"--bisect takes versions of one engine, not {first} and {column.engine}")
        self.asked[number] = Verdicts(column)
