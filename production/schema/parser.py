"""Cedar schema text to declarations (spec 07 §2): descent over the tokens, types with an explicit stack."""

from __future__ import annotations

from .cursor import Cursor
from .lexer import END, is_string, is_word
from .syntax import (
    ActionDeclaration,
    ActionReference,
    Annotations,
    AppliesTo,
    AttributeDeclaration,
    CommonDeclaration,
    EntityDeclaration,
    Fragment,
    NamespaceDeclaration,
    RecordOf,
    Reference,
    SetOf,
    TypeExpression,
)

DEPTH_LIMIT = 1_000
"""Levels of `Set<…>` and `{…}` in one type; the resolved type has the same limit."""


def parse_schema(text: str) -> Fragment:
    """Return the declarations of a schema in Cedar syntax.

    Raises `SchemaTextError` at the first wrong place.
    """
    parser = _Parser(text)
    bare = _Block("", (), 0)
    blocks: list[_Block] = []
    while parser.token != END:
        annotations = parser.annotations()
        at = parser.at
        if parser.takes("namespace"):
            name = parser.path()
            parser.expect("{")
            block = _Block(name, annotations, at)
            blocks.append(block)
            while not parser.takes("}"):
                parser.declaration(block, parser.annotations())
        else:
            parser.declaration(bare, annotations, "`namespace`, `external`, `entity`, `action` or `type`")
    declared = [block.finished() for block in blocks]
    if bare.commons or bare.entities or bare.actions:
        declared.insert(0, bare.finished())
    return Fragment(text, tuple(declared))


class _Block:
    """The declarations of one namespace while they are being read."""

    def __init__(self, name: str, annotations: Annotations, at: int) -> None:
        self.name = name
        self.annotations = annotations
        self.at = at
        self.commons: list[CommonDeclaration] = []
        self.entities: list[EntityDeclaration] = []
        self.actions: list[ActionDeclaration] = []

    def finished(self) -> NamespaceDeclaration:
        return NamespaceDeclaration(
            self.name,
            tuple(self.commons),
            tuple(self.entities),
            tuple(self.actions),
            self.annotations,
            self.at,
        )


