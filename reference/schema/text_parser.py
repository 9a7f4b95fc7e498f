"""Schema text to declarations (spec 07 §2): the grammar `cedarschema.lark` and what each rule of it builds.

The parser keeps its own stack and builds while it reduces, so nesting costs no Python frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, UnexpectedToken

from reference.errors import InputError
from reference.schema.syntax import (
    ActionDeclaration,
    ActionReference,
    AppliesTo,
    AttributeDeclaration,
    CommonTypeDeclaration,
    Declaration,
    EntityDeclaration,
    Fragment,
    Name,
    Place,
    RecordOf,
    SetOf,
    TypeExpression,
    refusal,
)
from reference.text.positions import refuse_surrogates
from reference.text.strings import unescape

GRAMMAR = Path(__file__).with_name("cedarschema.lark")

MEANT = {
    "WORD": "a name",
    "RESERVED": "a reserved word",
    "STRING": "a string",
    "OPTIONAL": "`?`",
    "$END": "the end of the text",
}
"""What people call the tokens that are not spelled as in the text."""

KEYWORDS = {
    "EXTERNAL", "NAMESPACE", "ENTITY", "ACTION", "TYPE", "TAGS", "ENUM", "APPLIES_TO", "ATTRIBUTES",
    "PRINCIPAL", "RESOURCE", "CONTEXT", "SET",
}  # fmt: skip
"""Words that are names wherever a name may stand."""


@dataclass(frozen=True, slots=True)
class Word:
    """A name as written, unescaped."""

    text: str
    where: Place


@dataclass(frozen=True, slots=True)
class Part:
    """A clause of a declaration: the rule's name and what it holds."""

    rule: str
    content: Any


def parse_schema(text: str) -> tuple[Fragment, ...]:
    """The fragments of a schema text, the empty namespace first; raises `InputError`."""
    refuse_surrogates(text, "schema")
    try:
        fragments: tuple[Fragment, ...] = _parser().parse(text)  # type: ignore[assignment]  # built by _Builder
    except UnexpectedInput as error:
        raise _explain(error, text) from None
    return fragments


@cache
def _parser() -> Lark:
    return Lark(
        GRAMMAR.read_text("utf-8"), parser="lalr", lexer="basic", start="schema", transformer=_Builder()
    )


def _explain(error: UnexpectedInput, text: str) -> InputError:
    if not isinstance(error, UnexpectedToken):
        found = repr(text[error.pos_in_stream or 0])
        return refusal((error.line, error.column), f"{found} begins no token of the schema language")
    names = {terminal.name: terminal.pattern.value for terminal in _parser().terminals}
    wanted = error.expected - KEYWORDS if "WORD" in error.expected else error.expected
    expected = " or ".join(sorted(MEANT.get(name) or f"`{names[name]}`" for name in wanted))
    if error.token.type == "$END":
        lines = text.split("\n")
        return refusal((len(lines), len(lines[-1]) + 1), f"the text ends, expected {expected}")
    return refusal((error.line, error.column), f"found `{error.token}`, expected {expected}")


def _place(token: Token) -> Place:
    return (token.line or 1, token.column or 1)


def _string(token: Token) -> str:
    try:
        return unescape(token[1:-1])
    except ValueError as error:
        raise refusal(_place(token), f"{error}") from None


