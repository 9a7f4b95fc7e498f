"""Schemas: a few entity types with a hierarchy, attributes and tags, actions with groups and contexts."""

from __future__ import annotations

from dataclasses import replace

from generators.choice.profiles import Profile
from generators.choice.sources import Source
from generators.draw import literals
from generators.draw.syntax import Uid
from generators.draw.world import (
    BOOL,
    DATETIME,
    DECIMAL,
    DURATION,
    EMPTY_RECORD,
    IPADDR,
    LONG,
    STRING,
    Action,
    Attr,
    EntityT,
    EntityType,
    RecordT,
    Schema,
    SetT,
    Type,
)
from generators.texts import scripts

_LEAVES: tuple[Type, ...] = (
    LONG,
    LONG,
    LONG,
    STRING,
    STRING,
    BOOL,
    BOOL,
    DECIMAL,
    IPADDR,
    DATETIME,
    DURATION,
)
_TAG_TYPES: tuple[Type, ...] = (STRING, LONG, SetT(STRING), BOOL)
_SHAPES = ("leaf", "leaf", "leaf", "leaf", "leaf", "entity", "entity", "set", "set", "record")


def draw_schema(source: Source, profile: Profile, left_out: frozenset[str]) -> Schema:
    """Draw a schema that resolves, with at least one request environment (spec 07)."""
    with source.span("schema"):
        return _SchemaDraw(source, profile, left_out).draw()


