"""Laws: what must hold of engines, each with the check that puts it to the test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from drt.model.case import Case
from drt.model.divergence import Checked
from drt.model.engine import Engine
from drt.oracles.comparing import Comparison

Check = Callable[[Case, Sequence[Engine], Comparison], None]


class Compares(Enum):
    """Kinds of comparisons that laws make."""

    ENGINES = "the engines' answers to the questions of the case"
    DERIVED = "the engines' answers to questions that are derived from the case"
    DOCUMENTS = "a document with what engines write and read of it"
    ITSELF = "an engine's answers with each other or with a definition"


@dataclass(frozen=True, slots=True)
class Law:
    """A law by its name, in one sentence, with its check and what it compares."""

    name: str
    sentence: str
    check: Check
    compares: Compares

    def __call__(self, case: Case, engines: Sequence[Engine]) -> Checked:
        """Put the law to the test on a case."""
        comparison = Comparison(self.name, engines)
        self.check(case, engines, comparison)
        return comparison.checked()


def law(compares: Compares) -> Callable[[Check], Law]:
    """Make a law of a check: its name is the law's, its docstring opens with the law's sentence."""

    def make(check: Check) -> Law:
        sentence = " ".join((check.__doc__ or "").partition("\n\n")[0].split())
        return Law(check.__name__, sentence, check, compares)

    return make
