"""Documents of every format, each wrong in one place: every rule broken once, in order.

A JSON document breaks at each of its values: another kind of value, a key too many, too few, twice or with
another name, an element more or fewer. A text breaks at each of its tokens: left out, twice, exchanged with
the next, or with another token instead of it or before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from generators.language import LANGUAGE, Operator
from generators.walk import operators

Json = Any

OTHER_VALUES: tuple[Json, ...] = (
    None, True, 0, -1, 2**63, 1.5, "", "x", "a b", "if", "__cedar", [], {}, ["x"], {"a": 1},
    {"__entity": {"type": "U", "id": "a"}}, {"__extn": {"fn": "ip", "arg": "1.2.3.4"}},
    {"type": "E", "id": "c"},
)  # fmt: skip
"""Values of every kind, which replace each value of a document in turn."""

OTHER_TOKENS = (
    "x", "if", "in", "is", "has", "true", "principal", "?principal", "permit", "when", "entity", "Set",
    "__cedar", "1", "9223372036854775808", '"a"', '"\\u{d800}"', "U", "Action", "(", ")", "{", "}", "[", "]",
    ",", ";", ":", "::", ".", "@", "=", "==", "!", "-", "<", "?", "&&", "// c\n", "é",
)  # fmt: skip
"""Tokens of every kind, which replace and precede each token of a text in turn."""

_UID = {"type": "U", "id": "a"}
_VAR = {"Var": "principal"}
_ONE = {"Value": 1}
_SCOPE = {"principal": {"op": "All"}, "action": {"op": "All"}, "resource": {"op": "All"}}
_WHOLE = json.dumps(
    {
        "staticPolicies": {
            "p": {"effect": "forbid", **_SCOPE, "conditions": [{"kind": "when", "body": "BODY"}]}
        },
        "templates": {},
        "templateLinks": [],
    }
)
_SPECIAL: dict[str, Json] = {
    "like": {"like": {"left": _VAR, "pattern": ["Wildcard", {"Literal": "a"}]}},
    "is": {"is": {"left": _VAR, "entity_type": "N::U"}},
    "is in": {"is": {"left": _VAR, "entity_type": "U", "in": {"Value": {"__entity": _UID}}}},
    "has": {"has": {"left": _VAR, "attr": "a"}},
    "has path": {"has": {"left": _VAR, "attr": ["a", "b"]}},
    ".": {".": {"left": _VAR, "attr": "a"}},
    "if": {"if-then-else": {"if": {"Value": True}, "then": _ONE, "else": _VAR}},
    "set": {"Set": [_ONE, {"Value": [1, {"a": "x"}]}]},
    "record": {"Record": {"a": _ONE, "b c": {"Value": {"__extn": {"fn": "ip", "arg": "::1"}}}}},
}
"""Trees of the operators whose JSON has keys of its own (spec 06 §3)."""

_ACTION = {"type": "Action", "id": "x"}
_IN_GROUP = {"op": "is", "entity_type": "N::G"}
SCOPES: tuple[Json, ...] = (
    {
        "principal": {"op": "==", "entity": _UID},
        "action": {"op": "in", "entities": [_ACTION]},
        "resource": {**_IN_GROUP, "in": {"entity": {"type": "G", "id": "g"}}},
    },
    {
        "principal": {"op": "in", "slot": "?principal"},
        "action": {"op": "==", "entity": _ACTION},
        "resource": {**_IN_GROUP, "in": {"slot": "?resource"}},
    },
)
"""Scopes of a static policy and of a template."""

_CONDITIONS = [{"kind": "when", "body": _ONE}, {"kind": "unless", "body": {"Value": True}}]

POLICIES = (
    '@ id ( "x" ) permit ( principal == U :: "a" , action in [ Action :: "x" , N :: Action :: "y" ] , '
    "resource is G in ?resource ) when { ! context . a && context has b . c } ;",
    'forbid ( principal is N :: U , action == Action :: "x" , resource in ( G :: "g" ) , ) unless { '
    'if [ 1 , - 2 ] . contains ( 1 ) then { a : 1 , "b" : ip ( "::1" ) } [ "a" ] < 2 * 3 else '
    'principal is U in G :: "g" || "a" like "a*\\*" } ;',
)
SCHEMAS = (
    'namespace N { @ doc ( "x" ) entity A , B in [ C , N :: D ] = { a : Long , "b" ? : Set < T > } '
    'tags String ; entity C ; entity D enum [ "x" , "y" ] ; type T = { c : { d ? : Bool } , } ; }',
    'namespace N { entity A ; action x ; action y , "z z" in [ x , Action :: "x" ] appliesTo { '
    "principal : [ A ] , resource : A , context : { a : __cedar :: Long , b ? : ipaddr } } ; }",
)


def _tree(row: Operator) -> Json:
    """Write one operator in JSON on simple operands."""
    if row.name in _SPECIAL:
        return _SPECIAL[row.name]
    if row.extension:
        return {row.name: [{"Value": "1"}, _VAR][: row.arity]}
    if row.arity == 1:
        return {row.name: {"arg": _VAR}}
    return {row.name: {"left": _VAR, "right": _ONE}}


def policy_documents() -> Iterator[str]:
    """List policy sets in JSON: scopes, templates and links, and each operator, wrong in one place each."""
    for number, scope in enumerate(SCOPES):
        whole: Json = {"staticPolicies": {}, "templates": {}, "templateLinks": []}
        made = {"effect": "permit", **scope, "conditions": _CONDITIONS, "annotations": {"id": "x"}}
        if number:
            whole["templates"]["t"] = made
            values = {"?principal": {"__entity": _UID}, "?resource": {"type": "G", "id": "g"}}
            whole["templateLinks"].append({"templateId": "t", "newId": "l", "values": values})
        else:
            whole["staticPolicies"]["p"] = made
        yield from broken_json(whole)
    for row in LANGUAGE:
        for body in broken_json(_tree(row)):
            yield _WHOLE.replace('"BODY"', body)


def entity_documents() -> Iterator[str]:
    """List entity documents that break one rule each."""
    yield from broken_json(json.loads(operators.ENTITIES))


def requests() -> Iterator[str]:
    """List requests that break one rule each."""
    yield from broken_json(json.loads(operators.REQUESTS[0]))


def schema_documents() -> Iterator[str]:
    """List schemas in JSON that break one rule each."""
    yield from broken_json(_SCHEMA)


def policy_texts() -> Iterator[str]:
    """List policy texts that break one rule of the grammar each, or none."""
    for text in POLICIES:
        yield from broken_text(text)


def schema_texts() -> Iterator[str]:
    """List schema texts that break one rule of the grammar each, or none."""
    for text in SCHEMAS:
        yield from broken_text(text)


def broken_text(text: str) -> Iterator[str]:
    """Break a text, whose tokens are separated by blanks, at each of its tokens."""
    tokens = text.split(" ")
    yield text
    for at, token in enumerate(tokens):
        before, after = tokens[:at], tokens[at + 1 :]
        yield " ".join((*before, *after))
        yield " ".join((*before, token, token, *after))
        yield " ".join((*before, *after[:1], token, *after[1:]))
        for other in OTHER_TOKENS:
            yield " ".join((*before, other, *after))
            yield " ".join((*before, other, token, *after))


def broken_json(document: Json) -> Iterator[str]:
    """Break a document at each of its values, and give it whole at first."""
    yield from dict.fromkeys((json.dumps(document), *_broken(document)))


def _broken(value: Json) -> Iterator[str]:
    """List the texts of a value with one thing wrong in it."""
    for other in OTHER_VALUES:
        if other != value:
            yield json.dumps(other)
    if isinstance(value, dict):
        yield from _broken_object(value)
    elif isinstance(value, list):
        parts = [json.dumps(part) for part in value]
        for at, part in enumerate(parts):
            yield f"[{', '.join(parts[:at] + parts[at + 1 :])}]"
            yield f"[{', '.join([*parts, part])}]"
            for broken in _broken(value[at]):
                yield f"[{', '.join((*parts[:at], broken, *parts[at + 1 :]))}]"


def _broken_object(value: dict[str, Json]) -> Iterator[str]:
    members = [f"{json.dumps(key)}: {json.dumps(part)}" for key, part in value.items()]
    yield _object(*members, '"more": 1')
    for at, (key, part) in enumerate(value.items()):
        others = members[:at] + members[at + 1 :]
        yield _object(*others)
        for name in (f"{key}x", key.swapcase(), f" {key}", ""):
            yield _object(*others, f"{json.dumps(name)}: {json.dumps(part)}")
        yield _object(*members, members[at])
        yield _object(*members, f"{json.dumps(key)}: null")
        for broken in _broken(part):
            yield _object(*members[:at], f"{json.dumps(key)}: {broken}", *members[at + 1 :])


def _object(*members: str) -> str:
    return f"{{{', '.join(members)}}}"


_SCHEMA: Json = {
    "N": {
        "commonTypes": {"T": {"type": "Record", "attributes": {"c": {"type": "Long", "required": False}}}},
        "entityTypes": {
            "A": {
                "memberOfTypes": ["C", "N::A"],
                "shape": {
                    "type": "Record",
                    "attributes": {
                        "a": {"type": "Set", "element": {"type": "T"}},
                        "b": {"type": "Entity", "name": "C", "required": True},
                        "d": {"type": "EntityOrCommon", "name": "N::T"},
                        "e": {"type": "Extension", "name": "ipaddr"},
                    },
                },
                "tags": {"type": "String"},
            },
            "C": {},
            "D": {"enum": ["x", "y"]},
        },
        "actions": {
            "x": {},
            "y": {
                "memberOf": [{"id": "x", "type": "N::Action"}],
                "appliesTo": {
                    "principalTypes": ["A"],
                    "resourceTypes": ["C", "D"],
                    "context": {"type": "Record", "attributes": {}},
                },
            },
        },
        "annotations": {"doc": "x"},
    }
}