class _SchemaDraw:
    """One schema in the making."""

    def __init__(self, source: Source, profile: Profile, left_out: frozenset[str]) -> None:
        self.source = source
        self.profile = profile
        self.left_out = left_out
        self.leaves = tuple(leaf for leaf in _LEAVES if getattr(leaf, "name", "") not in left_out) or (LONG,)
        self.names: list[str] = []
        self.enums: list[EntityType] = []
        self.common: list[tuple[str, Type]] = []
        self.action_spaces = ("", "")

    def draw(self) -> Schema:
        source = self.source
        namespaces = self._namespaces()
        self.action_spaces = (source.choice(namespaces), source.choice(namespaces))
        count = source.integer(2, 4)
        pool = list(literals.TYPE_NAMES)
        for _ in range(count):
            base = pool.pop(source.integer(0, len(pool) - 1))
            if source.boolean(self.profile.odd_names) or (self.profile.hostile_text and source.boolean(0.3)):
                odd = source.choice(literals.ODD_TYPE_NAMES)
                if all(name.rpartition("::")[2] != odd for name in self.names):
                    base = odd
            self.names.append(_qualify(source.choice(namespaces), base))
        if "enums" not in self.left_out and source.boolean(0.25):
            ids = [self._enum_id() for _ in range(source.integer(1, 3))]
            name = _qualify(source.choice(namespaces), source.choice(literals.ENUM_TYPE_NAMES))
            self.enums.append(EntityType(name, enum=tuple(dict.fromkeys(ids))))
        if "common" not in self.left_out and source.boolean(0.35):
            self._common_types(namespaces)
        entity_types = [self._entity_type(index) for index in range(count)]
        actions = self._actions()
        return Schema((*entity_types, *self.enums), tuple(actions), tuple(self.common))

    def _enum_id(self) -> str:
        source = self.source
        if source.boolean(self.profile.odd_scripts):
            return scripts.text(source)
        return source.choice(literals.PLAIN_STRINGS)

    def _namespaces(self) -> tuple[str, ...]:
        source = self.source
        if "namespaces" in self.left_out or not source.boolean(0.35):
            return ("",)
        names: tuple[str, ...] = literals.NAMESPACES
        if self.profile.hostile_text and source.boolean(0.3):
            names = literals.ODD_NAMESPACES
        first = source.choice(names)
        return (first,) if source.boolean(0.6) else ("", first)

    def _common_types(self, namespaces: tuple[str, ...]) -> None:
        source = self.source
        bases = list(literals.COMMON_TYPE_NAMES)
        for _ in range(source.integer(1, 2)):
            base = bases.pop(source.integer(0, len(bases) - 1))
            type_ = self._record(1) if source.boolean(0.7) else self._type(1)
            name = _qualify(source.choice(namespaces), base)
            self.common.append((name, replace(type_, alias=name)))

    def _entity_type(self, index: int) -> EntityType:
        source = self.source
        later = self.names[index:]
        parents = [name for name in later if source.boolean(0.5)]
        if source.boolean(0.05):
            parents.append(source.choice(self.names))
        if self.enums and source.boolean(0.1):
            parents.append(self.enums[0].name)
        shape = RecordT(self._attributes(source.integer(1, 4), 2, literals.ODD_ENTITY_ATTRIBUTE_NAMES))
        tags: Type | None = None
        if "tags" not in self.left_out and source.boolean(0.3):
            tags = source.choice(_TAG_TYPES) if source.boolean(0.7) else self._type(1)
        return EntityType(self.names[index], tuple(dict.fromkeys(parents)), shape, tags)

    def _attributes(
        self, count: int, depth: int, odd: tuple[str, ...] = literals.ODD_ATTRIBUTE_NAMES
    ) -> tuple[Attr, ...]:
        source = self.source
        found: dict[str, Attr] = {}
        optional = 0.0 if "optional" in self.left_out else 0.35
        for _ in range(count):
            name = self._attribute_name(odd)
            found.setdefault(name, Attr(name, self._type(depth), not source.boolean(optional)))
        return tuple(found.values())

    def _attribute_name(self, odd: tuple[str, ...]) -> str:
        source = self.source
        if source.boolean(self.profile.odd_scripts):
            return scripts.text(source)
        if source.boolean(0.3 if self.profile.hostile_text else self.profile.odd_names):
            return source.choice(odd)
        return source.choice(literals.ATTRIBUTE_NAMES)

    def _record(self, depth: int) -> RecordT:
        return RecordT(self._attributes(self.source.integer(1, 3), depth - 1))

    def _type(self, depth: int) -> Type:
        source = self.source
        if self.common and source.integer(0, 5) == 5:
            return source.choice(self.common)[1]
        shape = source.choice(_SHAPES)
        if shape == "entity" and "entities" not in self.left_out:
            if self.enums and source.integer(0, 3) == 3:
                return EntityT(self.enums[0].name)
            if source.integer(0, 15) == 15 and self.action_spaces[0] == self.action_spaces[1]:
                # With actions in two namespaces one of them could not name `Action` (spec 07 §4).
                return EntityT(_qualify(self.action_spaces[0], "Action"))
            return EntityT(source.choice(self.names))
        if depth > 0 and shape == "set" and "sets" not in self.left_out:
            return SetT(self._type(depth - 1))
        if depth > 0 and shape == "record" and "records" not in self.left_out:
            return self._record(depth)
        return source.choice(self.leaves)

    def _actions(self) -> list[Action]:
        source = self.source
        space = self.action_spaces[0]
        groups: list[Action] = []
        for base in literals.GROUP_NAMES[: source.integer(0, 3)]:
            above = tuple(group.uid for group in groups if source.boolean(0.5))
            groups.append(Action(Uid(_qualify(space, "Action"), base), above))
        actions: list[Action] = []
        names = list(literals.ACTION_NAMES)
        for _ in range(source.integer(1, 3)):
            name = names.pop(source.integer(0, len(names) - 1))
            if source.boolean(0.3 if self.profile.hostile_text else self.profile.odd_names):
                name = source.choice(literals.ODD_ACTION_NAMES)
            if source.boolean(self.profile.odd_scripts):
                name = scripts.text(source)
            # The first stays in the groups' namespace, whose action type attributes may have.
            uid = Uid(_qualify(self.action_spaces[1] if actions else space, "Action"), name)
            if all(action.uid.id != name for action in actions):
                actions.append(self._action(uid, groups))
        return groups + actions

    def _action(self, uid: Uid, groups: list[Action]) -> Action:
        source = self.source
        parents = tuple(group.uid for group in groups if source.boolean(0.5))
        principals = [self.names[0]] if source.boolean(0.6) else [source.choice(self.names)]
        if source.boolean(0.25):
            principals.append(source.choice(self.names))
        resources = [source.choice(self.names)]
        if source.boolean(0.25):
            everything = [*self.names, *(enum.name for enum in self.enums)]
            resources.append(source.choice(everything))
        records = [type_ for _, type_ in self.common if isinstance(type_, RecordT)]
        if records and source.boolean(0.4):
            context = source.choice(records)
        else:
            size = source.integer(0, 4)
            context = RecordT(self._attributes(size, 2)) if size else EMPTY_RECORD
        return Action(
            uid, parents, tuple(dict.fromkeys(principals)), tuple(dict.fromkeys(resources)), context
        )


def _qualify(namespace: str, base: str) -> str:
    return f"{namespace}::{base}" if namespace else base
