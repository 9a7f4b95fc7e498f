"""A resolved schema as declarations again: names in full, common types written out, annotations gone."""

from __future__ import annotations

from reference.schema import EnumeratedEntityType, Schema
from reference.schema_syntax import (
    ActionDeclaration,
    ActionReference,
    AppliesTo,
    AttributeDeclaration,
    Builtin,
    Declaration,
    EntityDeclaration,
    Fragment,
    Name,
    RecordOf,
    SetOf,
    TypeExpression,
)
from reference.trampoline import Task, run
from reference.validation.types import (
    BoolType,
    EntityType,
    ExtensionType,
    LongType,
    RecordType,
    SetType,
    StringType,
    Type,
)


def plain_fragments(schema: Schema) -> tuple[Fragment, ...]:
    """The declarations of the schema, by namespace; they resolve to the same schema."""
    namespaces: dict[str, list[Declaration]] = {"": []}
    for full_name, declared in sorted(schema.entity_types.items()):
        namespace, _, name = full_name.rpartition("::")
        if isinstance(declared, EnumeratedEntityType):
            declaration = EntityDeclaration(name, "", enum=tuple(sorted(declared.ids)))
        else:
            shape = run(_expression(declared.attributes))
            tags = None if declared.tags is None else run(_expression(declared.tags))
            declaration = EntityDeclaration(name, "", _names(declared.parents), shape, tags)
        namespaces.setdefault(namespace, []).append(declaration)
    for uid, action in sorted(schema.actions.items(), key=lambda item: (item[0].type, item[0].id)):
        groups = sorted(action.parents, key=lambda group: (group.type, group.id))
        parents = tuple(ActionReference(group.id, group.type, "") for group in groups)
        context = run(_expression(action.context))
        applies_to = AppliesTo(_names(action.principals), _names(action.resources), context)
        namespaces.setdefault(uid.type.rpartition("::")[0], []).append(
            ActionDeclaration(uid.id, "", parents, applies_to)
        )
    return tuple(Fragment(name, tuple(declarations)) for name, declarations in namespaces.items())


def plain_expression(t: Type) -> TypeExpression:
    """The type as it would be written with full names."""
    return run(_expression(t))


def _names(names: frozenset[str]) -> tuple[Name, ...]:
    return tuple(Name(name, "entity", "") for name in sorted(names))


def _expression(t: Type) -> Task[TypeExpression]:
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
            return Name(name, "entity", "")
        case SetType(element):
            inner: TypeExpression = yield _expression(element)
            return SetOf(inner)
        case RecordType(attributes):
            declared: dict[str, AttributeDeclaration] = {}
            for name, attribute in attributes.items():
                inner = yield _expression(attribute.type)
                declared[name] = AttributeDeclaration(inner, attribute.required)
            return RecordOf(declared)
        case _:
            raise AssertionError(f"no type of a schema: {t}")
