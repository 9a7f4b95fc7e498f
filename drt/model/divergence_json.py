"""Divergences and the cases that show them as JSON, for logs and machine-readable output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from drt.model.case import Case, Request, Source
from drt.model.divergence import Divergence, Kind
from drt.model.outcome import Outcome
from drt.model.outcome_json import outcome_from_json, outcome_to_json

LONGEST_LOGGED = 65_536
"""Characters of a case that a log holds beside the corpus; a longer one is in the corpus alone."""


def case_to_json(case: Case) -> dict[str, Any] | None:
    """The fields of the case by name; None for a case too long for a log."""
    texts = [case.policies.text, case.entities, *(request.text for request in case.requests)]
    texts += [*case.expressions, case.schema.text if case.schema else ""]
    return None if sum(map(len, texts)) > LONGEST_LOGGED else asdict(case)


def case_from_json(document: Mapping[str, Any]) -> Case:
    """Read back what `case_to_json` gave; raises `ValueError` for what it cannot have given."""
    links = tuple(
        (template, new, tuple((slot, uid) for slot, uid in values))
        for template, new, values in document["links"]
    )
    schema = document["schema"]
    case = Case(
        Source(**document["policies"]),
        document["entities"],
        None if schema is None else Source(**schema),
        tuple(Request(**request) for request in document["requests"]),
        tuple(document["expressions"]),
        links,
    )
    texts = [
        case.policies.text,
        case.entities,
        *(request.text for request in case.requests),
        *case.expressions,
    ]
    texts += [case.schema.text if case.schema else "", *(text for link in links for text in link[:2])]
    texts += [text for link in links for value in link[2] for text in value]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a case is made of texts")
    return case


def divergence_to_json(divergence: Divergence) -> dict[str, Any]:
    return {
        "law": divergence.law,
        "kind": divergence.kind,
        "question": divergence.question,
        "request": divergence.request,
        "expression": divergence.expression,
        "answers": [{"engine": name, **outcome_to_json(outcome)} for name, outcome in divergence.answers],
    }


def divergence_from_json(document: Mapping[str, Any]) -> Divergence:
    """Read back what `divergence_to_json` gave."""
    answers = [(str(answer["engine"]), outcome_of(answer)) for answer in document["answers"]]
    return Divergence(
        law=document["law"],
        kind=cast(Kind, document["kind"]),
        question=document["question"],
        answers=tuple(answers),
        request=document["request"],
        expression=document["expression"],
    )


def outcome_of(answer: Mapping[str, Any]) -> Outcome:
    """The outcome of an answer that stands beside its engine's name."""
    return outcome_from_json({name: value for name, value in answer.items() if name != "engine"})
