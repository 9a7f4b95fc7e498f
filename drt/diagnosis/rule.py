"""The rules of the language as the search names them: an aspect of a subject, each from a table.

Two rules are the same where these are. Their words, for people, are made of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum


class Aspect(Enum):
    """The issue with a subject; the value words it."""

    ITSELF = "{}"
    READING = "reading {}"
    READING_COMMENTS = "reading comments beside {}"
    READING_JSON = "reading JSON: {}"
    READING_LINKS = "reading links: {}"
    READING_ENTITIES = "reading entities: {}"
    READING_SCHEMA = "reading the schema: {}"
    WRITING = "writing {}"
    WRITING_JSON = "writing JSON: {}"
    WRITING_LINKS = "writing links: {}"
    WRITING_ENTITIES = "writing entities: {}"
    WRITING_SCHEMA = "writing the schema: {}"
    FORMATTING = "formatting: {}"
    LINKING = "linking: {}"
    LEVEL = "the level of {}"
    GRANT = "what {} grants"
    RESIDUAL = "the residual of {}"
    REVISION = "revision by {}"
    ERROR = "the error {}"
    WARNING = "the warning {}"


class Form(StrEnum):
    """Forms of expressions that are not called by their spelling."""

    NEGATION = "negation"
    SET = "set"
    RECORD = "record"
    ATTRIBUTE_ACCESS = "attribute access"
    PARENTHESES = "parentheses"
    LEAF = "literal or variable"


class Whole(StrEnum):
    """Subjects that are more than one form of expression."""

    SCOPE_TYPES = "the scope's types"
    POLICY = "a policy"
    POLICY_TYPING = "the typing of a whole policy"
    CLAUSES = "one clause after another"
    CONDITION = "a policy's condition: its scope and clauses joined"
    REQUEST_KINDS = "the kinds of requests that a policy is checked for"
    SLOTS = "the slots of a template"
    SEVERAL_LINKS = "several links together"
    COMMENTS = "comments"
    ESCAPE = "an escape"
    PARTIAL_RESPONSE = "the partial response: its classes, decision and reason"
    QUERY = "a permission query"
    BATCHED = "batched authorization: its decision and loads"
    REAUTHORIZING = "the response of residual policies to a completion"
    RESIDUAL_POLICIES = "residual policies, written and read again"
    FILTER = "the rows of a filter"
    REVISION = "the revision of a policy set and a store"
    REVISED_STORE = "the revised store: entities, attributes and closure"
    EXPLANATION = "the explanation of a response: the status of each policy"


class Step(Enum):
    """Steps of the authorizer, by the kind of difference that shows them, with their words and sections."""

    DECISION = "decision", "the decision: allow if a permit is satisfied and no forbid is", "spec 04 §3"
    DETERMINING = (
        "determining",
        "the determining policies: the satisfied ones of the decision's effect",
        "spec 04 §3",
    )
    ERRING = "erring", "the erring policies: all whose evaluation fails", "spec 04 §3"
    ERROR_KIND = "error-kind", "the error kind of an erring policy", "spec 04 §4"
    ANSWERING = "", "answering a request", "spec 04"

    @classmethod
    def of(cls, kind: str | None) -> Step:
        """Give the step that a kind of difference shows."""
        return next((step for step in cls if step.value[0] == kind), cls.ANSWERING)


@dataclass(frozen=True, slots=True)
class Rule:
    """An aspect of a subject: an operator as it is spelled, a form, a step, or a place in a document."""

    subject: str
    aspect: Aspect = Aspect.ITSELF

    def __str__(self) -> str:
        return self.aspect.value.format(self.subject)
