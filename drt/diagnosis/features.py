"""Language features that a case uses, found by a lexical scan that no engine takes part in.

Owns the vocabulary of language features: operators, keywords, methods, functions, kinds of literals, scope
forms and shapes of the entity document. Ids, names and values are left out, so that two cases of the same
bug look alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from drt.model.case import Case, Source
from drt.scan.tokens import Token, tokenize
from drt.scan.vocabulary import FUNCTIONS, METHODS, OPERATORS, WORDS

ODD_STRING = re.compile(r"[^ -~]|\\(?![\"\\])")


def case_features(case: Case) -> tuple[str, ...]:
    """List the features of everything in a case, sorted."""
    found = set(source_features(case.policies))
    for expression in case.expressions:
        found |= set(_expression_features(tokenize(expression)))
    found |= set(_entity_features(case.entities))
    if case.links:
        found.add("link")
    if case.schema is not None:
        found.add("schema")
    return tuple(sorted(found))


def policy_count(case: Case) -> int:
    """Count the policies and templates of a case by a scan."""
    if case.policies.format == "json":
        document = _json(case.policies.text)
        if not isinstance(document, dict):
            return 0
        return sum(
            len(part)
            for key in ("staticPolicies", "templates")
            if isinstance(part := document.get(key), dict)
        )
    return sum(1 for token in tokenize(case.policies.text) if token.text in ("permit", "forbid"))


def source_features(policies: Source) -> Iterator[str]:
    """List the features of policies in either syntax, in the same words."""
    if policies.format == "json":
        document = _json(policies.text)
        if document is not None:
            yield from _json_features(document)
            return
    yield from _policy_features(tokenize(policies.text))


def _policy_features(tokens: list[Token]) -> Iterator[str]:
    """List features of scopes and conditions: text outside `{ }` is scope, text inside is expression."""
    depth = 0
    start = 0
    effects = set()
    for index, token in enumerate(tokens):
        if token.text == "{":
            if depth == 0:
                yield from _scope_features(tokens[start:index])
                start = index + 1
            depth += 1
        elif token.text == "}":
            depth -= 1
            if depth == 0:
                yield from _expression_features(tokens[start:index])
                start = index + 1
        elif depth == 0 and token.text in ("permit", "forbid"):
            effects.add(token.text)
    rest = tokens[start:]
    yield from _expression_features(rest) if depth > 0 else _scope_features(rest)
    if len(effects) > 1:
        yield "permit and forbid"


def _scope_features(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        match token.text:
            case "==" | "in" | "is" | "[":
                yield f"scope {token.text}"
            case "@":
                yield "annotation"
            case "unless":
                yield "unless"
            case slot if slot.startswith("?"):
                yield "slot"


def _expression_features(tokens: list[Token]) -> Iterator[str]:
    texts = [token.text for token in tokens] + [""]
    before = ""
    for index, token in enumerate(tokens):
        after = texts[index + 1]
        match token.kind:
            case "string":
                if before == "::":
                    yield "entity"
                elif before == "has":
                    pass
                elif before == "[" and after == "]" and index > 1 and _ends_operand(tokens[index - 2]):
                    yield "access"
                else:
                    yield "string"
                if ODD_STRING.search(token.text[1:-1]):
                    yield "odd string"
            case "number":
                yield "long"
            case "word":
                yield from _word_features(token.text, before, after)
            case "punctuation" if token.text in OPERATORS:
                yield token.text
            case "punctuation" if token.text == "[" and not (index and _ends_operand(tokens[index - 1])):
                yield "set"
            case "punctuation" if token.text == "{":
                yield "record"
            case "other":
                yield "odd character"
        before = token.text


def _ends_operand(token: Token) -> bool:
    if token.kind == "word":
        return token.text not in WORDS and token.text not in ("then", "else")
    return token.kind in ("string", "number") or token.text in (")", "]", "}")


def _word_features(word: str, before: str, after: str) -> Iterator[str]:
    if before == ".":
        yield f".{word}()" if after == "(" and word in METHODS else "access"
    elif after == "::" or before == "::":
        return
    elif word in FUNCTIONS and after == "(":
        yield f"{word}()"
    elif word in WORDS:
        yield word
    elif word in ("true", "false"):
        yield "bool"


def _json_features(document: Any) -> Iterator[str]:
    """List the features of policy JSON, where a key takes the place of a token of the text (spec 06 §3)."""
    waiting = [document]
    effects = set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            if value.get("effect") in ("permit", "forbid"):
                effects.add(value["effect"])
            yield from _json_object_features(value)
            waiting += value.values()
    if len(effects) > 1:
        yield "permit and forbid"


def _json_object_features(value: dict[str, Any]) -> Iterator[str]:
    operator = value.get("op")
    if operator in ("==", "in", "is"):
        yield f"scope {operator}"
    if "entities" in value:
        yield "scope ["
    if "slot" in value:
        yield "slot"
    if value.get("annotations"):
        yield "annotation"
    if value.get("kind") == "unless":
        yield "unless"
    if len(value) != 1:
        return
    [(key, inner)] = value.items()
    if key in OPERATORS or key in ("like", "has", "is", "in"):
        yield key
    elif key in METHODS or key in FUNCTIONS:
        yield f".{key}()" if key in METHODS else f"{key}()"
    else:
        named = {"neg": "-", ".": "access", "Set": "set", "Record": "record", "if-then-else": "if"}
        if key in named:
            yield named[key]
        elif key == "Value":
            yield _literal_feature(inner)


def _literal_feature(value: Any) -> str:
    match value:
        case bool():
            return "bool"
        case int():
            return "long"
        case str():
            return "string"
        case {"__entity": _}:
            return "entity"
        case _:
            return "odd value"


def _entity_features(entities: str) -> Iterator[str]:
    """List the shapes in an entity document that an evaluation can depend on."""
    if not entities:
        return
    document = _json(entities)
    if not isinstance(document, list):
        yield "odd entities"
        return
    uids = {json.dumps(one.get("uid"), sort_keys=True) for one in document if isinstance(one, dict)}
    if len(uids) < len(document):
        yield "entity twice"
    for one in document:
        if not isinstance(one, dict):
            yield "odd entities"
            continue
        for part in ("parents", "attrs", "tags"):
            if one.get(part):
                yield f"entity {part}"
        parents = one.get("parents")
        if isinstance(parents, list) and len(parents) > 1:
            yield "two parents"


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
