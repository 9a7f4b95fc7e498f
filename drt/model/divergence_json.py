"""Divergences and the cases that show them as records, for logs and machine-readable output."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from drt.model.case import Case
from drt.model.divergence import Divergence, Kind, NamedAnswers
from drt.model.outcome import Outcome
from drt.model.outcome_json import outcome_from_json, outcome_to_json
from drt.model.outcome_text import in_a_line
from drt.model.records import JsonForm

LONGEST_LOGGED = 65_536
"""Characters of a case that a log holds beside the corpus; a longer one is in the corpus alone."""


class AnswersRecord(JsonForm):
    """Each engine's name with its answer; in JSON an outcome with the further member `engine`."""

    def __init__(self, answers: NamedAnswers) -> None:
        self.named = answers

    def __iter__(self) -> Iterator[tuple[str, Outcome]]:
        return iter(self.named)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AnswersRecord) and self.named == other.named

    def __hash__(self) -> int:
        return hash(self.named)

    @property
    def in_words(self) -> tuple[str, ...]:
        """The answers in words, without the engines."""
        return tuple(in_a_line(outcome) for _, outcome in self.named)

    def to_json(self) -> list[dict[str, Any]]:
        """Write each outcome beside its engine's name."""
        return [{"engine": name, **outcome_to_json(outcome)} for name, outcome in self.named]

    @classmethod
    def from_json(cls, document: Any) -> AnswersRecord:
        """Read what `to_json` wrote; raises `ValueError` for another shape."""
        if not isinstance(document, list) or not all(isinstance(one, dict) for one in document):
            raise ValueError("the answers of engines are a list of objects")
        return cls(tuple((str(one.get("engine")), outcome_from_json(one)) for one in document))


class DivergenceRecord(Struct, frozen=True):
    """A divergence without its question record."""

    law: str
    kind: Kind
    question: str
    answers: AnswersRecord
    request: int | None = None
    expression: int | None = None

    @classmethod
    def of(cls, found: Divergence) -> DivergenceRecord:
        """Record a divergence."""
        answers = AnswersRecord(found.answers)
        return cls(found.law, found.kind, found.question, answers, found.request, found.expression)

    @property
    def divergence(self) -> Divergence:
        """The recorded divergence."""
        answers = self.answers.named
        return Divergence(self.law, self.kind, self.question, answers, self.request, self.expression)


def loggable(case: Case) -> Case | None:
    """Return the case; None for a case too long for a log."""
    texts = [case.policies.text, case.entities, *(request.text for request in case.requests)]
    texts += [*case.expressions, *(schema.text for schema in case.schemas)]
    return case if sum(map(len, texts)) <= LONGEST_LOGGED else None
