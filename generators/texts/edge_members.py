"""Members at the edge of what a JSON format allows: wrong, or just right, by the kind of object.

Owns how one of them is put into a document, each kind of object or each member with the same chance.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from typing import Any

from generators.choice.sources import Source

Json = Any
Edges = Mapping[str, tuple[Json, ...]]
"""By the kind of an object, what is put into it; `key*` are the objects that one of kind `key` names."""

_ANNOTATIONS: tuple[Json, ...] = (
    None, {}, [], {"a b": ""}, {"a\n": ""}, {"if": None}, {"a": 1}, {"": "x"}, {"é": "x"},
    {"doc": "x"}, {"doc": "x"}, {"a": "", "b": None},
)  # fmt: skip
ANNOTATIONS: tuple[Json, ...] = tuple({"annotations": one} for one in _ANNOTATIONS)
"""Annotations, wrong or right."""


def objects_in(node: Json, keys: Collection[str], kind: str) -> list[tuple[str, Json]]:
    """List the objects in a document, each with the last key of the format above it."""
    if isinstance(node, list):
        return [each for part in node for each in objects_in(part, keys, kind)]
    if not isinstance(node, dict):
        return []
    inner = ((key if key in keys else f"{kind}*", part) for key, part in node.items())
    return [(kind, node)] + [each for key, part in inner for each in objects_in(part, keys, key)]


def put_edge(source: Source, objects: list[tuple[str, Json]], edges: Edges) -> None:
    """Put one member at the edge into one object."""
    kinds = sorted({kind for kind, _ in objects} & edges.keys())
    if kinds:
        chosen = (source.choice(kinds),) if source.boolean() else kinds
        wanted, edge = source.choice([(kind, edge) for kind in chosen for edge in edges[kind]])
        put_member(source, [node for kind, node in objects if kind == wanted], edge)


def draw_edge(source: Source, edges: Edges) -> tuple[str, Json]:
    """Draw a kind of object and a member for it, each kind or each member with the same chance."""
    kinds = sorted(edges)
    chosen = (source.choice(kinds),) if source.boolean() else kinds
    return source.choice([(kind, edge) for kind in chosen for edge in edges[kind]])


def put_member(source: Source, nodes: Sequence[Json], edge: Json) -> None:
    """Put a member at the edge into one of several objects."""
    node = source.choice(nodes)
    if source.boolean(0.25):
        node.clear()  # so that nothing else is wrong about it
    node.update(edge)


def annotate(source: Source, objects: list[tuple[str, Json]]) -> None:
    """Put annotations on one object, whether they may stand there or not."""
    kind = source.choice(sorted({kind for kind, _ in objects}))
    node = source.choice([node for one, node in objects if one == kind])
    node["annotations"] = {"doc": "x"} if source.boolean() else source.choice(_ANNOTATIONS)


def misplace(source: Source, objects: list[tuple[str, Json]], members: Mapping[str, Json]) -> None:
    """Put a member that is right elsewhere into one object that lacks it, each kind with the same chance."""
    kind = source.choice(sorted({kind for kind, _ in objects}))
    node = source.choice([node for one, node in objects if one == kind])
    key = source.choice(tuple(members))
    node.setdefault(key, deepcopy(members[key]))


_OTHER_KINDS: tuple[Json, ...] = (None, True, 0, 1.5, "", "x", [], {}, [""], [{}], {"a": 1})
"""Values of every kind of JSON."""


def put_other_kind(source: Source, objects: list[tuple[str, Json]]) -> None:
    """Give a member a value of another kind, or leave it out, each key with the same chance."""
    places: dict[str, list[Json]] = {}
    for _, node in objects:
        for key in node:
            places.setdefault(key, []).append(node)
    key = source.choice(sorted(places))
    node = source.choice(places[key])
    if source.boolean(0.15):
        del node[key]
    else:
        node[key] = source.choice(_OTHER_KINDS)
