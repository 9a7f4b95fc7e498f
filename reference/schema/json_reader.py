"""JSON schemas to declarations (spec 07 §3): every object has a list of keys, and no other is ignored.

Documents are at most 127 levels deep, so these functions simply recurse.
"""

from __future__ import annotations

from typing import cast

from reference.json.document import Json
from reference.json.reader import read_json
from reference.names import is_identifier, is_name, is_word
from reference.schema.json_shapes import Object, keyed, list_of, object_of, string_of, without
from reference.schema.syntax import (
    EXTENSION_NAMES,
    ActionDeclaration,
    ActionReference,
    AppliesTo,
    AttributeDeclaration,
    Builtin,
    CommonTypeDeclaration,
    EntityDeclaration,
    Fragment,
    Kinds,
    Name,
    RecordOf,
    SetOf,
    TypeExpression,
    refusal,
)

PRIMITIVES = {"String": "String", "Long": "Long", "Boolean": "Bool", "Bool": "Bool"}

KEYS_OF_KIND = {
    "Set": ("element",),
    "Record": ("attributes", "additionalAttributes"),
    "Entity": ("name",),
    "Extension": ("name",),
    "EntityOrCommon": ("name",),
}
"""The keys beside `type` of a type that is not a plain name."""


def parse_schema_json(text: str) -> tuple[Fragment, ...]:
    """Read the fragments of a JSON schema; raises `InputError`."""
    document = object_of(read_json(text, "schema"), "")
    return tuple(_fragment(namespace, body) for namespace, body in document.items())


def _fragment(namespace: str, body: Json) -> Fragment:
    where = f"namespace {namespace!r}"
    if namespace and not is_name(namespace):
        raise refusal(where, "expected a name in its normal form without reserved words")
    keys = keyed(body, where, ("entityTypes", "actions"), ("commonTypes", "annotations"))
    if not namespace and keys.get("annotations"):
        raise refusal(where, "the empty namespace takes no annotations")
    common = [
        _common_type(name, definition, f"{where}, common type {name!r}")
        for name, definition in object_of(keys.get("commonTypes", {}), f"{where}, commonTypes").items()
    ]
    entities = [
        _entity_type(name, declared, f"{where}, entity type {name!r}")
        for name, declared in object_of(keys["entityTypes"], f"{where}, entityTypes").items()
    ]
    actions = [
        _action(name, declared, f"{where}, action {name!r}")
        for name, declared in object_of(keys["actions"], f"{where}, actions").items()
    ]
    return Fragment(namespace, (*common, *entities, *actions), where, _annotations(keys, where))


def _common_type(name: str, definition: Json, where: str) -> CommonTypeDeclaration:
    if not is_identifier(name):
        raise refusal(where, "expected the name to be an identifier that is not reserved")
    keys = object_of(definition, where)
    annotations = _annotations(keys, where)
    return CommonTypeDeclaration(name, _type(without(keys, "annotations"), where), where, annotations)


def _entity_type(name: str, declared: Json, where: str) -> EntityDeclaration:
    if not is_identifier(name):
        raise refusal(where, "expected the name to be an identifier that is not reserved")
    keys = object_of(declared, where)
    external = _is_external(keys, where)
    if "enum" in keys and not external:
        keys = keyed(keys, where, ("enum",), ("external", "annotations"))
        ids = tuple(string_of(item, f"{where}, enum") for item in list_of(keys["enum"], f"{where}, enum"))
        if not ids:
            raise refusal(where, "`enum` must list an id")
        return EntityDeclaration(name, where, enum=ids, annotations=_annotations(keys, where))
    defining = () if external else ("shape", "tags")
    keys = keyed(keys, where, (), ("external", "memberOfTypes", "annotations", *defining))
    parents = _names(keys.get("memberOfTypes", []), f"{where}, memberOfTypes")
    shape = _type(keys["shape"], f"{where}, shape") if "shape" in keys else RecordOf()
    tags = _type(keys["tags"], f"{where}, tags") if "tags" in keys else None
    return EntityDeclaration(name, where, parents, shape, tags, None, _annotations(keys, where), external)


