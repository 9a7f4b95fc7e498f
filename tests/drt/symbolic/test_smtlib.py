"""The SMT-LIB text of a query has the verdict that the analyser gives."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import z3

from drt.model.case import Source
from drt.symbolic.analyzer import Analyzer, Fails, Holds
from drt.symbolic.queries import QueryName
from drt.symbolic.smtlib import script
from drt.symbolic.solver import Answer, Limits, Members, solve
from drt.symbolic.terms import Term
from tests.drt.symbolic.questions import SCHEMA, asked
from tests.drt.symbolic.test_queries import FAILING, HOLDING


def answered(query: QueryName, policies: tuple[str, ...]) -> tuple[bool, str]:
    """The analyser's verdict, and what Z3 says of the text."""
    texts: list[str] = []

    def noting(assertions: Sequence[Term], members: Members, limits: Limits) -> Answer:
        texts.append(script(assertions, members))
        return solve(assertions, members, limits)

    verdict = asked(query, *policies, analyzer=Analyzer(Source(SCHEMA), solve=noting))
    solver = z3.Solver()
    solver.set("timeout", 10_000)
    solver.from_string(texts[0])
    assert isinstance(verdict, Holds | Fails)
    return isinstance(verdict, Holds), str(solver.check())


@pytest.mark.slow
@pytest.mark.parametrize(("query", "policies"), [*HOLDING, *FAILING])
def test_a_text_has_the_verdict_of_its_query(query: QueryName, policies: tuple[str, ...]) -> None:
    holds, said = answered(query, policies)

    assert said in ("unsat" if holds else "sat", "unknown")


def test_most_texts_are_decided() -> None:
    said = [answered(query, policies)[1] for query, policies in HOLDING[:12]]

    assert said.count("unsat") >= 11


def test_every_term_is_defined_once() -> None:
    text = script_of("context.a + context.b > 3 && context.a + context.b > 2")

    assert text.count("(bvadd ") == 1 + 1 + 1  # the sum, and its overflow in 64 and in 65 bits
    assert text.isascii()
    assert text.endswith("(check-sat)\n")


def script_of(condition: str) -> str:
    texts: list[str] = []

    def noting(assertions: Sequence[Term], members: Members, limits: Limits) -> Answer:
        texts.append(script(assertions, members))
        return solve(assertions, members, limits)

    asked("never-matches", condition, analyzer=Analyzer(Source(SCHEMA), solve=noting))
    return texts[0]
