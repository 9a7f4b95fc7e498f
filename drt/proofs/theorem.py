"""A theorem as a record, and what the prover says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from drt.proofs.defects import Defect

Kind = Literal["U", "S", "P", "B", "T"]
"""U: all inputs and sizes. S: one proof per rule or operator, an inductive step. P: per policy, all inputs. B:
up to the bound that the statement names. T: tested, not proved; the statement says by what."""

KINDS = {
    "U": "for all inputs and sizes",
    "S": "per rule or operator",
    "P": "per policy, for all inputs",
    "B": "tried up to the bound named, not proved",
    "T": "tested, not proved",
}

PROVED: tuple[Kind, ...] = ("U", "S", "P")
"""The kinds of theorems whose verdict `proved` is a proof."""


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A refutation that was put to the running code: the input in words, and what the code said.

    `confirmed` says whether the code did what the prover predicted.
    """

    description: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Goal:
    """One obligation: under the hypotheses, the claim.

    `decode` makes a counterexample of a model; `sizes` are further constraints, by which a refutation is
    made small, in the order in which they are tried.
    """

    name: str
    claim: Any
    hypotheses: tuple[Any, ...] = ()
    decode: Callable[[Any], Counterexample] | None = None
    sizes: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Theorem:
    """A claim about the code.

    `name` is a sentence; `anchor` names the corresponding theorem of the makers or of the article; `goals`
    builds the obligations from the running code; `defects` must each break it. `because` says, for a kind other
    than U, why, and what is done instead. `functions` names the shipped functions that it speaks about:
    `--mutants` mutates each statement of them. Where the code is refused, `search` looks for an input on which
    it is wrong.
    """

    name: str
    says: str
    anchor: str
    kind: Kind
    goals: Callable[[], Iterable[Goal]]
    defects: tuple[Defect, ...] = ()
    because: str = ""
    functions: tuple[str, ...] = ()
    search: Callable[[], Counterexample | None] | None = None


Answer = Literal["proved", "refuted", "unknown", "tested"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The prover's answer to one theorem: obligations that were put to Z3, seconds, and why it is not proved.

    `cases` counts the other obligations, which running the code decides: nothing symbolic is left in them.
    """

    theorem: Theorem
    answer: Answer
    goals: int
    seconds: float
    reason: str = ""
    counterexample: Counterexample | None = None
    killed: tuple[str, ...] = ()
    survived: tuple[str, ...] = ()
    cases: int = 0