def _action(name: str, declared: Json, where: str) -> ActionDeclaration:
    external = _is_external(keys := object_of(declared, where), where)
    defining = () if external else ("appliesTo", "attributes")
    keys = keyed(keys, where, (), ("external", "memberOf", "annotations", *defining))
    if keys.get("attributes") is not None:
        raise refusal(where, "actions have no attributes")
    applies, groups = keys.get("appliesTo"), _groups(keys, where)
    applies_to = None if applies is None else _applies_to(applies, f"{where}, appliesTo")
    return ActionDeclaration(name, where, groups, applies_to, _annotations(keys, where), external)


def _is_external(keys: Object, where: str) -> bool:
    """Return whether a declaration is external (spec 13 §5)."""
    external = keys.get("external", False)
    if not isinstance(external, bool):
        raise refusal(f"{where}, external", "expected true or false")
    return external


def _groups(keys: Object, where: str) -> tuple[ActionReference, ...]:
    groups = keys.get("memberOf")
    listed = [] if groups is None else list_of(groups, f"{where}, memberOf")
    return tuple(_group(item, f"{where}, memberOf") for item in listed)


def _applies_to(value: Json, where: str) -> AppliesTo:
    keys = keyed(value, where, ("principalTypes", "resourceTypes"), ("context",))
    return AppliesTo(
        _names(keys["principalTypes"], f"{where}, principalTypes"),
        _names(keys["resourceTypes"], f"{where}, resourceTypes"),
        _type(keys["context"], f"{where}, context") if "context" in keys else RecordOf(),
    )


def _group(value: Json, where: str) -> ActionReference:
    keys = keyed(value, where, ("id",), ("type",))
    type_name = keys.get("type")
    name = None if type_name is None else _name(type_name, "entity", f"{where}, type").text
    return ActionReference(string_of(keys["id"], f"{where}, id"), name, where)


def _names(value: Json, where: str) -> tuple[Name, ...]:
    return tuple(_name(item, "entity", where) for item in list_of(value, where))


def _name(value: Json, kinds: Kinds, where: str) -> Name:
    text = string_of(value, where)
    if not is_name(text.removeprefix("__cedar::")):
        raise refusal(where, f"{text!r} is not a name in its normal form without reserved words")
    return Name(text, kinds, where)


def _type(value: Json, where: str) -> TypeExpression:
    kind = string_of(object_of(value, where).get("type"), f"{where}, type")
    optional = ("additionalAttributes",)
    beside = KEYS_OF_KIND.get(kind, ())
    keys = keyed(value, where, ("type", *(key for key in beside if key not in optional)), beside)
    match kind:
        case "Set":
            return SetOf(_type(keys["element"], f"{where}, element"))
        case "Record":
            if keys.get("additionalAttributes", False) is not False:
                raise refusal(where, "`additionalAttributes` can only be false")
            attributes = object_of(keys["attributes"], f"{where}, attributes")
            return RecordOf(
                {key: _attribute(item, f"{where}, attribute {key!r}") for key, item in attributes.items()}
            )
        case "Entity":
            return _name(keys["name"], "entity", f"{where}, name")
        case "EntityOrCommon":
            return _name(keys["name"], "either", f"{where}, name")
        case "Extension":
            name = string_of(keys["name"], f"{where}, name")
            if name not in EXTENSION_NAMES:
                raise refusal(where, f"{name!r} is not one of {', '.join(EXTENSION_NAMES)}")
            return Builtin(name)
        case _ if kind in PRIMITIVES:
            return Builtin(PRIMITIVES[kind])
        case _:
            return _name(kind, "common", f"{where}, type")


def _attribute(value: Json, where: str) -> AttributeDeclaration:
    keys = object_of(value, where)
    required = keys.get("required", True)
    if not isinstance(required, bool):
        raise refusal(f"{where}, required", "expected true or false")
    annotations = _annotations(keys, where)
    return AttributeDeclaration(_type(without(keys, "required", "annotations"), where), required, annotations)


def _annotations(keys: Object, where: str) -> dict[str, str | None]:
    if "annotations" not in keys:
        return {}
    annotations = object_of(keys["annotations"], f"{where}, annotations")
    for key, value in annotations.items():
        if not is_word(key):
            raise refusal(where, f"the annotation {key!r} is not a word")
        if value is not None:
            string_of(value, f"{where}, annotation {key!r}")
    return cast("dict[str, str | None]", annotations)
