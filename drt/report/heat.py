"""Heat maps of language coverage: for each operator, the kinds of its operands and the outcomes.

Darker is more often, by powers of ten; a hollow square has not been reached.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from drt.coverage.bins import SCOPES, bins
from generators.language import KINDS

OUTCOMES = (
    "true", "false", "value", "type", "overflow", "extension", "attr-missing", "entity-missing",
    "tag-missing", "arity",
)  # fmt: skip
LEVELS = 5
SIDE, STEP = 9, 10.5


@dataclass(slots=True)
class Operator:
    """One operator, function or constraint: how often each of its bins was reached, or 0."""

    name: str
    by_outcome: Counter[str] = field(default_factory=Counter)
    by_kinds: dict[tuple[str, ...], dict[str, int]] = field(default_factory=lambda: defaultdict(dict))


def operators(features: Mapping[str, int]) -> list[Operator]:
    """List every operator of the language with its counts, those of one shape together, scopes last."""
    found: dict[str, Operator] = {}
    for cell in sorted(bins()):
        name, kinds, outcome = cell.rsplit("|", 2)
        operator = found.setdefault(name, Operator(name))
        count = features.get(cell, 0)
        operator.by_outcome[outcome] += count
        operator.by_kinds[tuple(kinds.split(","))][outcome] = count
    return sorted(
        found.values(), key=lambda one: (one.name in SCOPES or " unc" in one.name, _arity(one), one.name)
    )


def level(count: int) -> int:
    """Rate how dark a count is: 0 for none, then one step per power of ten."""
    return min(LEVELS, len(str(count))) if count else 0


def compact(count: int) -> str:
    """Format a count in at most four characters: `999`, `1.2k`, `34k`, `5.6M`."""
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if count >= size:
            scaled = count / size
            return f"{scaled:.1f}{unit}" if scaled < 9.95 else f"{scaled:.0f}{unit}"
    return str(count)


@dataclass(frozen=True, slots=True)
class Square:
    """One combination of kinds of operands: full, half if it lacks an outcome, hollow if it lacks all."""

    x: float
    y: float
    shade: str
    is_half: bool
    title: str


@dataclass(frozen=True, slots=True)
class KindMap:
    """The kinds of operands of one operator; the first goes down and the second across."""

    name: str
    width: float
    height: float
    reached: int
    total: int
    squares: tuple[Square, ...]


def kind_maps(found: Iterable[Operator]) -> tuple[list[KindMap], list[KindMap]]:
    """Map every operator whose operands have several kinds: those of one operand, those of two."""
    listed = list(found)
    one, two = ([_map(operator) for operator in listed if _arity(operator) == arity] for arity in (1, 2))
    return one, two


def _arity(operator: Operator) -> int:
    """Count the operands that its map shows; 0 if kinds do not matter."""
    return max((len(kinds) for kinds in operator.by_kinds if kinds[0] in KINDS), default=0)


def _map(operator: Operator) -> KindMap:
    """Lay out one operator; one operand lies across.

    If evaluation can stop after the first of two operands, a column of its own stands before the others.
    """
    shown = {kinds: counts for kinds, counts in operator.by_kinds.items() if kinds[0] in KINDS}
    across = _arity(operator) == 1
    left = STEP * 1.5 if not across and any(len(kinds) == 1 for kinds in shown) else 0.0
    squares = []
    for kinds, counts in sorted(shown.items()):
        first = KINDS.index(kinds[0]) * STEP
        column, row = (first, 0.0) if across else (0.0, first)
        if len(kinds) == 2:
            column = left + KINDS.index(kinds[1]) * STEP
        squares.append(_square(operator.name, kinds, counts, column, row))
    every = [count for counts in shown.values() for count in counts.values()]
    height = STEP if across else STEP * 10
    reached = sum(1 for count in every if count)
    return KindMap(operator.name, left + STEP * 10, height, reached, len(every), tuple(squares))


def _square(name: str, kinds: tuple[str, ...], counts: Mapping[str, int], x: float, y: float) -> Square:
    total = sum(counts.values())
    outcomes = ", ".join(
        f"{outcome} {count:,}" if count else f"{outcome} never" for outcome, count in counts.items()
    )
    shade = f"h{level(total)}" + (" err" if set(counts) == {"type"} else "")
    half = bool(total) and not all(counts.values())
    title = f"{name} on {', '.join(kinds)}: {outcomes}"
    return Square(x + 0.5, y + 0.5, shade if total else "h0", half, title)
