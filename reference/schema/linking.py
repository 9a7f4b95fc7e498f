"""Linking of schemas (spec 13 §5): one schema of many, each resolved and closed by itself before.

The steps are those of the specification, in its order; each raises `Unlinkable` for the first declaration, in
the order of names, that offends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from reference.schema.schema import (
    Action,
    EntityTypeDeclaration,
    EnumeratedEntityType,
    ExternalEntityType,
    Schema,
    StandardEntityType,
    external_within_enumerated,
    uid_text,
)
from reference.values import EntityUid

LinkErrorKind = Literal[
    "ActionEntityTypeDeclared",
    "DuplicateEntityType",
    "ExternalIsEnum",
    "DefinedEntityAncestorsChanged",
    "DuplicateAction",
    "ExternalActionParentsMismatch",
    "Schema",
    "ShadowsBuiltinType",
    "Incomplete",
]

BUILT_IN_TYPES = ("Bool", "Long", "String", "datetime", "decimal", "duration", "ipaddr")

Key = TypeVar("Key")
Declaration = TypeVar("Declaration")


class Unlinkable(Exception):
    """Schemas that are accepted one by one and do not become one schema."""

    def __init__(self, kind: LinkErrorKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration of an entity type, and the ancestors that its own schema gives it."""

    declaration: EntityTypeDeclaration
    ancestors: frozenset[str]


def link(schemas: Sequence[Schema]) -> Schema:
    """Link the schema that the schemas make together; raises `Unlinkable`.

    The parents of its declarations are all their ancestors, so that it does not depend on order or grouping.
    """
    _refuse_types_of_actions(schemas)
    types = _by_key((name, _declared(name, schema)) for schema in schemas for name in schema.entity_types)
    actions = _by_key((uid, _closed(uid, schema)) for schema in schemas for uid in schema.actions)
    linked = Schema(
        {name: _linked_type(name, types[name]) for name in sorted(types, key=_name_order)},
        {uid: _linked_action(uid, actions[uid]) for uid in sorted(actions, key=_uid_order)},
    )
    _refuse_shadowed_types(schemas)
    _require_schema(linked)
    return _close(linked, types)


def link_complete(schemas: Sequence[Schema]) -> Schema:
    """Link the same, which must leave nothing external; raises `Unlinkable`."""
    linked = link(schemas)
    externals = linked.externals()
    if externals:
        raise Unlinkable("Incomplete", f"no schema defines `{externals[0]}`")
    return linked


def _by_key(declarations: Iterable[tuple[Key, Declaration]]) -> dict[Key, list[Declaration]]:
    found: dict[Key, list[Declaration]] = {}
    for key, declaration in declarations:
        found.setdefault(key, []).append(declaration)
    return found


def _name_order(name: str) -> tuple[str, list[str]]:
    """Link the order of names: by base name, then by the components of the namespace, one by one."""
    *namespace, base = name.split("::")
    return base, namespace


def _uid_order(uid: EntityUid) -> tuple[tuple[str, list[str]], str]:
    """Link the order of uids: by type, then by id."""
    return _name_order(uid.type), uid.id


def _declared(name: str, schema: Schema) -> Declared:
    return Declared(schema.entity_types[name], schema.entity_ancestors(name))


def _closed(uid: EntityUid, schema: Schema) -> Action:
    return replace(schema.actions[uid], parents=schema.action_ancestors(uid))


def _refuse_types_of_actions(schemas: Sequence[Schema]) -> None:
    """Step 1: no entity type has the name of an action's type."""
    types = {name for schema in schemas for name in schema.entity_types}
    for name in sorted(types & {name for schema in schemas for name in schema.action_types()}):
        raise Unlinkable("ActionEntityTypeDeclared", f"`{name}` is the type of actions")


def _linked_type(name: str, declared: Sequence[Declared]) -> EntityTypeDeclaration:
    """Step 2: at most one definition, with the ancestors that other schemas declare and perhaps more."""
    external = [each for each in declared if isinstance(each.declaration, ExternalEntityType)]
    defined = [each for each in declared if not isinstance(each.declaration, ExternalEntityType)]
    if len(defined) > 1:
        raise Unlinkable("DuplicateEntityType", f"the entity type `{name}` is defined in two schemas")
    if not defined:
        return ExternalEntityType(frozenset().union(*(each.ancestors for each in external)))
    (definition,) = defined
    if external and isinstance(definition.declaration, EnumeratedEntityType):
        raise Unlinkable("ExternalIsEnum", f"the external type `{name}` is defined as an enumerated one")
    for each in external:
        missing = sorted(each.ancestors - definition.ancestors)
        if missing:
            raise Unlinkable(
                "DefinedEntityAncestorsChanged",
                f"the entity type `{name}` is declared in `{missing[0]}`, but not defined so",
            )
    return definition.declaration


def _linked_action(uid: EntityUid, declared: Sequence[Action]) -> Action:
    """Step 3: at most one definition, and everywhere the same groups."""
    defined = [action for action in declared if not action.external]
    if len(defined) > 1:
        raise Unlinkable("DuplicateAction", f"the action `{uid_text(uid)}` is defined in two schemas")
    if any(action.parents != declared[0].parents for action in declared):
        raise Unlinkable(
            "ExternalActionParentsMismatch",
            f"the action `{uid_text(uid)}` does not belong to the same groups in all schemas",
        )
    return defined[0] if defined else declared[0]


def _close(linked: Schema, types: Mapping[str, Sequence[Declared]]) -> Schema:
    """Step 4: close the ancestors; a definition must not gain any that its own schema did not give it."""
    closed = {name: linked.entity_ancestors(name) for name in linked.entity_types}
    for name, declaration in linked.entity_types.items():
        own = next((each for each in types[name] if each.declaration is declaration), None)
        gained = sorted(closed[name] - own.ancestors) if own is not None else []
        if gained:
            raise Unlinkable(
                "DefinedEntityAncestorsChanged",
                f"the entity type `{name}` would be in `{gained[0]}`, which its own schema does not say",
            )
    return Schema(
        {name: _within(declared, closed[name]) for name, declared in linked.entity_types.items()},
        linked.actions,
    )


def _within(declared: EntityTypeDeclaration, ancestors: frozenset[str]) -> EntityTypeDeclaration:
    match declared:
        case StandardEntityType() | ExternalEntityType():
            return replace(declared, parents=ancestors)
        case EnumeratedEntityType():
            return declared


def _require_schema(linked: Schema) -> None:
    """Step 5, first half: what is checked of one schema holds of the linked one (spec 07 §4.1, 13 §5)."""
    external = external_within_enumerated(linked)
    if external is not None:
        raise Unlinkable("Schema", f"the external entity type `{external}` has an enumerated ancestor")
    for name in linked.entity_types:
        base = name.rpartition("::")[2]
        if base != name and base in linked.entity_types:
            raise Unlinkable("Schema", f"`{name}` hides `{base}` of the empty namespace")
    for uid in linked.actions:
        outer = EntityUid("Action", uid.id)
        if uid != outer and outer in linked.actions:
            raise Unlinkable("Schema", f"`{uid_text(uid)}` hides `{uid_text(outer)}` of the empty namespace")


def _refuse_shadowed_types(schemas: Sequence[Schema]) -> None:
    """Step 5, second half: a type named as a built-in one is declared by every schema, or by none."""
    for name in BUILT_IN_TYPES:
        declaring = [schema for schema in schemas if name in schema.entity_types]
        if declaring and len(declaring) < len(schemas):
            raise Unlinkable("ShadowsBuiltinType", f"`{name}` is a built-in type in another schema")