class _OpenRecord:
    """A record whose attributes are still being read; the pending attribute waits for its type."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.attributes: dict[str, AttributeDeclaration] = {}
        self.pending: tuple[str, int, bool, Annotations] | None = None


class _Parser(Cursor):
    """One method a production of the grammar."""

    # Declarations

    def annotations(self) -> Annotations:
        found: dict[str, str | None] = {}
        while self.takes("@"):
            if not is_word(self.token):
                raise self.expected("an annotation key")
            if self.token in found:
                raise self.error(f"the annotation `@{self.token}` comes twice", self.at)
            key = self.advance()
            found[key] = None
            if self.takes("("):
                found[key] = self.string("the annotation's value, a string")
                self.expect(")")
        return tuple(found.items())

    def declaration(
        self,
        block: _Block,
        annotations: Annotations,
        what: str = "`external`, `entity`, `action`, `type` or `}`",
    ) -> None:
        if self.takes("entity"):
            block.entities.extend(self.entity(annotations))
        elif self.takes("action"):
            block.actions.extend(self.action(annotations))
        elif self.takes("type"):
            at, name = self.at, self.identifier()
            self.expect("=")
            block.commons.append(CommonDeclaration(name, self.type(), annotations, at))
            self.expect(";")
        elif self.takes("external"):
            self.external(block, annotations)
        else:
            raise self.expected(what)

    def external(self, block: _Block, annotations: Annotations) -> None:
        """Read a declaration without a definition; nothing but parents may follow the names."""
        if self.takes("entity"):
            types = self.one_or_more(self.type_name)
            above = self.entity_types() if self.takes("in") else ()
            self.expect(";")
            block.entities.extend(
                EntityDeclaration(name, above, None, None, None, annotations, at, is_external=True)
                for name, at in types
            )
        elif self.takes("action"):
            names = self.one_or_more(self.action_name)
            groups = self.action_parents()
            self.expect(";")
            block.actions.extend(
                ActionDeclaration(name, groups, None, annotations, at, is_external=True) for name, at in names
            )
        else:
            raise self.expected("`entity` or `action`")

    def entity(self, annotations: Annotations) -> list[EntityDeclaration]:
        names = self.one_or_more(self.type_name)
        parents: tuple[Reference, ...] = ()
        shape: TypeExpression | None = None
        tags: TypeExpression | None = None
        enum: tuple[str, ...] | None = None
        if self.takes("enum"):
            self.expect("[")
            enum = tuple(self.one_or_more(self.string))
            self.expect("]")
            self.expect(";")
        else:
            if self.takes("in"):
                parents = self.entity_types()
            if self.takes("="):
                shape = self.record("`{`")
            elif self.token == "{":
                shape = self.record()
            if self.takes("tags"):
                tags = self.type()
            self.expect(";")
        return [EntityDeclaration(name, parents, shape, tags, enum, annotations, at) for name, at in names]

    def type_name(self) -> tuple[str, int]:
        """Read a declared name; the name and its offset."""
        return self.identifier(), self.offsets[self.index - 1]

    def action_name(self) -> tuple[str, int]:
        """Read a declared name or a string; the name and its offset."""
        return self.name_or_string("an action name"), self.offsets[self.index - 1]

    def entity_types(self) -> tuple[Reference, ...]:
        if not self.takes("["):
            return (self.reference("entity"),)
        if self.takes("]"):
            return ()
        found = self.one_or_more(lambda: self.reference("entity"))
        self.expect("]")
        return tuple(found)

    def action(self, annotations: Annotations) -> list[ActionDeclaration]:
        names = self.one_or_more(self.action_name)
        parents = self.action_parents()
        applies_to = self.applies_to() if self.takes("appliesTo") else None
        if self.takes("attributes"):
            self.expect("{")
            if not self.takes("}"):
                raise self.expected("`}` (actions have no attributes)")
        self.expect(";")
        return [ActionDeclaration(name, parents, applies_to, annotations, at) for name, at in names]

    def action_parents(self) -> tuple[ActionReference, ...]:
        if not self.takes("in"):
            return ()
        if not self.takes("["):
            return (self.action_reference(),)
        parents = tuple(self.one_or_more(self.action_reference))
        self.expect("]")
        return parents

    def action_reference(self) -> ActionReference:
        at = self.at
        is_path = is_word(self.token)
        first = self.name_or_string("an action")
        if not is_path or self.token != "::":
            return ActionReference(None, first, at)
        parts = [first]
        while True:
            self.expect("::")
            if is_string(self.token):
                return ActionReference("::".join(parts), self.string(), at)
            parts.append(self.identifier("a name or the action's id, a string"))

    def applies_to(self) -> AppliesTo:
        start = self.at
        self.expect("{")
        types: dict[str, tuple[Reference, ...]] = {}
        context: TypeExpression | None = None
        while True:
            key = self.token
            if key not in ("principal", "resource", "context"):
                raise self.expected("`principal`, `resource` or `context`")
            if key in types or (key == "context" and context is not None):
                raise self.error(f"`{key}` comes twice in `appliesTo`", self.at)
            self.advance()
            self.expect(":")
            if key == "context":
                context = self.record() if self.token == "{" else self.reference("common")
            else:
                at = self.at
                types[key] = self.entity_types()
                if not types[key]:
                    raise self.error(f"`{key}` needs at least one entity type", at)
            if self.expect(",", "}") == "}" or self.takes("}"):
                break
        for needed in ("principal", "resource"):
            if needed not in types:
                raise self.error(f"`appliesTo` without `{needed}`", start)
        return AppliesTo(types["principal"], types["resource"], context)

    # Types

    def record(self, what: str = "a record") -> TypeExpression:
        if self.token != "{":
            raise self.expected(what)
        return self.type()

    def type(self) -> TypeExpression:
        """Read one type. `Set` is the set constructor only before `<`."""
        open_types: list[int | _OpenRecord] = []
        while True:
            built = self._type_start(open_types)
            while built is not None and open_types:
                built = self._type_end(open_types, built)
            if built is not None:
                return built
            if len(open_types) > DEPTH_LIMIT:
                raise self.error(f"nesting deeper than {DEPTH_LIMIT:,} levels", self.at)

    def _type_start(self, open_types: list[int | _OpenRecord]) -> TypeExpression | None:
        """Read up to the next complete type, or open one and read up to its first part."""
        at = self.at
        if self.takes("{"):
            if self.takes("}"):
                return RecordOf((), at)
            record = _OpenRecord(at)
            self._attribute_start(record)
            open_types.append(record)
            return None
        if self.token == "Set" and self.tokens[self.index + 1] == "<":
            self.advance()
            self.advance()
            open_types.append(at)
            return None
        if not is_word(self.token):
            raise self.expected("a type")
        return Reference(self.path(), "either", at)

    def _attribute_start(self, record: _OpenRecord) -> None:
        annotations = self.annotations() if self.token == "@" else ()
        at = self.at
        name = self.name_or_string("an attribute name")
        if name in record.attributes:
            raise self.error(f"the attribute `{name}` comes twice in one record", at)
        required = not self.takes("?")
        self.expect(":")
        record.pending = (name, at, required, annotations)

    def _type_end(self, open_types: list[int | _OpenRecord], part: TypeExpression) -> TypeExpression | None:
        """Give a finished part to the innermost open type; return that type if it is finished now too."""
        innermost = open_types[-1]
        if isinstance(innermost, int):
            self.expect(">")
            open_types.pop()
            return SetOf(part, innermost)
        assert innermost.pending is not None
        name, at, required, annotations = innermost.pending
        innermost.attributes[name] = AttributeDeclaration(name, part, required, annotations, at)
        if self.expect(",", "}") == "}" or self.takes("}"):
            open_types.pop()
            return RecordOf(tuple(innermost.attributes.values()), innermost.at)
        self._attribute_start(innermost)
        return None
