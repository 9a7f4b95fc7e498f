"""Schemas split into fragments that link to them again; each declares external what others define (13 §5).

A type is declared external with all its ancestors where a type of the fragment is below it, since no
definition may gain ancestors by linking; elsewhere with some of them. An action is declared with all, since
its ancestors must be the same everywhere. What mentions an enumerated type stays with it, for an enumerated
type cannot be declared external.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from generators.choice.sources import Source
from generators.draw.syntax import Uid
from generators.draw.world import Action, EntityT, EntityType, RecordT, Schema, SetT, Type

Name = str | Uid
"""An entity type or an action."""

FEWEST, MOST = 2, 4


def fragments_of(source: Source, schema: Schema) -> tuple[Schema, ...]:
    """Split a schema into two to four fragments that link to it again, in any order."""
    with source.span("fragments"):
        return assembled(source, schema, shared_out(source, schema, source.integer(FEWEST, MOST)))


def shared_out(source: Source, schema: Schema, count: int) -> list[set[Name]]:
    """Distribute the definitions over `count` fragments; a fragment may get none."""
    owned: list[set[Name]] = [set() for _ in range(count)]
    tied = tied_to_enums(schema)
    names: list[Name] = [*schema.types, *schema.actions_by_uid]
    for name in names:
        owned[0 if name in tied else source.integer(0, count - 1)].add(name)
    return owned


def tied_to_enums(schema: Schema) -> frozenset[Name]:
    """Collect the enumerated types, and what mentions one or has one above it."""
    enums = {entity_type.name for entity_type in schema.entity_types if entity_type.enum}
    tied: set[Name] = set(enums)
    tied.update(
        each.name for each in schema.entity_types if enums & {*_types_of(each), *schema.ancestors[each.name]}
    )
    tied.update(action.uid for action in schema.actions if enums & {*_types_of(action)})
    return frozenset(tied)


def assembled(source: Source, schema: Schema, owned: Sequence[set[Name]]) -> tuple[Schema, ...]:
    """Make a schema of each fragment: its definitions, and declarations of what it needs of others."""
    return tuple(_Fragment(source, schema, names).schema() for names in owned)


class _Fragment:
    """A fragment in the making: what it defines, and the parents of what it declares external."""

    def __init__(self, source: Source, whole: Schema, owned: set[Name]) -> None:
        self.source = source
        self.whole = whole
        self.owned = owned
        self.types: dict[str, tuple[str, ...]] = {}
        self.actions: dict[Uid, tuple[Uid, ...]] = {}

    def schema(self) -> Schema:
        types = [each for each in self.whole.entity_types if each.name in self.owned]
        actions = [each for each in self.whole.actions if each.uid in self.owned]
        for entity_type in types:
            for name in sorted(self.whole.ancestors[entity_type.name]):
                self._below(name)
        for action in actions:
            self._action(action)
        declarations: tuple[EntityType | Action, ...] = (*types, *actions)
        for declaration in declarations:
            for name in _types_of(declaration):
                self._mention(name)
        self._needless()
        return Schema(
            (*types, *(EntityType(name, above, external=True) for name, above in self.types.items())),
            (*actions, *(Action(uid, above, external=True) for uid, above in self.actions.items())),
            self._common_types(declarations),
        )

    def _below(self, name: str) -> None:
        """Declare a type that something defined here is below, with all its parents."""
        if name not in self.owned:
            self.types[name] = self.whole.types[name].parents

    def _action(self, action: Action) -> None:
        """Declare the ancestors of an action."""
        for uid in sorted(self.whole.action_ancestors[action.uid]):
            if uid not in self.owned:
                self.actions[uid] = self.whole.actions_by_uid[uid].parents

    def _mention(self, name: str) -> None:
        """Declare a type for its name alone, with some of its parents."""
        if name not in self.whole.types:
            self._action_type(name)
        elif name not in self.owned and name not in self.types:
            above = tuple(
                parent
                for parent in self.whole.types[name].parents
                if not self.whole.types[parent].enum and self.source.boolean(0.3)
            )
            self.types[name] = above
            for parent in above:
                self._mention(parent)

    def _action_type(self, name: str) -> None:
        """Declare an action of an action type that is mentioned, unless there is one."""
        own = [action for action in self.whole.actions if action.uid.type == name]
        if not any(action.uid in self.owned or action.uid in self.actions for action in own):
            self._external_action(own[0])

    def _external_action(self, action: Action) -> None:
        self.actions[action.uid] = action.parents
        self._action(action)

    def _needless(self) -> None:
        """Declare something, sometimes, that nothing here uses."""
        if self.source.boolean(0.2):
            plain = [each.name for each in self.whole.entity_types if not each.enum]
            self._mention(self.source.choice(plain))
        if self.source.boolean(0.2):
            action = self.source.choice(self.whole.actions)
            if action.uid not in self.owned:
                self._external_action(action)

    def _common_types(self, declarations: Iterable[EntityType | Action]) -> tuple[tuple[str, Type], ...]:
        """Collect the common types that the declarations use, directly or through others."""
        used = {alias for each in declarations for type_ in _written(each) for alias in _aliases(type_)}
        return tuple(common for common in self.whole.common_types if common[0] in used)


def _written(declaration: EntityType | Action) -> Iterator[Type]:
    """Yield the types that a declaration writes."""
    match declaration:
        case EntityType():
            yield declaration.shape
            if declaration.tags is not None:
                yield declaration.tags
        case Action():
            yield declaration.context


def _types_of(declaration: EntityType | Action) -> Iterator[str]:
    """Yield the entity types that a declaration mentions besides its parents."""
    if isinstance(declaration, Action):
        yield from declaration.principals
        yield from declaration.resources
    for type_ in _written(declaration):
        yield from (part.name for part in _parts(type_) if isinstance(part, EntityT))


def _parts(type_: Type) -> Iterator[Type]:
    """Yield a type and the types inside it."""
    yield type_
    match type_:
        case SetT(element):
            yield from _parts(element)
        case RecordT(attrs):
            for attr in attrs:
                yield from _parts(attr.type)


def _aliases(type_: Type) -> Iterator[str]:
    return (part.alias for part in _parts(type_) if part.alias is not None)
