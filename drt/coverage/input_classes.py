"""Classes of input: which rule a document breaks, which ids it has, how its literals and lines end.

Owns the bins of documents. A rule is a place where a definition refuses (`drt.oracles.defined_*`), so
that the rules that exist are read from the definitions.
"""

from __future__ import annotations

import ast
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, partial
from inspect import getsource
from types import ModuleType
from typing import Any

from drt.coverage.situations import ERRORS_TOGETHER
from drt.coverage.typing_rows import TYPING_ROWS
from drt.model.case import Case, Source
from drt.oracles import (
    defined_json,
    defined_names,
    defined_schema,
    defined_schema_json,
    defined_schema_text,
    defined_stores,
    defined_text,
    defined_tokens,
    defined_values,
)
from drt.oracles.defined_literals import CONSTRUCTORS, Fails
from drt.oracles.defined_names import RESERVED, Refused, Undefined
from drt.oracles.definitions import EXPRESSION, Definition, of_entities, of_policies, of_schema
from drt.reduce.order import texts
from drt.scan.vocabulary import VARIABLES

PREFIX = "input: "
"""How the names of these events begin."""

_DEFINITIONS: dict[ModuleType, str] = {
    defined_names: "names",
    defined_tokens: "tokens",
    defined_text: "policy text",
    defined_json: "policy JSON",
    defined_schema: "schema",
    defined_schema_json: "schema JSON",
    defined_schema_text: "schema text",
    defined_values: "values",
    defined_stores: "entities and requests",
}
MOST_EXPRESSIONS = 8
"""Cases with more expressions are of operators rather than of documents, and left out."""

_PLACES = ("policy", "entity", "attribute", "annotation", "string", "pattern", "schema")
"""What printers, formatters, writers and translators write; `schema` is for ids and attributes in one."""
_IDS = (
    "plain", "empty", "reserved word", "variable", "blank", "quote", "backslash", "line end", "control",
    "invisible", "not ASCII", "long", "other",
)  # fmt: skip
_LINE_ENDS = {"\n": "LF", "\r\n": "CR LF", "\r": "CR", "\x85": "NEL", "\u2028": "LS", "\u2029": "PS"}
_AROUND = ("comment", "string", "token")
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_COMMENT_OR_STRING = re.compile(r'//[^\r\n]*(?P<comment>\r\n|\r|\n)|"(?P<string>[^"\\]*(?:\\.[^"\\]*)*)"')
_LITERAL = re.compile(r'\b(decimal|ip|datetime|duration)\("([^"\\]*)"\)')
_JSON_ID = re.compile(r'"id": ?("(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")')
_WORD = re.compile("[_a-zA-Z][_a-zA-Z0-9]*")


@cache
def _rules(module: ModuleType) -> dict[int, str]:
    """Return the words of each refusal of a definition, by its line."""
    return {
        node.lineno: f"{PREFIX}{_DEFINITIONS[module]}: {_words(node.exc)}"
        for node in ast.walk(ast.parse(getsource(module)))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
        and getattr(node.exc.func, "id", "") == Refused.__name__
    }  # fmt: skip


def _words(call: ast.Call) -> str:
    """Return the message of a refusal, with `…` for what varies."""
    message = call.args[0]
    parts = message.values if isinstance(message, ast.JoinedStr) else [message]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)


INPUT_CLASSES: dict[str, tuple[str, ...]] = {
    "rules broken": tuple(dict.fromkeys(name for one in _DEFINITIONS for name in _rules(one).values())),
    "ids": tuple(f"{PREFIX}id of {place}: {kind}" for place in _PLACES for kind in _IDS),
    "literals": tuple(f"{PREFIX}{name}: {how}" for name in CONSTRUCTORS for how in ("read", "refused")),
    "line ends": tuple(f"{PREFIX}{end} in or behind a {at}" for end in _LINE_ENDS.values() for at in _AROUND),
    "typing": TYPING_ROWS,
    "errors together": ERRORS_TOGETHER,
}
"""Every bin, by its class."""


def input_bins(case: Case) -> set[str]:
    """Return the bins of documents that a case reaches."""
    if len(case.expressions) > MOST_EXPRESSIONS:
        return set()
    found = {bin_ for document in _documents(case) if (bin_ := _broken(document))}
    for text in texts(case):
        found.update(_literals(text))
        found.update(_line_ends(text))
    for place, name in _named(case):
        found.add(f"{PREFIX}id of {place}: {_kind(name)}")
    return found


