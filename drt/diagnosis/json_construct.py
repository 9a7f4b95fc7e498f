"""The construct of a JSON document on which readers part.

Owns the search by replacement: a member, a key or a value is to blame if the readers agree once it is left
out, renamed or replaced by something plain, or once a member that is absent is there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from drt.diagnosis.construct import DEEP, Construct, character_name
from drt.diagnosis.json_entities import blamed_entity
from drt.diagnosis.json_names import (
    DEMANDED,
    ESCAPES,
    MAY_BE_ABSENT,
    PLAINEST,
    REPLACED,
    SHOWN,
    UID,
    holder_name,
    inside_escape,
    is_escape,
    is_known,
    is_ordinary,
    is_record,
    is_whole_escape,
    json_kind,
    name_kind,
    shown,
    value_place,
)
from drt.diagnosis.json_paths import counterpart, depth_of, inside_out
from drt.diagnosis.places import NAMING, Path, value_name
from drt.reduce.documents import NOTHING, Again, at_path, read, with_at, write

IsWell = Callable[[str], bool]

MOST_TRIED = 800

PLAIN: tuple[Any, ...] = (
    *(True, 0, "a", [], {}, UID, "A"),
    *(
        {"Value": True},
        {"op": "All"},
        {"__entity": UID},
        {"type": "Long"},
        {"type": "Record", "attributes": {}},
        {"__extn": {"fn": "ip", "arg": "::"}},
    ),
    *("1.0", "::", "permit", "when", "a::b", "decimal"),
)
"""Replacements of a value: plain ones, and plain ones of the formats."""

CONSTRUCTORS = ("ip", "decimal", "datetime", "duration")

ONLY_BY_SCHEMA = "an {} that only the schema makes one"
IMPLIED = {"__entity": "entity", "__extn": "extension value"}
PLAIN_TEXTS = ("All", "==", "a", "A", "permit", "when", "Action")
"""Replacements of a text that stands in several places."""

Found = Construct | None


def blamed_member(
    text: str,
    is_well: IsWell,
    read_as: str = "",
    *,
    schema: bool = False,
    declared: Sequence[str] = (),
    enumerated: Collection[str] = (),
) -> Found:
    """Find the member, key or value without which all is well.

    The keys of a `schema` are names of namespaces; `declared` are the ids that a schema beside it names
    and `enumerated` its enumerated types.
    `read_as` is the document as an engine that accepts it writes it: a value that is well when it is written
    so is one whose kind only the schema gives.
    """
    document = read(text)
    if document is NOTHING:
        return None
    search = _Search(document, is_well, schema)
    if search.well(document):
        return Construct("the spelling of JSON", text[:SHOWN])
    written = read(read_as) if read_as else NOTHING
    found = _searched(search, written, declared, enumerated)
    if found is None and isinstance(written, list):
        search.document = written  # without what only the schema gives, which may hide another fault
        found = _searched(search, NOTHING, declared, enumerated)
    return found


def _searched(search: _Search, written: Any, declared: Sequence[str], enumerated: Collection[str]) -> Found:
    entities = search.document if isinstance(search.document, list) else []
    return (
        search.deep()
        or search.repeated()
        or blamed_entity(entities, search.well, declared, enumerated)
        or search.absent()
        or search.in_small_letters()
        or search.completed().left_out(plain=True)
        or search.renamed()
        or search.undeclared(declared)
        or search.implied(written)
        or search.guessed()
        or search.replaced()
        or search.replaced_everywhere()
        or search.left_out(plain=False)
    )


class _Search:
    def __init__(self, document: Any, is_well: IsWell, schema: bool) -> None:
        self.document = document
        self.schema = schema
        self._is_well = is_well
        self._left = MOST_TRIED

    def well(self, document: Any) -> bool:
        self._left -= 1
        return self._left >= 0 and self._is_well(write(document))

    def objects(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        """Every object, before what holds it."""
        for path, value in inside_out(self.document, ()):
            if isinstance(value, dict):
                yield path, value
        if isinstance(self.document, dict):
            yield (), self.document

    def repeated(self) -> Found:
        """Find the key that is repeated."""
        for path, value in self.objects():
            for key in value:
                if isinstance(key, Again):
                    rest = {other: item for other, item in value.items() if other is not key}
                    if self.well(with_at(self.document, path, rest)):
                        return Construct(f"a repeated key in {self.holder(path)}", json.dumps(str(key)))
        return None

    def absent(self) -> Found:
        """Find the member that is missing."""
        for path, value in self.objects():
            for mark, keys in DEMANDED:
                if (mark not in value and path[-1:] != (mark,)) or any(key in value for key in keys):
                    continue
                missing = {key: PLAINEST[key] for key in keys}
                if self.well(with_at(self.document, path, {**value, **missing})):
                    named = " and ".join(f"`{key}`" for key in missing)
                    return Construct(f"{self.holder(path)} without {named}", shown(value))
        return None

    def in_small_letters(self) -> Found:
        """Find `all` as the op of scopes; where that is not all, it hides no other fault after that."""
        document = self.document
        for path, value in self.objects():
            if value.get("op") == "all":
                document = with_at(document, (*path, "op"), "All")
        if document != self.document and self.well(document):
            return Construct('`"all"` as `op`', '"all"')
        self.document = document
        return None

    def completed(self) -> _Search:
        """Add what documents of policies may lack, so that one fault does not hide another."""
        for path, value in list(self.objects()):
            for mark, keys in DEMANDED:
                if mark in value and mark in ("effect", "staticPolicies"):
                    lacking = {key: PLAINEST[key] for key in keys if key not in value}
                    self.document = with_at(self.document, path, at_path(self.document, path) | lacking)
        return self

    def left_out(self, *, plain: bool) -> Found:
        """Find the member that must not be there: one with a `plain` value or an unknown key, or any."""
        for path, value in self.objects():
            for key in value:
                is_odd = not value[key] or not is_known(key) or key in MAY_BE_ABSENT
                of_record = not self.schema and is_record(path) and not key.startswith("__")
                is_plain = not self.named_by_users(path) and not of_record and is_odd
                if is_plain is not plain or isinstance(key, Again) or is_escape(path, key, value):
                    continue
                rest = {other: item for other, item in value.items() if other is not key}
                if self.well(with_at(self.document, path, rest)):
                    return Construct(self.member(path, key, value[key]), shown({key: value[key]}))
        return None

    def named_by_users(self, path: Path) -> bool:
        """Whether the keys of the object at a path are names that users gave."""
        return self.schema if not path else path[-1] in NAMING or path == ("context",)

    def undeclared(self, declared: Sequence[str]) -> Found:
        """Find the id that the schema does not declare."""
        for path, value in inside_out(self.document, ()):
            if path[-1] != "id" or not isinstance(value, str):
                continue
            uid = at_path(self.document, path[:-1])
            for other in declared:
                if other != value and any(
                    self.well(document)
                    for document in (with_at(self.document, path, other), self.with_id(uid, other))
                ):
                    action = isinstance(uid, dict) and "Action" in str(uid.get("type"))
                    what = "an action that is not declared" if action else "an id outside its enumeration"
                    return Construct(what, shown(uid))
        return None

    def with_id(self, uid: Any, other: str) -> Any:
        """Give an entity another id wherever the document names it."""
        document = self.document
        for path, value in inside_out(self.document, ()):
            if value == uid:
                document = with_at(document, (*path, "id"), other)
        return document

    def holder(self, path: Path) -> str:
        """Name the object at a path by what it is."""
        return "a namespace" if self.schema and len(path) == 1 else holder_name(path)

    def member(self, path: Path, key: str, value: Any) -> str:
        """Name a member that must not be there: by its key if that is a word of the format."""
        if self.named_by_users(path):
            what = REPLACED.get(str(path[-1]), "a member") if path else "a namespace"
            return f"{json_kind(value) or 'an object'} as {what}"
        if key.startswith("__"):
            return f"`{key}`" if key not in ESCAPES else f"`{key}` beside other members"
        named = f"`{key}`" if is_known(key) else "an unknown member"
        return f"{named}{' that is null' if value is None else ''} in {self.holder(path)}"

    def renamed(self) -> Found:
        """Find the key that must not be a name."""
        for path, value in self.objects():
            for key in value if self.named_by_users(path) else ():
                for other in ("a", "A", "B"):
                    if other in value or isinstance(key, Again) or is_whole_escape(path, value):
                        continue
                    names = {other if one is key else one: item for one, item in value.items()}
                    if self.well(with_at(self.document, path, names)):
                        what = REPLACED.get(str(path[-1]), "a name") if path else "a namespace"
                        return Construct(f"{name_kind(key)} as {what}", json.dumps(key))
        return None

    def implied(self, written: Any) -> Found:
        """Find the value that is well as the accepting engine writes it, by itself or with all others."""
        whole = isinstance(written, list) and self.well(written)
        for path, value in inside_out(self.document, ()):
            other = counterpart(self.document, written, path)
            if other is NOTHING or other == value or not isinstance(other, dict):
                continue
            kind = next((kind for key, kind in IMPLIED.items() if key in other), None)
            if kind is not None and (whole or self.well(with_at(self.document, path, other))):
                return Construct(ONLY_BY_SCHEMA.format(kind), shown(value))
        return None

    def guessed(self) -> Found:
        """Find the value that is well with the escape that a schema may imply."""
        for path, value in inside_out(self.document, ()):
            if not {"attrs", "tags", "context"} & set(path) or IMPLIED.keys() & set(path):
                continue
            if isinstance(value, dict) and value.keys() == UID.keys():
                if self.well(with_at(self.document, path, {"__entity": value})):
                    return Construct(ONLY_BY_SCHEMA.format("entity"), shown(value))
            elif isinstance(value, str):
                calls = ({"__extn": {"fn": name, "arg": value}} for name in CONSTRUCTORS)
                if any(self.well(with_at(self.document, path, call)) for call in calls):
                    return Construct(ONLY_BY_SCHEMA.format("extension value"), shown(value))
        return None

    def replaced_everywhere(self) -> Found:
        """Find the text that must not stand in any of the places where it does."""
        places: dict[tuple[str | int, str], list[Path]] = {}
        for path, value in inside_out(self.document, ()):
            if isinstance(value, str):
                places.setdefault((path[-1], value), []).append(path)
        for (key, value), paths in places.items():
            for plain in PLAIN_TEXTS if len(paths) > 1 else ():
                document = self.document
                for path in paths:
                    document = with_at(document, path, plain)
                if plain != value and self.well(document):
                    return Construct(f"`{shown(value)}` as `{key}`", shown(value))
        return None

    def replaced(self) -> Found:
        """Find the value that must not stand where it does."""
        whole = [((), self.document)] if not isinstance(self.document, dict | list) else []
        for path, value in (*inside_out(self.document, ()), *whole):
            if inside_escape(path):
                continue
            for plain in PLAIN:
                if type(plain) is type(value) and plain == value:
                    continue
                if self.well(with_at(self.document, path, plain)):
                    named = self._named_wrongly(path, value)
                    return named or Construct(self._value_name(path, value), shown(value))
        return None

    def _named_wrongly(self, path: Path, value: Any) -> Found:
        """Find the name that is wrong whatever has it, which may be wrong too."""
        if not path or path[-1] not in NAMING or not isinstance(value, dict):
            return None
        for key in value:
            for plain in ({"type": "Long"}, {}):
                renamed, kept = ({name: plain} for name in ("a", key))
                if self.well(with_at(self.document, path, renamed)):
                    if not self.well(with_at(self.document, path, kept)):
                        return Construct(f"{name_kind(key)} as {REPLACED[str(path[-1])]}", json.dumps(key))
                    break
        return None

    def _value_name(self, path: Path, value: Any) -> str:
        place = value_place(path, value)
        if self.schema and value is None and path and is_known(str(path[-1])):
            return self.member(path[:-1], str(path[-1]), value)
        if isinstance(value, str) and path:
            if path[-1] == "name" and at_path(self.document, path[:-1]).get("type") == "Extension":
                return "an unknown extension type"
            if path[-1] in ("type", "entity_type", "name"):
                return f"{name_kind(value)} as {place}"
            for at, one in enumerate(value):
                if self.well(with_at(self.document, path, value[:at] + "a" + value[at + 1 :])):
                    return f"{character_name(one)} in {place}"
        kind = json_kind(value)
        if kind is not None and not isinstance(value, list) and {"attrs", "tags", "context"} & set(path[:-1]):
            return place if is_ordinary(value) else value_name(value) or place
        return place if kind is None or place.startswith(("a ", "an ")) else f"{kind} as {place}"

    def deep(self) -> Found:
        """Find out whether the depth of the document matters."""
        depth = depth_of(self.document)
        return Construct("deep nesting", f"{depth} levels") if depth >= DEEP else None
