"""JSON schema to declarations (spec 07 §3): one method per kind of object; unknown keys are errors."""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from ..language.names import is_word
from ..language.near_names import near_name
from ..text.json_scanner import Places
from .errors import Place, SchemaTextError
from .json_document import Json, Members, read_json, shown
from .syntax import (
    ActionDeclaration,
    ActionReference,
    Annotations,
    AppliesTo,
    AttributeDeclaration,
    CommonDeclaration,
    EntityDeclaration,
    Fragment,
    NamespaceDeclaration,
    Primitive,
    RecordOf,
    Reference,
    RefKind,
    SetOf,
    TypeExpression,
    is_identifier,
    is_name,
)

_PRIMITIVES: Final = {"String": "String", "Long": "Long", "Boolean": "Bool", "Bool": "Bool"}
_EXTENSIONS: Final = frozenset({"decimal", "ipaddr", "datetime", "duration"})

_NAMESPACE: Final = frozenset({"commonTypes", "entityTypes", "actions", "annotations"})
_ENTITY: Final = frozenset({"memberOfTypes", "shape", "tags", "enum", "annotations", "external"})
_ACTION: Final = frozenset({"appliesTo", "memberOf", "attributes", "annotations", "external"})
_GROUP: Final = frozenset({"id", "type"})
_APPLIES_TO: Final = frozenset({"principalTypes", "resourceTypes", "context"})
_COMMON: Final = frozenset({"annotations"})
_ATTRIBUTE: Final = frozenset({"required", "annotations"})
_OF_KIND: Final = {
    "Set": frozenset({"type", "element"}),
    "Record": frozenset({"type", "attributes", "additionalAttributes"}),
    "Entity": frozenset({"type", "name"}),
    "Extension": frozenset({"type", "name"}),
    "EntityOrCommon": frozenset({"type", "name"}),
}
_OTHER_KIND: Final = frozenset({"type"})

AttributeType = tuple[TypeExpression, bool, Annotations]
"""A type, whether it is required, and its annotations."""


def read_json_schema(text: str) -> Fragment:
    """Return the declarations of a schema in JSON syntax.

    Raises `SchemaTextError`: where, and what was expected.
    """
    document, places = read_json(text)
    return Fragment(text, JsonSchemaReader(text, places).namespaces(document))


