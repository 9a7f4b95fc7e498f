"""Partial entities as what a constructor gets (spec 09 §1.2)."""

from __future__ import annotations

from reference.entities import EMPTY
from reference.errors import EvaluationError, InputError
from reference.evaluator import evaluate
from reference.json.document import Json
from reference.json.reader import read_json
from reference.json.values import uid
from reference.partial.errors import Refusal
from reference.partial.store import PartialEntities, PartialEntity, check_entity, partial_store
from reference.partial.store_reader import objects, uids
from reference.request import Request
from reference.schema.schema import Schema
from reference.support.traversal import walk
from reference.syntax import Call, Lit, RecordOf, SetOf
from reference.text.parser import parse_expression
from reference.text.uid_text import show
from reference.values import EntityUid, Record, Value

NOBODY = EntityUid("Nobody", "")
NO_REQUEST = Request(NOBODY, NOBODY, NOBODY, Record({}))
"""The request of expressions that do not look at it."""


def read_constructed_entities(text: str, schema: Schema) -> PartialEntities:
    """Read what a constructor gets: objects with a `uid` and perhaps `attrs`, `ancestors` and `tags`.

    Attributes and tags are expressions as text. Each entity is checked when it is made.

    Raises:
        Refusal: stage `entities`, with the first check that fails.
    """
    entities = []
    try:
        for place, document in enumerate(objects(read_json(text, "entities")), 1):
            entities.append(_constructed(document, f"entity {place}"))
            check_entity(entities[-1], schema)
    except InputError as error:
        raise Refusal("entities", "invalid", error.message) from None
    return partial_store(entities, schema)


def _constructed(document: dict[str, Json], where: str) -> PartialEntity:
    found = uid(document.get("uid"), "entities", f"{where}, `uid`")
    ancestors = document.get("ancestors")
    if ancestors is not None and not isinstance(ancestors, list):
        raise InputError("entities", f"{where}: `ancestors` must be an array")
    return PartialEntity(
        found,
        _constructed_fields(document, "attrs", show(found)),
        None if ancestors is None else uids(ancestors, f"{where}, `ancestors`"),
        _constructed_fields(document, "tags", show(found)),
    )


def _constructed_fields(document: dict[str, Json], key: str, where: str) -> dict[str, Value] | None:
    fields = document.get(key)
    if fields is None:
        return None
    if not isinstance(fields, dict):
        raise InputError("entities", f"{where}: `{key}` must be an object")
    return {name: _constant(text, f"{where}, {name!a}") for name, text in fields.items()}


def _constant(text: Json, where: str) -> Value:
    """Evaluate an expression of literals, sets, records and calls."""
    if not isinstance(text, str):
        raise InputError("entities", f"{where}: expected an expression as text")
    expr = parse_expression(text)
    if not all(isinstance(node, Lit | SetOf | RecordOf | Call) for node in walk(expr)):
        raise InputError("entities", f"{where}: expected a constant")
    try:
        return evaluate(expr, NO_REQUEST, EMPTY)
    except EvaluationError as error:
        raise InputError("entities", f"{where}: the expression fails ({error.kind})") from None
