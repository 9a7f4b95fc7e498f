"""Linking of schemas: one resolved schema of several (spec 13 §5).

Law (linking): the result depends neither on the order nor on the grouping of the schemas; the empty schema
changes nothing. Common types are written out within their own schemas before.

Where several things are wrong, the kind is that of the Rust engine for two schemas: it checks ancestors last,
and orders names by the base name and then the namespaces.

The first step of the specification cannot fail here: no schema declares an entity type called `Action`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeVar

from ..errors import SchemaError
from ..language.strings import quoted
from .model import (
    Action,
    ActionUid,
    EntityTypeModel,
    EnumeratedEntityType,
    ExternalEntityType,
    SchemaModel,
    StandardEntityType,
    external_below_enumerated,
)
from .syntax import qualified
from .types import BUILT_IN, Adopter, TypeTable

SchemaLinkErrorKind = Literal[
    "DuplicateEntityType",
    "ExternalIsEnum",
    "DefinedEntityAncestorsChanged",
    "DuplicateAction",
    "ExternalActionParentsMismatch",
    "Schema",
    "ShadowsBuiltinType",
    "Incomplete",
]
"""Why schemas do not link; `Incomplete` is for a result that still has external declarations."""

K = TypeVar("K", str, ActionUid)
V = TypeVar("V")
Declared = list[tuple[SchemaModel, V]]
"""The declarations of one name, each with its schema."""


class SchemaLinkError(SchemaError):
    """The error for schemas that cannot be linked; `kind` is the reason."""

    def __init__(self, kind: SchemaLinkErrorKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        """The reason, as a fixed word."""


def link_models(models: Sequence[SchemaModel]) -> SchemaModel:
    """Link resolved schemas. Raises `SchemaLinkError` for the first offence, in the order of names."""
    types = TypeTable()
    adopters = {id(model): Adopter(types) for model in models}
    entity_types: dict[str, EntityTypeModel] = {}
    for name, declared in _by_key((model, model.entity_types) for model in models):
        owner, entity_type = _entity_type(name, declared)
        entity_types[name] = _adopted(entity_type, adopters[id(owner)])
    actions: dict[ActionUid, Action] = {}
    for uid, declarations in _by_key((model, model.actions) for model in models):
        owner, action = _action(uid, declarations)
        actions[uid] = replace(action, context=adopters[id(owner)].record(action.context))
    linked = SchemaModel(entity_types, actions, types)
    _check_built_in(models, linked)
    _check_schema(linked)
    _check_ancestors(models, linked)
    return linked


def check_complete(model: SchemaModel) -> None:
    """Raise `SchemaLinkError` if something is still external, naming the first."""
    for name in sorted(model.external_types):
        raise SchemaLinkError("Incomplete", f"the entity type `{name}` is external")
    for uid in sorted(model.external_actions):
        raise SchemaLinkError("Incomplete", f"the action `{_action_text(uid)}` is external")


def _by_key(
    tables: Iterable[tuple[SchemaModel, Mapping[K, V]]],
) -> list[tuple[K, Declared[V]]]:
    """Return each name in order, with its declarations."""
    found: dict[K, Declared[V]] = {}
    for model, table in tables:
        for key, declaration in table.items():
            found.setdefault(key, []).append((model, declaration))
    return sorted(found.items(), key=lambda item: _order(item[0]))


def _order(key: str | ActionUid) -> tuple[str, list[str], str]:
    """Return the place of an entity type or action in the order of names."""
    name, action_id = (key, "") if isinstance(key, str) else key
    *namespaces, base = name.split("::")
    return base, namespaces, action_id


def _adopted(entity_type: EntityTypeModel, adopter: Adopter) -> EntityTypeModel:
    if not isinstance(entity_type, StandardEntityType):
        return entity_type
    tags = None if entity_type.tags is None else adopter.of(entity_type.tags)
    return replace(entity_type, shape=adopter.record(entity_type.shape), tags=tags)


def _entity_type(name: str, declared: Declared[EntityTypeModel]) -> tuple[SchemaModel, EntityTypeModel]:
    """Return the definition of a type, or its external declarations in one.

    And a schema that it comes from.
    """
    definitions = [(model, one) for model, one in declared if not isinstance(one, ExternalEntityType)]
    if len(definitions) > 1:
        raise SchemaLinkError("DuplicateEntityType", f"the entity type `{name}` is defined twice")
    external = [(model, one) for model, one in declared if isinstance(one, ExternalEntityType)]
    if not definitions:
        parents = frozenset[str]().union(*(one.parents for _, one in external))
        return external[0][0], ExternalEntityType(name, parents)
    [(owner, definition)] = definitions
    if external and isinstance(definition, EnumeratedEntityType):
        raise SchemaLinkError("ExternalIsEnum", f"the external entity type `{name}` is an enumerated type")
    demanded = frozenset[str]().union(*(model.entity_ancestors.of(name) for model, _ in external))
    if demanded:
        for missing in sorted(demanded - owner.entity_ancestors.of(name)):
            raise SchemaLinkError(
                "DefinedEntityAncestorsChanged",
                f"the entity type `{name}` is declared to be in `{missing}`, but not defined so",
            )
    return owner, definition


def _action(uid: ActionUid, declared: Declared[Action]) -> tuple[SchemaModel, Action]:
    """Return the definition of an action, or its external declarations in one.

    And a schema that it comes from.
    """
    definitions = [(model, one) for model, one in declared if not one.is_external]
    if len(definitions) > 1:
        raise SchemaLinkError("DuplicateAction", f"the action `{_action_text(uid)}` is defined twice")
    if len(declared) > 1 and len({model.action_ancestors.of(uid) for model, _ in declared}) > 1:
        raise SchemaLinkError(
            "ExternalActionParentsMismatch",
            f"the declarations of the action `{_action_text(uid)}` have different ancestors",
        )
    if definitions:
        return definitions[0]
    owner, first = declared[0]
    return owner, replace(first, parents=first.parents.union(*(one.parents for _, one in declared)))


def _check_ancestors(models: Sequence[SchemaModel], linked: SchemaModel) -> None:
    """Check that no type gains an ancestor that the schema of its definition did not give it.

    Only a type below an external one can, by what that one gains; a type that is below the gain already does
    not. A long chain below costs linear time for each gain.
    """
    changed: set[str] = set()
    for model in models:
        below = model.entity_descendants
        for name in model.external_types:
            defined = below.of(name) - model.external_types
            if defined:
                for gained in linked.entity_ancestors.of(name) - model.entity_ancestors.of(name):
                    changed |= defined - below.of(gained)
    if changed:
        raise SchemaLinkError(
            "DefinedEntityAncestorsChanged",
            f"linking would give the defined entity type `{min(changed, key=_order)}` more ancestors",
        )


def _check_built_in(models: Sequence[SchemaModel], linked: SchemaModel) -> None:
    """Check that a type called like a built-in one is so in every schema.

    In another schema its name would mean the built-in one.
    """
    for name in sorted(BUILT_IN.keys() & linked.entity_types.keys()):
        if not all(name in model.entity_types for model in models):
            raise SchemaLinkError(
                "ShadowsBuiltinType", f"the entity type `{name}` would hide a built-in type of other schemas"
            )


def _check_schema(linked: SchemaModel) -> None:
    """Check the rules of one schema that declarations of several can break (spec 07 §4.1)."""
    for name in sorted(linked.entity_types):
        namespace, _, base = name.rpartition("::")
        if namespace and base in linked.entity_types:
            raise SchemaLinkError("Schema", f"`{name}` would hide `{base}` of the empty namespace")
    for type_name, action_id in sorted(linked.actions):
        if type_name != "Action" and ("Action", action_id) in linked.actions:
            hidden = _action_text(("Action", action_id))
            raise SchemaLinkError("Schema", f"`{_action_text((type_name, action_id))}` would hide `{hidden}`")
    for name in sorted(external_below_enumerated(linked)):
        raise SchemaLinkError(
            "Schema", f"the external type `{name}` has an enumerated type among its ancestors"
        )


def _action_text(uid: ActionUid) -> str:
    return qualified(uid[0], quoted(uid[1]))
