"""Reference checks (spec 08 §3): names in a policy must be declared, reachable or not."""

from __future__ import annotations

from collections.abc import Iterator

from reference.names import is_action_type
from reference.schema.schema import EnumeratedEntityType, Schema
from reference.support.traversal import walk
from reference.syntax import (
    Expr,
    Is,
    IsIn,
    Lit,
)
from reference.text.uid_text import show
from reference.validation.problems import Problem
from reference.values import EntityUid


def reference_problems(expr: Expr, schema: Schema) -> Iterator[Problem]:
    """Undeclared types and actions, and ids that are not listed, anywhere in the policy."""
    for node in walk(expr):
        match node:
            case Lit(EntityUid() as uid):
                yield from _uid_problem(uid, node, schema)
            case Is(_, name) | IsIn(_, name, _):
                yield from _type_problem(name, node, schema)


def link_problems(uids: Iterator[EntityUid], schema: Schema) -> Iterator[Problem]:
    """Undeclared types of the values of a link; its ids are not looked at (spec 08 §4)."""
    for uid in uids:
        yield from _type_problem(uid.type, None, schema)


def _uid_problem(uid: EntityUid, node: Expr, schema: Schema) -> Iterator[Problem]:
    yield from _type_problem(uid.type, node, schema)
    if is_action_type(uid.type) and uid not in schema.actions:
        yield Problem("unrecognized_action", f"no action {show(uid)} is declared", node)
    match schema.entity_types.get(uid.type):
        case EnumeratedEntityType(ids) if uid.id not in ids:
            message = f"{show(uid)} is not one of the entities listed for {uid.type}"
            yield Problem("invalid_enum_entity", message, node)


def _type_problem(name: str, node: Expr | None, schema: Schema) -> Iterator[Problem]:
    # As in the Rust engine, every type called Action counts as known here (spec 08 §3, note).
    if not is_action_type(name) and name not in schema.entity_types:
        message = f"the entity type {name} is not declared"
        yield Problem("unrecognized_entity_type", message, node)
