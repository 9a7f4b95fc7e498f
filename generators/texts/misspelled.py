"""Names of a JSON schema spelled in another way than the one that its format has for them (spec 07 §3, §4.1).

Owns where a schema has names, declared or referred to, and the ways to spell one: blanks and comments in it,
`::` too many, another case, another namespace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from generators.choice.sources import Source

Json = Any
Put = Callable[[str], None]

_DECLARING = ("entityTypes", "commonTypes", "schema")
_SPELLINGS = (
    " {0}", "{0} ", "{0}\t", "\n{0}", "::{0}", "{0}::", "{0}::{0}", "{0} // x", "/**/{0}", "__cedar::{0}",
    "A::{0}", "{0}\u00a0", "\"{0}\"", "{0}0", "{0}\u200b",
)  # fmt: skip


def misspell(source: Source, objects: list[tuple[str, Json]]) -> None:
    """Spell one name otherwise, each kind of place with the same chance."""
    places = list(_places(objects))
    if not places:
        return
    kind = source.choice(sorted({kind for kind, _, _ in places}))
    _, name, put = source.choice([place for place in places if place[0] == kind])
    match source.integer(0, 3):
        case 0:
            put(name.replace("::", source.choice((" :: ", ":: ", ":", ".", "::\n"))))
        case 1:
            put(name.swapcase())
        case _:
            put(source.choice(_SPELLINGS).format(name))


def _places(objects: list[tuple[str, Json]]) -> Iterator[tuple[str, str, Put]]:
    """Yield the kind of each place that has a name, the name, and how to put another there."""
    for kind, node in objects:
        for key, value in list(node.items()):
            if kind in _DECLARING:
                yield kind, key, _key_of(node, key)
            if key in ("name", "type") and isinstance(value, str):
                yield f"{kind} {key}", value, _value_at(node, key)
            elif isinstance(value, list):
                names = ((place, name) for place, name in enumerate(value) if isinstance(name, str))
                yield from ((key, name, _value_at(value, place)) for place, name in names if key != "enum")


def _key_of(node: Json, key: str) -> Put:
    def put(name: str) -> None:
        node[name] = node.pop(key)

    return put


def _value_at(node: Json, place: str | int) -> Put:
    def put(name: str) -> None:
        node[place] = name

    return put
