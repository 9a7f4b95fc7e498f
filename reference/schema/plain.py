"""A resolved schema as declarations again: names in full, common types written out, annotations gone.

One common type may remain: inside a namespace with actions of its own, the action type of the empty namespace
has no other name than an alias.
"""

from __future__ import annotations

from reference.schema.schema import Action, EnumeratedEntityType, ExternalEntityType, Schema
from reference.schema.syntax import (
    ActionDeclaration,
    ActionReference,
    AppliesTo,
    AttributeDeclaration,
    Builtin,
    CommonTypeDeclaration,
    Declaration,
    EntityDeclaration,
    Fragment,
    Name,
    RecordOf,
    SetOf,
    TypeExpression,
)
from reference.schema.types import (
    BoolType,
    EntityType,
    ExtensionType,
    LongType,
    RecordType,
    SetType,
    StringType,
    Type,
)
from reference.support.recursion import deep_recursion


def plain_fragments(schema: Schema) -> tuple[Fragment, ...]:
    """Write the declarations of the schema, by namespace; they resolve to the same schema."""
    hidden = "Action" in schema.action_types() and len(schema.action_types()) > 1
    alias = _fresh("EmptyNamespaceAction", schema) if hidden else ""
    namespaces: dict[str, list[Declaration]] = {"": []}
    if hidden:
        namespaces[""].append(CommonTypeDeclaration(alias, Name("Action", "entity", ""), ""))
    for full_name, declared in sorted(schema.entity_types.items()):
        namespace, _, name = full_name.rpartition("::")
        if isinstance(declared, EnumeratedEntityType):
            declaration = EntityDeclaration(name, "", enum=tuple(sorted(declared.ids)))
        elif isinstance(declared, ExternalEntityType):
            declaration = EntityDeclaration(name, "", _names(declared.parents), external=True)
        else:
            shape = plain_expression(declared.attributes, namespace and alias)
            tags = None if declared.tags is None else plain_expression(declared.tags, namespace and alias)
            declaration = EntityDeclaration(name, "", _names(declared.parents), shape, tags)
        namespaces.setdefault(namespace, []).append(declaration)
    for uid, action in sorted(schema.actions.items(), key=lambda item: (item[0].type, item[0].id)):
        groups = sorted(action.parents, key=lambda group: (group.type, group.id))
        parents = tuple(ActionReference(group.id, group.type, "") for group in groups)
        namespace = uid.type.rpartition("::")[0]
        applies_to = None if action.external else _applies_to(action, namespace and alias)
        namespaces.setdefault(namespace, []).append(
            ActionDeclaration(uid.id, "", parents, applies_to, external=action.external)
        )
    return tuple(Fragment(name, tuple(declarations)) for name, declarations in namespaces.items())


def plain_expression(t: Type, action_alias: str = "") -> TypeExpression:
    """Write a type with full names; `action_alias`, if any, is the action type of the empty namespace."""
    with deep_recursion():
        return _expression(t, action_alias)


def _applies_to(action: Action, action_alias: str) -> AppliesTo:
    context = plain_expression(action.context, action_alias)
    return AppliesTo(_names(action.principals), _names(action.resources), context)


def _fresh(name: str, schema: Schema) -> str:
    """Find a name that no declaration has in any namespace."""
    taken = {full_name.rpartition("::")[2] for full_name in schema.entity_types}
    while name in taken:
        name += "_"
    return name


def _names(names: frozenset[str]) -> tuple[Name, ...]:
    return tuple(Name(name, "entity", "") for name in sorted(names))


def _expression(t: Type, action_alias: str) -> TypeExpression:
    match t:
        case BoolType():
            return Builtin("Bool")
        case LongType():
            return Builtin("Long")
        case StringType():
            return Builtin("String")
        case ExtensionType(name):
            return Builtin(name)
        case EntityType(names):
            (name,) = names
            if name == "Action" and action_alias:
                return Name(action_alias, "common", "")
            return Name(name, "entity", "")
        case SetType(element):
            return SetOf(_expression(element, action_alias))
        case RecordType(attributes):
            declared: dict[str, AttributeDeclaration] = {}
            for name, attribute in attributes.items():
                inner = _expression(attribute.type, action_alias)
                declared[name] = AttributeDeclaration(inner, attribute.required)
            return RecordOf(declared)
        case _:
            raise AssertionError(f"no type of a schema: {t}")
