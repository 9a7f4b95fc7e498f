"""Divergences and the cases that show them as JSON, for logs and machine-readable output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from drt.model.case import Case
from drt.model.divergence import Divergence, Kind, NamedAnswers
from drt.model.outcome_json import outcome_from_json, outcome_to_json

LONGEST_LOGGED = 65_536
"""Characters of a case that a log holds beside the corpus; a longer one is in the corpus alone."""


def case_to_json(case: Case) -> dict[str, Any] | None:
    """Write the fields of the case by name; None for a case too long for a log."""
    texts = [case.policies.text, case.entities, *(request.text for request in case.requests)]
    texts += [*case.expressions, *(schema.text for schema in case.schemas)]
    if sum(map(len, texts)) > LONGEST_LOGGED:
        return None
    fields: dict[str, Any] = msgspec.to_builtins(case)
    return fields


def case_from_json(document: Mapping[str, Any]) -> Case:
    """Read what `case_to_json` wrote; raises `ValueError` for anything else."""
    return msgspec.convert(document, Case)


def divergence_to_json(divergence: Divergence) -> dict[str, Any]:
    """Write the fields of the divergence by name."""
    return {
        "law": divergence.law,
        "kind": divergence.kind,
        "question": divergence.question,
        "request": divergence.request,
        "expression": divergence.expression,
        "answers": answers_to_json(divergence.answers),
    }


def divergence_from_json(document: Mapping[str, Any]) -> Divergence:
    """Read what `divergence_to_json` wrote."""
    answers = tuple((str(answer["engine"]), outcome_from_json(answer)) for answer in document["answers"])
    return Divergence(
        law=document["law"],
        kind=msgspec.convert(document["kind"], Kind),
        question=document["question"],
        answers=answers,
        request=document["request"],
        expression=document["expression"],
    )


def answers_to_json(answers: NamedAnswers) -> list[dict[str, Any]]:
    """Write each outcome beside its engine's name."""
    return [{"engine": name, **outcome_to_json(outcome)} for name, outcome in answers]
