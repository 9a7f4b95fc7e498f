"""Ancestors, tried on every small hierarchy: what parents lead to, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from drt.proofs.theorem import Counterexample, Goal
from drt.proofs.tried import tried
from production.language.hierarchy import Ancestors
from production.language.uids import Uid
from reference.entities import Entities, Entity
from reference.values import EntityUid

STORED = 4
"""So many entities are in the store; the next number is a parent that is not."""

TRIED = f"all hierarchies of {STORED} entities"

Graph = tuple[frozenset[int], ...]


def _graphs() -> Iterator[Graph]:
    """Yield every hierarchy without cycles: parents have greater numbers, in any naming."""
    choices = [
        [
            frozenset(n for n in range(node + 1, STORED + 1) if bits >> n & 1)
            for bits in range(0, 2 ** (STORED + 1), 2 ** (node + 1))
        ]
        for node in range(STORED)
    ]
    yield from product(*choices)


def _reachable(graph: Graph, node: int) -> frozenset[int]:
    """Find them by the definition: one parent or more, at most as often as there are entities."""
    found = graph[node] if node < STORED else frozenset()
    for _ in range(STORED):
        found = found.union(*(graph[other] for other in found if other < STORED))
    return found


def tried_hierarchies() -> Goal:
    """Return the obligation that both engines are right on all small hierarchies, in any order, with caches full or not."""
    return tried(TRIED, wrong())


def search() -> Counterexample | None:
    """Search the small hierarchies for one on which an engine is wrong."""
    failure = next(wrong(), None)
    return None if failure is None else Counterexample(failure, True)


def wrong() -> Iterator[str]:
    """Yield the hierarchies on which an engine is wrong."""
    for graph in _graphs():
        right = [_reachable(graph, node) for node in range(STORED + 1)]
        for name, answers in _answers(graph):
            for node, answer in answers:
                if answer != right[node]:
                    shown = "; ".join(
                        f"{n} in {sorted(parents)}" for n, parents in enumerate(graph) if parents
                    )
                    yield f"{shown}: above {node} are {sorted(right[node])}; {name} {sorted(answer)}"


Answers = Iterator[tuple[int, frozenset[int]]]


def _answers(graph: Graph) -> Iterator[tuple[str, Answers]]:
    """Yield what each engine finds; production asked in both orders, and with a cache that is always full."""
    yield "reference", _of_reference(graph)
    for order in (range(STORED + 1), range(STORED, -1, -1)):
        for limit in (None, 0):
            yield "production", _of_production(graph, [*order, *order], limit)


def _of_reference(graph: Graph) -> Answers:
    uids = [EntityUid("U", str(n)) for n in range(STORED + 1)]
    store = Entities(
        {
            uids[n]: Entity(uids[n], {}, frozenset(uids[m] for m in parents), {})
            for n, parents in enumerate(graph)
        }
    )
    for n, uid in enumerate(uids):
        yield n, frozenset(int(each.id) for each in store.ancestors(uid))


def _of_production(graph: Graph, order: list[int], limit: int | None) -> Answers:
    uids = [Uid("U", str(n)) for n in range(STORED + 1)]
    above = Ancestors({uids[n]: frozenset(uids[m] for m in parents) for n, parents in enumerate(graph)})
    if limit is not None:
        above._limit = limit
    for n in order:
        yield n, frozenset(int(each.id) for each in above[uids[n]])
        if sum(map(len, {*above.values(), *above._shared.values()})) > max(above._limit, STORED):
            yield n, frozenset([-1])  # more is kept than the limit allows
