"""Objects of the production engine, for tests of policies that use it."""

from __future__ import annotations

from functools import lru_cache

from drt.model.case import Format
from production import Entities, PolicySet, Request, Schema

__all__ = ["Entities", "PolicySet", "Request", "new_entities", "new_policies", "new_request"]


@lru_cache(maxsize=32)
def _schema(text: str, syntax: Format) -> Schema:
    return Schema.from_json(text) if syntax == "json" else Schema.from_text(text)


def new_request(text: str, schema: str, syntax: Format) -> Request:
    """Read a request under a schema; raises `production.CedarError` if it does not fit."""
    return _schema(schema, syntax).read_request(text)


def new_entities(text: str, schema: str, syntax: Format) -> Entities:
    """Read entities under a schema; raises `production.CedarError` if they do not fit."""
    return _schema(schema, syntax).read_entities(text)


def new_policies(text: str) -> PolicySet:
    """Read policies; raises `production.CedarError` if they cannot be read."""
    return PolicySet.from_text(text)
