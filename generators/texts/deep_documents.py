"""JSON documents that nest as deep as their formats allow, or deeper (spec 05 §2, 06 §1.1).

Owns the limit, and how many levels of each form fit below it.
"""

from __future__ import annotations

import json
from typing import Any

from generators.choice.sources import Source

Json = Any

LIMIT = 127
"""Arrays and objects inside each other that a document may have."""

_ALL = {"op": "All"}
_EXPRESSIONS = ('{"!": {"arg": %s}}', '{"neg": {"arg": %s}}', '{"Set": [%s]}', '{"Record": {"a": %s}}')
_VALUES = ("[%s]", '{"a": %s}')
_EMPTY = ("[]", "{}")
_TYPES = ('{"type": "Set", "element": %s}', '{"type": "Record", "attributes": {"a": %s}}')


def deep_policy_set(source: Source) -> str:
    """Draw a policy whose condition nests at the limit."""
    if source.boolean():
        body = _nested(source, source.choice(_EXPRESSIONS), '{"Value": true}', outside=5)
    else:
        body = f'{{"Value": {_nested(source, source.choice(_VALUES), source.choice(_EMPTY), outside=6)}}}'
    scope = dict.fromkeys(("principal", "action", "resource"), _ALL)
    policy = {"effect": "permit", **scope, "conditions": [{"kind": "when", "body": "?"}]}
    whole = {"staticPolicies": {"a": policy}, "templates": {}, "templateLinks": []}
    return json.dumps(whole).replace('"?"', body)


def deep_entities(source: Source) -> str:
    """Draw an entity with an attribute or a tag that nests at the limit."""
    place = source.choice(("attrs", "tags"))
    entity = {"uid": {"type": "A", "id": "a"}, "attrs": {}, "parents": [], place: {"a": "?"}}
    nested = _nested(source, source.choice(_VALUES), source.choice(_EMPTY), outside=3)
    return json.dumps([entity]).replace('"?"', nested)


def deep_schema(source: Source) -> str:
    """Draw a schema with tags or a common type that nest at the limit."""
    made = _nested(source, source.choice(_TYPES), '{"type": "Long"}', outside=4)
    if source.boolean():
        return f'{{"": {{"entityTypes": {{"A": {{"tags": {made}}}}}, "actions": {{}}}}}}'
    return f'{{"": {{"commonTypes": {{"AB": {made}}}, "entityTypes": {{}}, "actions": {{}}}}}}'


def _nested(source: Source, form: str, inside: str, outside: int) -> str:
    """Nest a form as often as it fits below so many levels, once more, or many times more."""
    before, after = form.split("%s")
    most = (LIMIT - outside - _levels(inside)) // _levels(form % "")
    times = most + source.choice((0, 1, 1, 40))
    return before * times + inside + after * times


def _levels(text: str) -> int:
    return text.count("[") + text.count("{")
