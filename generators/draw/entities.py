"""Entities that fit a schema: uids first, then a hierarchy without cycles, then attributes and tags."""

from __future__ import annotations

from generators.choice.profiles import Profile
from generators.choice.sources import Source
from generators.draw import literals
from generators.draw.constants import Constants
from generators.draw.syntax import RecordV, SetV, Uid, Value
from generators.draw.world import (
    BOOL,
    EXTENSIONS,
    LONG,
    STRING,
    Entity,
    EntityT,
    EntityType,
    Prim,
    RecordT,
    Schema,
    SetT,
    Type,
)
from generators.texts import scripts

_OTHER_TYPES: tuple[Type, ...] = (LONG, STRING, BOOL, SetT(LONG), *EXTENSIONS)


class Values:
    """Values of a type, drawn from the constants and the uids of one case."""

    __slots__ = ("constants", "misfits", "profile", "schema", "source", "uids")

    def __init__(self, source: Source, profile: Profile, schema: Schema, misfits: set[str]) -> None:
        self.source = source
        self.profile = profile
        self.schema = schema
        self.misfits = misfits
        self.constants = Constants(source, profile)
        self.uids: dict[str, list[Uid]] = {}

    def draw_uids(self) -> None:
        """Draw the uids of each type; those of an enumerated type are the ids that it lists."""
        source = self.source
        lo, hi = self.profile.entities_each
        for entity_type in self.schema.entity_types:
            name = entity_type.name
            if entity_type.enum:
                self.uids[name] = [Uid(name, id_) for id_ in entity_type.enum]
                continue
            more = 1 if name in entity_type.parents else 0
            ids = [self._id() for _ in range(source.integer(lo, hi + more))]
            self.uids[name] = [Uid(name, id_) for id_ in dict.fromkeys(ids)]

    def _id(self) -> str:
        source = self.source
        if source.boolean(self.profile.odd_scripts):
            return scripts.text(source)
        if self.profile.hostile_text and source.boolean(0.4):
            return source.choice(literals.ODD_IDS if source.boolean() else literals.HOSTILE_STRINGS)
        if source.boolean(self.profile.odd_names):
            return source.choice(literals.ODD_IDS)
        return source.choice(literals.IDS)

    def uid(self, type_name: str) -> Uid:
        """Draw an entity of the type; rarely one that does not exist, where the type allows it."""
        known = self.uids.get(type_name)
        if known is None:
            return self.action_uid(type_name)
        if not self.schema.types[type_name].enum and self.source.boolean(self.profile.dangling_reference):
            self.misfits.add("dangling-reference")
            return Uid(type_name, "zz")
        return self.source.choice(known)

    def action_uid(self, type_name: str) -> Uid:
        """Draw a declared action of an action type, or of any."""
        actions = [action.uid for action in self.schema.actions if action.uid.type == type_name]
        return self.source.choice(actions or [action.uid for action in self.schema.actions])

    def value(self, type_: Type) -> Value:
        """Draw a value of the type, or of another one where the profile says so."""
        source = self.source
        if self.profile.mistyped_value and source.boolean(self.profile.mistyped_value):
            self.misfits.add("mistyped-value")
            type_ = source.choice(_OTHER_TYPES)
        match type_:
            case Prim(name):
                match name:
                    case "Long":
                        return self.constants.long()
                    case "String":
                        return self.constants.string()
                    case "Bool":
                        return source.boolean()
                    case _:
                        return self.constants.extension(name)
            case EntityT(name):
                return self.uid(name)
            case SetT(element):
                return SetV(tuple(self.value(element) for _ in range(source.choice(_SET_SIZES))))
            case RecordT():
                return self.record(type_)

    def record(self, type_: RecordT) -> RecordV:
        """Draw a record of the type; an optional attribute is present two times out of three."""
        source = self.source
        items = [
            (attr.name, self.value(attr.type))
            for attr in type_.attrs
            if attr.required or source.integer(0, 2) < 2
        ]
        if self.profile.mistyped_value and source.boolean(self.profile.mistyped_value):
            self.misfits.add("mistyped-record")
            if items and source.boolean():
                items.pop()
            else:
                items.append(("extra", self.constants.long()))
        return RecordV(tuple(dict(items).items()))


_SET_SIZES = (1, 2, 2, 3, 0)


def draw_entities(
    source: Source, schema: Schema, values: Values, left_out: frozenset[str]
) -> dict[Uid, Entity]:
    """Draw the entities of a case, parents before children, and leave out a few, as the profile says."""
    with source.span("entities"):
        values.draw_uids()
        hierarchy: list[Uid] = []
        found: dict[Uid, Entity] = {}
        for entity_type in reversed(schema.entity_types):
            for uid in values.uids[entity_type.name]:
                parents = () if "in" in left_out else _parents(source, schema, entity_type, hierarchy)
                hierarchy.append(uid)
                if source.boolean(values.profile.missing_entity):
                    values.misfits.add("missing-entity")
                    continue
                found[uid] = _entity(source, values, entity_type, uid, parents)
        return found


def _parents(source: Source, schema: Schema, entity_type: EntityType, before: list[Uid]) -> tuple[Uid, ...]:
    """Draw parents among the entities drawn before, mostly the latest of an allowed type."""
    allowed = schema.ancestors[entity_type.name]
    candidates = [uid for uid in before if uid.type in allowed]
    if not candidates or source.integer(0, 5) == 5:
        return ()
    parents = [candidates[-1] if source.boolean(0.6) else source.choice(candidates)]
    if source.boolean(0.3):
        parents.append(source.choice(candidates))
    return tuple(dict.fromkeys(parents))


def _entity(
    source: Source, values: Values, entity_type: EntityType, uid: Uid, parents: tuple[Uid, ...]
) -> Entity:
    if entity_type.enum:
        return Entity(uid, RecordV(()))
    tags: dict[str, Value] = {}
    if entity_type.tags is not None:
        for _ in range(source.choice((1, 2, 2, 0))):
            tags[values.constants.tag()] = values.value(entity_type.tags)
    return Entity(uid, values.record(entity_type.shape), parents, RecordV(tuple(tags.items())))


def ancestors(uid: Uid, entities: dict[Uid, Entity]) -> list[Uid]:
    """Return the entities that an entity is in, itself excluded, nearest first."""
    found: dict[Uid, None] = {}
    pending = [uid]
    for current in pending:
        entity = entities.get(current)
        for parent in entity.parents if entity is not None else ():
            if parent not in found:
                found[parent] = None
                pending.append(parent)
    return list(found)
