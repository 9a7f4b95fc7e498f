"""The pieces of text that a case consists of, each with the way to put another in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from drt.model.case import Case, PartialInput, Source

PieceKind = Literal["policies", "expression", "schema", "document"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One text of a case; a `document` is JSON, the other kinds are in Cedar's syntax."""

    kind: PieceKind
    read: Callable[[Case], str]
    write: Callable[[Case, str], Case]


def _source_kind(source: Source, cedar: PieceKind) -> PieceKind:
    return cedar if source.format == "cedar" else "document"


def pieces(case: Case) -> Iterator[Piece]:
    """Every text of a case, what is usually largest and matters most first."""
    yield Piece(
        _source_kind(case.policies, "policies"),
        lambda now: now.policies.text,
        lambda now, text: replace(now, policies=Source(text, now.policies.format)),
    )
    for index in range(len(case.expressions)):
        yield _expression(index)
    yield Piece("document", lambda now: now.entities, lambda now, text: replace(now, entities=text))
    for index in range(len(case.requests)):
        yield _request(index)
    for index in range(len(case.partials)):
        yield _partial_request(index)
        yield _partial_entities(index)
    for index, (_, _, values) in enumerate(case.links):
        for place in range(len(values)):
            yield _link_value(index, place)
    if case.schema is not None:
        yield Piece(_source_kind(case.schema, "schema"), _schema_text, _with_schema_text)
    for index, fragment in enumerate(case.fragments):
        yield _fragment(index, fragment)


def _schema_text(case: Case) -> str:
    return case.schema.text if case.schema else ""


def _with_schema_text(case: Case, text: str) -> Case:
    return replace(case, schema=Source(text, case.schema.format)) if case.schema else case


def _fragment(index: int, fragment: Source) -> Piece:
    def write(case: Case, text: str) -> Case:
        other = Source(text, case.fragments[index].format)
        return replace(case, fragments=(*case.fragments[:index], other, *case.fragments[index + 1 :]))

    return Piece(_source_kind(fragment, "schema"), lambda case: case.fragments[index].text, write)


def _expression(index: int) -> Piece:
    def write(case: Case, text: str) -> Case:
        return replace(case, expressions=(*case.expressions[:index], text, *case.expressions[index + 1 :]))

    return Piece("expression", lambda case: case.expressions[index], write)


def _request(index: int) -> Piece:
    def write(case: Case, text: str) -> Case:
        other = replace(case.requests[index], text=text)
        return replace(case, requests=(*case.requests[:index], other, *case.requests[index + 1 :]))

    return Piece("document", lambda case: case.requests[index].text, write)


def _partial_request(index: int) -> Piece:
    def write(case: Case, text: str) -> Case:
        return _with_partial(case, index, replace(case.partials[index], request=text))

    return Piece("document", lambda case: case.partials[index].request, write)


def _partial_entities(index: int) -> Piece:
    def write(case: Case, text: str) -> Case:
        known = replace(case.partials[index].entities, text=text)
        return _with_partial(case, index, replace(case.partials[index], entities=known))

    return Piece("document", lambda case: case.partials[index].entities.text, write)


def _with_partial(case: Case, index: int, partial: PartialInput) -> Case:
    return replace(case, partials=(*case.partials[:index], partial, *case.partials[index + 1 :]))


def _link_value(index: int, place: int) -> Piece:
    def write(case: Case, text: str) -> Case:
        template, new, values = case.links[index]
        values = (*values[:place], (values[place][0], text), *values[place + 1 :])
        return replace(case, links=(*case.links[:index], (template, new, values), *case.links[index + 1 :]))

    return Piece("document", lambda case: case.links[index][2][place][1], write)
