"""Resolution of names (spec 07 §4): the table of all declarations, and the candidates of a name.

Declaration errors that need no type (doubles, shadowing, reserved names) are found while the table is filled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..language.near_names import near_name
from .errors import Place, SchemaTextError
from .model import ActionUid
from .syntax import (
    ActionDeclaration,
    ActionReference,
    CommonDeclaration,
    EntityDeclaration,
    Fragment,
    NamespaceDeclaration,
    Reference,
    qualified,
)
from .types import BUILT_IN

RESERVED_COMMON = frozenset({"Bool", "Boolean", "Entity", "Extension", "Long", "Record", "Set", "String"})
BUILT_IN_NAMESPACE = "__cedar"


@dataclass(frozen=True, slots=True)
class Scope:
    """The scope of a declaration: its namespace, and the text that it stands in."""

    namespace: str
    text: str

    def error(self, message: str, at: int) -> SchemaTextError:
        """Return the error for a place."""
        return SchemaTextError(message, Place(self.text, at))


@dataclass(frozen=True, slots=True)
class CommonTarget:
    """A declared common type, by full name."""

    name: str


@dataclass(frozen=True, slots=True)
class BuiltInTarget:
    """A built-in type, by its name in `__cedar`."""

    name: str


@dataclass(frozen=True, slots=True)
class EntityTarget:
    """An entity type or, where `Action` may stand, an action type, by full name."""

    name: str


Target = CommonTarget | BuiltInTarget | EntityTarget


class Names:
    """Every declaration of some fragments, by full name."""

    def __init__(self, fragments: tuple[Fragment, ...]) -> None:
        """Raise `SchemaTextError` for the declaration errors of spec 07 §4.1 that need no resolution."""
        self.commons: dict[str, tuple[CommonDeclaration, Scope]] = {}
        self.entities: dict[str, tuple[EntityDeclaration, Scope]] = {}
        self.actions: dict[ActionUid, tuple[ActionDeclaration, Scope]] = {}
        self.action_types: set[str] = set()
        self._meant: dict[tuple[str, str, str, bool], Target | None] = {}
        for fragment in fragments:
            opened: set[str] = set()
            for namespace in fragment.namespaces:
                scope = Scope(namespace.name, fragment.text)
                if namespace.name in opened:
                    raise scope.error(f'the namespace "{namespace.name}" is opened twice', namespace.at)
                opened.add(namespace.name)
                self._declare(namespace, scope)
        self._check_shadowing()

    def _declare(self, namespace: NamespaceDeclaration, scope: Scope) -> None:
        if BUILT_IN_NAMESPACE in namespace.name.split("::"):
            raise scope.error(f'"{BUILT_IN_NAMESPACE}" in the namespace "{namespace.name}"', namespace.at)
        for common in namespace.commons:
            if common.name in RESERVED_COMMON or common.name == BUILT_IN_NAMESPACE:
                raise scope.error(f'"{common.name}" is reserved and cannot name a common type', common.at)
            full = qualified(namespace.name, common.name)
            if full in self.commons:
                raise scope.error(f'the common type "{full}" is declared twice', common.at)
            self.commons[full] = (common, scope)
        for entity in namespace.entities:
            if entity.name in ("Action", BUILT_IN_NAMESPACE):
                raise scope.error(f'"{entity.name}" is reserved and cannot name an entity type', entity.at)
            full = qualified(namespace.name, entity.name)
            if full in self.entities:
                raise scope.error(f'the entity type "{full}" is declared twice', entity.at)
            self.entities[full] = (entity, scope)
        action_type = qualified(namespace.name, "Action")
        for action in namespace.actions:
            uid = (action_type, action.name)
            if uid in self.actions:
                raise scope.error(f'the action "{action.name}" is declared twice', action.at)
            self.actions[uid] = (action, scope)
            self.action_types.add(action_type)

    def _check_shadowing(self) -> None:
        """Check that no declaration of a namespace hides one of the empty namespace (spec 07 §4.1)."""
        declared: list[tuple[CommonDeclaration | EntityDeclaration, Scope]] = []
        declared += self.commons.values()
        declared += self.entities.values()
        for declaration, scope in declared:
            if scope.namespace and (declaration.name in self.commons or declaration.name in self.entities):
                full = qualified(scope.namespace, declaration.name)
                raise scope.error(
                    f'"{full}" would hide "{declaration.name}" of the empty namespace', declaration.at
                )
        for action, scope in self.actions.values():
            if scope.namespace and ("Action", action.name) in self.actions:
                raise scope.error(
                    f'the action "{action.name}" would hide that of the empty namespace', action.at
                )

    def candidates(self, name: str, namespace: str) -> Iterator[str]:
        """Yield the full names that a name may mean, in order."""
        if namespace and "::" not in name:
            yield f"{namespace}::{name}"
        yield name

    def lookup(self, name: str, namespace: str, kind: str, action_types: bool) -> Target | None:
        """Return the first declaration that a name means.

        `action_types` says whether `Action` may stand there.
        """
        key = (name, namespace, kind, action_types)
        if key not in self._meant:
            self._meant[key] = self._lookup(*key)
        return self._meant[key]

    def _lookup(self, name: str, namespace: str, kind: str, action_types: bool) -> Target | None:
        for candidate in self.candidates(name, namespace):
            if kind != "entity":
                if candidate in self.commons:
                    return CommonTarget(candidate)
                if built_in := self.built_in(candidate):
                    return BuiltInTarget(built_in)
            if kind != "common" and (
                candidate in self.entities or (action_types and candidate in self.action_types)
            ):
                return EntityTarget(candidate)
        return None

    def built_in(self, full: str) -> str | None:
        """Return the built-in meant by a full name.

        That is `__cedar::Long`, or its alias `Long` unless that is declared.
        """
        head, _, last = full.rpartition("::")
        if last not in BUILT_IN or head not in ("", BUILT_IN_NAMESPACE):
            return None
        return None if not head and (last in self.commons or last in self.entities) else last

    def target(self, reference: Reference, scope: Scope, *, action_types: bool) -> Target:
        """Return what a reference means. Raises `SchemaTextError` when it means nothing."""
        found = self.lookup(reference.name, scope.namespace, reference.kind, action_types)
        if found is None:
            what = {"common": "common type", "entity": "entity type", "either": "type"}[reference.kind]
            known: list[str] = []
            if reference.kind != "common":
                known += self.entities
            if reference.kind != "entity":
                known += [*self.commons, *BUILT_IN]
            raise scope.error(
                f'no {what} "{reference.name}" is declared{near_name(reference.name, known)}', reference.at
            )
        return found

    def entity_target(self, reference: Reference, scope: Scope) -> str:
        """Return the full name of a declared entity type (no action type)."""
        return self.target(reference, scope, action_types=False).name

    def action_target(self, reference: ActionReference, scope: Scope) -> ActionUid:
        """Return the uid of the declared action that a reference means."""
        for candidate in self.candidates(reference.type or "Action", scope.namespace):
            if (candidate, reference.id) in self.actions:
                return (candidate, reference.id)
        written = f'{reference.type or "Action"}::"{reference.id}"'
        hint = near_name(written, (f'{type_name}::"{action_id}"' for type_name, action_id in self.actions))
        raise scope.error(f"no action {written} is declared{hint}", reference.at)
