"""Objects of the production engine, for its adapter and for tests of policies that use it."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, NoReturn

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

__all__ = [
    "Entities",
    "PolicySet",
    "Request",
    "constant",
    "new_entities",
    "new_policies",
    "new_request",
    "plain_members",
]


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


def plain_members(text: str, *, is_typed: bool = False) -> dict[str, Any] | None:
    """Return a request's JSON object as Python has it, if the object means what the text means.

    It does not where Python's reader keeps too little of the text, nor where the context is a string: in an
    object that is the text of a context. An object that `is_typed` has no fraction either, which a text may
    have in a member that its type ignores.
    """
    fraction = _refused if is_typed else float
    try:
        read = json.loads(
            text,
            object_pairs_hook=_unrepeated, parse_int=_integer, parse_float=fraction, parse_constant=_refused,
        )  # fmt: skip
    except (ValueError, RecursionError):
        return None
    return read if type(read) is dict and type(read.get("context")) is not str else None


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    return members if len(members) == len(pairs) else _refused("a repeated key")


def _integer(digits: str) -> int:
    return int(digits) if digits != "-0" else _refused(digits)


def _refused(what: str) -> NoReturn:
    raise ValueError(what)


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
