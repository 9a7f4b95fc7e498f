"""The symbolic store of a schema (spec 10 §3): attributes, tags and ancestors as functions of entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from drt.symbolic.sorts import BOOL, EntitySort, RecordSort, SetSort, Sort, sort_of
from drt.symbolic.terms import (
    FALSE,
    Symbol,
    Term,
    and_,
    apply,
    const,
    elements_of,
    eq,
    member,
    or_,
    overlap,
    uid,
)
from reference.schema.schema import EnumeratedEntityType, Schema, StandardEntityType
from reference.values import EntityUid


def type_of(entity: Term) -> str:
    """Return the entity type of a term."""
    assert isinstance(entity.sort, EntitySort)
    return entity.sort.type


class Store:
    """The functions that a schema's entities have. Every entity of a declared type is there."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.action_types = schema.action_types()
        self.members: Mapping[str, tuple[str, ...]] = _members(schema)
        self._attributes: dict[str, RecordSort] = {}

    def attributes(self, entity: Term) -> Term:
        """Return the attributes of an entity."""
        name = type_of(entity)
        return apply(Symbol("attribute", name), self.attribute_sort(name), entity)

    def attribute_sort(self, name: str) -> RecordSort:
        """Return the sort of the attributes of a type."""
        if name not in self._attributes:
            declared = self.schema.entity_types.get(name)
            fields = declared.attributes if isinstance(declared, StandardEntityType) else None
            sort = RecordSort(()) if fields is None else sort_of(fields)
            assert isinstance(sort, RecordSort)
            self._attributes[name] = sort
        return self._attributes[name]

    def tag_sort(self, name: str) -> Sort | None:
        """Return the sort of the tags of a type, None where it has none."""
        declared = self.schema.entity_types.get(name)
        tags = declared.tags if isinstance(declared, StandardEntityType) else None
        return None if tags is None else sort_of(tags)

    def has_tag(self, entity: Term, key: Term) -> Term:
        """Return whether an entity has a tag."""
        if self.tag_sort(type_of(entity)) is None:
            return FALSE
        return apply(Symbol("has-tag", type_of(entity)), BOOL, entity, key)

    def tag(self, entity: Term, key: Term, sort: Sort) -> Term:
        """Return the value of a tag wherever it is there."""
        return apply(Symbol("tag", type_of(entity)), sort, entity, key)

    def ancestor_types(self, name: str) -> Sequence[str]:
        """List the types that ancestors of a standard entity type can have."""
        return sorted(self.schema.entity_ancestors(name)) if name in self.schema.entity_types else []

    def has_ancestors(self, name: str, ancestor: str) -> bool:
        """Return whether entities of a standard type can have ancestors of the other type."""
        return name in self.schema.entity_types and self.schema.admits_ancestor(name, ancestor)

    def ancestors(self, entity: Term, ancestor: str) -> Term:
        """Return the set of an entity's ancestors of one type."""
        symbol = Symbol("ancestors", type_of(entity), ancestor=ancestor)
        return apply(symbol, SetSort(EntitySort(ancestor)), entity)

    def is_in(self, entity: Term, group: Term) -> Term:
        """Build `entity in group`."""
        return or_(eq(entity, group), self.is_below(entity, group))

    def is_below(self, entity: Term, group: Term) -> Term:
        """Return whether an entity has another among its ancestors."""
        name = type_of(group)
        if type_of(entity) in self.action_types:
            return or_(*(and_(at, member(group, groups)) for at, groups in self._groups(entity, name)))
        if not self.has_ancestors(type_of(entity), name):
            return FALSE
        return member(group, self.ancestors(entity, name))

    def is_in_any(self, entity: Term, groups: Term) -> Term:
        """Build `entity in groups` for a set."""
        written = elements_of(groups)
        if written is not None:
            return or_(*(self.is_in(entity, group) for group in written))
        assert isinstance(groups.sort, SetSort)
        assert isinstance(groups.sort.element, EntitySort)
        same = member(entity, groups) if entity.sort == groups.sort.element else FALSE
        return or_(same, self.is_below_any(entity, groups))

    def is_below_any(self, entity: Term, groups: Term) -> Term:
        """Return whether an entity has an ancestor in a set."""
        assert isinstance(groups.sort, SetSort)
        assert isinstance(groups.sort.element, EntitySort)
        name = groups.sort.element.type
        if type_of(entity) in self.action_types:
            return or_(*(and_(at, overlap(found, groups)) for at, found in self._groups(entity, name)))
        if not self.has_ancestors(type_of(entity), name):
            return FALSE
        return overlap(groups, self.ancestors(entity, name))

    def _groups(self, action: Term, name: str) -> list[tuple[Term, Term]]:
        """Return for each action of a type that has groups: whether the term is it, and its groups."""
        found = []
        for entity_id in self.members[type_of(action)]:
            one = EntityUid(type_of(action), entity_id)
            groups = frozenset(g for g in self.schema.action_ancestors(one) if g != one and g.type == name)
            if groups:
                found.append((eq(action, uid(one)), const(SetSort(EntitySort(name)), groups)))
        return found


def _members(schema: Schema) -> dict[str, tuple[str, ...]]:
    enumerated = {
        name: declared.ids
        for name, declared in schema.entity_types.items()
        if isinstance(declared, EnumeratedEntityType)
    }
    actions = {
        name: frozenset(one.id for one in schema.actions if one.type == name)
        for name in schema.action_types()
    }
    return {name: tuple(sorted(ids)) for name, ids in {**enumerated, **actions}.items()}
