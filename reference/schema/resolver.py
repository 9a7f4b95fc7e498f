"""Declarations to a resolved schema (spec 07 §4): the meaning of each, or the first fault.

Common types are written out wherever they are used, in whatever order they are declared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reference.schema.names import Declared, Found, collect
from reference.schema.schema import (
    Action,
    EntityTypeDeclaration,
    EnumeratedEntityType,
    ExternalEntityType,
    Schema,
    StandardEntityType,
    cycle_in,
    external_within_enumerated,
    uid_text,
)
from reference.schema.syntax import (
    EXTENSION_NAMES,
    ActionDeclaration,
    ActionReference,
    Builtin,
    EntityDeclaration,
    Fragment,
    Name,
    Place,
    RecordOf,
    SetOf,
    TypeExpression,
    refusal,
)
from reference.schema.types import (
    BOOL,
    EMPTY_RECORD,
    LONG,
    STRING,
    Attribute,
    EntityType,
    ExtensionType,
    RecordType,
    SetType,
    Type,
)
from reference.support.recursion import deep_recursion
from reference.values import EntityUid

DEEPEST_TYPE = 1_000
LARGEST_SCHEMA = 1_000_000
"""Bounds on types with their abbreviations written out: nesting of one, nodes of all together."""

BUILTIN_TYPES: dict[str, Type] = {
    "Long": LONG,
    "String": STRING,
    "Bool": BOOL,
    **{name: ExtensionType(name) for name in EXTENSION_NAMES},
}


@dataclass(frozen=True, slots=True)
class Measured:
    """A resolved type, how deep it is nested, and of how many types it is made."""

    type: Type
    depth: int = 1
    size: int = 1


def resolve(fragments: Iterable[Fragment]) -> Schema:
    """Resolve the schema that the declarations of all fragments make together; raises `InputError`."""
    resolver = _Resolver(collect(fragments))
    declared = resolver.declared
    with deep_recursion():
        for name in declared.common_types:
            resolver.count(resolver.common_type(name), declared.common_types[name][1].where)
        entity_types = {name: resolver.entity_type(ns, d) for name, (ns, d) in declared.entity_types.items()}
        actions = {uid: resolver.action(ns, d) for uid, (ns, d) in declared.actions.items()}
    on_cycle = cycle_in(actions, lambda uid: actions[uid].parents)
    if on_cycle is not None:
        where = declared.actions[on_cycle][1].where
        raise refusal(
            where, f"the action `{uid_text(on_cycle)}` is a member of itself, directly or through its groups"
        )
    schema = Schema(entity_types, actions)
    external = external_within_enumerated(schema)
    if external is not None:
        where = declared.entity_types[external][1].where
        raise refusal(where, f"the external entity type `{external}` has an enumerated ancestor")
    return schema


def resolved_record(declared: Declared, expression: TypeExpression, namespace: str) -> RecordType:
    """Resolve the record type that an expression means inside a namespace; raises `InputError`."""
    with deep_recursion():
        return _Resolver(declared).record(expression, namespace, "", "shape")


@dataclass(slots=True)
class _Resolver:
    """The declared names, the common types resolved so far, and those being resolved."""

    declared: Declared
    done: dict[str, Measured] = field(default_factory=dict)
    underway: set[str] = field(default_factory=set)
    total: int = 0

    def common_type(self, name: str) -> Measured:
        if name in self.done:
            return self.done[name]
        namespace, declaration = self.declared.common_types[name]
        if name in self.underway:
            raise refusal(declaration.where, f"the common type `{name}` is defined by itself")
        self.underway.add(name)
        measured = self.type(declaration.definition, namespace)
        self.underway.discard(name)
        self.done[name] = measured
        return measured

    def type(self, expression: TypeExpression, namespace: str) -> Measured:
        """Resolve the type that an expression means inside a namespace (spec 07 §4)."""
        match expression:
            case Builtin(name):
                return Measured(BUILTIN_TYPES[name])
            case SetOf(element):
                inner = self.type(element, namespace)
                return Measured(SetType(inner.type), inner.depth + 1, inner.size + 1)
            case RecordOf(declared):
                attributes: dict[str, Attribute] = {}
                depth, size = 0, 1
                for key, attribute in declared.items():
                    inner = self.type(attribute.type, namespace)
                    attributes[key] = Attribute(inner.type, attribute.required)
                    depth, size = max(depth, inner.depth), size + inner.size
                return Measured(RecordType(attributes), depth + 1, size)
            case Name():
                match self.declared.find(expression, namespace, action_types=True):
                    case Found("common", name):
                        return self.common_type(name)
                    case Found("entity", name):
                        return Measured(EntityType(frozenset({name})))
                    case Found(_, name):
                        return Measured(BUILTIN_TYPES[name])

    def count(self, measured: Measured, where: Place) -> Type:
        """Resolve the type itself, if it and all before it stay within the bounds."""
        self.total += measured.size
        if measured.depth > DEEPEST_TYPE:
            raise refusal(where, f"a type is nested deeper than {DEEPEST_TYPE:,} levels")
        if self.total > LARGEST_SCHEMA:
            raise refusal(where, f"the schema's types, written out, have more than {LARGEST_SCHEMA:,} parts")
        return measured.type

    def record(self, expression: TypeExpression, namespace: str, where: Place, role: str) -> RecordType:
        resolved = self.count(self.type(expression, namespace), where)
        if not isinstance(resolved, RecordType):
            raise refusal(where, f"the {role} must be a record type")
        return resolved

    def entity_type(self, namespace: str, declaration: EntityDeclaration) -> EntityTypeDeclaration:
        if declaration.enum is not None:
            return EnumeratedEntityType(frozenset(declaration.enum))
        if declaration.external:
            return ExternalEntityType(self.entity_names(declaration.parents, namespace))
        shape = self.record(declaration.shape, namespace, declaration.where, f"shape of `{declaration.name}`")
        tags = None
        if declaration.tags is not None:
            tags = self.count(self.type(declaration.tags, namespace), declaration.where)
        return StandardEntityType(shape, self.entity_names(declaration.parents, namespace), tags)

    def entity_names(self, names: tuple[Name, ...], namespace: str) -> frozenset[str]:
        return frozenset(self.declared.find(name, namespace, action_types=False).name for name in names)

    def action(self, namespace: str, declaration: ActionDeclaration) -> Action:
        parents = frozenset(self.group(reference, namespace) for reference in declaration.parents)
        applies = declaration.applies_to
        if applies is None:
            return Action(frozenset(), frozenset(), EMPTY_RECORD, parents, declaration.external)
        return Action(
            self.entity_names(applies.principals, namespace),
            self.entity_names(applies.resources, namespace),
            self.record(applies.context, namespace, declaration.where, f"context of `{declaration.name}`"),
            parents,
        )

    def group(self, reference: ActionReference, namespace: str) -> EntityUid:
        """Resolve the declared action that `in` or `memberOf` names (spec 07 §4, last paragraph)."""
        type_name = "Action" if reference.type_name is None else reference.type_name
        for candidate in self.declared.candidates(type_name, namespace):
            uid = EntityUid(candidate, reference.id)
            if uid in self.declared.actions:
                return uid
        missing = uid_text(EntityUid(type_name, reference.id))
        raise refusal(reference.where, f"no action `{missing}` is declared")
