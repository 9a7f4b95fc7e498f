"""The heat map of the language: operators, the kinds of operands that a run has put to them, the outcomes.

Owns two pictures of the same cells: a table of operators by outcomes with counts, and for each operator a
small map of the kinds of its operands. Darker is more often, by powers of ten; a hollow square has not been
reached.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from drt.coverage.bins import SCOPES, bins
from drt.report.markup import Markup, join, tag
from generators.language import KINDS

OUTCOMES = (
    "true", "false", "value", "type", "overflow", "extension", "attr-missing", "entity-missing",
    "tag-missing", "arity",
)  # fmt: skip
LEVELS = 5
SIDE, STEP = 9, 10.5


@dataclass(slots=True)
class Operator:
    """One operator, function or constraint: how often each of its cells was reached, 0 for those that were
    not."""

    name: str
    by_outcome: Counter[str] = field(default_factory=Counter)
    by_kinds: dict[tuple[str, ...], dict[str, int]] = field(default_factory=lambda: defaultdict(dict))


def operators(features: Mapping[str, int]) -> list[Operator]:
    """Every operator of the language with its counts, those of one shape together, scopes last."""
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
    """How dark a count is: 0 for none, then one step a power of ten."""
    return min(LEVELS, len(str(count))) if count else 0


def compact(count: int) -> str:
    """A count in at most four characters: `999`, `1.2k`, `34k`, `5.6M`."""
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if count >= size:
            scaled = count / size
            return f"{scaled:.1f}{unit}" if scaled < 9.95 else f"{scaled:.0f}{unit}"
    return str(count)


def outcome_table(found: Iterable[Operator]) -> Markup:
    """Operators by outcomes: a count in every cell that exists."""
    head = tag("tr", tag("th", "operator", scope="col"), [tag("th", name, scope="col") for name in OUTCOMES])
    rows = []
    for operator in found:
        counts = [_counted(operator, outcome) for outcome in OUTCOMES]
        rows.append(tag("tr", tag("th", tag("code", operator.name), scope="row"), counts))
    body = tag("table", tag("thead", head), tag("tbody", rows), class_="heat")
    return tag("div", body, class_="wide")


def _counted(operator: Operator, outcome: str) -> Markup:
    if outcome not in operator.by_outcome:
        return tag("td")
    count = operator.by_outcome[outcome]
    return tag("td", compact(count) if count else "none", class_=f"n h{level(count)}")


def kind_maps(found: Iterable[Operator]) -> Markup:
    """A map an operator that has operands of several kinds: those of one operand, then those of two."""
    listed = list(found)
    by_arity = [[_map(operator) for operator in listed if _arity(operator) == arity] for arity in (1, 2)]
    return join(tag("div", maps, class_="maps") for maps in by_arity)


def _arity(operator: Operator) -> int:
    """How many operands its maps show; 0 where kinds do not matter."""
    return max((len(kinds) for kinds in operator.by_kinds if kinds[0] in KINDS), default=0)


def _map(operator: Operator) -> Markup:
    """One operand lies across; of two, the first goes down and the second across. Where evaluation can stop
    after the first, a column of its own stands before the others."""
    shown = {kinds: counts for kinds, counts in operator.by_kinds.items() if kinds[0] in KINDS}
    across = _arity(operator) == 1
    alone = not across and any(len(kinds) == 1 for kinds in shown)
    left = STEP * 1.5 if alone else 0.0
    squares = []
    reached = 0
    for kinds, counts in sorted(shown.items()):
        first = KINDS.index(kinds[0])
        column, row = (first * STEP, 0.0) if across else (0.0, first * STEP)
        if len(kinds) == 2:
            column = left + KINDS.index(kinds[1]) * STEP
        reached += sum(1 for count in counts.values() if count)
        squares.append(_square(operator.name, kinds, counts, column, row))
    width, height = left + STEP * 10, STEP if across else STEP * 10
    whole = sum(len(counts) for counts in shown.values())
    drawing = tag(
        "svg", squares, viewBox=f"0 0 {width:g} {height:g}", width=f"{width:g}", height=f"{height:g}",
        role="img", aria_label=f"{operator.name}: {reached} of {whole} cells reached",
    )  # fmt: skip
    caption = tag("figcaption", tag("code", operator.name), tag("span", f"{reached}/{whole}"))
    return tag("figure", caption, drawing)


def _square(name: str, kinds: tuple[str, ...], counts: Mapping[str, int], x: float, y: float) -> Markup:
    """Full where every outcome was reached, half where one is missing, hollow where all are."""
    most, missing = sum(counts.values()), [outcome for outcome, count in counts.items() if not count]
    shade = f"h{level(most)}" + (" err" if set(counts) == {"type"} else "")
    outcomes = ", ".join(
        f"{outcome} {count:,}" if count else f"{outcome} never" for outcome, count in counts.items()
    )
    title = tag("title", f"{name} on {', '.join(kinds)}: {outcomes}")
    hollow = most == 0
    frame = tag(
        "rect", title if hollow or not missing else "", x=f"{x + 0.5:g}", y=f"{y + 0.5:g}",
        width=SIDE, height=SIDE, class_="h0" if hollow or missing else shade,
    )  # fmt: skip
    if hollow or not missing:
        return frame
    corner = f"M{x + 0.5:g},{y + 0.5 + SIDE:g}v-{SIDE}h{SIDE}z"
    return join([frame, tag("path", title, d=corner, class_=shade)])


def key() -> Markup:
    """How to read the maps."""
    steps = [
        tag("span", tag("i", class_=f"h{number}"), label)
        for number, label in enumerate(("never", "1", "10", "100", "1,000", "10,000 or more"))
    ]
    order = join([tag("b", "kinds, from the left and from the top: "), ", ".join(KINDS)])
    return tag(
        "div",
        tag("p", steps, class_="steps"),
        tag(
            "p",
            order,
            ". Of two operands the first goes down, the second across. A square in grey can only be a ",
            "type error; half a square lacks one of its outcomes; a column apart is for evaluation that ",
            "stops after the first operand.",
        ),
        class_="key",
    )
