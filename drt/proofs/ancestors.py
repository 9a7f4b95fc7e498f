"""Ancestors, tried on every small hierarchy: what parents lead to, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from drt.proofs.theorem import Counterexample, Goal
from drt.proofs.tried import tried
from production.language.hierarchy import Ancestors
from production.language.uids import Uid
from reference.entities import Entities, Entity
from reference.values import EntityUid

STORED = 4
"""So many entities are in the store; the next number is a parent that is not."""
LARGE = 2_200
"""So many are searched where code is refused."""

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
    """Search the small hierarchies, and two large ones, for one on which an engine is wrong."""
    found = (
        (_described(graph), failure)
        for graph, right in _large()
        for failure in _failures(graph, right, (0, 1, LARGE))
    )
    large = ((f"{LARGE:,} entities: {shown[:60]}…", failure[:200]) for shown, failure in found)
    failure = next(wrong(), None) or next(map(": ".join, large), None)
    return None if failure is None else Counterexample(failure, True)


def wrong() -> Iterator[str]:
    """Yield the small hierarchies on which an engine is wrong."""
    for graph in _graphs():
        right = [_reachable(graph, node) for node in range(STORED + 1)]
        yield from (
            f"{_described(graph)}: {failure}" for failure in _failures(graph, right, range(STORED + 1))
        )


def _large() -> Iterator[tuple[Graph, list[frozenset[int]]]]:
    """Yield a chain, and an entity with many parents that have one each, with what is above every entity."""
    chain = tuple(frozenset([node + 1]) for node in range(LARGE))
    yield chain, [frozenset(range(node + 1, LARGE + 1)) for node in range(LARGE + 1)]
    half = LARGE // 2
    one_each = [frozenset([node + half]) for node in range(1, half + 1)]
    fan = (frozenset(range(1, half + 1)), *one_each, *[frozenset[int]()] * (half - 1))
    yield fan, [frozenset(range(1, LARGE + 1)), *one_each, *[frozenset[int]()] * half]


def _described(graph: Graph) -> str:
    return "; ".join(f"{n} in {sorted(parents)}" for n, parents in enumerate(graph) if parents)


def _failures(graph: Graph, right: Sequence[frozenset[int]], nodes: Sequence[int]) -> Iterator[str]:
    for name, answers in _answers(graph, nodes):
        for node, answer in answers:
            if answer != right[node]:
                yield f"above {node} are {sorted(right[node])}; {name} {sorted(answer)}"


Answers = Iterator[tuple[int, frozenset[int]]]


def _answers(graph: Graph, nodes: Sequence[int]) -> Iterator[tuple[str, Answers]]:
    """Yield what each engine finds; production asked in both orders, and with a cache that is always full."""
    yield "reference", _of_reference(graph, nodes)
    for order in (nodes, nodes[::-1]):
        for limit in (None, 0):
            yield "production", _of_production(graph, [*order, *order], limit)


def _of_reference(graph: Graph, nodes: Sequence[int]) -> Answers:
    uids = [EntityUid("U", str(n)) for n in range(len(graph) + 1)]
    store = Entities(
        {
            uids[n]: Entity(uids[n], {}, frozenset(uids[m] for m in parents), {})
            for n, parents in enumerate(graph)
        }
    )
    for n in nodes:
        yield n, frozenset(int(each.id) for each in store.ancestors(uids[n]))


def _of_production(graph: Graph, order: list[int], limit: int | None) -> Answers:
    uids = [Uid("U", str(n)) for n in range(len(graph) + 1)]
    above = Ancestors({uids[n]: frozenset(uids[m] for m in parents) for n, parents in enumerate(graph)})
    if limit is not None:
        above._limit = limit
    for n in order:
        yield n, frozenset(int(each.id) for each in above[uids[n]])
        if limit == 0 and sum(map(len, {*above.values(), *above._shared.values()})) > len(graph):
            yield n, frozenset([-1])  # more is kept than the limit allows