def _annotations(items: Sequence[Any]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for item in items:
        if isinstance(item, Part) and item.rule == "annotation":
            key, value = item.content
            if key.text in found:
                raise refusal(key.where, f"the annotation `{key.text}` is given twice")
            found[key.text] = value
    return found


def _parts(items: Sequence[Any]) -> dict[str, Any]:
    return {item.rule: item.content for item in items if isinstance(item, Part)}


class _Builder(Transformer[Token, tuple[Fragment, ...]]):
    """One method a grammar rule; `items` are what its parts built."""

    def schema(self, items: list[Any]) -> tuple[Fragment, ...]:
        unnamed = [item for item in items if not isinstance(item, Fragment)]
        named = [item for item in items if isinstance(item, Fragment)]
        seen: set[str] = set()
        for fragment in named:
            if fragment.namespace in seen:
                raise refusal(fragment.where, f"the namespace `{fragment.namespace}` is opened a second time")
            seen.add(fragment.namespace)
        return (Fragment("", tuple(d for group in unnamed for d in group)), *named)

    def namespace(self, items: list[Any]) -> Fragment:
        words = [item for item in items if isinstance(item, Word)]
        declarations = [d for item in items if isinstance(item, tuple) for d in item]
        return Fragment(words[0].text, tuple(declarations), words[0].where, _annotations(items))

    def entity(self, items: list[Any]) -> tuple[Declaration, ...]:
        parts, annotations = _parts(items), _annotations(items)
        shape = parts.get("shape", RecordOf())
        return tuple(
            EntityDeclaration(
                w.text, w.where, parts.get("parents", ()), shape, parts.get("tags"), None, annotations
            )
            for w in parts["idents"]
        )

    def external_entity(self, items: list[Any]) -> tuple[Declaration, ...]:
        parts, annotations = _parts(items), _annotations(items)
        parents = parts.get("parents", ())
        return tuple(
            EntityDeclaration(w.text, w.where, parents, annotations=annotations, external=True)
            for w in parts["idents"]
        )

    def enumeration(self, items: list[Any]) -> tuple[Declaration, ...]:
        ids = tuple(_string(item) for item in items if isinstance(item, Token) and item.type == "STRING")
        annotations = _annotations(items)
        return tuple(
            EntityDeclaration(w.text, w.where, enum=ids, annotations=annotations)
            for w in _parts(items)["idents"]
        )

    def action(self, items: list[Any]) -> tuple[Declaration, ...]:
        parts, annotations = _parts(items), _annotations(items)
        return tuple(
            ActionDeclaration(w.text, w.where, parts.get("groups", ()), parts.get("applies_to"), annotations)
            for w in parts["names"]
        )

    def external_action(self, items: list[Any]) -> tuple[Declaration, ...]:
        parts, annotations = _parts(items), _annotations(items)
        groups = parts.get("groups", ())
        return tuple(
            ActionDeclaration(w.text, w.where, groups, None, annotations, external=True)
            for w in parts["names"]
        )

    def common_type(self, items: list[Any]) -> tuple[Declaration, ...]:
        name, definition = items[-2:]
        return (CommonTypeDeclaration(name.text, definition, name.where, _annotations(items)),)

    def applies_to(self, items: list[Any]) -> Part:
        given: dict[str, Any] = {}
        place = _place(items[0])
        for item in items[1:]:
            keyword, content = item.content
            if keyword in given:
                raise refusal(_place(keyword), f"`{keyword}` is given a second time in `appliesTo`")
            given[str(keyword)] = content
        for keyword in ("principal", "resource"):
            if keyword not in given:
                raise refusal(place, f"`appliesTo` must give `{keyword}`")
            if given[keyword] == ():
                raise refusal(place, f"the list of `{keyword}` types in `appliesTo` must not be empty")
        return Part(
            "applies_to", AppliesTo(given["principal"], given["resource"], given.get("context", RecordOf()))
        )

    def app_decl(self, items: list[Any]) -> Part:
        return Part("app_decl", (items[0], items[1].content if isinstance(items[1], Part) else items[1]))

    def parents(self, items: list[Any]) -> Part:
        return Part("parents", items[-1].content)

    def groups(self, items: list[Any]) -> Part:
        return Part("groups", items[-1])

    def shape(self, items: list[Any]) -> Part:
        return Part("shape", items[-1])

    def tags(self, items: list[Any]) -> Part:
        return Part("tags", items[-1])

    def no_attributes(self, _items: list[Any]) -> Part:
        return Part("no_attributes", None)

    def type_reference(self, items: list[Word]) -> TypeExpression:
        return Name(items[0].text, "either", items[0].where)

    def common_reference(self, items: list[Word]) -> TypeExpression:
        return Name(items[0].text, "common", items[0].where)

    def set_of(self, items: list[Any]) -> TypeExpression:
        return SetOf(items[-1])

    def record(self, items: list[Any]) -> TypeExpression:
        attributes: dict[str, AttributeDeclaration] = {}
        for name, attribute in items:
            if name.text in attributes:
                raise refusal(name.where, f"the attribute `{name.text}` is declared twice")
            attributes[name.text] = attribute
        return RecordOf(attributes)

    def attr_decl(self, items: list[Any]) -> tuple[Word, AttributeDeclaration]:
        optional = isinstance(items[-2], Token)
        name = items[-3] if optional else items[-2]
        return name, AttributeDeclaration(items[-1], not optional, _annotations(items))

    def ent_types(self, items: list[Word]) -> Part:
        return Part("ent_types", tuple(Name(word.text, "entity", word.where) for word in items))

    def act_refs(self, items: list[ActionReference]) -> tuple[ActionReference, ...]:
        return tuple(items)

    def qualified_action(self, items: list[Any]) -> ActionReference:
        *path, identifier = items
        return ActionReference(_string(identifier), "::".join(w.text for w in path), path[0].where)

    def plain_action(self, items: list[Word]) -> ActionReference:
        return ActionReference(items[0].text, None, items[0].where)

    def name(self, items: list[Any]) -> Word:
        item = items[0]
        return item if isinstance(item, Word) else Word(_string(item), _place(item))

    def names(self, items: list[Word]) -> Part:
        return Part("names", items)

    def idents(self, items: list[Word]) -> Part:
        return Part("idents", items)

    def path(self, items: list[Word]) -> Word:
        return Word("::".join(word.text for word in items), items[0].where)

    def annotation(self, items: list[Any]) -> Part:
        return Part("annotation", (items[0], _string(items[1]) if len(items) > 1 else None))

    def ident(self, items: list[Token]) -> Word:
        return Word(str(items[0]), _place(items[0]))

    def word(self, items: list[Any]) -> Word:
        return items[0] if isinstance(items[0], Word) else self.ident(items)
