"""The builder behind `cedarschema.lark`: one record per rule (spec 07 §2)."""

from __future__ import annotations

from typing import Any

from lark import Token, Transformer

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
    RecordOf,
    SetOf,
    TypeExpression,
    refusal,
)
from reference.schema.text_parts import Part, Word, annotations_of, parts_of, place_of, string_of


class Builder(Transformer[Token, tuple[Fragment, ...]]):
    """One method per grammar rule; `items` are what its parts built."""

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
        return Fragment(words[0].text, tuple(declarations), words[0].where, annotations_of(items))

    def entity(self, items: list[Any]) -> tuple[Declaration, ...]:
        parts, annotations = parts_of(items), annotations_of(items)
        shape = parts.get("shape", RecordOf())
        return tuple(
            EntityDeclaration(
                w.text, w.where, parts.get("parents", ()), shape, parts.get("tags"), None, annotations
            )
            for w in parts["idents"]
        )

    def external_entity(self, items: list[Any]) -> tuple[Declaration, ...]:
        parts, annotations = parts_of(items), annotations_of(items)
        parents = parts.get("parents", ())
        return tuple(
            EntityDeclaration(w.text, w.where, parents, annotations=annotations, external=True)
            for w in parts["idents"]
        )

    def enumeration(self, items: list[Any]) -> tuple[Declaration, ...]:
        ids = tuple(string_of(item) for item in items if isinstance(item, Token) and item.type == "STRING")
        annotations = annotations_of(items)
        return tuple(
            EntityDeclaration(w.text, w.where, enum=ids, annotations=annotations)
            for w in parts_of(items)["idents"]
        )

    def action(self, items: list[Any]) -> tuple[Declaration, ...]:
        parts, annotations = parts_of(items), annotations_of(items)
        return tuple(
            ActionDeclaration(w.text, w.where, parts.get("groups", ()), parts.get("applies_to"), annotations)
            for w in parts["names"]
        )

    def external_action(self, items: list[Any]) -> tuple[Declaration, ...]:
        parts, annotations = parts_of(items), annotations_of(items)
        groups = parts.get("groups", ())
        return tuple(
            ActionDeclaration(w.text, w.where, groups, None, annotations, external=True)
            for w in parts["names"]
        )

    def common_type(self, items: list[Any]) -> tuple[Declaration, ...]:
        name, definition = items[-2:]
        return (CommonTypeDeclaration(name.text, definition, name.where, annotations_of(items)),)

    def applies_to(self, items: list[Any]) -> Part:
        given: dict[str, Any] = {}
        place = place_of(items[0])
        for item in items[1:]:
            keyword, content = item.content
            if keyword in given:
                raise refusal(place_of(keyword), f"`{keyword}` is given a second time in `appliesTo`")
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
        return name, AttributeDeclaration(items[-1], not optional, annotations_of(items))

    def ent_types(self, items: list[Word]) -> Part:
        return Part("ent_types", tuple(Name(word.text, "entity", word.where) for word in items))

    def act_refs(self, items: list[ActionReference]) -> tuple[ActionReference, ...]:
        return tuple(items)

    def qualified_action(self, items: list[Any]) -> ActionReference:
        *path, identifier = items
        return ActionReference(string_of(identifier), "::".join(w.text for w in path), path[0].where)

    def plain_action(self, items: list[Word]) -> ActionReference:
        return ActionReference(items[0].text, None, items[0].where)

    def name(self, items: list[Any]) -> Word:
        item = items[0]
        return item if isinstance(item, Word) else Word(string_of(item), place_of(item))

    def names(self, items: list[Word]) -> Part:
        return Part("names", items)

    def idents(self, items: list[Word]) -> Part:
        return Part("idents", items)

    def path(self, items: list[Word]) -> Word:
        return Word("::".join(word.text for word in items), items[0].where)

    def annotation(self, items: list[Any]) -> Part:
        return Part("annotation", (items[0], string_of(items[1]) if len(items) > 1 else None))

    def ident(self, items: list[Token]) -> Word:
        return Word(str(items[0]), place_of(items[0]))

    def word(self, items: list[Any]) -> Word:
        return items[0] if isinstance(items[0], Word) else self.ident(items)
