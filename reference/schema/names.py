"""The names that a schema declares, and the resolution of references to them (spec 07 §4, §4.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal

from reference.schema.schema import uid_text
from reference.schema.syntax import (
    BUILTIN_NAMES,
    RESERVED_COMMON_TYPES,
    ActionDeclaration,
    CommonTypeDeclaration,
    Declaration,
    EntityDeclaration,
    Fragment,
    Name,
    refusal,
)
from reference.values import EntityUid

BUILTIN_NAMESPACE = "__cedar"


@dataclass(frozen=True, slots=True)
class Found:
    """The target of a name: the full name of a declaration, or a built-in type."""

    kind: Literal["common", "entity", "builtin"]
    name: str


@dataclass(frozen=True, slots=True)
class Declared:
    """Every declaration by its full name, with its namespace."""

    entity_types: dict[str, tuple[str, EntityDeclaration]] = field(default_factory=dict)
    common_types: dict[str, tuple[str, CommonTypeDeclaration]] = field(default_factory=dict)
    actions: dict[EntityUid, tuple[str, ActionDeclaration]] = field(default_factory=dict)
    action_types: set[str] = field(default_factory=set)

    def candidates(self, name: str, namespace: str) -> tuple[str, ...]:
        """Find the full names that a name may stand for inside a namespace, best first."""
        if "::" in name or not namespace:
            return (name,)
        return (qualified(namespace, name), name)

    def find(self, name: Name, namespace: str, *, action_types: bool) -> Found:
        """Find the first candidate that exists, common types before entity types, or raise `InputError`."""
        for candidate in self.candidates(name.text, namespace):
            found = self._kind_of(candidate, name, action_types)
            if found is not None:
                return Found(found, candidate.removeprefix(f"{BUILTIN_NAMESPACE}::"))
        wanted = {"either": "type", "common": "common type", "entity": "entity type"}[name.kinds]
        raise refusal(name.where, f"no {wanted} `{name.text}` is declared")

    def _kind_of(
        self, candidate: str, name: Name, action_types: bool
    ) -> Literal["common", "entity", "builtin"] | None:
        if name.kinds != "entity" and candidate in self.common_types:
            return "common"
        if name.kinds != "common" and candidate in self.entity_types:
            return "entity"
        if name.kinds != "common" and action_types and candidate in self.action_types:
            return "entity"
        if name.kinds != "entity" and self._is_builtin(candidate):
            return "builtin"
        return None

    def _is_builtin(self, candidate: str) -> bool:
        """Find a built-in by its own name, or by its alias in the empty namespace unless the user took it."""
        if candidate.startswith(f"{BUILTIN_NAMESPACE}::"):
            return candidate.removeprefix(f"{BUILTIN_NAMESPACE}::") in BUILTIN_NAMES
        return candidate in BUILTIN_NAMES and candidate not in self.entity_types


def qualified(namespace: str, name: str) -> str:
    """Find the full name of what a namespace declares."""
    return f"{namespace}::{name}" if namespace else name


def collect(fragments: Iterable[Fragment]) -> Declared:
    """Find the declarations by name, or `InputError` where one is not allowed or stands twice."""
    declared = Declared()
    for fragment in fragments:
        if BUILTIN_NAMESPACE in fragment.namespace.split("::"):
            raise refusal(fragment.where, f"the namespace `{fragment.namespace}` uses the reserved `__cedar`")
        for declaration in fragment.declarations:
            _declare(declared, fragment.namespace, declaration)
    _forbid_shadowing(declared)
    return declared


def _declare(declared: Declared, namespace: str, declaration: Declaration) -> None:
    name = qualified(namespace, declaration.name)
    where = declaration.where
    if not isinstance(declaration, ActionDeclaration) and declaration.name == BUILTIN_NAMESPACE:
        raise refusal(where, "the name `__cedar` is reserved")
    match declaration:
        case EntityDeclaration():
            if declaration.name == "Action":
                raise refusal(where, "`Action` is the type of actions and cannot be declared")
            if name in declared.entity_types:
                raise refusal(where, f"the entity type `{name}` is declared twice")
            declared.entity_types[name] = (namespace, declaration)
        case CommonTypeDeclaration():
            if declaration.name in RESERVED_COMMON_TYPES:
                raise refusal(where, f"`{declaration.name}` cannot name a common type")
            if name in declared.common_types:
                raise refusal(where, f"the common type `{name}` is declared twice")
            declared.common_types[name] = (namespace, declaration)
        case ActionDeclaration():
            uid = EntityUid(qualified(namespace, "Action"), declaration.name)
            if uid in declared.actions:
                raise refusal(where, f"the action `{uid_text(uid)}` is declared twice")
            declared.actions[uid] = (namespace, declaration)
            declared.action_types.add(uid.type)


def _forbid_shadowing(declared: Declared) -> None:
    """Check that no namespace hides a type or an action of the empty namespace (spec 07 §4.1)."""
    types: Iterable[tuple[str, tuple[str, EntityDeclaration | CommonTypeDeclaration]]]
    types = chain(declared.entity_types.items(), declared.common_types.items())
    for name, (namespace, declaration) in types:
        base = declaration.name
        if namespace and (base in declared.entity_types or base in declared.common_types):
            raise refusal(declaration.where, f"`{name}` hides `{base}` of the empty namespace")
    for uid, (namespace, action) in declared.actions.items():
        outer = EntityUid("Action", uid.id)
        if namespace and outer in declared.actions:
            raise refusal(action.where, f"`{uid_text(uid)}` hides `{uid_text(outer)}` of the empty namespace")
