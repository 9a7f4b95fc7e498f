"""Results of a search: the rule, its place, and each engine's answers to it and to its operands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from drt.diagnosis.rule import Rule
from drt.model.divergence import NamedAnswers
from drt.model.divergence_json import answers_to_json

Answers = NamedAnswers


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
    `statuses` are those of the policies that the authorizer puts together.
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

    @property
    def rule(self) -> str:
        """Word the rule."""
        return str(self.identity)

    def to_json(self) -> dict[str, Any]:
        """Write the fields by name, the rule in words."""
        return {
            "kind": self.kind,
            "rule": self.rule,
            "source": self.source,
            "place": self.place,
            "text": self.text,
            "answers": answers_to_json(self.answers),
            "operands": [
                {"text": text, "answers": answers_to_json(answers)} for text, answers in self.operands
            ],
            "said": self.said,
        }
