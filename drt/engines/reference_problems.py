"""Errors and warnings of the reference engine, one by one; it does not say where in the text they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from drt.model.outcome import Problem
from reference.validation.messages import alike, sentence
from reference.validation.problems import Caution, Verdict


def problems_of(verdicts: Mapping[str, Verdict]) -> Iterator[Problem]:
    """List all errors and warnings by policy id; an error that several environments share is one."""
    for policy_id in sorted(verdicts):
        for shared in alike(verdicts[policy_id]):
            yield Problem(policy_id, shared[0].kind, sentence(shared))
        for caution in verdicts[policy_id].cautions:
            yield Problem(policy_id, caution.kind, caution.message, texts=_texts(caution))


def _texts(caution: Caution) -> tuple[str, ...]:
    return tuple(text for text in (caution.text, caution.character) if text is not None)
