"""Results of a search: the rule, its place, and each engine's answers to it and to its operands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from msgspec import Struct

from drt.diagnosis.rule import Rule
from drt.model.divergence import NamedAnswers
from drt.model.divergence_json import AnswersRecord

Answers = NamedAnswers

WHOLE = "the whole"
"""The row of the answers to the innermost thing itself, beside those of its operands."""

Kind = Literal["expression", "policy", "authorizer", "reading", "typing", "schema"]
"""The kind of thing on which engines differ: a value, a policy, the response, a text, a type, linking."""


class PolicyStatus(NamedTuple):
    """The effect of a policy with its status: `satisfied`, `unsatisfied` or the kind of its error."""

    status: str
    effect: str

    def __str__(self) -> str:
        return f"{self.status} {self.effect}"


@dataclass(frozen=True, slots=True)
class Located:
    """The innermost thing on which the engines differ.

    `identity` is the operator, clause or step, `rule` its words, and `source` the chapter that defines it.
    `place` is where in the case it stands and `text` how it is written there. `operands` pairs the text of
    each operand with the answers to it, which agree; `said` adds what is known beyond that, one sentence.
    `statuses` are those of the policies that the authorizer puts together. `deviating` are the engines whose
    answer is not the one that follows from the operands, whose answers all engines share.
    """

    kind: Kind
    identity: Rule
    source: str
    place: str
    text: str
    answers: Answers
    operands: tuple[tuple[str, Answers], ...] = ()
    said: str = ""
    statuses: frozenset[PolicyStatus] = frozenset()
    deviating: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """Word the rule."""
        return str(self.identity)

    @property
    def record(self) -> LocatedRecord:
        """The result with its rule in words, for logs and reports."""
        return LocatedRecord(
            kind=self.kind,
            rule=self.rule,
            source=self.source,
            place=self.place,
            text=self.text,
            answers=AnswersRecord(self.answers),
            operands=tuple(OperandRecord(text, AnswersRecord(answers)) for text, answers in self.operands),
            said=self.said,
        )


class OperandRecord(Struct, frozen=True):
    """The text of an operand, and the answers to it."""

    text: str
    answers: AnswersRecord


class LocatedRecord(Struct, frozen=True, kw_only=True):
    """The fields of `Located` that a log holds."""

    kind: Kind
    rule: str
    source: str
    place: str
    text: str
    answers: AnswersRecord
    operands: tuple[OperandRecord, ...]
    said: str

    @property
    def engines(self) -> tuple[str, ...]:
        """The names of the engines."""
        return tuple(name for name, _ in self.answers)

    @property
    def rows(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The text of each operand, and `the whole`, with each engine's answer in words."""
        return (*((one.text, one.answers.in_words) for one in self.operands), (WHOLE, self.answers.in_words))
