"""The tally of a conformance run: every check is right, mismatched or unsupported.

A mismatch that a declared difference explains (`declared.toml`) is counted as checked and named, never
hidden.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

NOTHING_FOUND = 5
"""Exit code of a run that found no material, as in pytest."""

SHOWN = 40
"""Most mismatches shown in the text; the JSON report has them all."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One recorded expectation that an engine did not meet.

    `file` names the material, `id` the record in it, `check` what was compared. `answer` is `got` without
    what is for people alone, empty where that is the same; `broke` says that the engine gave no answer.
    """

    file: str
    id: str
    check: str
    expected: str
    got: str
    answer: str = ""
    broke: bool = False

    @property
    def place(self) -> str:
        """The file and the record in it."""
        return f"{self.file}: {self.id}"


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a conformance run.

    `checked` counts every comparison, mismatches and declared differences included; `skipped` names the files
    that were not read, with the reason; `lacking` counts the unsupported by check, not by feature.
    `right` are the places of right answers and declared differences, each with its check; `lacked` are the
    places at which the engine does not support something.
    """

    engine: str
    checked: int
    mismatches: tuple[Mismatch, ...] = ()
    unsupported: tuple[tuple[str, int], ...] = ()
    declared: tuple[tuple[str, int], ...] = ()
    by_check: tuple[tuple[str, int, int], ...] = ()
    skipped: tuple[str, ...] = ()
    lacking: tuple[tuple[str, int], ...] = ()
    right: frozenset[tuple[str, str]] = frozenset()
    lacked: frozenset[str] = frozenset()

    @property
    def exit_code(self) -> int:
        """0 when all is as recorded, 1 with mismatches, 5 when there was nothing to ask."""
        if self.mismatches:
            return 1
        return 0 if self.checked or self.unsupported else NOTHING_FOUND

    @property
    def line(self) -> str:
        """The one line a run ends in."""
        unsupported = sum(count for _, count in self.unsupported)
        return (
            f"conformance[{self.engine}]: {self.checked} checked, {len(self.mismatches)} mismatched, "
            f"{unsupported} unsupported"
        )

    def text(self) -> str:
        """Write the report for people: a table, the first mismatches, declared and unsupported ones."""
        lines = [f"{'check':<28}{'checked':>9}{'mismatched':>12}"]
        lines += [f"{name:<28}{checked:>9}{wrong:>12}" for name, checked, wrong in self.by_check]
        for mismatch in self.mismatches[:SHOWN]:
            lines += [
                f"{mismatch.file}: {mismatch.id}: {mismatch.check}",
                f"    expected {mismatch.expected}",
                f"    got      {mismatch.got}",
            ]
        if len(self.mismatches) > SHOWN:
            lines.append(
                f"... and {len(self.mismatches) - SHOWN} more mismatches (--format json lists them all)"
            )
        lines += [f"not read: {sentence}" for sentence in self.skipped]
        lines += [f"declared: {name}: {count}" for name, count in self.declared]
        if self.unsupported:
            lines.append("unsupported: " + ", ".join(f"{name}: {count}" for name, count in self.unsupported))
        return "\n".join([*lines, self.line])

    def to_json(self) -> str:
        """Return the machine-readable report: one JSON object with every mismatch."""
        return json.dumps(
            {
                "engine": self.engine,
                "checked": self.checked,
                "mismatched": len(self.mismatches),
                "unsupported": dict(self.unsupported),
                "declared": dict(self.declared),
                "not_read": list(self.skipped),
                "checks": {name: {"checked": n, "mismatched": wrong} for name, n, wrong in self.by_check},
                "mismatches": [
                    {"file": m.file, "id": m.id, "check": m.check, "expected": m.expected, "got": m.got}
                    for m in self.mismatches
                ],
            },
            indent=2,
            sort_keys=True,
        )


@dataclass(slots=True)
class Tally:
    """Counts of a run in progress."""

    checked: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    unsupported: Counter[str] = field(default_factory=Counter)
    declared: Counter[str] = field(default_factory=Counter)
    lacking: Counter[str] = field(default_factory=Counter)
    mismatches: list[Mismatch] = field(default_factory=list)
    right_places: set[tuple[str, str]] = field(default_factory=set)
    lacked_places: set[str] = field(default_factory=set)

    def right(self, check: str, place: str = "") -> None:
        """Count a right answer."""
        self.checked[check] += 1
        self.right_places.add((check, place))

    def mismatch(self, mismatch: Mismatch) -> None:
        """Count an answer that is not as recorded."""
        self.checked[mismatch.check] += 1
        self.wrong[mismatch.check] += 1
        self.mismatches.append(mismatch)

    def declare(self, check: str, name: str, place: str = "") -> None:
        """Count a declared difference."""
        self.right(check, place)
        self.declared[name] += 1

    def lack(self, feature: str, count: int = 1, check: str = "", place: str = "") -> None:
        """Count questions that the engine does not support; `check` is what they would have compared."""
        self.unsupported[feature] += count
        self.lacking[check or feature] += count
        self.lacked_places.add(place)

    def report(self, engine: str) -> Report:
        """Sum up the counts."""
        return Report(
            engine,
            self.checked.total(),
            tuple(self.mismatches),
            _ordered(self.unsupported),
            _ordered(self.declared),
            tuple((name, self.checked[name], self.wrong[name]) for name in sorted(self.checked)),
            lacking=_ordered(self.lacking),
            right=frozenset(self.right_places),
            lacked=frozenset(self.lacked_places),
        )


def _ordered(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items()))
