"""Doors of the production engine that take objects: they refuse what the readers of texts refuse.

An object is made without the schema, so the check alone finds what typed readers find first. What such a door
lets in is the answer, which then differs from that of an engine whose doors agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from drt.model.case import Format, Source
from production import CedarError, Entities, Request, Schema, SchemaError
from production.schema.json_reader import read_json_schema
from production.schema.parser import parse_schema
from production.schema.syntax import Fragment


def entities_under(schema: Schema, text: str) -> Entities:
    """Read entities under a schema; raise `CedarError` if both doors refuse them."""
    try:
        return schema.read_entities(text)
    except CedarError:
        try:
            return schema.conforming_entities(Entities.from_json(text))
        except CedarError:
            pass
        raise


def request_under(schema: Schema, text: str, members: Mapping[str, Any] | None, *, check: bool) -> Request:
    """Read a request under a schema, from its members if there are any; raise `CedarError` as above."""
    try:
        return schema.read_request(text if members is None else members, check=check)
    except CedarError:
        if check:
            try:
                made = Request.from_json(text)
                schema.check_request(made)
            except CedarError:
                pass
            else:
                return made
        raise


def linked_document(schema: Schema) -> str:
    """Write a linked schema with all ancestors; another document if a text of it means something else.

    Raises `SchemaError` where the schema cannot be written.
    """
    document = schema.to_resolved_json(None, closed=True)
    for text, read in _texts(schema):
        try:
            again = read(text)
        except SchemaError:
            return text
        if again.to_canonical() != schema.to_canonical():
            return again.to_resolved_json(None, closed=True)
    return document


def _texts(schema: Schema) -> Iterator[tuple[str, Callable[[str], Schema]]]:
    """Write a schema in each way that can express it, with the reader of that."""
    for write, read in (
        (schema.to_cedar, Schema.from_text),
        (schema.to_json, Schema.from_json),
        (schema.to_resolved_json, Schema.from_json),
    ):
        try:
            yield write(), read
        except SchemaError:
            continue


def schema_in_parts(source: Source) -> Schema:
    """Read a schema as two fragments, none of which opens a namespace twice; raise `SchemaError`."""
    fragment = (parse_schema if source.format == "cedar" else read_json_schema)(source.text)
    names = [namespace.name for namespace in fragment.namespaces]
    if len(set(names)) < len(names):
        raise SchemaError("a namespace is opened twice")
    return Schema(_parts(fragment))


def translated(schema: Schema, source: Source, to: Format) -> str:
    """Translate a schema; that of its two fragments is the answer if it means something else."""
    whole = schema.to_cedar() if to == "cedar" else schema.to_json()
    parts = schema_in_parts(source)
    text = parts.to_cedar() if to == "cedar" else parts.to_json()
    try:
        again = Schema.from_text(text) if to == "cedar" else Schema.from_json(text)
    except SchemaError:
        return text
    return whole if again.to_canonical() == schema.to_canonical() else text


def _parts(fragment: Fragment) -> tuple[Fragment, Fragment]:
    """Distribute the declarations of each namespace over two fragments."""
    first, second = (
        Fragment(
            fragment.text,
            tuple(
                replace(
                    namespace,
                    commons=namespace.commons[start::2],
                    entities=namespace.entities[start::2],
                    actions=namespace.actions[start::2],
                )
                for namespace in fragment.namespaces
            ),
        )
        for start in (0, 1)
    )
    return first, second
