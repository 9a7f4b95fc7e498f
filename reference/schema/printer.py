"""Schemas written in either syntax (spec 07 §6): the same declarations, under the names that they were given.

A name that the schema language would read differently is written in full, or the schema is written without
its common types. Every translation is read back: what is returned means the same as what was given.
"""

from __future__ import annotations

from collections.abc import Iterable

from reference.errors import InputError
from reference.schema.canonical import canonical_schema
from reference.schema.json_reader import parse_schema_json
from reference.schema.json_writer import write_schema_json
from reference.schema.names import collect
from reference.schema.plain import plain_fragments
from reference.schema.reader import Syntax
from reference.schema.resolver import resolve
from reference.schema.schema import Schema
from reference.schema.syntax import Fragment
from reference.schema.text_parser import parse_schema
from reference.schema.text_writer import Inexpressible, write_schema_text


def schema_to_text(fragments: Iterable[Fragment]) -> str:
    """Write the schema in Cedar's own syntax.

    Raises:
        InputError: the schema means nothing.
    """
    given = tuple(fragments)
    meaning = resolve(given)
    try:
        text = write_schema_text(given)
    except Inexpressible:
        text = write_schema_text(plain_fragments(meaning))
    return _same(text, meaning, resolve(parse_schema(text)))


def schema_to_json(fragments: Iterable[Fragment]) -> str:
    """Write the schema in JSON syntax.

    Raises:
        InputError: the schema means nothing, or its types are nested too deeply for JSON.
    """
    given = tuple(fragments)
    meaning = resolve(given)
    text = write_schema_json(given)
    try:
        again = resolve(parse_schema_json(text))
    except InputError as error:
        raise InputError("schema", f"cannot be written in JSON: {error.message}") from None
    return _same(text, meaning, again)


def translated(fragments: Iterable[Fragment], syntax: Syntax) -> str:
    """Return declarations in a syntax; the names in them need not be declared (spec 12 §5).

    Raises:
        InputError: something is declared twice, or cannot be written in that syntax.
    """
    given = tuple(fragments)
    try:
        resolve(given)
    except InputError:
        collect(given)
        return _unresolved_text(given) if syntax == "cedar" else _unresolved_json(given)
    return schema_to_text(given) if syntax == "cedar" else schema_to_json(given)


def _unresolved_text(given: tuple[Fragment, ...]) -> str:
    try:
        text = write_schema_text(given)
    except Inexpressible as error:
        raise InputError("schema", f"cannot be written in the Cedar syntax: {error}") from None
    parse_schema(text)
    return text


def _unresolved_json(given: tuple[Fragment, ...]) -> str:
    text = write_schema_json(given)
    parse_schema_json(text)
    return text


def plain_schema_json(schema: Schema) -> str:
    """Write the resolved schema in JSON syntax, with sorted keys: equal texts for equal schemas.

    Raises:
        InputError: its types are nested too deeply for JSON.
    """
    return schema_to_json(plain_fragments(schema))


def _same(text: str, meaning: Schema, again: Schema) -> str:
    if canonical_schema(meaning) != canonical_schema(again):
        raise InputError("schema", "cannot be written in the other syntax without changing its meaning")
    return text
