"""Interpretations of symbols by finite tables, and the values of terms under them.

An interpretation comes from a solver's model or from a concrete case; what its tables leave out has the
default value of its sort.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from drt.symbolic import meaning
from drt.symbolic.sorts import RecordSort, Sort, default
from drt.symbolic.terms import Symbol, Term, below

Arguments = tuple[object, ...]
Table = Mapping[Arguments, object]


@dataclass(frozen=True, slots=True)
class Interpretation:
    """Values of symbols by their arguments; `members` lists the ids of enumerated and action types."""

    members: Mapping[str, tuple[str, ...]]
    tables: Mapping[Symbol, Table] = field(default_factory=dict)

    def value(self, symbol: Symbol, sort: Sort, arguments: Arguments = ()) -> Any:
        """Return the value of a symbol for its arguments."""
        table = self.tables.get(symbol)
        if table is not None and arguments in table:
            return table[arguments]
        return default(sort, self.members)


def values(roots: Iterable[Term], under: Interpretation) -> dict[Term, Any]:
    """Evaluate terms and all terms below them."""
    found: dict[Term, Any] = {}
    for term in below(roots):
        found[term] = _value(term, [found[arg] for arg in term.args], under)
    return found


def value(term: Term, under: Interpretation) -> Any:
    """Evaluate one term."""
    return values([term], under)[term]


def _value(term: Term, operands: list[Any], under: Interpretation) -> object:
    match term.op:
        case "const":
            return term.payload
        case "apply":
            assert isinstance(term.payload, Symbol)
            return under.value(term.payload, term.sort, tuple(operands))
        case "record":
            assert isinstance(term.sort, RecordSort)
            pairs = zip(term.sort.fields, operands[::2], operands[1::2], strict=True)
            return tuple((one.name, of) for one, there, of in pairs if there)
        case _:
            return meaning.result(term.op, term.payload, operands)
