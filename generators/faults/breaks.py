"""Schemas and entity documents broken in one place, by a rule of the language: each break has a name.

The result is still a tree with texts; only its reader must refuse it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from generators.choice.sources import Source
from generators.draw.syntax import RecordV, Uid
from generators.draw.world import (
    LONG,
    Action,
    Attr,
    Entity,
    EntityT,
    EntityType,
    RecordT,
    Schema,
    SetT,
    Type,
)

# Schemas (spec 07 §4).


def broken_schema(source: Source, schema: Schema, misfits: set[str]) -> Schema:
    """Return the schema with one error that its loader must report."""
    name = source.choice(tuple(_SCHEMA_BREAKS))
    misfits.add(f"broken-schema:{name}")
    return _SCHEMA_BREAKS[name](source, schema)


def _with_type(schema: Schema, entity_type: EntityType) -> Schema:
    return replace(schema, entity_types=(*schema.entity_types, entity_type))


def _with_attribute(source: Source, schema: Schema, type_: Type) -> Schema:
    """Add an attribute to some standard entity type."""
    places = [place for place, entity_type in enumerate(schema.entity_types) if not entity_type.enum]
    place = source.choice(places)
    types = list(schema.entity_types)
    shape = types[place].shape
    types[place] = replace(types[place], shape=RecordT((*shape.attrs, Attr("added_", type_))))
    return replace(schema, entity_types=tuple(types))


def _unresolved_attribute(source: Source, schema: Schema) -> Schema:
    nope = EntityT(source.choice(("Nope", "NS::Nope", "__cedar::Nope", "boolean", "ip")))
    wrapped: tuple[Type, ...] = (nope, SetT(nope), RecordT((Attr("x", nope),)))
    return _with_attribute(source, schema, source.choice(wrapped))


def _unresolved_parent(source: Source, schema: Schema) -> Schema:
    return _with_type(schema, EntityType("Added", ("Nope",)))


def _repeated_type(source: Source, schema: Schema) -> Schema:
    return _with_type(schema, source.choice(schema.entity_types))


def _repeated_action(source: Source, schema: Schema) -> Schema:
    return replace(schema, actions=(*schema.actions, source.choice(schema.actions)))


def _shadowed_type(source: Source, schema: Schema) -> Schema:
    """Declare the same base name in the empty namespace and in another one."""
    return _with_type(_with_type(schema, EntityType("Twin")), EntityType("Other::Twin"))


def _shadowed_action(source: Source, schema: Schema) -> Schema:
    twins = (Action(Uid("Action", "twin")), Action(Uid("Other::Action", "twin")))
    return replace(schema, actions=(*schema.actions, *twins))


def _action_cycle(source: Source, schema: Schema) -> Schema:
    first, second = Uid("Action", "round"), Uid("Action", "about")
    cycle = [Action(first, (second,)), Action(second, (first,))]
    if source.boolean():
        cycle = [Action(first, (first,))]
    return replace(schema, actions=(*schema.actions, *cycle))


def _unknown_group(source: Source, schema: Schema) -> Schema:
    lost = Action(Uid("Action", "lost"), (Uid("Action", "nowhere"),))
    return replace(schema, actions=(*schema.actions, lost))


def _common_cycle(source: Source, schema: Schema) -> Schema:
    """Define a common type in terms of itself: directly, or through a set or a record."""
    inner = replace(LONG, alias="Loop")
    loops: tuple[Type, ...] = (
        EntityT("Loop", "Loop"),
        SetT(inner, "Loop"),
        RecordT((Attr("x", inner),), "Loop"),
    )
    return replace(schema, common_types=(*schema.common_types, ("Loop", source.choice(loops))))


def _reserved_common_name(source: Source, schema: Schema) -> Schema:
    name = source.choice(("Bool", "Boolean", "Entity", "Extension", "Long", "Record", "Set", "String"))
    return replace(schema, common_types=(*schema.common_types, (name, replace(LONG, alias=name))))


def _context_not_a_record(source: Source, schema: Schema) -> Schema:
    """Make the context a common type that is not a record."""
    name = schema.entity_types[0].name
    odd = Action(Uid("Action", "odd"), (), (name,), (name,), RecordT((), alias="Number"))
    common = (*schema.common_types, ("Number", replace(LONG, alias="Number")))
    return replace(schema, actions=(*schema.actions, odd), common_types=common)


def _undeclared_principal(source: Source, schema: Schema) -> Schema:
    name = schema.entity_types[0].name
    lists = source.choice(((("Nope",), (name,)), ((name,), ("Nope",)), (("Action",), (name,))))
    return replace(schema, actions=(*schema.actions, Action(Uid("Action", "odd"), (), *lists)))


def _action_as_entity_type(source: Source, schema: Schema) -> Schema:
    return _with_type(schema, EntityType(source.choice(("Action", "Other::Action"))))


def _reserved_namespace(source: Source, schema: Schema) -> Schema:
    return _with_type(
        schema, EntityType(source.choice(("__cedar::Added", "if::Added", "NS::__cedar::Added")))
    )


_SCHEMA_BREAKS: dict[str, Callable[[Source, Schema], Schema]] = {
    "unresolved attribute": _unresolved_attribute,
    "unresolved parent": _unresolved_parent,
    "repeated type": _repeated_type,
    "repeated action": _repeated_action,
    "shadowed type": _shadowed_type,
    "shadowed action": _shadowed_action,
    "action cycle": _action_cycle,
    "unknown group": _unknown_group,
    "common type cycle": _common_cycle,
    "reserved common name": _reserved_common_name,
    "context not a record": _context_not_a_record,
    "undeclared principal": _undeclared_principal,
    "action as entity type": _action_as_entity_type,
    "reserved namespace": _reserved_namespace,
}


# Entities (spec 05 §3, §4, §6).


def broken_entities(
    source: Source, schema: Schema, entities: Sequence[Entity], misfits: set[str]
) -> tuple[Entity, ...]:
    """Return the document with one entity that does not conform to the schema, or that no store may hold."""
    name = source.choice(tuple(_ENTITY_BREAKS))
    standard = [entity for entity in entities if not schema.types[entity.uid.type].enum]
    if not standard:
        return tuple(entities)
    old = source.choice(standard)
    misfits.add(f"broken-entities:{name}")
    return tuple(_ENTITY_BREAKS[name](source, schema, list(entities), old))


def _in_place(entities: list[Entity], old: Entity, new: Entity) -> list[Entity]:
    return [new if entity is old else entity for entity in entities]


def _cycle(source: Source, schema: Schema, entities: list[Entity], old: Entity) -> list[Entity]:
    """Put an entity in itself, or in one that is in it."""
    below = [entity for entity in entities if old.uid in entity.parents]
    target = source.choice([old, *below])
    return _in_place(entities, old, replace(old, parents=(*old.parents, target.uid)))


def _different_twin(source: Source, schema: Schema, entities: list[Entity], old: Entity) -> list[Entity]:
    return [*entities, replace(old, tags=RecordV((*old.tags.items, ("twin", 1))))]


def _undeclared_type(source: Source, schema: Schema, entities: list[Entity], old: Entity) -> list[Entity]:
    return [*entities, replace(old, uid=Uid("Undeclared", old.uid.id))]


def _extra_attribute(source: Source, schema: Schema, entities: list[Entity], old: Entity) -> list[Entity]:
    return _in_place(entities, old, replace(old, attrs=RecordV((*old.attrs.items, ("undeclared_", 1)))))


def _lost_attribute(source: Source, schema: Schema, entities: list[Entity], old: Entity) -> list[Entity]:
    """Remove a required attribute; where there is none, add one that is not declared."""
    required = [attr.name for attr in schema.types[old.uid.type].shape.attrs if attr.required]
    if not required:
        return _extra_attribute(source, schema, entities, old)
    gone = source.choice(required)
    kept = tuple((name, value) for name, value in old.attrs.items if name != gone)
    return _in_place(entities, old, replace(old, attrs=RecordV(kept)))


def _wrong_kind(source: Source, schema: Schema, entities: list[Entity], old: Entity) -> list[Entity]:
    """Give an attribute a value of a kind that it cannot have."""
    items = list(old.attrs.items)
    if not items:
        return _extra_attribute(source, schema, entities, old)
    place = source.integer(0, len(items) - 1)
    name, value = items[place]
    items[place] = (name, "text" if isinstance(value, int) else 1)
    return _in_place(entities, old, replace(old, attrs=RecordV(tuple(items))))


def _foreign_parent(source: Source, schema: Schema, entities: list[Entity], old: Entity) -> list[Entity]:
    """Add a parent of a type that the schema does not allow above this one."""
    allowed = schema.ancestors[old.uid.type]
    foreign = [name for name in schema.types if name not in allowed]
    parent = Uid(source.choice(foreign), "x") if foreign else Uid("Undeclared", "x")
    return _in_place(entities, old, replace(old, parents=(*old.parents, parent)))


def _foreign_tag(source: Source, schema: Schema, entities: list[Entity], old: Entity) -> list[Entity]:
    """Add a tag to a type without tags, or one that is a record, which no tag of these schemas is."""
    wrong = RecordV((("undeclared_", 1),))
    return _in_place(entities, old, replace(old, tags=RecordV((*old.tags.items, ("wrong_", wrong)))))


def _unlisted_id(source: Source, schema: Schema, entities: list[Entity], old: Entity) -> list[Entity]:
    """Name an enumerated entity that is not listed; an undeclared type where nothing is enumerated."""
    enums = [entity_type.name for entity_type in schema.entity_types if entity_type.enum]
    if not enums:
        return _undeclared_type(source, schema, entities, old)
    return [*entities, Entity(Uid(source.choice(enums), "unlisted"), RecordV(()))]


def _odd_action(source: Source, schema: Schema, entities: list[Entity], old: Entity) -> list[Entity]:
    """Add an action that is not declared."""
    action = source.choice(schema.actions).uid
    return [*entities, Entity(Uid(action.type, f"{action.id}_"), RecordV(()))]


_ENTITY_BREAKS: dict[str, Callable[[Source, Schema, list[Entity], Entity], list[Entity]]] = {
    "cycle": _cycle,
    "different twin": _different_twin,
    "undeclared type": _undeclared_type,
    "extra attribute": _extra_attribute,
    "lost attribute": _lost_attribute,
    "wrong kind": _wrong_kind,
    "foreign parent": _foreign_parent,
    "foreign tag": _foreign_tag,
    "unlisted id": _unlisted_id,
    "undeclared action": _odd_action,
}