def _documents(case: Case) -> Iterator[Callable[[], object]]:
    yield partial(of_policies(case.policies).define, case.policies.text)
    yield from (partial(EXPRESSION.define, text) for text in case.expressions)
    if case.schema is not None:
        yield partial(of_schema(case.schema).define, case.schema.text)
    entities = of_entities(case.schema)
    if entities is not None:
        yield partial(entities.define, case.entities)
        for request in case.requests:
            yield partial(_check_request, request.text, case)


def _check_request(text: str, case: Case) -> None:
    schema = None if case.schema is None else of_schema(case.schema).define(case.schema.text)
    defined_stores.check_request(text, schema)


def _broken(define: Callable[[], object]) -> str:
    """Return the rule that a document breaks, nothing where it breaks none."""
    try:
        define()
    except Refused as refused:
        return _rule(refused)
    except (Undefined, RecursionError):
        pass
    return ""


def _rule(refused: Refused) -> str:
    step = refused.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    if step is None:
        return ""
    by_name = {module.__name__: module for module in _DEFINITIONS}
    module = by_name.get(step.tb_frame.f_globals["__name__"])
    return "" if module is None else _rules(module).get(step.tb_lineno, "")


def _literals(text: str) -> Iterator[str]:
    for name, literal in _LITERAL.findall(text):
        try:
            CONSTRUCTORS[name](literal)
            yield f"{PREFIX}{name}: read"
        except Fails:
            yield f"{PREFIX}{name}: refused"


def _line_ends(text: str) -> Iterator[str]:
    inside = list(_COMMENT_OR_STRING.finditer(text))
    for found in inside:
        at = "comment" if found["comment"] else "string"
        for end in _LINE_END.findall(found["comment"] or found["string"] or ""):
            yield f"{PREFIX}{_LINE_ENDS[end]} in or behind a {at}"
    for end in _LINE_END.findall(_COMMENT_OR_STRING.sub("", text)):
        yield f"{PREFIX}{_LINE_ENDS[end]} in or behind a token"


def _named(case: Case) -> Iterator[tuple[str, str]]:
    """Yield the ids and names of a case, each with what has it."""
    for text in (case.entities, *(request.text for request in case.requests)):
        yield from (("entity", json.loads(found)) for found in _JSON_ID.findall(text))
    policies = _defined(of_policies(case.policies), case.policies) or {}
    for part in ("staticPolicies", "templates"):
        for name, policy in policies.get(part, {}).items():
            yield "policy", name
            yield from (("annotation", key) for key in policy.get("annotations", ()))
            yield from _written(policy)
    schema = case.schema and _defined(of_schema(case.schema), case.schema)
    if schema:
        yield from (("schema", json.loads(key)[1]) for key in schema["actions"])
        yield from _written(schema)


def _defined(definition: Definition, source: Source) -> Any:
    """Return what a document is by its definition; None where it is refused."""
    try:
        return definition.define(source.text)
    except (Refused, Undefined, RecursionError):
        return None


def _written(node: Any) -> Iterator[tuple[str, str]]:
    """Yield the names and strings in a defined policy or schema, each with what has it."""
    waiting = [node]
    while waiting:
        match waiting.pop():
            case {"attr": str() as name, **others}:
                yield "attribute", name
                waiting += others.values()
            case {"Value": str() as text}:
                yield "string", text
            case {"pattern": list() as pattern, **others}:
                yield "pattern", "".join(one["Literal"] for one in pattern if one != "Wildcard")
                waiting += others.values()
            case {"enum": list() as ids}:
                yield from (("schema", id_) for id_ in ids)
            case {"attributes": dict() as attributes}:
                yield from (("schema", name) for name in attributes)
                waiting += attributes.values()
            case dict() as fields:
                waiting += fields.values()
            case list() as items:
                waiting += items


def _kind(name: str) -> str:
    tests: tuple[tuple[str, bool], ...] = (
        ("empty", not name),
        ("reserved word", name in RESERVED),
        ("variable", name in VARIABLES),
        ("long", len(name) > 100),
        ("quote", '"' in name or "'" in name),
        ("backslash", "\\" in name),
        ("line end", bool(_LINE_END.search(name))),
        ("control", any(unicodedata.category(one) == "Cc" for one in name)),
        ("invisible", any(unicodedata.category(one) in ("Cf", "Mn", "Zl", "Zp") for one in name)),
        ("not ASCII", not name.isascii()),
        ("blank", " " in name),
        ("plain", _WORD.fullmatch(name) is not None),
    )
    return next((kind for kind, holds in tests if holds), "other")
