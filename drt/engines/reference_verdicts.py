"""Verdicts of the reference engine on one case, with their errors and warnings in words.

It does not say where in the text they are.
"""

from __future__ import annotations

from collections.abc import Mapping

from drt.model.outcome import Problem, Validated
from drt.model.words import Words, worded
from reference.policy_set import PolicySet
from reference.schema.schema import Schema
from reference.support.recursion import door
from reference.validation.messages import alike, lines, sentence
from reference.validation.policies import (
    Review,
    Survey,
    review_in_other_mode,
    review_set,
    survey_set,
    verdicts,
)
from reference.validation.problems import Caution, Verdict


class Verdicts:
    """The verdicts on the policies of a case.

    Names are checked once, types once for all levels of a mode; in the second mode only where it matters.
    """

    __slots__ = ("_policies", "_reviews", "_schema", "_surveys")

    def __init__(self, policies: PolicySet, schema: Schema) -> None:
        self._policies, self._schema = policies, schema
        self._surveys: dict[str, Survey] | None = None
        self._reviews: dict[bool, dict[str, Review]] = {}

    def validated(self, *, permissive: bool, level: int | None) -> Validated:
        """Validate the policies."""
        found = verdicts(self._reviewed(permissive), self._policies, self._schema, level)
        verdict = Validated(
            all(one.valid for one in found.values()),
            tuple((policy_id, found[policy_id].valid) for policy_id in sorted(found)),
            tuple(sorted({(each, problem.kind) for each, one in found.items() for problem in one.problems})),
            tuple(sorted({(each, *_warning(c)) for each, one in found.items() for c in one.cautions})),
        )
        return worded(verdict, lambda: _words(found), later=permissive or level is not None)

    def _reviewed(self, permissive: bool) -> dict[str, Review]:
        known = self._reviews.get(permissive)
        if known is not None:
            return known
        surveys, other = self._surveys, self._reviews.get(not permissive)
        if surveys is None:
            surveys = self._surveys = survey_set(self._policies, self._schema)
        if other is None:
            reviews = review_set(surveys, self._schema, permissive=permissive)
        else:
            reviews = review_in_other_mode(other, surveys, self._schema, permissive=permissive)
        self._reviews[permissive] = reviews
        return reviews


@door
def _words(found: Mapping[str, Verdict]) -> Words:
    """Report all errors and warnings by policy id; an error that several environments share is one."""
    report: list[str] = []
    problems: list[Problem] = []
    for policy_id in sorted(found):
        verdict = found[policy_id]
        groups = alike(verdict)
        sentences = list(map(sentence, groups))
        report += lines(policy_id, verdict, groups, sentences)
        for shared, said in zip(groups, sentences, strict=True):
            problems.append(Problem(policy_id, shared[0].kind, said))
        for caution in verdict.cautions:
            problems.append(Problem(policy_id, caution.kind, caution.message, texts=_warning(caution)[1:]))
    return "\n".join(report), tuple(problems)


def _warning(caution: Caution) -> tuple[str, ...]:
    """Write a warning without its policy id, as outcomes have it."""
    return tuple(part for part in (caution.kind, caution.text, caution.character) if part is not None)
