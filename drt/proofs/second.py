"""A second prover: cvc5, asked about the same obligations as SMT-LIB text.

Owns the only use of cvc5, which is optional. It shares nothing with Z3 but the text of an obligation; where the
two disagree, one of them is wrong, and that is an error.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import z3

from drt.model.errors import InputProblem
from drt.proofs.rewriting import followed
from drt.proofs.theorem import Goal, Theorem

MILLISECONDS = 2_000
ANSWERS = {"unsat": "proved", "sat": "refuted", "unknown": "unknown"}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What cvc5 says of the obligations of a theorem: how many are proved, refuted, unknown."""

    theorem: Theorem
    answers: Counter[str]

    @property
    def disagrees(self) -> bool:
        """Whether it refutes what Z3 has proved."""
        return self.answers["refuted"] > 0


def second_opinion(theorem: Theorem) -> Opinion:
    """Ask cvc5 about every obligation.

    Raises `InputProblem` where cvc5 is not installed.
    """
    with followed():
        return Opinion(theorem, Counter(_asked(goal) for goal in theorem.goals()))


def _asked(goal: Goal) -> str:
    solver = z3.Solver()
    solver.add(*goal.hypotheses, z3.Not(goal.claim))
    text = f"(set-logic ALL)\n{solver.to_smt2()}"
    cvc5 = _cvc5()
    other = cvc5.Solver(cvc5.TermManager())
    other.setOption("tlimit-per", str(MILLISECONDS))
    parser = cvc5.InputParser(other)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, goal.name)
    output = ""
    while not (command := parser.nextCommand()).isNull():
        output += command.invoke(other, parser.getSymbolManager())
    return ANSWERS.get(output.strip(), "unknown")


def _cvc5() -> Any:
    try:
        import cvc5
    except ImportError:
        raise InputProblem("the second prover is not installed; it comes with the extra 'provers'") from None
    return cvc5
