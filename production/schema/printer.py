"""Declarations as Cedar schema text (spec 07 §2, §6).

Every name is looked up and spelled so that the Cedar syntax, which has fewer kinds of reference, finds the
same declaration again; where no spelling does, printing fails rather than change the meaning.
"""

from __future__ import annotations

from ..language.names import is_identifier
from ..language.strings import quoted
from .names import BUILT_IN_NAMESPACE, BuiltInTarget, CommonTarget, Names, Scope
from .syntax import (
    ActionDeclaration,
    ActionReference,
    Annotations,
    AppliesTo,
    CommonDeclaration,
    EntityDeclaration,
    Fragment,
    NamespaceDeclaration,
    Primitive,
    RecordOf,
    Reference,
    RefKind,
    SetOf,
    TypeExpression,
)

_DEEPEST_LAYOUT = 8
"""Records nested deeper stay on one line: indentation must not make the text quadratic."""


def cedar_schema(fragments: tuple[Fragment, ...]) -> str:
    """Return the fragments as one Cedar schema text.

    Raises `SchemaTextError` where a name has no spelling.
    """
    names = Names(fragments)
    bodies: dict[str, list[str]] = {}
    heads: dict[str, dict[str, str | None]] = {}
    for fragment in fragments:
        for namespace in fragment.namespaces:
            printer = _Printer(names, Scope(namespace.name, fragment.text))
            bodies.setdefault(namespace.name, []).extend(printer.declarations(namespace))
            heads.setdefault(namespace.name, {}).update(namespace.annotations)
    pieces = bodies.pop("", [])
    for name, body in bodies.items():
        inner = "\n\n".join(body)
        head = _annotations(tuple(heads[name].items()), "")
        pieces.append(f"{head}namespace {name} {{\n{inner}\n}}" if body else f"namespace {name} {{}}")
    return "\n\n".join(pieces) + "\n" if pieces else ""


def _annotations(annotations: Annotations, indent: str) -> str:
    return "".join(
        f"{indent}@{key}\n" if value is None else f"{indent}@{key}({quoted(value)})\n"
        for key, value in annotations
    )


def _name(name: str) -> str:
    return name if is_identifier(name) else quoted(name)


