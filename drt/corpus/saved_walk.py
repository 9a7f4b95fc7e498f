"""Saved cases in the order of their walk, each read when it is drawn.

Owns the order: cases that cost little come first. Reading all cases takes a second, which is half of the time
in which a run finds most defects; so nothing but their sizes is read at the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from drt.corpus.folder import cases_under
from drt.model.case import Case
from drt.model.case_directory import read_case
from drt.model.saved_case import SavedCase

MOST_BYTES = 60_000
"""Size of a saved case beyond which a run leaves it to `drt conformance`: its reduction would not end."""

COST_OF_SCHEMA = 8
"""What the bytes of a case with a schema count for: it is asked for verdicts and translations, too."""


class SavedWalk:
    """The saved cases under a folder, those first that cost little: small ones, and such without a schema."""

    def __init__(self, folder: Path) -> None:
        self.places = _in_order(folder)
        self._read: dict[Path, SavedCase] = {}
        self._drawn: dict[Case, Path] = {}

    def draw(self, place: Path) -> Case:
        """Return the case at a place, which is read if it was not before."""
        case = self._saved(place).case
        self._drawn.setdefault(case, place)
        return case

    def drawn(self, case: Case) -> SavedCase | None:
        """Return the saved case that was drawn as this case; None for what a reduction has left of one."""
        place = self._drawn.get(case)
        return None if place is None else self._saved(place)

    def all(self) -> Sequence[SavedCase]:
        """Read all cases that were not read before."""
        return [self._saved(place) for place in self.places]

    def brings_a_schema(self, case: Case) -> bool:
        """Whether no case before a drawn one has the same schema."""
        return self._drawn[case] in self._with_new_schemas

    @cached_property
    def _with_new_schemas(self) -> frozenset[Path]:
        firsts: dict[tuple[tuple[str, bytes], ...], Path] = {}
        for place in self.places:
            parts = [*place.glob("schema.*"), *sorted(place.glob("fragment-*"))]
            firsts.setdefault(tuple((part.name, part.read_bytes()) for part in parts), place)
        return frozenset(firsts.values())

    def _saved(self, place: Path) -> SavedCase:
        if place not in self._read:
            self._read[place] = read_case(place)
        return self._read[place]


def _in_order(folder: Path) -> Sequence[Path]:
    sizes = {place: sum(one.stat().st_size for one in place.iterdir()) for place in cases_under(folder)}
    costs = {
        place: size * (COST_OF_SCHEMA if any(place.glob("schema.*")) else 1)
        for place, size in sizes.items()
        if size <= MOST_BYTES
    }
    return sorted(costs, key=costs.__getitem__)
