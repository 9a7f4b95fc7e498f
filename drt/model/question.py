"""Questions: what can be asked of any Cedar engine, as a union of frozen records.

Owns the names of the questions, their members, and the outcomes that answer them beside `Unanswered`. The
guard, the sandbox and the JSON lines handle any question alike, so a new question is a record here and a
method of that name in each adapter that answers it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Generic, Literal, TypeVar, get_args

from drt.model.case import Case, Format, Inquiry, Request, Source, Step, Store
from drt.model.outcome import (
    Accepted,
    Analyzed,
    Answered,
    Authorized,
    Evaluated,
    Failed,
    Outcome,
    Printed,
    Rejected,
    Unlinkable,
    Unwritable,
    Validated,
)
from drt.model.partial_outcome import (
    BatchAuthorized,
    PartialError,
    PartiallyAuthorized,
    Permitted,
    Reauthorized,
)

QueryKind = Literal["resource", "principal", "action"]
LoaderKind = Literal["exact", "less", "more"]
FilterLayout = Literal["tables", "columns", "sparse"]
"""How a database holds a store: ancestors in tables of their own, or in columns; or parts of it only."""

ValidationMode = Literal["strict", "permissive"]

PropertyName = Literal[
    "never-errors", "always-matches", "never-matches",
    "matches-equivalent", "matches-implies", "matches-disjoint",
    "always-allows", "always-denies", "equivalent", "implies", "disjoint",
]  # fmt: skip
"""The properties that an analyser decides (spec 10 §6)."""

Outcomes = TypeVar("Outcomes", bound=Outcome)
Outcomes_co = TypeVar("Outcomes_co", bound=Outcome, covariant=True)


class Question(Generic[Outcomes_co]):
    """A question, its name, and the outcomes that answer it beside `Unanswered`."""

    __slots__ = ()

    name: ClassVar[str]
    answered_by: ClassVar[tuple[type[Outcome], ...]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()
        cls.answered_by = get_args(get_args(cls.__orig_bases__[0])[0])  # type: ignore[attr-defined]  # every generic class has it

    def __str__(self) -> str:
        return self.name


class CaseQuestion(Question[Outcomes_co]):
    """A question about a loaded case, put to a session."""

    __slots__ = ()


class TextQuestion(Question[Outcomes_co]):
    """A question about texts, put to an engine."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Authorize(CaseQuestion[Authorized | Rejected]):
    """The response to a request (spec 04); `Rejected("request")` when the request itself is refused."""

    request: Request


@dataclass(frozen=True, slots=True)
class Evaluate(CaseQuestion[Evaluated | Failed | Rejected]):
    """The value of an expression under a request (spec 02); `Rejected("expression")` if it cannot be read."""

    expression: str
    request: Request


@dataclass(frozen=True, slots=True)
class Validate(CaseQuestion[Validated | Rejected]):
    """The verdict of the case's schema on its policies (spec 08)."""

    mode: ValidationMode = "strict"
    level: int | None = None


@dataclass(frozen=True, slots=True)
class PartiallyAuthorize(CaseQuestion[PartiallyAuthorized | PartialError | Rejected]):
    """The partial response to a partial request (spec 09 §1–§6).

    `request` is a JSON object: `principal` and `resource` with a `type` and, where known, an `id`; `action`,
    a uid; `context`, where known. `Rejected("request")` if it is none.
    """

    request: str
    entities: Store


@dataclass(frozen=True, slots=True)
class Reauthorize(CaseQuestion[Reauthorized | PartialError | Rejected]):
    """The response of the residual policies to a concrete request (spec 09 §7).

    `request` and `entities` are those of `PartiallyAuthorize`, with the same errors; `completion` is a
    concrete request as `Request.text` has it, `store` its concrete entities.
    """

    request: str
    entities: Store
    completion: str
    store: Store


@dataclass(frozen=True, slots=True)
class Query(CaseQuestion[Permitted | PartialError | Rejected]):
    """The principals, resources or actions that are permitted (spec 09 §8).

    `request` is a partial request: without the `id` of what is asked for and with a `context`, or, for
    actions, without `action`. A request of another form is `Rejected("request")`, before any check.
    `entities` are concrete, for actions partial.
    """

    kind: QueryKind
    request: str
    entities: Store


@dataclass(frozen=True, slots=True)
class FilterRows(CaseQuestion[Permitted | PartialError | Rejected]):
    """The resources that a database filter lets through, in a database of the store (spec 09 §8).

    `request` and `entities` are those of a `Query` of resources. The engine writes its own filter for tables
    in this layout, and checks each row again where the filter is not exact.
    """

    request: str
    entities: Store
    layout: FilterLayout


