"""Parts of entities and contexts at the edge of their form, and values without the types of their attributes.

Owns the values; the schema that they miss is that of `small_stores`.
"""

from __future__ import annotations

from typing import Any

from generators.choice.sources import Source

Json = Any

_OTHERS: tuple[Json, ...] = (
    None, True, 0, -1, 2**63, 1.0, "", "x", [], {}, [1], {"a": 1}, {"__entity": {"type": "User", "id": "u"}},
    {"type": "Color", "id": "blue"}, {"__entity": {"type": "Color", "id": "blue"}}, {"fn": "ip",
    "arg": "1.2.3.4"},
    {"type": "Action", "id": "none"}, {"__expr": "1"}, {"__extn": {"fn": "ip"}},
    {"__extn": {"fn": "nothing", "arg": "x"}},
    {"__extn": {"fn": "ip", "arg": "1.2.3.4", "more": 1}}, {"__extn": {"fn": "decimal",
    "args": ["1.0"]}}, {"fn": "x", "arg": 1},
    {"zz": 1}, {"a": {"b": 1, "zz": 1}}, {"type": "A", "id": "x", "zz": 1}, {"type": "Action", "id": "read"},
    {"__entity": {"type": "Action", "id": "read"}},
    {"__extn": {"fn": "ip", "arg": "::1", "args": ["::2"]}}, {"__expr": 1}, {"__extn": 1},
    {"type": "Color", "id": "red "}, [{"type": "User", "id": "u"}, 1], [{"type": "Color", "id": "red"},
    {"type": "Color", "id": "blue"}],
    {"type": "M::Team", "id": "t"}, {"type": "X::User", "id": "u"}, {"type": "Team", "id": "t"},
    [{"of": {"type": "M::Team", "id": "t"}}], [{"of": {"type": "N::Team", "id": "t"}, "more": 1}],
    {"__entity": {"type": "User", "id": "u"}, "more": 1}, {"__entity": {"type": "User", "id": "u",
    "more": [1]}}, {"type": "User"}, {"a": None}, [None], {"a": {"b": None}}, [{"a": None, "b": 1}],
)  # fmt: skip
WRONG_PARTS: tuple[Json, ...] = (
    None, None, False, 0, "", [], {}, [[]], [None], 'User::"u"', {"a": None},
    {"__entity": {"type": "User", "id": "u"}}, {"__extn": {"fn": "ip", "arg": "::1"}}, {"__expr": "1"},
)  # fmt: skip
"""What is put in the place of a part of an entity."""
_ALMOST: dict[str, tuple[Json, ...]] = {
    "boss": tuple({"type": name, "id": "u"} for name in ("X::User", "N::User", "Group", "Use", "Action")),
    "lead": tuple({"type": name, "id": "u"} for name in ("X::User", "N::User", "M::Team")),
    "team": tuple({"type": name, "id": "t"} for name in ("M::Team", "Team", "N::N::Team", "X::Team")),
    "teams": tuple(
        [{"of": {"type": name, "id": "t"}, **more}]
        for name, more in (("M::Team", {}), ("Team", {}), ("N::Team", {"more": 1}), ("N::Team", {"of": 1}))
    ),
    "act": tuple({"type": name, "id": id_} for name, id_ in (
        ("N::Action", "top"), ("Action", "none"), ("Action", ""), ("N::Action", "read"), ("User", "read"),
    )),
    "color": tuple({"type": "Color", "id": id_} for id_ in ("blue", "Red", " ", "red ")),
    "colors": tuple(
        [{"type": "Color", "id": "red"}, {"type": name, "id": id_}]
        for name, id_ in (("Color", "blue"), ("N::Color", "red"), ("Colour", "red"))
    ),
    "deep": ({"a": {}}, {"a": {"b": True}}, {"a": None}, {"b": 1}, {"a": {"b": 1, "c": 1}}),
    "on": (1, 0, "true", None), "age": (True, "1", 1.0, 2**63), "n": (True, "1", 1.5, 2**63),
    "users": ([{"type": "User", "id": "u"}, {"type": "X::User", "id": "u"}], {"type": "User", "id": "u"}),
}  # fmt: skip
"""Values that nearly have the type of an attribute."""


