"""A definition of schemas in Cedar syntax: one function per rule of the grammar (spec 07 §2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drt.oracles.defined_names import Refused, Undefined
from drt.oracles.defined_schema import (
    EMPTY,
    Action,
    Applies,
    Entity,
    Record,
    Reference,
    SetOf,
    Space,
    Type,
    resolved,
)
from drt.oracles.defined_tokens import Tokens, is_word, string_of, tokens_of

Json = Any

_RESERVED = frozenset({"true", "false", "if", "then", "else", "in", "is", "like", "has"})
_DEEPEST = 40


def defined_cedar_schema(text: str) -> Json:
    """Return the canonical form of a schema text; raise `Refused` or `Undefined`."""
    reader = _Reader(tokens_of(text, is_schema=True))
    spaces = {"": Space()}
    while reader.next:
        reader.annotations()
        if not reader.has("namespace"):
            reader.declaration(spaces[""])
            continue
        name = reader.path()
        if name in spaces or "__cedar" in name.split("::"):
            raise Refused(f"the namespace {name}")
        spaces[name] = Space()
        reader.take("{")
        while not reader.has("}"):
            reader.annotations()
            reader.declaration(spaces[name])
    return resolved(spaces)


class _Reader(Tokens):
    """Every method reads what it is called after."""

    _depth = 0

    def word(self) -> str:
        token = self.take()
        if not is_word(token) or token in _RESERVED:
            raise Refused(f"{token!r} is no identifier")
        return token

    def name(self) -> str:
        return string_of(self.string()) if self.next.startswith('"') else self.word()

    def path(self) -> str:
        parts = [self.word()]
        while self.has("::"):
            parts.append(self.word())
        if "__cedar" in parts[1:]:
            raise Refused("`__cedar` inside a name")
        return "::".join(parts)

    def separated(self, item: Callable[[], Any]) -> list[Any]:
        """Take one or more items with commas between."""
        found = [item()]
        while self.has(","):
            found.append(item())
        return found

    def annotations(self) -> None:
        keys = set()
        while self.has("@"):
            key = self.take()
            if not is_word(key) or key in keys:
                raise Refused(f"the annotation {key}")
            keys.add(key)
            if self.has("("):
                string_of(self.string())
                self.take(")")

    def declaration(self, space: Space) -> None:
        external = self.has("external")
        kind = self.take("entity", "action", *(() if external else ("type",)))
        if kind == "type":
            names = [self.word()]
            self.take("=")
            self._declare(space.commons, names, self.type())
        elif kind == "entity":
            names = self.separated(self.word)
            self._declare(space.entities, names, self.entity(external))
        else:
            names = self.separated(self.name)
            self._declare(space.actions, names, self.action(external))
        if kind != "action" and "__cedar" in names:
            raise Refused("`__cedar` is declared")
        self.take(";")

    def _declare(self, declared: dict[str, Any], names: list[str], what: Any) -> None:
        for name in names:
            if name in declared:
                raise Refused(f"{name} is declared twice")
            declared[name] = what

    def entity(self, external: bool) -> Entity:
        if not external and self.has("enum"):
            self.take("[")
            ids = self.separated(lambda: string_of(self.string()))
            self.take("]")
            return Entity(ids=ids)
        parents = self.entity_types() if self.has("in") else []
        if external:
            return Entity(parents, external=True)
        shape: Type = EMPTY
        if self.has("=") or self.next == "{":
            shape = self.record()
        return Entity(parents, shape, self.type() if self.has("tags") else None)

    def entity_types(self, least: int = 0) -> list[str]:
        if not self.has("["):
            return [self.path()]
        found = [] if self.next == "]" and not least else self.separated(self.path)
        self.take("]")
        return found

    def action(self, external: bool) -> Action:
        parents: list[tuple[str | None, str]] = []
        if self.has("in"):
            if self.has("["):
                parents = self.separated(self.action_reference)
                self.take("]")
            else:
                parents = [self.action_reference()]
        if external:
            return Action(parents, external=True)
        applies = self.applies() if self.has("appliesTo") else None
        if self.has("attributes"):
            self.take("{")
            self.take("}")
        return Action(parents, applies)

    def action_reference(self) -> tuple[str | None, str]:
        if self.next.startswith('"'):
            return None, string_of(self.string())
        parts = [self.word()]
        while self.has("::"):
            if self.next.startswith('"'):
                return "::".join(parts), string_of(self.string())
            parts.append(self.word())
        if len(parts) > 1:
            raise Refused("an action without an id")
        return None, parts[0]

    def applies(self) -> Applies:
        found: dict[str, Any] = {}
        self.take("{")
        while not found or not self.has("}"):
            part = self.take("principal", "resource", "context")
            self.take(":")
            if part in found:
                raise Refused(f"{part} twice")
            found[part] = self.context() if part == "context" else self.entity_types(1)
            if not self.has(","):
                self.take("}")
                break
        if not {"principal", "resource"} <= found.keys():
            raise Refused("`appliesTo` without a list")
        return Applies(found["principal"], found["resource"], found.get("context", EMPTY))

    def context(self) -> Type:
        return self.record() if self.next == "{" else Reference(self.path(), "common")

    def type(self) -> Type:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Undefined
        if self.next == "{":
            found: Type = self.record()
        elif self.next == "Set" and self.following == "<":
            self.take()
            self.take("<")
            found = SetOf(self.type())
            self.take(">")
        else:
            found = Reference(self.path(), "either")
        self._depth -= 1
        return found

    def record(self) -> Record:
        self.take("{")
        attributes: dict[str, tuple[Type, bool]] = {}
        while not self.has("}"):
            self.annotations()
            name = self.name()
            optional = self.has("?")
            self.take(":")
            if name in attributes:
                raise Refused(f"the attribute {name} twice")
            attributes[name] = self.type(), not optional
            if not self.has(","):
                self.take("}")
                break
        return Record(attributes)