@dataclass(frozen=True, slots=True)
class Batched(CaseQuestion[BatchAuthorized | PartialError | Rejected]):
    """The decision on a concrete request whose entities come from a loader (spec 09 §9).

    The loader `exact` answers for the uids it is asked for, with "does not exist" for those that the store
    lacks; `less` leaves those out, `more` adds every other entity of the store, action entities included.
    """

    request: str
    entities: Store
    loader: LoaderKind
    max_iters: int


@dataclass(frozen=True, slots=True)
class Revise(CaseQuestion[Answered | Rejected]):
    """What changes of the loaded policies and entities do, one after another (spec 04 §1.2, 05 §5).

    The answer is a list with an object for each step: `done`, whether it was not refused; `names`, new ids by
    old, for `merge-renaming`; `responses` to the requests after it, each a list of the decision, the
    determining ids, and pairs of id and kind of error; `policies` and `entities`, the canonical documents.
    """

    steps: tuple[Step, ...]
    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class Load(TextQuestion[Rejected | Unlinkable]):
    """Read everything of a case but its requests and expressions; answered by a session if that succeeds.

    Parts are read in the order schema, policies, links, entities; the first that fails is reported. Fragments
    are linked with the schema.
    """

    case: Case


@dataclass(frozen=True, slots=True)
class ReadPolicies(TextQuestion[Accepted | Unwritable | Rejected]):
    """Policies as canonical policy-set JSON (spec 06)."""

    policies: Source


@dataclass(frozen=True, slots=True)
class PrintPolicies(TextQuestion[Printed | Unwritable | Rejected]):
    """Policies as Cedar text (spec 01 §7, 06 §4).

    With `templates` every template is written too and links are left out; without, links are expanded to
    plain policies and templates are left out.
    """

    policies: Source
    templates: bool = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class FormatPolicies(TextQuestion[Printed | Rejected]):
    """Policy text laid out afresh, with its comments."""

    text: str
    line_width: int
    indent_width: int


@dataclass(frozen=True, slots=True)
class ReadExpression(TextQuestion[Accepted | Unwritable | Rejected]):
    """An expression as canonical expression JSON (spec 06 §3)."""

    expression: str


@dataclass(frozen=True, slots=True)
class ReadEntities(TextQuestion[Accepted | Unwritable | Rejected]):
    """An entity document, read under a schema if there is one, in canonical form (spec 05 §2.4)."""

    entities: str
    schema: Source | None


@dataclass(frozen=True, slots=True)
class ReadSchema(TextQuestion[Accepted | Unwritable | Rejected]):
    """A schema as canonical resolved JSON (spec 07)."""

    schema: Source


@dataclass(frozen=True, slots=True)
class TranslateSchema(TextQuestion[Printed | Unwritable | Rejected]):
    """A schema in the other syntax."""

    schema: Source
    to: Format


@dataclass(frozen=True, slots=True)
class LinkSchemas(TextQuestion[Accepted | Unwritable | Rejected | Unlinkable]):
    """One schema made of many (spec 13 §5), as canonical resolved JSON (spec 07).

    With `complete`, a result that still has external declarations is `Unlinkable("Incomplete")`.
    """

    schemas: tuple[Source, ...]
    complete: bool = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Answer(TextQuestion[Answered | Rejected | Unlinkable]):
    """Answers to questions about schemas and policies (spec 13 §1–§3)."""

    inquiry: Inquiry


@dataclass(frozen=True, slots=True)
class Analyze(TextQuestion[Analyzed | Rejected]):
    """Whether a property holds for every request and store of a schema, in one environment (spec 10 §6).

    `policies` are one or two sets, as the property takes them; a set of one policy for those about policies.
    `action` is a uid such as `Action::"view"`. An analyser that gives up has run out of time, or memory.
    """

    property: PropertyName
    schema: Source
    policies: tuple[Source, ...]
    principal_type: str
    action: str
    resource_type: str


QUESTIONS: Mapping[str, type[CaseQuestion[Any]] | type[TextQuestion[Any]]] = {
    question.name: question
    for question in (
        Load,
        Authorize,
        Evaluate,
        Validate,
        PartiallyAuthorize,
        Reauthorize,
        Query,
        FilterRows,
        Batched,
        Revise,
        ReadPolicies,
        PrintPolicies,
        FormatPolicies,
        ReadExpression,
        ReadEntities,
        ReadSchema,
        TranslateSchema,
        LinkSchemas,
        Answer,
        Analyze,
    )
}
"""Every question by its name."""


def members(question: Question[Any]) -> tuple[list[Any], dict[str, Any]]:
    """Split the members of a question into positional ones and those that are given by name."""
    positional, named = [], {}
    for each in fields(question):  # type: ignore[arg-type]  # every question is a dataclass
        value = getattr(question, each.name)
        if each.kw_only:
            named[each.name] = value
        else:
            positional.append(value)
    return positional, named
