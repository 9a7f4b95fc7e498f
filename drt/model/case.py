"""The case: one replayable input, as plain text in Cedar's own formats.

Owns what crosses the boundary into an engine. Imports nothing of ours, so that no engine's idea of
Cedar can leak into what the engines are asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Format = Literal["cedar", "json"]

Link = tuple[str, str, tuple[tuple[str, str], ...]]
"""Template id, new id, and pairs of slot name and uid as JSON text."""


@dataclass(frozen=True, slots=True)
class Source:
    """A text and the syntax it is written in: Cedar's own or Cedar's JSON form."""

    text: str
    format: Format = "cedar"


@dataclass(frozen=True, slots=True)
class Request:
    """One authorization question.

    `text` is a JSON object with `principal`, `action`, `resource` (uid form, spec 05 §2.1) and an optional
    `context` (spec 05 §8). `validate` says whether a schema, where the case has one, is to check the request
    first (spec 05 §9.1).
    """

    text: str
    validate: bool = True


StoreForm = Literal["partial", "parts", "typed", "untyped"]
"""How a store is written (spec 09 §1.2).

`partial`: partial entity JSON. `parts`: what a constructor gets, a list of objects with `uid` and, where
known, `attrs` and `tags` (name to Cedar expression as text) and `ancestors` (uids). `typed`, `untyped`:
concrete entity JSON that is read under the schema or without it.
"""


@dataclass(frozen=True, slots=True)
class Store:
    """Entities for partial evaluation, queries and batched authorization: a JSON text and its form."""

    text: str
    form: StoreForm


@dataclass(frozen=True, slots=True)
class PartialInput:
    """What is known of a request and of the entities (spec 09 §1.1, §1.2).

    `request` is a JSON object as `PartiallyAuthorize` takes it. The requests and entities of the case are
    tried as completions, consistent or not.
    """

    request: str
    entities: Store


@dataclass(frozen=True, slots=True)
class Case:
    """Policies, an optional schema, an entity document, and what to ask of them.

    `links` are template links to make after loading the policies: `(template id, new id, values)`, the values
    being pairs of slot name (`?principal`) and the uid as JSON text. `expressions` are evaluated under every
    request, beside the authorization itself. `fragments` are further schemas, linked with `schema` (spec 13
    §5). `partials` are inputs of partial evaluation.
    """

    policies: Source
    entities: str = "[]"
    schema: Source | None = None
    requests: tuple[Request, ...] = ()
    expressions: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    fragments: tuple[Source, ...] = ()
    partials: tuple[PartialInput, ...] = ()

    @property
    def schemas(self) -> tuple[Source, ...]:
        """The schema and the fragments that are linked with it; empty where the case has no schema."""
        return () if self.schema is None else (self.schema, *self.fragments)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Questions about schemas and policies that need no evaluation (spec 13 §1–§3).

    All questions of the chapter are asked about the linked `schemas`, where there are any, and about each of
    the `policies` with their `links`. `extra_types` and `extra_actions` need not be declared. `substitute`
    pairs entity literals with their replacements, made at once in every static policy. Actions and literals
    are Cedar text (`User::"a"`).
    """

    schemas: tuple[Source, ...] = ()
    policies: Source | None = None
    links: tuple[Link, ...] = ()
    extra_types: tuple[str, ...] = ()
    extra_actions: tuple[str, ...] = ()
    substitute: tuple[tuple[str, str], ...] = ()


StepKind = Literal[
    "add",
    "link",
    "unlink",
    "remove-static",
    "remove-template",
    "merge",
    "merge-renaming",
    "add-entities",
    "put-entities",
    "remove-entities",
]


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a policy set or of a store (spec 04 §1.2, 05 §5).

    `text` is what it takes: a policy-set document (`add`, of one policy or template; `merge`), a link as in
    such a document (`link`), an id as it is (`unlink`, `remove-static`, `remove-template`), an entity
    document (`add-entities`), entities one after another, of which one may come twice (`put-entities`), a
    JSON array of uids (`remove-entities`).
    """

    kind: StepKind
    text: str
