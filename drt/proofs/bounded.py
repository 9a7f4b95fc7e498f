"""What is proved by trying everything up to a bound: closures and patterns.

Owns the exhaustive rows. Reachability is not first order, and patterns against texts are beyond Z3, so these rows
say how far they go and what stands beyond.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from itertools import product
from typing import Any

import z3

from drt.proofs.defects import Defect
from drt.proofs.theorem import Counterexample, Goal, Theorem
from production.language.uids import Uid
from reference import entities
from reference.syntax import Star
from reference.values import EntityUid

NODES = 4
PATTERN, TEXT = 6, 5
ALPHABET = "ab"


def _tried(name: str, failures: Iterable[str]) -> Goal:
    """Make an obligation that is decided by trying: the first failure, if any, is its counterexample."""
    failure = next(iter(failures), None)
    decode = None if failure is None else lambda _: Counterexample(failure, True)
    return Goal(name, z3.BoolVal(failure is None), (), decode)


# The hierarchy.

Graph = tuple[frozenset[int], ...]


def _graphs() -> Iterator[Graph]:
    """Every hierarchy of four entities without cycles: parents have greater numbers, in any naming."""
    choices = [
        [
            frozenset(n for n in range(node + 1, NODES) if bits >> n & 1)
            for bits in range(0, 2**NODES, 2 ** (node + 1))
        ]
        for node in range(NODES)
    ]
    yield from product(*choices)


def _reachable(graph: Graph, node: int) -> frozenset[int]:
    """By the definition: one parent or more, again and again, at most as often as there are entities."""
    found = graph[node]
    for _ in range(NODES):
        found = found.union(*(graph[other] for other in found))
    return found


def _closures() -> Sequence[Goal]:
    reference, production = (
        import_module("reference.entities"),
        import_module("production.language.hierarchy"),
    )

    def wrong() -> Iterator[str]:
        for graph in _graphs():
            ours = [EntityUid("U", str(n)) for n in range(NODES)]
            theirs = [Uid("U", str(n)) for n in range(NODES)]
            store = reference.Entities(
                {
                    uid: entities.Entity(uid, {}, frozenset(ours[n] for n in graph[place]), {})
                    for place, uid in enumerate(ours)
                }
            )
            above = production.Ancestors(
                {uid: frozenset(theirs[n] for n in graph[place]) for place, uid in enumerate(theirs)}
            )
            for node in range(NODES):
                right = _reachable(graph, node)
                answer = {int(uid.id) for uid in store.ancestors(ours[node])}
                other = {int(uid.id) for uid in above[theirs[node]]}
                if answer != right or other != right:
                    description = "; ".join(
                        f"{n} in {sorted(parents)}" for n, parents in enumerate(graph) if parents
                    )
                    yield f"{description}: above {node} are {sorted(right)}; reference {sorted(answer)}, production {sorted(other)}"

    return (_tried(f"all hierarchies of {NODES} entities", wrong()),)


# Patterns.


def _definition(pattern: tuple[Star | str, ...], text: str) -> bool:
    """Match by definition: a star is nothing, or one more character; anything else is itself."""

    @cache
    def described(place: int, position: int) -> bool:
        if place == len(pattern):
            return position == len(text)
        if isinstance(pattern[place], Star):
            return described(place + 1, position) or (position < len(text) and described(place, position + 1))
        return (
            position < len(text) and pattern[place] == text[position] and described(place + 1, position + 1)
        )

    return described(0, 0)


def _pieces(pattern: tuple[Star | str, ...]) -> tuple[str | None, ...]:
    """Write a pattern as production holds it: texts, and None for stars, one for many."""
    pieces: list[str | None] = []
    for element in pattern:
        if isinstance(element, Star):
            if not pieces or pieces[-1] is not None:
                pieces.append(None)
        elif pieces and pieces[-1] is not None:
            pieces[-1] += element
        else:
            pieces.append(element)
    return tuple(pieces)


def _patterns() -> Sequence[Goal]:
    matches, prepare = (
        import_module("reference.wildcard").matches,
        import_module("production.language.wildcard").prepare,
    )
    elements: tuple[Any, ...] = (*ALPHABET, Star())
    texts = ["".join(each) for size in range(TEXT + 1) for each in product(ALPHABET, repeat=size)]

    def wrong() -> Iterator[str]:
        for size in range(PATTERN + 1):
            for pattern in product(elements, repeat=size):
                ready = prepare(_pieces(pattern))
                for text in texts:
                    right = _definition(pattern, text)
                    answer, other = matches(text, pattern), ready.matches(text)
                    if answer != right or other != right:
                        shown = "".join("*" if isinstance(each, Star) else each for each in pattern)
                        yield f'"{text}" like "{shown}" is {right}; reference {answer}, production {other}'

    return (_tried(f"all patterns of up to {PATTERN} elements", wrong()),)


THEOREMS = (
    Theorem(
        "Ancestors are what parents lead to",
        f"In every hierarchy of {NODES} entities, both engines' ancestors are exactly the reachable ones.",
        "Lean: transitive closure",
        "B",
        _closures,
        (
            Defect(
                "only parents and grandparents count",
                "reference.entities",
                "                todo.extend(new)",
                "                found |= {up for uid in new for up in (self.by_uid[uid].parents if uid in self.by_uid else ())}",
            ),
        ),
        "reachability is not first order; hierarchies of up to 100,000 are tested (`drt hostile`)",
        functions=(
            "reference.entities.Entities.ancestors",
            "production.language.hierarchy.Ancestors.__missing__",
            "production.language.hierarchy.Ancestors._close",
        ),
    ),
    Theorem(
        "`like` matches as its definition says",
        f"For all patterns of up to {PATTERN} elements and texts of up to {TEXT}, both matchers say what the definition says.",
        "Lean Wildcard",
        "B",
        _patterns,
        (
            Defect(
                "a star stands for one character at most",
                "reference.wildcard",
                "range(rest[-1] + 1) if rest else []",
                "range(max(0, rest[-1] - 1), rest[-1] + 1) if rest else []",
            ),
            Defect(
                "a prefix and a suffix may overlap",
                "production.language.wildcard",
                "if at > end or not text.startswith",
                "if not text.startswith",
            ),
        ),
        "Z3 leaves inner stars undecided; longer ones are tested by the target `wildcard`",
        functions=(
            "reference.wildcard.matches",
            "reference.wildcard.before",
            "production.language.wildcard.Wildcard.matches",
            "production.language.wildcard.prepare",
        ),
    ),
)
