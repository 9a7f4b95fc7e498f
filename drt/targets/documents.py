"""Cases of literals and documents that scenarios do not have, wrong in one place or in none."""

from __future__ import annotations

from drt.model.case import Case, Request
from drt.model.case import Source as Text
from drt.oracles.wildcard import ANY_REQUEST
from generators.choice.sources import Source
from generators.texts.json_trees import policy_set
from generators.texts.literal_forms import literal_expression

LITERALS_A_CASE = 8


def literals(source: Source) -> Case:
    """Draw extension literals, their methods, and arithmetic at the limits of Long."""
    expressions = tuple(literal_expression(source) for _ in range(LITERALS_A_CASE))
    return Case(Text(""), requests=(ANY_REQUEST,), expressions=expressions)


def trees(source: Source) -> Case:
    """Draw a policy set in JSON, with trees that no text has."""
    return Case(Text(policy_set(source), "json"), requests=(Request(ANY_REQUEST.text),))
