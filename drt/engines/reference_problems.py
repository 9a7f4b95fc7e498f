"""Errors and warnings of the reference engine, one by one, with their places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from drt.model.outcome import Problem
from reference.locations import Located
from reference.validation import problems
from reference.validation.messages import sentence
from reference.validation.problems import Caution, Verdict


def problems_of(verdicts: Mapping[str, Verdict], located: Located | None) -> Iterator[Problem]:
    """All errors and warnings by policy id; an error that several environments share is one."""
    for policy_id in sorted(verdicts):
        verdict = verdicts[policy_id]
        alike: dict[tuple[str, int], list[problems.Problem]] = {}
        for problem in verdict.problems:
            alike.setdefault((problem.message, id(problem.expr)), []).append(problem)
        for shared in alike.values():
            place = _place(located, policy_id, shared[0].expr)
            yield Problem(policy_id, shared[0].kind, sentence(shared), *place)
        for caution in verdict.cautions:
            place = _place(located, policy_id, caution.expr)
            yield Problem(policy_id, caution.kind, caution.message, *place, _texts(caution))


def _texts(caution: Caution) -> tuple[str, ...]:
    return tuple(text for text in (caution.text, caution.character) if text is not None)


def _place(located: Located | None, policy_id: str, expr: object) -> tuple[int | None, int | None]:
    place = None if located is None else located.place(policy_id, expr)
    return (None, None) if place is None else place
