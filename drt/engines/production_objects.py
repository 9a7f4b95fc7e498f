"""Objects of the production engine, for its adapter and for tests of policies that use it."""

from __future__ import annotations

from functools import lru_cache

from drt.model.case import Format
from production import (
    Authorizer,
    Entities,
    EntitiesError,
    PolicySet,
    Request,
    Schema,
    Uid,
    Value,
    parse_expression,
)
from production.language.nodes import Call, Constant, RecordOf, SetOf

__all__ = ["Entities", "PolicySet", "Request", "constant", "new_entities", "new_policies", "new_request"]


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


def constant(text: str) -> Value:
    """Evaluate literals, sets, records and calls; raises `production.CedarError`, for other forms too."""
    node = parse_expression(text)
    waiting = [node]
    for each in waiting:
        if not isinstance(each, Constant | SetOf | RecordOf | Call):
            raise EntitiesError(f"expected a constant, found `{text}`")
        waiting += each.children
    nobody = Uid("T", "")
    return Authorizer(PolicySet(), Entities()).evaluate(node, Request(nobody, nobody, nobody))
