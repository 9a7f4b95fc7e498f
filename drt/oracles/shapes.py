"""The law of shapes: no engine takes a JSON document without the shape of its format (spec 05, 07).

Owns tables of keys and a search for flaws, which shares nothing with an engine. It finds many flaws, not all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from drt.model.case import Case
from drt.model.engine import Engine
from drt.model.outcome import Outcome, Rejected
from drt.model.question import ReadEntities, ReadSchema
from drt.oracles.comparing import Comparison
from drt.oracles.defined_names import RESERVED, WORD
from drt.oracles.law import Compares, law

Json = Any

IDENTIFIER = re.compile(rf"(?!(?:{'|'.join(sorted(RESERVED))})\b){WORD.pattern}", re.ASCII)
NAME = re.compile(rf"{IDENTIFIER.pattern}(?:::{IDENTIFIER.pattern})*", re.ASCII)
_COMMON = frozenset({"Bool", "Boolean", "Entity", "Extension", "Long", "Record", "Set", "String"})

KEYS: Mapping[str, tuple[str, str]] = {
    "namespace": ("entityTypes actions", "commonTypes annotations"),
    "enumerated": ("enum", "external annotations"),
    "external entity": ("external", "memberOfTypes annotations"),
    "entity": ("", "external memberOfTypes shape tags annotations"),
    "external action": ("external", "memberOf annotations"),
    "action": ("", "external appliesTo memberOf attributes annotations"),
    "group": ("id", "type"),
    "appliesTo": ("principalTypes resourceTypes", "context"),
    "Set": ("type element", ""),
    "Record": ("type attributes", "additionalAttributes"),
    "Entity": ("type name", ""),
    "Extension": ("type name", ""),
    "EntityOrCommon": ("type name", ""),
    "type": ("type", ""),
}
"""Which keys each kind of object must have, and which it may have besides."""


def _keys(what: str, node: Json, more: str = "") -> Iterator[str]:
    required, optional = (names.split() for names in KEYS[what])
    if not isinstance(node, dict):
        yield f"a {what} is no object"
        return
    yield from (f"a {what} has no `{name}`" for name in required if name not in node)
    allowed = {*required, *optional, *more.split()}
    yield from (f"a {what} has the key {key!r}" for key in node if key not in allowed)


def _named(pattern: re.Pattern[str], what: str, text: Json) -> Iterator[str]:
    if not isinstance(text, str) or not pattern.fullmatch(text):
        yield f"{text!r} is no {what}"


def _object(node: Json) -> Mapping[str, Json]:
    return node if isinstance(node, dict) else {}


def _values(node: Json) -> Sequence[Json]:
    return tuple(_object(node).values())


def _list(node: Json) -> Sequence[Json]:
    return node if isinstance(node, list) else ()


def _annotations(node: Mapping[str, Json]) -> Iterator[str]:
    annotations = node.get("annotations", {})
    if not isinstance(annotations, dict):
        yield "annotations are no object"
        return
    for key, value in annotations.items():
        yield from _named(WORD, "key of an annotation", key)
        if value is not None and not isinstance(value, str):
            yield "an annotation is no string"


def schema_flaws(document: Json) -> Iterator[str]:
    """Yield flaws of a schema document (spec 07 §3)."""
    if not isinstance(document, dict):
        yield "a schema is no object"
        return
    for namespace, body in document.items():
        if namespace:
            yield from _named(NAME, "namespace", namespace)
        yield from _keys("namespace", body)
        if not isinstance(body, dict):
            continue
        yield from _annotations(body)
        for name, definition in _object(body.get("commonTypes")).items():
            yield from _named(IDENTIFIER, "common type", name)
            if name in _COMMON:
                yield f"{name!r} cannot name a common type"
            yield from _type(definition, "annotations")
        for name, entity in _object(body.get("entityTypes")).items():
            yield from _named(IDENTIFIER, "entity type", name)
            if name == "Action":
                yield "`Action` cannot be declared"
            yield from _entity(entity)
        for action in _values(body.get("actions")):
            yield from _action(action)


def _entity(entity: Json) -> Iterator[str]:
    is_external = isinstance(entity, dict) and entity.get("external") is True
    is_enumerated = isinstance(entity, dict) and "enum" in entity
    yield from _keys(
        "external entity" if is_external else "enumerated" if is_enumerated else "entity", entity
    )
    if not isinstance(entity, dict):
        return
    yield from _annotations(entity)
    for name in _list(entity.get("memberOfTypes")):
        yield from _reference(name)
    for key in ("shape", "tags"):
        if key in entity:
            yield from _type(entity[key])
    if is_enumerated and not _list(entity["enum"]):
        yield "an enumeration lists nothing"


def _action(action: Json) -> Iterator[str]:
    is_external = isinstance(action, dict) and action.get("external") is True
    yield from _keys("external action" if is_external else "action", action)
    if not isinstance(action, dict):
        return
    yield from _annotations(action)
    for group in _list(action.get("memberOf")):
        yield from _keys("group", group)
    applies = action.get("appliesTo")
    if applies is not None:
        yield from _keys("appliesTo", applies)
        if isinstance(applies, dict):
            for name in (*_list(applies.get("principalTypes")), *_list(applies.get("resourceTypes"))):
                yield from _reference(name)
            if "context" in applies:
                yield from _type(applies["context"])


def _reference(name: Json) -> Iterator[str]:
    if not isinstance(name, str) or not NAME.fullmatch(name.removeprefix("__cedar::")):
        yield f"{name!r} is no name of a type"


def _type(node: Json, more: str = "") -> Iterator[str]:
    kind = node.get("type") if isinstance(node, dict) else None
    if not isinstance(kind, str):
        yield "a type has no string `type`"
        return
    yield from _keys(
        kind if kind in ("Set", "Record", "Entity", "Extension", "EntityOrCommon") else "type", node, more
    )
    if "annotations" in more.split():
        yield from _annotations(node)
    if kind == "Set" and "element" in node:
        yield from _type(node["element"])
    for attribute in _values(node.get("attributes")) if kind == "Record" else ():
        yield from _type(attribute, "required annotations")


def entity_flaws(document: Json) -> Iterator[str]:
    """Yield flaws of an entity document (spec 05 §2, §3)."""
    if not isinstance(document, list):
        yield "an entity document is no array"
        return
    seen: dict[tuple[str, str], Json] = {}
    for entity in document:
        if not isinstance(entity, dict) or not {"uid", "attrs", "parents"} <= entity.keys():
            yield "an entity lacks `uid`, `attrs` or `parents`"
            continue
        for uid in (entity["uid"], *_list(entity["parents"])):
            if isinstance(uid, dict) and uid.keys() == {"type", "id"}:
                yield from _named(NAME, "entity type", uid["type"])
        match entity["uid"]:
            case {"type": str(type_name), "id": str(id_)} as uid if len(uid) == 2:
                content = _plain(entity)
                if content is not None and seen.setdefault((type_name, id_), content) != content:
                    yield f"two entities have the id {id_!r}"


def _plain(entity: Mapping[str, Json]) -> Json:
    """Return a key that distinguishes entities; None where equal entities may be written differently."""
    parts = [
        {k: (type(v).__name__, v) for k, v in _object(entity.get(key)).items()} for key in ("attrs", "tags")
    ]
    plain = all(isinstance(v, bool | int | str) for part in parts for _, v in part.values())
    return parts if plain and not entity["parents"] else None


class _Twice(ValueError):
    """A key stands twice in one object."""


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise _Twice
    return dict(pairs)


def _flaw(text: str, flaws: Any, *, repeats: bool) -> str | None:
    """Return the first flaw of a text, None where none is known."""
    try:
        return next(iter(flaws(json.loads(text, object_pairs_hook=_once))), None)
    except _Twice:
        return None if repeats else "a key stands twice in an object"
    except (ValueError, RecursionError):
        return None


@law(Compares.ITSELF)
def flawed_documents_are_refused(case: Case, engines: Sequence[Engine], comparison: Comparison) -> None:
    """No engine takes JSON schemas or entities with keys, names or ids that the format excludes.

    Where no flaw is known, all refuse the document or read it as the same.
    """
    asked: list[tuple[str, str | None, Any]] = []
    if case.schema is not None and case.schema.format == "json":
        asked.append(
            ("schema", _flaw(case.schema.text, schema_flaws, repeats=False), ReadSchema(case.schema))
        )
    if case.entities != "[]":
        flaw = _flaw(case.entities, entity_flaws, repeats=True)
        asked.append(("entities", flaw, ReadEntities(case.entities, None)))
    for part, flaw, question in asked:
        answers: list[Outcome] = [engine.ask(question) for engine in engines]
        if flaw is None:
            comparison.compare(part, answers)
            continue
        refused = Rejected(part, flaw)  # type: ignore[arg-type]  # it is one of the parts
        for engine, answer in zip(engines, answers, strict=True):
            comparison.hold(part, [("definition", refused), (engine.name, answer)])
