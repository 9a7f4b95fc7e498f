"""Divergences and the cases that show them as JSON, for logs and machine-readable output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from drt.case import Case
from drt.oracles.checked import Divergence, Kind
from drt.outcome_json import outcome_from_json, outcome_to_json

LONGEST_LOGGED = 65_536
"""Characters of a case that a log holds beside the corpus; a longer one is in the corpus alone."""


def case_to_json(case: Case) -> dict[str, Any] | None:
    """The fields of the case by name; None for a case too long for a log."""
    texts = [case.policies.text, case.entities, *(request.text for request in case.requests)]
    texts += [*case.expressions, case.schema.text if case.schema else ""]
    return None if sum(map(len, texts)) > LONGEST_LOGGED else asdict(case)


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
    answers = []
    for answer in document["answers"]:
        rest = {name: value for name, value in answer.items() if name != "engine"}
        answers.append((str(answer["engine"]), outcome_from_json(rest)))
    return Divergence(
        law=document["law"],
        kind=cast(Kind, document["kind"]),
        question=document["question"],
        answers=tuple(answers),
        request=document["request"],
        expression=document["expression"],
    )
