"""The law of definitions: an engine reads a document as the definition of its format does.

Owns the comparison of engines with definitions, which are readers of their own. It finds what all engines
have wrong alike.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from drt.model.case import Case, Source
from drt.model.engine import Engine
from drt.model.outcome import Accepted, Outcome, Part, Rejected
from drt.model.question import ReadExpression, ReadPolicies
from drt.oracles.comparing import Comparison
from drt.oracles.defined_json import defined_policy_set
from drt.oracles.defined_names import Refused, Undefined
from drt.oracles.defined_text import defined_expression, defined_policies
from drt.oracles.law import Compares, law

Define = Callable[[str], Any]


def definition_of(policies: Source) -> Define:
    """Return the definition for the syntax of policies."""
    return defined_policies if policies.format == "cedar" else defined_policy_set


def by_definition(define: Define, text: str, part: Part, beside: Outcome) -> Outcome | None:
    """Return what the definition makes of a text, as an engine answers; None where it says nothing.

    A document that means what the answer `beside` says has the same text as that.
    """
    try:
        document = define(text)
    except Refused as refused:
        return Rejected(part, str(refused))
    except (Undefined, RecursionError):
        return None
    if isinstance(beside, Accepted) and beside.canonical and json.loads(beside.canonical) == document:
        return beside
    return Accepted(json.dumps(document, sort_keys=True, separators=(",", ":")))


def hold_to_definition(
    comparison: Comparison, question: str, define: Define, text: str, part: Part, answers: Sequence[Outcome]
) -> None:
    """Judge the engines' answers to a question by a definition."""
    for name, answer in zip(comparison.names, answers, strict=True):
        if isinstance(answer, Accepted | Rejected):
            defined = by_definition(define, text, part, answer)
            if defined is not None:
                comparison.hold(question, [("definition", defined), (name, answer)])


@law(Compares.ITSELF)
def readings_are_defined(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Policies and expressions are refused, or read, as the definition of text and of JSON says."""
    answers: list[Outcome] = [engine.ask(ReadPolicies(case.policies)) for engine in engines]
    define = definition_of(case.policies)
    hold_to_definition(comparison, "policies", define, case.policies.text, "policies", answers)
    for index, expression in enumerate(case.expressions):
        read: list[Outcome] = [engine.ask(ReadExpression(expression)) for engine in engines]
        question = f"expression {index}"
        hold_to_definition(comparison, question, defined_expression, expression, "expression", read)
