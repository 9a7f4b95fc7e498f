"""Laws of questions about schemas and policies, and of linking (spec 13).

Owns the parity of answers, and that the result of linking depends neither on order nor on grouping. What is
asked beyond what the case declares is derived from the case, so that the same case asks the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from drt.model.case import Case, Inquiry, Source
from drt.model.engine import Engine
from drt.model.outcome import Accepted, Outcome, Unlinkable, Unwritable
from drt.model.question import Answer, LinkSchemas, ReadSchema
from drt.oracles.comparing import Comparison
from drt.oracles.defined_names import RESERVED
from drt.oracles.law import Compares, law

MOST_SUBSTITUTED = 3
UNDECLARED_TYPES = ("Nope", "Nope::User")
UNDECLARED_ACTIONS = ('Action::"nope"', 'Nope::Action::"view"')
NEW_LITERAL = 'Nope::"\\u{1F600}"'
"""The replacement of a literal that has no other literal to be swapped with."""

LITERAL = re.compile(r'(?<![\w":])[A-Za-z_]\w*(?:::\w+)*::"(?:[^"\\\n]|\\.)*"')
NAME = re.compile(r"\b(?:entity|action)\s+(\w+)")


@law(Compares.DERIVED)
def questions_agree(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Engines give the same answers to all questions about a case's schemas and policies (spec 13 §1–§3).

    Entity literals of the policies are swapped with each other, and the last of an odd number is replaced by
    one that no policy has.
    """
    comparison.compare("questions", [engine.ask(Answer(inquiry_of(case))) for engine in engines])


def inquiry_of(case: Case) -> Inquiry:
    """All questions about the case, and the same about some names that it does not declare."""
    names = dict.fromkeys(name for schema in case.schemas for name in NAME.findall(schema.text))
    return Inquiry(
        case.schemas,
        case.policies,
        case.links,
        (*UNDECLARED_TYPES, *(name for name in names if name not in RESERVED)),
        (*UNDECLARED_ACTIONS, *(f"Action::{json.dumps(name)}" for name in names if name.isascii())),
        tuple(substitution(case.policies.text)),
    )


def substitution(text: str) -> Iterator[tuple[str, str]]:
    """The literals of a policy text, each of the first pair replaced by the other, the next by a new one."""
    literals = list(dict.fromkeys(LITERAL.findall(text)))[:MOST_SUBSTITUTED]
    if len(literals) > 1:
        yield literals[0], literals[1]
        yield literals[1], literals[0]
    if len(literals) % 2:
        yield literals[-1], NEW_LITERAL


@law(Compares.DERIVED)
def linkers_agree(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Engines link the same schemas to the same schema, and refuse the others for the same kind of reason.

    The result depends neither on the order of the schemas nor on their grouping (spec 13 §5).
    """
    if not case.schemas:
        return
    for complete in (False, True):
        question = "complete linking" if complete else "linking"
        answers: list[Outcome] = [
            engine.ask(LinkSchemas(case.schemas, complete=complete)) for engine in engines
        ]
        if len(engines) > 1:
            answers = [_as_read(answer, engines[0]) for answer in answers]
        comparison.compare(question, answers)
    for engine in engines:
        _order_and_grouping(comparison, engine, case.schemas)


def _as_read(linked: Outcome, reader: Engine) -> Outcome:
    """Read a linked schema by one engine, so that any JSON schema of the same meaning will do."""
    if isinstance(linked, Accepted) and linked.canonical:
        return reader.ask(ReadSchema(Source(linked.canonical, "json")))
    return linked


def _order_and_grouping(comparison: Comparison, engine: Engine, schemas: tuple[Source, ...]) -> None:
    """One engine links the schemas in order, in reverse, and the first two before the others."""
    whole = engine.ask(LinkSchemas(schemas, complete=False))
    variants: list[tuple[str, Outcome]] = [(engine.name, whole)]
    if len(schemas) > 1:
        turned = engine.ask(LinkSchemas(schemas[::-1], complete=False))
        variants.append((f"{engine.name}, reversed", turned))
    if len(schemas) > 2:
        stepwise = _in_steps(engine, schemas)
        if isinstance(stepwise, Unwritable):
            comparison.skip("schemas linked that cannot be written")
        else:
            variants.append((f"{engine.name}, in two steps", _same_refusal(whole, stepwise)))
    if isinstance(whole, Accepted) and whole.canonical:
        again = engine.ask(LinkSchemas((Source(whole.canonical, "json"),), complete=False))
        variants.append((f"{engine.name}, linked alone", again))
    comparison.hold("linking", variants)


def _in_steps(engine: Engine, schemas: tuple[Source, ...]) -> Outcome:
    first = engine.ask(LinkSchemas(schemas[:2], complete=False))
    if not isinstance(first, Accepted) or not first.canonical:
        return first
    return engine.ask(LinkSchemas((Source(first.canonical, "json"), *schemas[2:]), complete=False))


def _same_refusal(one: Outcome, other: Outcome) -> Outcome:
    """Give the other outcome, or the first where both refuse: which error comes first may differ."""
    return one if isinstance(one, Unlinkable) and isinstance(other, Unlinkable) else other
