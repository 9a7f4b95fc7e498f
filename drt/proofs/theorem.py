"""A theorem as a record, and what the prover says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from drt.proofs.code import Code, Defect

Kind = Literal["U", "S", "P", "B", "T"]
"""U: all inputs and sizes. S: one proof a rule or operator, an inductive step. P: per policy, all inputs. B:
up to the bound that the statement names. T: tested, not proved; the statement says by what."""

KINDS = {
    "U": "for all inputs and sizes",
    "S": "per rule or operator",
    "P": "per policy, for all inputs",
    "B": "up to the bound named",
    "T": "tested, not proved",
}


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

    `decode` makes a counterexample of a model; `sizes` are further constraints, smallest first, by which a
    refutation is made small.
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
    builds the obligations from the code under proof; `defects` must each break it. `because` says, for a kind
    other than U, why, and what is done instead.
    """

    name: str
    says: str
    anchor: str
    kind: Kind
    goals: Callable[[Code], Sequence[Goal]]
    defects: tuple[Defect, ...] = ()
    because: str = ""


Answer = Literal["proved", "refuted", "unknown", "tested"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The prover's answer to one theorem: how many obligations, seconds, and why it is not proved."""

    theorem: Theorem
    answer: Answer
    goals: int
    seconds: float
    reason: str = ""
    counterexample: Counterexample | None = None
    killed: tuple[str, ...] = ()
    survived: tuple[str, ...] = field(default=())
