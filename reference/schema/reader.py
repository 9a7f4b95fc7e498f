"""Schemas in either syntax to resolved schemas."""

from __future__ import annotations

from typing import Literal

from reference.schema.json_reader import parse_schema_json
from reference.schema.resolver import resolve
from reference.schema.schema import Schema
from reference.schema.syntax import Fragment
from reference.schema.text_parser import parse_schema

Syntax = Literal["cedar", "json"]


def read_fragments(text: str, syntax: Syntax = "cedar") -> tuple[Fragment, ...]:
    """Read the declarations of a schema, unresolved; raises `InputError`, part `schema`."""
    return parse_schema(text) if syntax == "cedar" else parse_schema_json(text)


def read_schema(text: str, syntax: Syntax = "cedar") -> Schema:
    """Read the resolved schema; raises `InputError`, part `schema`."""
    return resolve(read_fragments(text, syntax))
