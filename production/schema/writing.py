"""Declarations that a resolved schema can be written as: names in full, no common types."""

from __future__ import annotations

from ..errors import SchemaError
from .model import Action, EntityTypeModel, EnumeratedEntityType, ExternalEntityType, SchemaModel
from .syntax import (
    ActionDeclaration,
    ActionReference,
    AppliesTo,
    AttributeDeclaration,
    EntityDeclaration,
    Fragment,
    NamespaceDeclaration,
    Primitive,
    RecordOf,
    Reference,
    SetOf,
    TypeExpression,
    qualified,
)
from .types import EntityType, PrimitiveType, RecordType, SetType, Type, type_parts


def written_fragment(model: SchemaModel) -> Fragment:
    """Return the declarations of a resolved schema.

    Raises `SchemaError` where a namespace hides the type `Action` that is meant in it.
    """
    entities: dict[str, list[EntityDeclaration]] = {}
    actions: dict[str, list[ActionDeclaration]] = {}
    writers: dict[str, _Writer] = {}

    def writer(namespace: str) -> _Writer:
        if namespace not in writers:
            writers[namespace] = _Writer(
                bool(namespace) and qualified(namespace, "Action") in model.action_types
            )
        return writers[namespace]

    for name, entity_type in model.entity_types.items():
        namespace, _, base = name.rpartition("::")
        entities.setdefault(namespace, []).append(writer(namespace).entity(base, entity_type))
    for (type_name, action_id), action in model.actions.items():
        namespace = type_name.rpartition("::")[0]
        actions.setdefault(namespace, []).append(writer(namespace).action(action_id, action))
    return Fragment(
        "",
        tuple(
            NamespaceDeclaration(name, (), tuple(entities.get(name, ())), tuple(actions.get(name, ())), (), 0)
            for name in sorted(writers)
        ),
    )


class _Writer:
    """A writer of the declarations of one namespace, each type once."""

    def __init__(self, hides_action: bool) -> None:
        self._hides_action = hides_action
        self._made: dict[Type, TypeExpression] = {}

    def entity(self, name: str, entity_type: EntityTypeModel) -> EntityDeclaration:
        match entity_type:
            case EnumeratedEntityType(ids=ids):
                return EntityDeclaration(name, (), None, None, tuple(sorted(ids)), (), 0)
            case ExternalEntityType(parents=parents):
                return EntityDeclaration(
                    name, _references(parents), None, None, None, (), 0, is_external=True
                )
            case _:
                tags = None if entity_type.tags is None else self.type(entity_type.tags)
                shape = self.type(entity_type.shape)
                return EntityDeclaration(name, _references(entity_type.parents), shape, tags, None, (), 0)

    def action(self, name: str, action: Action) -> ActionDeclaration:
        parents = tuple(ActionReference(*parent, 0) for parent in sorted(action.parents))
        applies_to: AppliesTo | None = None
        if action.principals or action.resources:
            applies_to = AppliesTo(
                _references(action.principals), _references(action.resources), self.type(action.context)
            )
        return ActionDeclaration(name, parents, applies_to, (), 0, action.is_external)

    def type(self, root: Type) -> TypeExpression:
        todo = [root]
        while todo:
            type_ = todo[-1]
            waiting = [part for part in type_parts(type_) if part not in self._made]
            if waiting:
                todo.extend(waiting)
            else:
                self._made[type_] = self._make(type_)
                todo.pop()
        return self._made[root]

    def _make(self, type_: Type) -> TypeExpression:
        match type_:
            case PrimitiveType(name=name):
                return Primitive(name, 0)
            case EntityType(name=name):
                if name == "Action" and self._hides_action:
                    raise SchemaError("the type `Action` of the empty namespace is hidden by another")
                return Reference(name, "entity", 0)
            case SetType(element=element):
                return SetOf(self._made[element], 0)
            case RecordType(attributes=attributes):
                return RecordOf(
                    tuple(
                        AttributeDeclaration(name, self._made[part], required, (), 0)
                        for name, (part, required) in attributes.items()
                    ),
                    0,
                )


def _references(names: frozenset[str]) -> tuple[Reference, ...]:
    return tuple(Reference(name, "entity", 0) for name in sorted(names))
