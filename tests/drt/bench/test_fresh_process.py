"""What is measured in fresh processes: both contestants have every cost, and a wasteful engine is found out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("cedarpy")

from drt.bench import direct_grants, fresh_process
from drt.bench.contestants import production
from drt.bench.contestants.contestant import Unmeasurable
from drt.bench.fresh_process import COSTS, ENTRANTS, Cost, Entrant, Written
from drt.model.case import Source

MEGABYTE = 1_000_000


class Wasteful:
    """Production; what it is asked to read or to make costs it time and 40 megabytes more."""

    def __init__(self) -> None:
        self.hoard: list[bytes] = []

    def _waste(self) -> None:
        self.hoard.append(b"\1" * (40 * MEGABYTE))
        sum(range(25_000_000))

    def read_entities(self, text: str) -> Any:
        if len(text) > 1_000:
            self._waste()
        return production.read_entities(text)

    def read_policies(self, source: Source) -> Any:
        if len(source.text) > 100:
            self._waste()
        return production.read_policies(source)

    def link(self, templates: Any, links: Iterator[Any]) -> Any:
        self._waste()
        return production.link(templates, links)

    def answering(self, policies: Any, entities: Any, *, eager: bool = False) -> Callable[[Any], object]:
        if eager:
            self._waste()
        return production.answering(policies, entities, eager=eager)


@pytest.fixture(scope="module")
def written() -> Iterator[Written]:
    with Written(direct_grants.links(30)) as files:
        yield files


@pytest.mark.slow
@pytest.mark.parametrize("entrant", ENTRANTS)
@pytest.mark.parametrize("cost", COSTS)
def test_a_fresh_process_tells_a_cost(written: Written, cost: Cost, entrant: Entrant) -> None:
    assert written.measure(cost, entrant) >= 0


@pytest.mark.slow
@pytest.mark.parametrize("cost", COSTS)
def test_a_wasteful_engine_is_found_out(written: Written, cost: Cost) -> None:
    folder = Path(written.place)
    frugal, wasteful = (COSTS[cost](engine, folder) for engine in (production, Wasteful()))
    if cost.endswith("memory"):
        assert wasteful > frugal + 30 * MEGABYTE
    else:
        assert wasteful > 3 * frugal


def test_a_child_that_breaks_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch, written: Written) -> None:
    with pytest.raises(Unmeasurable, match=r"load of nobody: .*No module named") as stated:
        written.measure("load", "nobody")  # type: ignore[arg-type]  # the point of the test
    assert "\n" not in str(stated.value)
    monkeypatch.setattr(fresh_process, "SECONDS", 0.001)
    with pytest.raises(Unmeasurable, match=r"load of production: no answer in 0\.001 s"):
        written.measure("load", "production")
