"""Laws of reading: all engines take the same texts and understand the same by them (spec 11 J3)."""

from __future__ import annotations

from collections.abc import Sequence

from drt.model.case import Case
from drt.model.engine import Engine
from drt.model.outcome import Accepted, Outcome, Rejected
from drt.model.question import ReadEntities, ReadExpression, ReadPolicies
from drt.oracles.comparing import Comparison
from drt.oracles.definitions import EXPRESSION, of_policies, readings_are_defined
from drt.oracles.law import Compares, law
from drt.oracles.texts import nests_beyond, with_comments

NO_ENTITIES = "[]"

READ_BY_ALL = 500
"""Nesting of a Cedar text beyond which an implementation may refuse it (spec 01 §4.3)."""


@law(Compares.ENGINES)
def readers_agree(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Policies, expressions and entities are refused by all, or read by all as the same canonical JSON.

    What they agree on is held to the definition, by the law of that.
    """
    defined = Comparison(readings_are_defined.name, engines)
    read: list[Outcome] = [engine.ask(ReadPolicies(case.policies)) for engine in engines]
    if case.policies.format == "cedar" and _may_be_refused(case.policies.text, read):
        comparison.skip("nesting that not every engine reads")
    else:
        comparison.compare("policies", read)
    if not comparison.divergences:
        of_policies(case.policies).hold(defined, "policies", case.policies.text, read)
    for index, expression in enumerate(case.expressions):
        found = len(comparison.divergences)
        answers: list[Outcome] = [engine.ask(ReadExpression(expression)) for engine in engines]
        if _may_be_refused(expression, answers):
            comparison.skip("nesting that not every engine reads")
            continue
        comparison.compare(f"expression {index}", answers, expression=index)
        if found == len(comparison.divergences):
            EXPRESSION.hold(defined, f"expression {index}", expression, answers)
    comparison.divergences += defined.divergences
    if case.entities != NO_ENTITIES:
        comparison.compare(
            "entities", [engine.ask(ReadEntities(case.entities, case.schema)) for engine in engines]
        )


def _may_be_refused(text: str, answers: Sequence[Outcome]) -> bool:
    """Whether engines differ only in how deep they read: one refuses so deep a text, another does not."""
    kinds = {type(answer) for answer in answers}
    return kinds >= {Accepted, Rejected} and nests_beyond(text, READ_BY_ALL)


@law(Compares.ITSELF)
def comments_change_nothing(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Text reads the same with blanks and comments between any two tokens (spec 01 §1, 11 J6)."""
    if case.policies.format == "json":
        comparison.skip("policies not in text")
        return
    for engine in engines:
        variants = [
            (engine.name, engine.ask(ReadPolicies(case.policies))),
            (f"{engine.name}, with comments", engine.ask(ReadPolicies(with_comments(case.policies)))),
        ]
        comparison.hold("policies", variants)
