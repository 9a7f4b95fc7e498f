"""Coverage of saved cases, measured in child processes, because a case may crash an engine.

Owns the feature set by which one case can stand for another: cells that the reference reaches, the parts of
the language it is written with, and which part of an engine it puts to the test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from drt.coverage.observation import bins_of
from drt.diagnosis.features import case_features
from drt.engines.sandbox import Completed, in_child
from drt.model.case import Case
from drt.model.saved_case import SavedCase

SECONDS_A_CASE = 10.0
BATCH = 48

Known = tuple[Path, SavedCase]


def cells_reached(cases: Sequence[Known]) -> Iterator[tuple[Path, SavedCase, frozenset[str] | None]]:
    """Yield each case with the bins that it reaches; None if the reference crashed on it."""
    for start in range(0, len(cases), BATCH):
        batch = cases[start : start + BATCH]
        together = _ask([saved.case for _, saved in batch])
        for number, (path, saved) in enumerate(batch):
            alone = _ask([saved.case]) if together is None else together[number : number + 1]
            yield path, saved, alone[0] if alone else None


def _ask(cases: Sequence[Case]) -> list[frozenset[str]] | None:
    answer = in_child(
        lambda _engines: [frozenset(bins_of(case)) for case in cases], (), SECONDS_A_CASE * len(cases)
    )
    return answer.answer if isinstance(answer, Completed) else None


def components(saved: SavedCase) -> tuple[str, ...]:
    """Name the parts of an engine that a case tests, by what it holds and expects."""
    case, expected = saved.case, saved.expected
    target = str(saved.origin.get("target", ""))
    found = {
        "reading": expected.rejected is not None or not (case.requests or case.schema),
        "authorization": bool(case.requests) and expected.rejected is None,
        "evaluation": bool(case.expressions),
        "validation": expected.should_validate is not None
        or bool(expected.verdicts)
        or target.startswith("valid"),
        "schema": case.schema is not None,
        "entities": case.entities.strip() not in ("", "[]"),
        "templates": bool(case.links),
        "policy JSON": case.policies.format == "json",
    }
    return tuple(name for name, is_so in found.items() if is_so)


def features(saved: SavedCase, cells: frozenset[str]) -> frozenset[str]:
    """Return everything that a case must share with others before they can replace it."""
    return frozenset(
        [
            *cells,
            *(f"written with {name}" for name in case_features(saved.case)),
            *(f"tests {name}" for name in components(saved)),
            *([f"drawn by {saved.origin['target']}"] if "target" in saved.origin else []),
        ]
    )