class _Printer:
    """A printer of the declarations of one namespace in one fragment."""

    def __init__(self, names: Names, here: Scope) -> None:
        self._names = names
        self._here = here
        self._indent = "  " if here.namespace else ""

    def declarations(self, namespace: NamespaceDeclaration) -> list[str]:
        return [
            *map(self.common, namespace.commons),
            *map(self.entity, namespace.entities),
            *map(self.action, namespace.actions),
        ]

    def _line(self, annotations: Annotations, text: str) -> str:
        return f"{_annotations(annotations, self._indent)}{self._indent}{text};"

    def common(self, common: CommonDeclaration) -> str:
        return self._line(common.annotations, f"type {common.name} = {self.type(common.type, self._here)}")

    def entity(self, entity: EntityDeclaration) -> str:
        text = f"{'external ' if entity.is_external else ''}entity {entity.name}"
        if entity.enum is not None:
            return self._line(entity.annotations, f"{text} enum [{', '.join(map(quoted, entity.enum))}]")
        if entity.parents:
            text += f" in {self._entity_types(entity.parents)}"
        if entity.shape is not None:
            shape, scope = self._record(entity.shape)
            text += f" = {self.type(shape, scope)}"
        if entity.tags is not None:
            text += f" tags {self.type(entity.tags, self._here)}"
        return self._line(entity.annotations, text)

    def _record(self, shape: TypeExpression) -> tuple[RecordOf, Scope]:
        """Return the record that a shape abbreviates, and where that was written.

        The Cedar syntax takes no name.
        """
        scope = self._here
        while isinstance(shape, Reference):
            target = self._names.target(shape, scope, action_types=True)
            declaration, scope = self._names.commons[target.name]
            shape = declaration.type
        assert isinstance(shape, RecordOf)
        return shape, scope

    def action(self, action: ActionDeclaration) -> str:
        text = f"{'external ' if action.is_external else ''}action {_name(action.name)}"
        if action.parents:
            text += f" in [{', '.join(map(_action_reference, action.parents))}]"
        applies = action.applies_to
        if applies is not None and applies.principals and applies.resources:
            text += self._applies_to(applies)
        return self._line(action.annotations, text)

    def _applies_to(self, applies: AppliesTo) -> str:
        inner = self._indent + "  "
        parts = [
            f"{inner}principal: {self._entity_types(applies.principals)}",
            f"{inner}resource: {self._entity_types(applies.resources)}",
        ]
        if isinstance(applies.context, Reference):
            parts.append(f"{inner}context: {self._spelled(applies.context, self._here, 'common')}")
        elif applies.context is not None:
            parts.append(f"{inner}context: {self.type(applies.context, self._here, 1)}")
        listed = ",\n".join(parts)
        return f" appliesTo {{\n{listed}\n{self._indent}}}"

    def _entity_types(self, references: tuple[Reference, ...]) -> str:
        return f"[{', '.join(self._spelled(reference, self._here, 'entity') for reference in references)}]"

    def _spelled(self, reference: Reference, scope: Scope, position: RefKind) -> str:
        """Return how to write here, where `position` is taken, what a name written in `scope` means."""
        actions = position == "either"
        target = self._names.lookup(reference.name, scope.namespace, reference.kind, actions)
        if target is None:
            return self._undeclared(reference, scope, position)
        spellings = [reference.name, target.name]
        if isinstance(target, BuiltInTarget):
            spellings.append(f"{BUILT_IN_NAMESPACE}::{target.name}")
        for spelling in spellings:
            if self._names.lookup(spelling, self._here.namespace, position, actions) == target:
                return spelling
        what = "common type" if isinstance(target, CommonTarget) else "entity type"
        raise scope.error(f'the {what} "{target.name}" has no spelling in Cedar syntax here', reference.at)

    def _undeclared(self, reference: Reference, scope: Scope, position: RefKind) -> str:
        """Return a name that nothing declares, unless it means something else here."""
        if self._names.lookup(reference.name, self._here.namespace, position, position == "either"):
            raise scope.error(f'"{reference.name}" means something else in Cedar syntax here', reference.at)
        return reference.name

    def type(self, root: TypeExpression, scope: Scope, level: int = 0) -> str:
        """Return a type written in `scope`, as text for this place; `level` counts the braces around it."""
        pieces: list[str] = []
        todo: list[str | tuple[TypeExpression, int]] = [(root, level)]
        while todo:
            item = todo.pop()
            if isinstance(item, str):
                pieces.append(item)
                continue
            expression, depth = item
            match expression:
                case Primitive():
                    pieces.append(self._built_in(expression, scope))
                case Reference():
                    pieces.append(self._spelled(expression, scope, "either"))
                case SetOf(element):
                    pieces.append("Set<")
                    todo += [">", (element, depth)]
                case RecordOf(()):
                    pieces.append("{}")
                case RecordOf():
                    todo += reversed(self._record_parts(expression, depth))
        return "".join(pieces)

    def _built_in(self, primitive: Primitive, scope: Scope) -> str:
        """Return a built-in that the JSON syntax names whatever is declared."""
        for spelling in (primitive.name, f"{BUILT_IN_NAMESPACE}::{primitive.name}"):
            target = BuiltInTarget(primitive.name)
            if self._names.lookup(spelling, self._here.namespace, "either", True) == target:
                return spelling
        raise scope.error(f'"{primitive.name}" has no spelling in Cedar syntax here', primitive.at)

    def _record_parts(self, record: RecordOf, depth: int) -> list[str | tuple[TypeExpression, int]]:
        laid_out = depth < _DEEPEST_LAYOUT
        inner = self._indent + "  " * (depth + 1)
        parts: list[str | tuple[TypeExpression, int]] = ["{"]
        for number, attribute in enumerate(record.attributes):
            parts.append("," if number else "")
            parts.append("\n" if laid_out else " " if number else "")
            annotations = _annotations(attribute.annotations, inner if laid_out else "")
            parts.append(annotations if laid_out else annotations.replace("\n", " "))
            parts.append((inner if laid_out else "") + _name(attribute.name))
            parts.append(": " if attribute.required else "?: ")
            parts.append((attribute.type, depth + 1))
        parts.append(f"\n{self._indent}{'  ' * depth}}}" if laid_out else "}")
        return parts


def _action_reference(reference: ActionReference) -> str:
    return _name(reference.id) if reference.type is None else f"{reference.type}::{quoted(reference.id)}"
