"""Small right schemas in JSON, over few names that namespaces, entity types and common types share."""

from __future__ import annotations

from typing import Any

from generators.choice.sources import Source
from generators.texts.odd_ids import odd_id

Json = Any

_NAMESPACES = (("",), ("",), ("N",), ("N", "M"), ("", "N"), ("N", "N::M"), ("", "N", "M"))
_BUILT_IN = ("Long", "String", "Bool", "Boolean", "decimal", "ipaddr", "datetime", "duration")
_HIDING = (("decimal", "Long", "A"), ("ipaddr", "String", "A"), ("datetime", "Bool", "B"))
"""Names of entity types that hide built-in types."""

ANNOTATED = 0.07
"""Probability that a declaration or an attribute has annotations."""

NO_REQUESTS = 0.06
"""Probability that an action has types on one side only, which JSON alone can express."""

_NOTES: tuple[Json, ...] = (
    {"doc": "x"}, {"doc": ""}, {"a": None}, {"a": "", "b": None}, {"if": 'a"\\\n'}, {"Set": "é", "a": "b"},
)  # fmt: skip


class Drawing:
    """A schema while it is drawn: its entity types (`names`) and common types by namespace.

    `by_name` says whether a shape may be the name of a record. A `small` one has one of most things.
    """

    def __init__(self, source: Source, *, by_name: bool, small: bool = False) -> None:
        self.source = source
        self.by_name = by_name
        self.small = small
        self.depth = 1 if small else 2
        self.spaces = source.choice(_NAMESPACES[:3] if small else _NAMESPACES)
        hiding = source.boolean(0.3)
        names, commons = (
            (source.choice(_HIDING) if hiding else ("A", "B", "C")),
            (("duration", "U") if hiding else ("T", "U")),
        )
        self.names = {
            space: self._own(space, names[: source.integer(1, 1 if small else 3)]) for space in self.spaces
        }
        self.commons = {
            space: self._own(space, commons[: source.integer(0, 1 if small else 2)]) for space in self.spaces
        }
        self.records = {space: self._own(space, ("R",)) for space in self.spaces if source.boolean(0.3)}

    def _own(self, space: str, names: tuple[str, ...]) -> list[str]:
        """Name what a namespace declares; nothing in it may hide what the empty namespace has."""
        return [f"{name}0" if not space and len(self.spaces) > 1 else name for name in names]

    def whole(self) -> Json:
        """Draw the document."""
        return {space: self._space(space) for space in self.spaces}

    def _space(self, space: str) -> Json:
        made = {
            "entityTypes": {name: self._entity(space) for name in self.names[space]},
            "actions": {name: self._action(space, name) for name in self._actions(space)},
        }
        if self.commons[space]:
            made["commonTypes"] = {
                name: self.type(space, self.depth, self.commons[space][place + 1 :])
                for place, name in enumerate(self.commons[space])
            }
        for name in self.records.get(space, ()):
            made.setdefault("commonTypes", {})[name] = self._record(space, self.depth, self.commons[space])
        if space and self.source.boolean(0.1):
            made["annotations"] = {"doc": odd_id(self.source)}
        return made

    def _actions(self, space: str) -> list[str]:
        own = odd_id(self.source) if self.source.boolean(0.4) else "edit"
        unnamed = [""] if self.source.boolean(0.2) else []
        most = 1 + len(unnamed) if self.small else 3
        return list(dict.fromkeys([*unnamed, f"view {space}", own][: self.source.integer(1, most)]))

    def _entity(self, space: str) -> Json:
        source = self.source
        if source.boolean(0.15):
            return self._annotated({"enum": [odd_id(source) for _ in range(source.integer(1, 2))]})
        made: Json = {}
        if source.boolean(0.4):
            made["memberOfTypes"] = [self.entity(space) for _ in range(source.integer(0, 2))]
        if source.boolean(0.6):
            made["shape"] = self._shape(space, by_name=self.by_name)
        if source.boolean(0.3):
            made["tags"] = self.type(space, 1, self.commons[space])
        return self._annotated(made)

    def _action(self, space: str, name: str) -> Json:
        source = self.source
        made: Json = {}
        if source.boolean(0.7):
            sides = ("principalTypes", "resourceTypes")
            applies: Json = {side: self._types(space) for side in sides}
            if self.by_name and source.boolean(NO_REQUESTS):
                applies[source.choice(sides)] = []
            made["appliesTo"] = applies
            if source.boolean(0.6):
                applies["context"] = self._shape(space, by_name=True)
        if not name.startswith("view") and source.boolean(0.75):
            made["memberOf"] = [self._group(space) for _ in range(source.choice((1, 1, 1, 2)))]
        return self._annotated(made)

    def _types(self, space: str) -> list[str]:
        """Draw the types of principals or of resources."""
        return [self.entity(space) for _ in range(self.source.choice((1, 1, 1, 2)))]

    def _shape(self, space: str, *, by_name: bool) -> Json:
        """Draw a record, which may be that of another namespace, by its name."""
        if not (by_name and self.records and self.source.boolean()):
            return self._record(space, self.depth, self.commons[space])
        home = self.source.choice(tuple(self.records))
        (name,) = self.records[home]
        return {"type": name if home in ("", space) else f"{home}::{name}"}

    def _group(self, space: str) -> Json:
        """Draw a group, of this namespace or of another one."""
        home = self.source.choice(self.spaces)
        if home == space and self.source.boolean():
            return {"id": f"view {space}"}
        return {"id": f"view {home}", "type": f"{home}::Action" if home else "Action"}

    def _annotated(self, made: Json) -> Json:
        """Annotate a declaration or an attribute, now and then."""
        if self.source.boolean(ANNOTATED):
            made["annotations"] = dict(self.source.choice(_NOTES))
        return made

    def entity(self, space: str) -> str:
        """Draw the name of an entity type, as it is written in a namespace."""
        home = self.source.choice(self.spaces)
        name = self.source.choice(self.names[home])
        if space and home.startswith(f"{space}::") and self.source.boolean(0.05):
            return f"{home.removeprefix(f'{space}::')}::{name}"  # which is no name of it there
        return (
            name if home in ("", space) and self.source.boolean(0.7) else f"{home}::{name}" if home else name
        )

    def type(self, space: str, depth: int, commons: list[str]) -> Json:
        """Draw a type; `commons` are the common types that it may name."""
        source = self.source
        match source.integer(0, 6 if depth else 4):
            case 0:
                return {"type": source.choice(("Long", "String", "Bool", "Boolean"))}
            case 1:
                name = source.choice(("decimal", *_BUILT_IN[4:]))
                return {"type": name} if source.boolean() else {"type": "Extension", "name": name}
            case 2:
                return {"type": source.choice(("Entity", "EntityOrCommon")), "name": self.entity(space)}
            case 3:
                if commons and source.boolean(0.8):
                    name = source.choice(commons)
                    return {"type": name} if source.boolean() else {"type": "EntityOrCommon", "name": name}
                return {
                    "type": "EntityOrCommon",
                    "name": source.choice(("Long", "__cedar::Long", "__cedar::ipaddr")),
                }
            case 4:
                return {"type": "Long"}
            case 5:
                return {"type": "Set", "element": self.type(space, depth - 1, commons)}
            case _:
                return self._record(space, depth, commons)

    def _record(self, space: str, depth: int, commons: list[str]) -> Json:
        attributes: Json = {}
        for _ in range(self.source.integer(0, 2)):
            attribute = self.type(space, depth - 1, commons)
            if self.source.boolean(0.4):
                attribute["required"] = self.source.boolean()
            name = odd_id(self.source) if self.source.boolean(0.3) else self.source.choice("abc")
            attributes[name] = self._annotated(attribute)
        return {"type": "Record", "attributes": attributes}
