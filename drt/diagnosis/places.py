"""Names of places in a text or in a JSON document.

Owns the way from a token, or from the path to a value of a policy set, an entity document or a schema, to the
words of the language: the operator, the clause, the part of the scope, the part of an entity.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from drt.scan.tokens import tokenize
from drt.scan.vocabulary import (
    FUNCTIONS,
    KEYWORD_OPERATORS,
    METHODS,
    OPERATORS,
    RESERVED,
    VARIABLES,
    WORDS,
)

Path = tuple[str | int, ...]

FORMS = OPERATORS | METHODS | FUNCTIONS | KEYWORD_OPERATORS
"""Keys of expression JSON that are spelled as in text (spec 06 §3)."""

NAMED_FORMS = {
    "neg": "`-`", ".": "attribute access", "if-then-else": "`if`", "Set": "set", "Record": "record",
    "Var": "variable", "Slot": "slot",
}  # fmt: skip

MEMBERS = {
    "effect": "the effect", "annotations": "annotations", "conditions": "the clauses",
    "staticPolicies": "the policies", "templates": "the templates", "templateLinks": "the template links",
    "uid": "the uid of an entity", "attrs": "the attributes of an entity", "tags": "tags",
    "parents": "the parents of an entity", "pattern": "the pattern of `like`", "values": "the template links",
    "principal": "the principal", "action": "the action", "resource": "the resource",
    "context": "the context",
    "memberOf": "the groups of an action", "memberOfTypes": "the parents of an entity type",
    "appliesTo": "what an action applies to", "principals": "what an action applies to",
    "resources": "what an action applies to", "required": "whether an attribute is required",
    "enum": "the ids of an enumerated type", "shape": "the attributes of an entity type",
    "commonTypes": "common types", "entityTypes": "entity types", "actions": "actions",
    "name": "the name of a type", "element": "the type of a set",
}  # fmt: skip
"""Keys of the JSON formats, and the words for their values."""

NAMING = frozenset(
    ["attrs", "tags", "Record", "attributes", "staticPolicies", "templates", "annotations"]
) | frozenset(["entityTypes", "actions", "commonTypes"])
"""Under these the keys are the user's names."""

SCOPE = frozenset(["principal", "action", "resource"])
LITERALS = {bool: "a boolean literal", int: "an integer literal", str: "a string literal"}
KEYWORDS = (WORDS | RESERVED | VARIABLES | FUNCTIONS | METHODS) | frozenset(
    ["permit", "forbid", "when", "namespace", "entity", "type", "appliesTo", "enum"]
)


def token_name(text: str) -> str:
    """Name what the text begins with: a token that has one spelling by itself, others by their kind."""
    if not text:
        return "the end"
    if text[0] in "\"'":
        return "a string"
    if text[0] == "\\":
        return "an escape"
    token, *after = [*tokenize(text)[:2], None]
    if token is None:
        return "a blank"
    match token.kind:
        case "word" if token.text not in KEYWORDS:
            return "a name"
        case "word" if token.text not in RESERVED and after[0] is not None and after[0].text == "::":
            return "a name"
        case "number" | "slot":
            return f"a {token.kind}"
        case "other":
            return "an odd character"
        case _:
            return f"`{token.text}`"


def parting(left: Any, right: Any, path: Path = ()) -> tuple[Path, Any, Any] | None:
    """Find the innermost place where two JSON values differ, with the two values there.

    An expression form against another form, and an escape against anything, are not entered. A member that
    only one object has is None on the other side.
    """
    if isinstance(left, dict) and isinstance(right, dict):
        odd = sorted(left.keys() ^ right.keys())
        if odd and (left.keys() & right.keys()):
            return (*path, odd[0]), left.get(odd[0]), right.get(odd[0])
        if odd or "__extn" in left:
            return None if left == right else (path, left, right)
        return _first(parting(left[key], right[key], (*path, key)) for key in sorted(left))
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        return _first(parting(a, b, (*path, at)) for at, (a, b) in enumerate(zip(left, right, strict=True)))
    return None if type(left) is type(right) and left == right else (path, left, right)


def _first(found: Iterable[tuple[Path, Any, Any] | None]) -> tuple[Path, Any, Any] | None:
    return next((one for one in found if one is not None), None)


SIGNS = {"!": "`!`", "neg": "`-`"}
"""The forms of signs, and how they are written."""


def sign_name(path: Path, *values: Any) -> str | None:
    """Name a sign before another sign or before what binds as tightly to some reader; None elsewhere."""
    forms = [key for value in values if isinstance(value, dict) and len(value) == 1 for key in value]
    signs = [form for form in forms if form in SIGNS]
    if signs and path[-1:] == ("arg",) and path[-2] in SIGNS:
        return f"{SIGNS[str(path[-2])]} before {SIGNS[signs[0]]}"
    others = [form for form in forms if form in FORMS and form not in SIGNS]
    return f"{SIGNS[signs[0]]} before `{others[0]}`" if signs and others else None


def place_name(path: Path, *values: Any) -> str:
    """Name the value at the path, in the words of the language; `values` are the readers' values there."""
    if (found := sign_name(path, *values)) is not None:
        return found
    for value in values:
        found = _form_name(value)
        if found is not None:
            return found
    words = _words(path)
    for at in range(len(path) - 1, -1, -1):
        key = path[at]
        if at not in words:
            continue
        if key == "in" and path[at + 1 : at + 2] not in (("left",), ("right",)):
            continue  # of a scope, or of `is`
        if key == "kind" and path[-1] == "kind":
            return f"the clause `{values[0] if values else 'when'}`"
        if key == "Value":
            return "an entity literal" if "__entity" in path else _literal_name(values)
        if key in SCOPE and ("staticPolicies" in path or "templates" in path or path[0] in SCOPE):
            return f"the scope of {MEMBERS[str(key)]}" if len(path) > 2 else MEMBERS[str(key)]
        named = f"`{key}`" if key in FORMS else NAMED_FORMS.get(str(key)) or MEMBERS.get(str(key))
        if named is not None:
            return named
    return "the document"


def _words(path: Path) -> frozenset[int]:
    """Find the steps of a path that are words of the format, not the user's names or places in a list."""
    found: list[int] = []
    named = False
    for at, key in enumerate(path):
        if isinstance(key, int) or named:
            named = False
            continue
        found.append(at)
        named = key in NAMING
    return frozenset(found)


def value_name(value: Any) -> str | None:
    """Name a scalar of JSON; None for all other values."""
    if value is None:
        return "null in JSON"
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a string"}
    return f"{kinds[type(value)]} in JSON" if type(value) in kinds else None


def _form_name(value: Any) -> str | None:
    """Name an expression form or an escape; None for all other values, literals among them."""
    match value:
        case {"__extn": {"fn": str() as function}}:
            return f"`{function}`" if function in FORMS else "an extension call"
        case {"__entity": _}:
            return "an entity literal"
        case dict() if len(value) == 1:
            [key] = value
            return f"`{key}`" if key in FORMS else NAMED_FORMS.get(key)
        case _:
            return None


def _literal_name(values: tuple[Any, ...]) -> str:
    return next((LITERALS[type(value)] for value in values if type(value) in LITERALS), "a literal")
