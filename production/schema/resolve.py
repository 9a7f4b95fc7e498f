"""From declarations to meaning (spec 07 §4): names looked up, common types written out, hierarchies checked.

Common types are resolved in dependency order with an explicit stack: chains of any length cost no recursion.
"""

from __future__ import annotations

from collections.abc import Iterator

from .errors import SchemaTextError
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
from .names import BuiltInTarget, CommonTarget, Names, Scope
from .syntax import (
    ActionDeclaration,
    EntityDeclaration,
    Fragment,
    Primitive,
    RecordOf,
    Reference,
    SetOf,
    TypeExpression,
    qualified,
)
from .types import BUILT_IN, DEPTH_LIMIT, SIZE_LIMIT, RecordType, Type, TypeTable


def resolve_schema(fragments: tuple[Fragment, ...]) -> SchemaModel:
    """Return the meaning of the fragments taken together.

    Raises `SchemaTextError` for every error of spec 07.
    """
    names = Names(fragments)
    types = TypeTable()
    resolver = _Resolver(names, types)
    for full in names.commons:
        resolver.common(full)
    entity_types = {
        full: resolver.entity(full, declaration, scope)
        for full, (declaration, scope) in names.entities.items()
    }
    actions = {
        uid: resolver.action(uid, declaration, scope) for uid, (declaration, scope) in names.actions.items()
    }
    _check_action_cycles(actions, names)
    model = SchemaModel(entity_types, actions, types)
    for misplaced in sorted(external_below_enumerated(model)):
        declaration, scope = names.entities[misplaced]
        raise scope.error(
            f'the external type "{misplaced}" has an enumerated type among its ancestors', declaration.at
        )
    return model


def expressions(root: TypeExpression) -> Iterator[TypeExpression]:
    """Return every type expression inside `root`, each before the one it stands in, siblings in order."""
    outside_in: list[TypeExpression] = []
    todo = [root]
    while todo:
        expression = todo.pop()
        outside_in.append(expression)
        if isinstance(expression, RecordOf):
            todo += [attribute.type for attribute in expression.attributes]
        elif isinstance(expression, SetOf):
            todo.append(expression.element)
    return reversed(outside_in)


