"""The laws of definitions: an engine reads a document as the definition of its format does.

Owns the comparison of engines with definitions, which are readers of their own. It finds what all engines
have wrong alike.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from drt.model.case import Case, Source
from drt.model.engine import Engine, NotLoaded
from drt.model.outcome import Accepted, Authorized, Outcome, Part, Rejected
from drt.model.question import Authorize, ReadEntities, ReadExpression, ReadPolicies, ReadSchema
from drt.oracles.comparing import Comparison
from drt.oracles.defined_json import defined_policy_set
from drt.oracles.defined_names import Refused, Undefined
from drt.oracles.defined_schema import canonical_schema
from drt.oracles.defined_schema_json import defined_json_schema
from drt.oracles.defined_schema_text import defined_cedar_schema
from drt.oracles.defined_stores import check_request, defined_entities
from drt.oracles.defined_text import defined_expression, defined_policies
from drt.oracles.law import Compares, law

Json = Any


@lru_cache(maxsize=64)
def _defined(define: Callable[[str], Json], text: str) -> Json:
    """Return what a definition makes of a text: a document, its refusal, or None where it says nothing."""
    try:
        return define(text)
    except Refused as refused:
        return refused
    except (Undefined, RecursionError):
        return None


@dataclass(frozen=True, slots=True)
class Definition:
    """A reader of a part of the input, and what makes an engine's canonical text comparable with it."""

    part: Part
    define: Callable[[str], Json]
    document: Callable[[str], Json] = json.loads

    def answer(self, text: str, beside: Outcome) -> Outcome | None:
        """Return what the definition makes of a text, as an engine answers; None where it says nothing.

        A document that means what the answer `beside` says has the same text as that.
        """
        defined = _defined(self.define, text)
        if isinstance(defined, Refused):
            return Rejected(self.part, str(defined))
        if defined is None:
            return None
        if isinstance(beside, Accepted) and beside.canonical and self.document(beside.canonical) == defined:
            return beside
        return Accepted(json.dumps(defined, sort_keys=True, separators=(",", ":")))

    def hold(self, comparison: Comparison, question: str, text: str, answers: Sequence[Outcome]) -> None:
        """Judge the engines' answers to a question."""
        for name, answer in zip(comparison.names, answers, strict=True):
            defined = self.answer(text, answer) if isinstance(answer, Accepted | Rejected) else None
            if defined is not None:
                comparison.hold(question, [("definition", defined), (name, answer)])


EXPRESSION = Definition("expression", defined_expression)
_POLICIES = {
    "cedar": Definition("policies", defined_policies),
    "json": Definition("policies", defined_policy_set),
}
_SCHEMA = {
    "cedar": Definition("schema", defined_cedar_schema, canonical_schema),
    "json": Definition("schema", defined_json_schema, canonical_schema),
}


def of_policies(policies: Source) -> Definition:
    """Return the definition for the syntax of policies."""
    return _POLICIES[policies.format]


def of_schema(schema: Source) -> Definition:
    """Return the definition for the syntax of a schema."""
    return _SCHEMA[schema.format]


@lru_cache(maxsize=16)
def of_entities(schema: Source | None) -> Definition | None:
    """Return the definition of entity documents under a schema; None where that is not defined."""
    if schema is None:
        return Definition("entities", defined_entities, defined_entities)
    known = _defined(of_schema(schema).define, schema.text)
    if known is None or isinstance(known, Refused):
        return None
    return Definition("entities", partial(defined_entities, schema=known), defined_entities)


@law(Compares.ITSELF)
def readings_are_defined(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Policies and expressions are refused, or read, as the definition of text and of JSON says."""
    answers: list[Outcome] = [engine.ask(ReadPolicies(case.policies)) for engine in engines]
    of_policies(case.policies).hold(comparison, "policies", case.policies.text, answers)
    for index, expression in enumerate(case.expressions):
        read: list[Outcome] = [engine.ask(ReadExpression(expression)) for engine in engines]
        EXPRESSION.hold(comparison, f"expression {index}", expression, read)


@law(Compares.ITSELF)
def schemas_are_defined(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """A schema is refused, or resolved, as the definition of either syntax says."""
    if case.schema is not None:
        answers: list[Outcome] = [engine.ask(ReadSchema(case.schema)) for engine in engines]
        of_schema(case.schema).hold(comparison, "schema", case.schema.text, answers)


@law(Compares.ITSELF)
def stores_are_defined(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """Entities are refused, or read, as the definition says, under a schema too."""
    definition = of_entities(case.schema)
    if definition is not None:
        question = ReadEntities(case.entities, case.schema)
        answers: list[Outcome] = [engine.ask(question) for engine in engines]
        definition.hold(comparison, "entities", case.entities, answers)


@law(Compares.ITSELF)
def requests_are_defined(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """A request is refused, or answered, as the definition says, under a schema too."""
    schema = None if case.schema is None else _defined(of_schema(case.schema).define, case.schema.text)
    if isinstance(schema, Refused) or (schema is None and case.schema is not None):
        comparison.skip("schema not read")
        return
    for engine in engines:
        loaded = engine.load(case)
        if isinstance(loaded, NotLoaded):
            comparison.skip("case not read")
            continue
        for index, request in enumerate(case.requests):
            if not request.validate and case.schema is not None:
                continue
            answer = loaded.ask(Authorize(request))
            defined: Outcome = answer if isinstance(answer, Authorized) else Authorized("deny")
            try:
                check_request(request.text, schema)
            except Refused as refused:
                defined = Rejected("request", str(refused))
            except (Undefined, RecursionError):
                continue
            variants = [("definition", defined), (engine.name, answer)]
            comparison.hold(f"request {index}", variants, request=index)
