"""The working corpus of a worker: the choices of its cases that reached something new, as seeds for mutation.

A bounded list in memory for each lane of a target, and a file with its history. What is kept depends only on
the cases before it in its lane, so that the same random seed gives the same cases again, however many workers
there are.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import Struct

from drt.model.records import from_json, to_json
from drt.targets.partitions import Lanes

MOST_KEPT = 16
"""Most cases kept per lane; the newest stay."""

MOST_CHOICES = 4_000
"""Most choices of a case that is kept."""

PAIRED = " within "
"""Separator in the name of a pair of features: that of an operand and that of the form around it."""

Choices = tuple[int | bool, ...]


class _Line(Struct, frozen=True):
    """A line of the file: a kept case, and the features that it reached first in its lane."""

    target: str
    index: int
    reached: tuple[str, ...]
    choices: Choices


@dataclass(slots=True)
class _Kept:
    """The kept cases of one lane of a target; the bits of `known` are the numbers of the features reached."""

    known: int = 0
    choices: deque[Choices] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))

    def take(self, fresh: int, choices: Sequence[int | bool]) -> None:
        self.known |= fresh
        if len(choices) <= MOST_CHOICES:
            self.choices.append(tuple(choices))


class WorkingCorpus:
    """The working corpus of one worker, as it was before the cases `following`, by target."""

    def __init__(self, path: Path, lanes: Lanes, following: Mapping[str, int]) -> None:
        self._path = path
        self._lanes = lanes
        self._kept: dict[tuple[str, int], _Kept] = {}
        self._numbers: dict[str, int] = {}
        lines = list(_lines(path))
        valid = [line for line in lines if line.index < following.get(line.target, 0)]
        for line in valid:
            self._of(line.target, line.index).take(self._bits_of(line.reached), line.choices)
        text = "".join(map(_written, valid))
        if path.exists() and path.stat().st_size != len(text):
            # Cases that will be drawn again are kept again; a line that was cut off is to spoil no other.
            part = path.with_name(f"{path.name}.part")
            part.write_text(text, encoding="ascii")
            part.replace(path)

    def kept(self, target: str, index: int) -> Sequence[Choices]:
        """Return the choices of the cases kept now in the lane of a case, oldest first."""
        return self._of(target, index).choices

    def consider(
        self, target: str, index: int, reached: Iterable[str], choices: Sequence[int | bool]
    ) -> None:
        """Keep a case if it reached something that no case before it in its lane did."""
        lane = self._of(target, index)
        fresh = sorted(name for name in set(reached) if not lane.known & self._bits_of((name,)))
        if not fresh:
            return
        lane.take(self._bits_of(fresh), choices)
        line = _Line(target, index, tuple(fresh), tuple(choices))
        with self._path.open("a", encoding="ascii") as file:
            file.write(_written(line))

    def _of(self, target: str, index: int) -> _Kept:
        return self._kept.setdefault((target, self._lanes.of(index)), _Kept())

    def _bits_of(self, features: Iterable[str]) -> int:
        bits = 0
        for name in features:
            bits |= 1 << self._numbers.setdefault(name, len(self._numbers))
        return bits


def kept_before(path: Path, lanes: Lanes, target: str, index: int) -> Sequence[Choices]:
    """Return what a worker had kept when it drew a case; `path` is the file of its working corpus."""
    kept = _Kept()
    for line in _lines(path):
        same = line.target == target and lanes.of(line.index) == lanes.of(index)
        if same and line.index < index:
            kept.take(0, line.choices)
    return kept.choices


def reached_in(paths: Iterable[Path]) -> set[str]:
    """Return all that the cases in these files had reached when they were kept."""
    return {name for path in paths for line in _lines(path) for name in line.reached}


def _written(line: _Line) -> str:
    return f"{json.dumps(to_json(line), separators=(',', ':'))}\n"


def _lines(path: Path) -> Iterator[_Line]:
    """Yield the complete lines of the file; it may not exist yet, and its last line may be incomplete."""
    if not path.exists():
        return
    with path.open(encoding="ascii") as file:
        for line in file:
            if line.endswith("\n"):
                yield from_json(json.loads(line), _Line)
