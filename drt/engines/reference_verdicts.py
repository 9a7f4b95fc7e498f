"""Verdicts of the reference engine on one case, with their errors and warnings in words.

It does not say where in the text they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from drt.model.outcome import Problem, Validated
from drt.model.words import Words, worded
from reference.policy_set import PolicySet
from reference.schema.schema import Schema
from reference.support.recursion import door
from reference.validation.messages import alike, explain, sentence
from reference.validation.policies import Review, Survey, review_set, survey_set, verdicts
from reference.validation.problems import Caution, Verdict


class Verdicts:
    """The verdicts on the policies of a case. Names are checked once, types once for all levels of a mode."""

    __slots__ = ("_permissive", "_policies", "_reviews", "_schema", "_surveys")

    def __init__(self, policies: PolicySet, schema: Schema) -> None:
        self._policies, self._schema = policies, schema
        self._permissive = False
        self._surveys: dict[str, Survey] | None = None
        self._reviews: dict[str, Review] | None = None

    def validated(self, *, permissive: bool, level: int | None) -> Validated:
        """Validate the policies."""
        if self._reviews is None or self._permissive is not permissive:
            self._surveys = self._surveys or survey_set(self._policies, self._schema)
            self._reviews = review_set(self._surveys, self._schema, permissive=permissive)
            self._permissive = permissive
        found = verdicts(self._reviews, self._policies, self._schema, level)
        verdict = Validated(
            all(one.valid for one in found.values()),
            tuple((policy_id, found[policy_id].valid) for policy_id in sorted(found)),
            tuple(sorted({(each, problem.kind) for each, one in found.items() for problem in one.problems})),
            tuple(sorted({(each, *_warning(c)) for each, one in found.items() for c in one.cautions})),
        )
        return worded(verdict, lambda: _words(found), later=permissive or level is not None)


@door
def _words(found: Mapping[str, Verdict]) -> Words:
    return "\n".join(explain(found)), tuple(_problems(found))


def _problems(found: Mapping[str, Verdict]) -> Iterator[Problem]:
    """List all errors and warnings by policy id; an error that several environments share is one."""
    for policy_id in sorted(found):
        for shared in alike(found[policy_id]):
            yield Problem(policy_id, shared[0].kind, sentence(shared))
        for caution in found[policy_id].cautions:
            yield Problem(policy_id, caution.kind, caution.message, texts=_warning(caution)[1:])


def _warning(caution: Caution) -> tuple[str, ...]:
    """Write a warning without its policy id, as outcomes have it."""
    return tuple(part for part in (caution.kind, caution.text, caution.character) if part is not None)