_INSIDE: dict[str, tuple[Json, ...]] = {
    "deep": ({"b": 1}, {"a": {"b": 1, "c": 1}}, {"a": {"c": 1}}, {"a": {}}, {"a": {}, "c": {}}),
    "pair": ({"type": "A", "id": "x", "zz": 1}, {"type": "A"}, {"id": "x"}, {}, {"type": "A", "id": 1}),
    "call": ({"fn": "x", "arg": "y", "zz": 1}, {"fn": "x"}, {}),
    "teams": ([{"of": {"__entity": {"type": "N::Team", "id": "t"}}, "zz": 1}], [{}], [{"zz": 1}]),
}  # fmt: skip
"""Records inside of attributes that lack one of their own, or have one too many."""
_RESERVED: tuple[Json, ...] = (
    {"__entity": 1, "a": 1}, {"__extn": {"fn": "ip", "arg": "::1"}, "a": 1}, {"__expr": "1", "a": 1},
    {"__entity": {"type": "User", "id": "u"}, "__extn": 1}, {"__expr": 1, "__entity": 1}, {"__extn": []},
)  # fmt: skip
"""Records with keys that are reserved for escapes: they can be read, and not written."""


def misfit(source: Source, names: tuple[str, ...]) -> Json:
    """Draw a member whose value has not the type of its attribute, most often by a little."""
    if source.boolean(0.15):
        return {source.choice((*names, "more")): source.choice(_RESERVED)}
    if source.boolean(0.15):
        name = source.choice(tuple(name for name in names if name in _INSIDE))
        return {name: source.choice(_INSIDE[name])}
    if source.boolean(0.3):
        return {source.choice((*names, "more")): source.choice(_OTHERS)}
    name = source.choice(tuple(name for name in names if name in _ALMOST))
    return {name: source.choice(_ALMOST[name])}


_LIKE_PARTS = ("Tags", "TAGS", "tag", "Attrs", "attributes", "Parents", "ancestors", "Uid", "__entity")
"""Names that are not quite those of the parts of an entity, and mean nothing."""
_ODD_INSIDE: tuple[Json, ...] = (
    {"\ud800": 1}, {"a\udfff": {}}, {"a": {"\udc00": "x"}}, {"a": "\ud83d"}, ["\ud800"],
    {"a": None}, {"a": {"b": None}}, [{"a": None, "b": 1}], {"a": [None]},
)  # fmt: skip
"""Values with a lone surrogate or a null inside, which no engine takes."""


def put_look_alike(source: Source, entity: Json) -> None:
    """Give an entity a member that only resembles one of its parts, or a value with something odd inside."""
    if source.boolean(0.4):
        entity[source.choice(_LIKE_PARTS)] = source.choice(({"a": 1}, {"a": 1}, [], None, "x"))
        return
    part = entity.setdefault(source.choice(("attrs", "tags")), {})
    part[source.choice(("more", "\ud800"))] = source.choice((1, *_ODD_INSIDE))


_UID_EDGES: tuple[Json, ...] = (
    {"__expr": "x"}, {"__expr": 1}, {"__entity": {}}, {"__entity": None},
    {"__entity": {"type": "User", "id": "f"}}, {"id": None}, {"id": 1}, {"type": 1}, {"more": None},
    {"more": 2**70}, {"more": {"more": []}},
)  # fmt: skip


def odd_uid(source: Source, uid: Json) -> Json:
    """Give a uid a member at the edge: in its plain form, in its escape, or beside its escape."""
    plain = uid.get("__entity", uid)
    edge = source.choice(_UID_EDGES)
    match source.integer(0, 2):
        case 0:
            return {**plain, **edge}
        case 1:
            return {"__entity": {**plain, **edge}}
    return {"__entity": plain, **edge}