class JsonSchemaReader:
    """A reader of one document, part by part; recursion is bounded by the document's own depth limit.

    A value comes with its offset `at`.
    """

    def __init__(self, text: str, places: Places) -> None:
        self.text = text
        self.start = places.start
        self.at = places.of
        self.key_at = places.of_key

    # Shapes of JSON

    def error(self, message: str, at: int) -> SchemaTextError:
        """Return the error for a place."""
        return SchemaTextError(message, Place(self.text, at))

    def members(self, value: Json, at: int, what: str, allowed: Set[str] | None = None) -> Members:
        """Return the members of an object, none of them outside `allowed`."""
        if not isinstance(value, dict):
            raise self.error(f"expected {what} as an object, found {shown(value)}", at)
        if allowed is not None and not value.keys() <= allowed:
            key = next(key for key in value if key not in allowed)
            raise self.error(
                f'unknown key "{key}" in {what}{near_name(key, sorted(allowed))}', self.key_at(value, key)
            )
        return value

    def items(self, value: Json, at: int, what: str) -> list[Json]:
        """Read an array."""
        if not isinstance(value, list):
            raise self.error(f"expected {what} as an array, found {shown(value)}", at)
        return value

    def string(self, value: Json, at: int, what: str) -> str:
        """Read a string."""
        if not isinstance(value, str):
            raise self.error(f"expected {what} as a string, found {shown(value)}", at)
        return value

    def name(self, value: Json, at: int, what: str) -> str:
        """Read a name."""
        text = self.string(value, at, what)
        if not is_name(text):
            raise self.error(f'"{text}" is not a name in normal form', at)
        return text

    def require(self, members: Members, key: str, at: int, what: str) -> None:
        """Raise unless the object, which stands at `at`, has the key."""
        if key not in members:
            raise self.error(f'{what} without "{key}"', at)

    # Declarations

    def namespaces(self, document: Json) -> tuple[NamespaceDeclaration, ...]:
        """Return all namespaces of a document."""
        named = self.members(document, self.start, "the schema")
        return tuple(self.namespace(name, value, self.at(named, name)) for name, value in named.items())

    def annotations(self, members: Members) -> Annotations:
        """Read the annotations of a declaration."""
        if "annotations" not in members:
            return ()
        annotations = self.members(members["annotations"], self.at(members, "annotations"), "annotations")
        found: list[tuple[str, str | None]] = []
        for key, value in annotations.items():
            if not is_word(key):
                raise self.error(f'the annotation key "{key}" is not a word', self.key_at(annotations, key))
            if value is not None and not isinstance(value, str):
                raise self.error(
                    f"expected the annotation's value as a string or null, found {shown(value)}",
                    self.at(annotations, key),
                )
            found.append((key, value))
        return tuple(found)

    def namespace(self, name: str, value: Json, at: int) -> NamespaceDeclaration:
        """Read a namespace."""
        if name and not is_name(name):
            raise self.error(f'the namespace "{name}" is not a name in normal form', at)
        what = f'the namespace "{name}"'
        members = self.members(value, at, what, _NAMESPACE)
        annotations = self.annotations(members)
        if annotations and not name:
            raise self.error("annotations on the empty namespace", self.at(members, "annotations"))
        self.require(members, "entityTypes", at, what)
        self.require(members, "actions", at, what)
        commons = self.declared(members, "commonTypes") if "commonTypes" in members else {}
        entities = self.declared(members, "entityTypes")
        actions = self.declared(members, "actions")
        return NamespaceDeclaration(
            name,
            tuple(self.common(commons, key) for key in commons),
            tuple(self.entity(entities, key) for key in entities),
            tuple(self.action(actions, key) for key in actions),
            annotations,
            at,
        )

    def declared(self, members: Members, key: str) -> Members:
        """Read an object of declarations, by name."""
        return self.members(members[key], self.at(members, key), f'"{key}"')

    def declared_name(self, name: str, at: int, what: str) -> str:
        """Read the name of a declaration."""
        if not is_identifier(name):
            raise self.error(f'the {what} name "{name}" is not an identifier', at)
        return name

    def common(self, owner: Members, name: str) -> CommonDeclaration:
        """Read a common type."""
        at, value = self.key_at(owner, name), owner[name]
        self.declared_name(name, at, "common type")
        value_at = self.at(owner, name)
        type_ = self.type(value, value_at, _COMMON)
        annotations = self.annotations(self.members(value, value_at, "a type"))
        return CommonDeclaration(name, type_, annotations, at)

    def entity(self, owner: Members, name: str) -> EntityDeclaration:
        """Read an entity type."""
        at = self.key_at(owner, name)
        self.declared_name(name, at, "entity type")
        what = f'the entity type "{name}"'
        members = self.members(owner[name], self.at(owner, name), what, _ENTITY)
        annotations = self.annotations(members)
        is_external = self.external(members, ("shape", "tags", "enum"))
        if "enum" in members:
            self.exclude(members, "enum", ("memberOfTypes", "shape", "tags"))
            return EntityDeclaration(name, (), None, None, self.enum(members), annotations, at)
        parents: tuple[Reference, ...] = ()
        if "memberOfTypes" in members:
            parents = self.entity_references(members, "memberOfTypes")
        shape = self.type(members["shape"], self.at(members, "shape")) if "shape" in members else None
        tags = self.type(members["tags"], self.at(members, "tags")) if "tags" in members else None
        return EntityDeclaration(name, parents, shape, tags, None, annotations, at, is_external)

    def enum(self, members: Members) -> tuple[str, ...]:
        """Return the ids of an enumerated type."""
        listed = self.items(members["enum"], self.at(members, "enum"), '"enum"')
        ids = tuple(self.string(item, self.at(listed, n), "an id") for n, item in enumerate(listed))
        if not ids:
            raise self.error('"enum" needs at least one id', self.at(members, "enum"))
        return ids

    def external(self, members: Members, excluded: tuple[str, ...]) -> bool:
        """Return whether a declaration is external; it then has none of the `excluded` members."""
        if "external" not in members:
            return False
        flag = members["external"]
        if not isinstance(flag, bool):
            raise self.error(
                f'expected "external" as true or false, found {shown(flag)}', self.at(members, "external")
            )
        if flag:
            self.exclude(members, "external", excluded)
        return flag

    def exclude(self, members: Members, key: str, others: tuple[str, ...]) -> None:
        """Raise if one of the others stands beside the key."""
        for other in others:
            if other in members:
                raise self.error(f'"{key}" together with "{other}"', self.at(members, other))

    def entity_references(self, members: Members, key: str) -> tuple[Reference, ...]:
        """Read an array of entity type names."""
        listed = self.items(members[key], self.at(members, key), f'"{key}"')
        return tuple(
            self.reference(item, self.at(listed, number), "entity", "an entity type")
            for number, item in enumerate(listed)
        )

    def reference(self, value: Json, at: int, kind: RefKind, what: str) -> Reference:
        """Read a name that refers to a declaration."""
        return Reference(self.name(value, at, what), kind, at)

    def action(self, owner: Members, name: str) -> ActionDeclaration:
        """Read an action."""
        members = self.members(owner[name], self.at(owner, name), f'the action "{name}"', _ACTION)
        is_external = self.external(members, ("appliesTo", "attributes"))
        if members.get("attributes") is not None:
            raise self.error("actions have no attributes", self.at(members, "attributes"))
        parents: tuple[ActionReference, ...] = ()
        if members.get("memberOf") is not None:
            listed = self.items(members["memberOf"], self.at(members, "memberOf"), '"memberOf"')
            parents = tuple(self.action_reference(item, self.at(listed, n)) for n, item in enumerate(listed))
        applies_to: AppliesTo | None = None
        if members.get("appliesTo") is not None:
            applies_to = self.applies_to(members["appliesTo"], self.at(members, "appliesTo"))
        annotations = self.annotations(members)
        return ActionDeclaration(
            name, parents, applies_to, annotations, self.key_at(owner, name), is_external
        )

    def action_reference(self, value: Json, at: int) -> ActionReference:
        """Read a reference to an action."""
        what = 'an entry of "memberOf"'
        members = self.members(value, at, what, _GROUP)
        self.require(members, "id", at, what)
        entity_id = self.string(members["id"], self.at(members, "id"), "the action's id")
        type_name: str | None = None
        if members.get("type") is not None:
            type_name = self.name(members["type"], self.at(members, "type"), "the action's type")
        return ActionReference(type_name, entity_id, at)

    def applies_to(self, value: Json, at: int) -> AppliesTo:
        """Read `appliesTo`."""
        members = self.members(value, at, '"appliesTo"', _APPLIES_TO)
        self.require(members, "principalTypes", at, '"appliesTo"')
        self.require(members, "resourceTypes", at, '"appliesTo"')
        return AppliesTo(
            self.entity_references(members, "principalTypes"),
            self.entity_references(members, "resourceTypes"),
            self.type(members["context"], self.at(members, "context")) if "context" in members else None,
        )

    # Types

    def type(self, value: Json, at: int, also: Set[str] = frozenset()) -> TypeExpression:
        """Return a type; `also` are the keys that its position allows beside those of its kind."""
        members = self.members(value, at, "a type")
        self.require(members, "type", at, "a type")
        kind = self.string(members["type"], self.at(members, "type"), "the kind of a type")
        what = f'a type of kind "{kind}"'
        self.members(value, at, what, _OF_KIND.get(kind, _OTHER_KIND) | also)
        match kind:
            case "String" | "Long" | "Boolean" | "Bool":
                return Primitive(_PRIMITIVES[kind], at)
            case "Set":
                self.require(members, "element", at, what)
                return SetOf(self.type(members["element"], self.at(members, "element")), at)
            case "Record":
                return self.record(members, at)
            case "Entity" | "EntityOrCommon":
                self.require(members, "name", at, what)
                name, name_at = members["name"], self.at(members, "name")
                if kind == "Entity":
                    return self.reference(name, name_at, "entity", "an entity type")
                return self.reference(name, name_at, "either", "a type name")
            case "Extension":
                self.require(members, "name", at, what)
                return self.extension(members["name"], self.at(members, "name"), at)
            case _:
                return self.reference(kind, self.at(members, "type"), "common", "a type")

    def extension(self, value: Json, name_at: int, at: int) -> Primitive:
        """Read an extension type."""
        name = self.string(value, name_at, "an extension type")
        if name not in _EXTENSIONS:
            known = ", ".join(sorted(_EXTENSIONS))
            raise self.error(f'no extension type "{name}"; they are {known}', name_at)
        return Primitive(name, at)

    def record(self, members: Members, at: int) -> RecordOf:
        """Read a record type."""
        if members.get("additionalAttributes", False) is not False:
            raise self.error(
                '"additionalAttributes" may only be false', self.at(members, "additionalAttributes")
            )
        self.require(members, "attributes", at, "a record")
        attributes = self.declared(members, "attributes")
        return RecordOf(self.attributes(attributes), at)

    def attributes(self, owner: Members) -> tuple[AttributeDeclaration, ...]:
        """Read the attributes of a record type."""
        return tuple(self.attribute(owner, name) for name in owner)

    def attribute(self, owner: Members, name: str) -> AttributeDeclaration:
        """Read one attribute."""
        at = self.key_at(owner, name)
        type_, required, annotations = self.attribute_type(owner[name], self.at(owner, name))
        return AttributeDeclaration(name, type_, required, annotations, at)

    def attribute_type(self, value: Json, at: int) -> AttributeType:
        """Return all of an attribute but its name."""
        type_ = self.type(value, at, _ATTRIBUTE)
        members = self.members(value, at, "a type")
        required = members.get("required", True)
        if not isinstance(required, bool):
            raise self.error(
                f'expected "required" as true or false, found {shown(required)}', self.at(members, "required")
            )
        return type_, required, self.annotations(members)
