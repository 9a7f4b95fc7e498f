"""JSON schema to declarations (spec 07 §3): one method a kind of object, every key accounted for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from production.names import is_word
from production.schema_errors import Place, SchemaTextError, near_name
from production.schema_json_text import Json, read_json
from production.schema_syntax import (
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

_PRIMITIVES = {"String": "String", "Long": "Long", "Boolean": "Bool", "Bool": "Bool"}
_EXTENSIONS = frozenset({"decimal", "ipaddr", "datetime", "duration"})
_KIND_KEYS = {
    "Set": {"element"},
    "Record": {"attributes", "additionalAttributes"},
    "Entity": {"name"},
    "Extension": {"name"},
    "EntityOrCommon": {"name"},
}

Members = dict[str, Json]


def read_json_schema(text: str) -> Fragment:
    """The declarations of a schema in JSON syntax. Raises `SchemaTextError`: where, and what was expected."""
    reader = _Reader(text)
    document = reader.members(read_json(text), "the schema", None)
    namespaces = [reader.namespace(name, node) for name, node in document.items()]
    return Fragment(text, tuple(namespaces))


class _Reader:
    """Reads the parts of one document; recursion is bounded by the document's own depth limit."""

    def __init__(self, text: str) -> None:
        self.text = text

    # Shapes of JSON

    def error(self, message: str, at: int) -> SchemaTextError:
        return SchemaTextError(message, Place(self.text, at))

    def members(self, node: Json, what: str, allowed: Iterable[str] | None) -> Members:
        """The members of an object, none of them outside `allowed`."""
        if not isinstance(node.value, dict):
            raise self.error(f"expected {what} as an object, found {node}", node.at)
        if allowed is not None:
            known = set(allowed)
            for key in node.value:
                if key not in known:
                    raise self.error(
                        f'unknown key "{key}" in {what}{near_name(key, known)}', self.key_at(node, key)
                    )
        return node.value

    def key_at(self, node: Json, key: str) -> int:
        return (node.keys or {}).get(key, node.at)

    def items(self, node: Json, what: str) -> list[Json]:
        if not isinstance(node.value, list):
            raise self.error(f"expected {what} as an array, found {node}", node.at)
        return node.value

    def string(self, node: Json, what: str) -> str:
        if not isinstance(node.value, str):
            raise self.error(f"expected {what} as a string, found {node}", node.at)
        return node.value

    def name(self, node: Json, what: str) -> str:
        text = self.string(node, what)
        if not is_name(text):
            raise self.error(f'"{text}" is not a name in normal form', node.at)
        return text

    def reference(self, node: Json, kind: RefKind, what: str) -> Reference:
        return Reference(self.name(node, what), kind, node.at)

    def required(self, members: Members, key: str, owner: Json, what: str) -> Json:
        if key not in members:
            raise self.error(f'{what} without "{key}"', owner.at)
        return members[key]

    # Declarations

    def annotations(self, members: Members) -> Annotations:
        if "annotations" not in members:
            return ()
        node = members["annotations"]
        found: list[tuple[str, str | None]] = []
        for key, value in self.members(node, "annotations", None).items():
            if not is_word(key):
                raise self.error(f'the annotation key "{key}" is not a word', self.key_at(node, key))
            if value.value is not None and not isinstance(value.value, str):
                raise self.error(
                    f"expected the annotation's value as a string or null, found {value}", value.at
                )
            found.append((key, value.value))
        return tuple(found)

    def namespace(self, name: str, node: Json) -> NamespaceDeclaration:
        if name and not is_name(name):
            raise self.error(f'the namespace "{name}" is not a name in normal form', node.at)
        what = f'the namespace "{name}"'
        members = self.members(node, what, ("commonTypes", "entityTypes", "actions", "annotations"))
        annotations = self.annotations(members)
        if annotations and not name:
            raise self.error("annotations on the empty namespace", members["annotations"].at)
        entity_types = self.required(members, "entityTypes", node, what)
        actions = self.required(members, "actions", node, what)
        commons: tuple[CommonDeclaration, ...] = ()
        if "commonTypes" in members:
            common_types = members["commonTypes"]
            commons = tuple(
                self.common(key, value, self.key_at(common_types, key))
                for key, value in self.members(common_types, '"commonTypes"', None).items()
            )
        return NamespaceDeclaration(
            name,
            commons,
            tuple(
                self.entity(key, value, self.key_at(entity_types, key))
                for key, value in self.members(entity_types, '"entityTypes"', None).items()
            ),
            tuple(
                self.action(key, value, self.key_at(actions, key))
                for key, value in self.members(actions, '"actions"', None).items()
            ),
            annotations,
            node.at,
        )

    def declared_name(self, name: str, at: int, what: str) -> str:
        if not is_identifier(name):
            raise self.error(f'the {what} name "{name}" is not an identifier', at)
        return name

    def common(self, name: str, node: Json, at: int) -> CommonDeclaration:
        self.declared_name(name, at, "common type")
        type_ = self.type(node, also=("annotations",))
        return CommonDeclaration(name, type_, self.annotations(cast(Members, node.value)), at)

    def entity(self, name: str, node: Json, at: int) -> EntityDeclaration:
        self.declared_name(name, at, "entity type")
        what = f'the entity type "{name}"'
        members = self.members(
            node, what, ("memberOfTypes", "shape", "tags", "enum", "annotations", "external")
        )
        annotations = self.annotations(members)
        is_external = self.external(members, ("shape", "tags", "enum"))
        if "enum" in members:
            for other in ("memberOfTypes", "shape", "tags"):
                if other in members:
                    raise self.error(f'"enum" together with "{other}"', members[other].at)
            ids = tuple(self.string(item, "an id") for item in self.items(members["enum"], '"enum"'))
            if not ids:
                raise self.error('"enum" needs at least one id', members["enum"].at)
            return EntityDeclaration(name, (), None, None, ids, annotations, at)
        parents: tuple[Reference, ...] = ()
        if "memberOfTypes" in members:
            parents = self.entity_references(members["memberOfTypes"], '"memberOfTypes"')
        shape = self.type(members["shape"]) if "shape" in members else None
        tags = self.type(members["tags"]) if "tags" in members else None
        return EntityDeclaration(name, parents, shape, tags, None, annotations, at, is_external)

    def external(self, members: Members, excluded: tuple[str, ...]) -> bool:
        """Whether a declaration is external; it then has none of the `excluded` members."""
        if "external" not in members:
            return False
        flag = members["external"]
        if not isinstance(flag.value, bool):
            raise self.error(f'expected "external" as true or false, found {flag}', flag.at)
        if flag.value:
            for other in excluded:
                if other in members:
                    raise self.error(f'"external" together with "{other}"', members[other].at)
        return flag.value

    def entity_references(self, node: Json, what: str) -> tuple[Reference, ...]:
        return tuple(self.reference(item, "entity", "an entity type") for item in self.items(node, what))

    def action(self, name: str, node: Json, at: int) -> ActionDeclaration:
        what = f'the action "{name}"'
        members = self.members(node, what, ("appliesTo", "memberOf", "attributes", "annotations", "external"))
        is_external = self.external(members, ("appliesTo", "attributes"))
        if "attributes" in members and members["attributes"].value is not None:
            raise self.error("actions have no attributes", members["attributes"].at)
        parents: tuple[ActionReference, ...] = ()
        if "memberOf" in members and members["memberOf"].value is not None:
            listed = self.items(members["memberOf"], '"memberOf"')
            parents = tuple(self.action_reference(item) for item in listed)
        applies_to: AppliesTo | None = None
        if "appliesTo" in members and members["appliesTo"].value is not None:
            applies_to = self.applies_to(members["appliesTo"])
        return ActionDeclaration(name, parents, applies_to, self.annotations(members), at, is_external)

    def action_reference(self, node: Json) -> ActionReference:
        members = self.members(node, 'an entry of "memberOf"', ("id", "type"))
        entity_id = self.string(
            self.required(members, "id", node, 'an entry of "memberOf"'), "the action's id"
        )
        type_name: str | None = None
        if "type" in members and members["type"].value is not None:
            type_name = self.name(members["type"], "the action's type")
        return ActionReference(type_name, entity_id, node.at)

    def applies_to(self, node: Json) -> AppliesTo:
        members = self.members(node, '"appliesTo"', ("principalTypes", "resourceTypes", "context"))
        principals = self.required(members, "principalTypes", node, '"appliesTo"')
        resources = self.required(members, "resourceTypes", node, '"appliesTo"')
        return AppliesTo(
            self.entity_references(principals, '"principalTypes"'),
            self.entity_references(resources, '"resourceTypes"'),
            self.type(members["context"]) if "context" in members else None,
        )

    # Types

    def type(self, node: Json, also: tuple[str, ...] = ()) -> TypeExpression:
        """A type; `also` are the keys that its position allows beside those of its kind."""
        members = self.members(node, "a type", None)
        kind = self.string(self.required(members, "type", node, "a type"), "the kind of a type")
        self.members(node, f'a type of kind "{kind}"', ("type", *_KIND_KEYS.get(kind, ()), *also))
        what = f'a type of kind "{kind}"'
        match kind:
            case "String" | "Long" | "Boolean" | "Bool":
                return Primitive(_PRIMITIVES[kind], node.at)
            case "Set":
                return SetOf(self.type(self.required(members, "element", node, what)), node.at)
            case "Record":
                return self.record(members, node)
            case "Entity":
                return self.reference(self.required(members, "name", node, what), "entity", "an entity type")
            case "EntityOrCommon":
                return self.reference(self.required(members, "name", node, what), "either", "a type name")
            case "Extension":
                named = self.required(members, "name", node, what)
                name = self.string(named, "an extension type")
                if name not in _EXTENSIONS:
                    known = ", ".join(sorted(_EXTENSIONS))
                    raise self.error(f'no extension type "{name}"; they are {known}', named.at)
                return Primitive(name, node.at)
            case _:
                return self.reference(members["type"], "common", "a type")

    def record(self, members: Members, node: Json) -> RecordOf:
        if "additionalAttributes" in members and members["additionalAttributes"].value is not False:
            raise self.error('"additionalAttributes" may only be false', members["additionalAttributes"].at)
        attributes = self.required(members, "attributes", node, "a record")
        return RecordOf(
            tuple(
                self.attribute(name, value, self.key_at(attributes, name))
                for name, value in self.members(attributes, '"attributes"', None).items()
            ),
            node.at,
        )

    def attribute(self, name: str, node: Json, at: int) -> AttributeDeclaration:
        type_ = self.type(node, also=("required", "annotations"))
        members = cast(Members, node.value)
        required = True
        if "required" in members:
            flag = members["required"].value
            if not isinstance(flag, bool):
                raise self.error(f'expected "required" as true or false, found {members["required"]}', at)
            required = flag
        return AttributeDeclaration(name, type_, required, self.annotations(members), at)
