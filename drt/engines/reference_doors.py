"""Doors of the reference engine that take values: they refuse what the readers of texts refuse.

Values are read without the schema, so conformance alone finds what typed readers find first. What such a door
lets in is the answer, which then differs from that of an engine whose doors agree.
"""

from __future__ import annotations

from reference.entities import Entities
from reference.errors import InputError
from reference.json.entities import read_entities
from reference.json.requests import read_request
from reference.request import Request
from reference.schema.schema import Schema
from reference.validation.entities import conforming_store
from reference.validation.requests import check_request
from reference.validation.typed_entities import read_entities_under
from reference.validation.typed_requests import read_request_under


def entities_under(text: str, schema: Schema) -> Entities:
    """Read entities under a schema; raise `InputError` if both doors refuse them."""
    try:
        return read_entities_under(text, schema)
    except InputError:
        try:
            return conforming_store(read_entities(text), schema)
        except InputError:
            pass
        raise


def request_under(text: str, schema: Schema, *, checked: bool) -> Request:
    """Read a request under a schema; raise `InputError` if it is refused, where `checked` by both doors."""
    try:
        return read_request_under(text, schema, checked=checked)
    except InputError:
        if checked:
            try:
                made = read_request(text)
                check_request(made, schema)
            except InputError:
                pass
            else:
                return made
        raise
