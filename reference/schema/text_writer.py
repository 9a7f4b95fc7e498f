"""Declarations to schema text (spec 07 §2), every name spelled so that it is read as the same declaration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reference.errors import InputError
from reference.names import is_identifier
from reference.schema.names import BUILTIN_NAMESPACE, Declared, Found, collect
from reference.schema.plain import plain_expression
from reference.schema.resolver import resolved_record
from reference.schema.syntax import (
    ActionDeclaration,
    ActionReference,
    AppliesTo,
    Builtin,
    CommonTypeDeclaration,
    Declaration,
    EntityDeclaration,
    Fragment,
    Kinds,
    Name,
    RecordOf,
    SetOf,
    TypeExpression,
)
from reference.text.pieces import quoted

INDENT = "  "


class Inexpressible(Exception):
    """Raised where the schema language cannot express a name under the declared ones."""


def write_schema_text(fragments: Iterable[Fragment]) -> str:
    """Write the text of the declarations; raises `Inexpressible`."""
    given = tuple(fragments)
    writer = _Writer(collect(given))
    blocks = [writer.fragment(fragment) for fragment in given]
    return "\n".join(block for block in blocks if block)


@dataclass(frozen=True, slots=True)
class _Writer:
    declared: Declared

    def fragment(self, fragment: Fragment) -> str:
        namespace = fragment.namespace
        lines = [self.declaration(declaration, namespace) for declaration in fragment.declarations]
        if not namespace:
            return "".join(f"{line}\n" for line in lines)
        inside = "".join(f"{INDENT}{line}\n" for line in lines)
        return f"{_annotations(fragment.annotations)}namespace {namespace} {{\n{inside}}}\n"

    def declaration(self, declaration: Declaration, namespace: str) -> str:
        annotations = _annotations(declaration.annotations)
        match declaration:
            case CommonTypeDeclaration(name, definition):
                return f"{annotations}type {name} = {self.type(definition, namespace)};"
            case EntityDeclaration():
                return annotations + self.entity(declaration, namespace)
            case ActionDeclaration():
                return annotations + self.action(declaration, namespace)

    def entity(self, declaration: EntityDeclaration, namespace: str) -> str:
        if declaration.enum is not None:
            return f"entity {declaration.name} enum [{', '.join(map(quoted, declaration.enum))}];"
        shape = declaration.shape
        if not isinstance(shape, RecordOf):
            # The language has no name for a shape: the record is written out.
            shape = plain_expression(resolved_record(self.declared, shape, namespace))
        body = "" if shape == RecordOf() else f" = {self.type(shape, namespace)}"
        tags = "" if declaration.tags is None else f" tags {self.type(declaration.tags, namespace)}"
        parents = f" in {_list(name.text for name in declaration.parents)}" if declaration.parents else ""
        external = "external " if declaration.external else ""
        return f"{external}entity {declaration.name}{parents}{body}{tags};"

    def action(self, declaration: ActionDeclaration, namespace: str) -> str:
        groups = f" in {_list(map(_group, declaration.parents))}" if declaration.parents else ""
        applies = ""
        if declaration.applies_to is not None and _has_requests(declaration.applies_to):
            applies = f" appliesTo {{ {self.applies_to(declaration.applies_to, namespace)} }}"
        external = "external " if declaration.external else ""
        return f"{external}action {quoted(declaration.name)}{groups}{applies};"

    def applies_to(self, applies: AppliesTo, namespace: str) -> str:
        context = applies.context
        if isinstance(context, Name):
            written = self.spelled(context, namespace, "common")
        else:
            written = self.type(context, namespace)
        principals = _list(name.text for name in applies.principals)
        resources = _list(name.text for name in applies.resources)
        return f"principal: {principals}, resource: {resources}, context: {written}"

    def type(self, expression: TypeExpression, namespace: str) -> str:
        """Write a type from a list of what is still to come, as types may be nested deeply."""
        written: list[str] = []
        waiting: list[TypeExpression | str] = [expression]
        while waiting:
            match waiting.pop():
                case str() as text:
                    written.append(text)
                case Name() | Builtin() as name:
                    written.append(self.spelled(name, namespace, "either"))
                case SetOf(element):
                    waiting += [">", element, "Set<"]
                case RecordOf(attributes):
                    pieces: list[TypeExpression | str] = []
                    for key, attribute in attributes.items():
                        comma = ", " if pieces else ""
                        mark = "" if attribute.required else "?"
                        word = key if is_identifier(key) else quoted(key)
                        notes = _annotations(attribute.annotations)
                        pieces += [f"{comma}{notes}{word}{mark}: ", attribute.type]
                    waiting += ["}", *reversed(pieces), "{"]
        return "".join(written)

    def spelled(self, name: Name | Builtin, namespace: str, kinds: Kinds) -> str:
        """Write a name so that it reads as the same thing in a position for these kinds."""
        if isinstance(name, Builtin):
            meant, spellings = Found("builtin", name.name), [name.name]
        else:
            try:
                meant = self.declared.find(name, namespace, action_types=True)
            except InputError:
                return self.undeclared(name, namespace, kinds)
            spellings = [name.text, meant.name]
        if meant.kind == "builtin":
            spellings.append(f"{BUILTIN_NAMESPACE}::{meant.name}")
        for spelling in spellings:
            try:
                read = self.declared.find(Name(spelling, kinds, ""), namespace, action_types=True)
            except InputError:
                continue
            if read == meant:
                return spelling
        raise Inexpressible(f"`{meant.name}` is hidden by another declaration")

    def undeclared(self, name: Name, namespace: str, kinds: Kinds) -> str:
        """Write an undeclared name as it is, unless the language reads it as something else there."""
        try:
            self.declared.find(Name(name.text, kinds, ""), namespace, action_types=True)
        except InputError:
            return name.text
        raise Inexpressible(f"`{name.text}` is the name of something else")


def _has_requests(applies: AppliesTo) -> bool:
    return bool(applies.principals and applies.resources)


def _group(group: ActionReference) -> str:
    return quoted(group.id) if group.type_name is None else f"{group.type_name}::{quoted(group.id)}"


def _list(items: Iterable[str]) -> str:
    return f"[{', '.join(items)}]"


def _annotations(annotations: Mapping[str, str | None]) -> str:
    written = (
        f"@{key}" if value is None else f"@{key}({quoted(value)})" for key, value in annotations.items()
    )
    return "".join(f"{annotation} " for annotation in written)