class _Resolver:
    """A resolver of type expressions, which remembers the common types."""

    def __init__(self, names: Names, types: TypeTable) -> None:
        self.names = names
        self.types = types
        self.commons: dict[str, Type] = {}
        self.total = 0

    def common(self, root: str) -> None:
        """Resolve a common type after those that it mentions. Raises `SchemaTextError` on a cycle."""
        todo = [root]
        open_types: set[str] = set()
        while todo:
            full = todo[-1]
            declaration, scope = self.names.commons[full]
            if full in self.commons:
                todo.pop()
            elif full in open_types:
                self.commons[full] = self._counted(declaration.type, scope)
                open_types.discard(full)
                todo.pop()
            else:
                open_types.add(full)
                for mentioned in self._mentioned(declaration.type, scope):
                    if mentioned in open_types:
                        raise scope.error(f'the common type "{full}" is defined by itself', declaration.at)
                    todo.append(mentioned)

    def _mentioned(self, expression: TypeExpression, scope: Scope) -> list[str]:
        """Return the common types in an expression that are not resolved yet."""
        found: dict[str, None] = {}
        for part in expressions(expression):
            if isinstance(part, Reference):
                target = self.names.target(part, scope, action_types=True)
                if isinstance(target, CommonTarget) and target.name not in self.commons:
                    found[target.name] = None
        return list(found)

    def type(self, root: TypeExpression, scope: Scope) -> Type:
        """Return the type that an expression means; every common type in it is resolved already."""
        built: list[Type] = []
        for expression in expressions(root):
            if isinstance(expression, Reference):
                built.append(self._named(expression, scope))
            elif isinstance(expression, Primitive):
                built.append(BUILT_IN[expression.name])
            elif isinstance(expression, SetOf):
                built.append(self.types.set_of(built.pop()))
            else:
                attributes = expression.attributes
                parts = built[len(built) - len(attributes) :]
                del built[len(built) - len(attributes) :]
                built.append(
                    self.types.record(
                        {a.name: (part, a.required) for a, part in zip(attributes, parts, strict=True)}
                    )
                )
            if built[-1].depth > DEPTH_LIMIT:
                raise scope.error(f"a type nested deeper than {DEPTH_LIMIT:,} levels", expression.at)
        return built[0]

    def _named(self, reference: Reference, scope: Scope) -> Type:
        target = self.names.target(reference, scope, action_types=True)
        if isinstance(target, CommonTarget):
            return self.commons[target.name]
        if isinstance(target, BuiltInTarget):
            return BUILT_IN[target.name]
        return self.types.entity(target.name)

    def _counted(self, expression: TypeExpression, scope: Scope) -> Type:
        """Return the type of a definition, shape, tags or context, its size added to that of the schema."""
        type_ = self.type(expression, scope)
        self.total += type_.size
        if self.total > SIZE_LIMIT:
            raise scope.error(
                f"types larger than {SIZE_LIMIT:,} parts with common types written out", expression.at
            )
        return type_

    def record(self, expression: TypeExpression | None, scope: Scope, what: str) -> RecordType:
        """Return the record that a shape or context means; none is the empty record."""
        if expression is None:
            self.total += 1
            return self.types.record({})
        type_ = self._counted(expression, scope)
        if not isinstance(type_, RecordType):
            raise scope.error(f"{what} is not a record", expression.at)
        return type_

    def entity(self, full: str, declaration: EntityDeclaration, scope: Scope) -> EntityTypeModel:
        if declaration.enum is not None:
            return EnumeratedEntityType(full, frozenset(declaration.enum))
        parents = frozenset(self.names.entity_target(parent, scope) for parent in declaration.parents)
        if declaration.is_external:
            return ExternalEntityType(full, parents)
        shape = self.record(declaration.shape, scope, f'the shape of "{full}"')
        tags = None if declaration.tags is None else self._counted(declaration.tags, scope)
        return StandardEntityType(full, parents, shape, tags)

    def action(self, uid: ActionUid, declaration: ActionDeclaration, scope: Scope) -> Action:
        parents = frozenset(self.names.action_target(parent, scope) for parent in declaration.parents)
        principals: frozenset[str] = frozenset()
        resources: frozenset[str] = frozenset()
        context: TypeExpression | None = None
        if declaration.applies_to is not None:
            applies = declaration.applies_to
            principals = frozenset(self.names.entity_target(r, scope) for r in applies.principals)
            resources = frozenset(self.names.entity_target(r, scope) for r in applies.resources)
            context = applies.context
        record = self.record(context, scope, f'the context of the action "{uid[1]}"')
        return Action(uid, parents, principals, resources, record, declaration.is_external)


def _check_action_cycles(actions: dict[ActionUid, Action], names: Names) -> None:
    """Remove actions whose parents are all gone until none is left; what stays is on or below a cycle."""
    children: dict[ActionUid, list[ActionUid]] = {}
    waiting: dict[ActionUid, int] = {}
    for uid, action in actions.items():
        waiting[uid] = len(action.parents)
        for parent in action.parents:
            children.setdefault(parent, []).append(uid)
    ready = [uid for uid, count in waiting.items() if not count]
    while ready:
        uid = ready.pop()
        del waiting[uid]
        for child in children.get(uid, ()):
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    for uid in waiting:
        raise cycle_error(uid, names)


def cycle_error(uid: ActionUid, names: Names) -> SchemaTextError:
    """Return the error for an action that is its own ancestor."""
    declaration, scope = names.actions[uid]
    what = qualified(uid[0], f'"{uid[1]}"')
    return scope.error(f"the action {what} is its own ancestor, or has an ancestor that is", declaration.at)
