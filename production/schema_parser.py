"""Cedar schema text to declarations (spec 07 §2): descent over the tokens, types with an explicit stack."""

from __future__ import annotations

from production.schema_cursor import Cursor
from production.schema_errors import Place, SchemaTextError
from production.schema_lexer import Token
from production.schema_syntax import (
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
    """The declarations of a schema in Cedar syntax. Raises `SchemaTextError` at the first wrong place."""
    parser = _Parser(text)
    bare = _Block("", (), 0)
    blocks: list[_Block] = []
    while parser.token.kind != "end":
        annotations = parser.annotations()
        start = parser.token
        if parser.takes_word("namespace"):
            name = parser.path()
            parser.expect("{")
            block = _Block(name, annotations, start.at)
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
        self.pending: tuple[Token, bool, Annotations] | None = None


class _Parser(Cursor):
    """One method a production of the grammar."""

    # Declarations

    def annotations(self) -> Annotations:
        found: dict[str, str | None] = {}
        while self.takes("@"):
            if self.token.kind != "word":
                raise self.expected("an annotation key")
            key = self.advance()
            if key.text in found:
                raise SchemaTextError(f"the annotation `@{key.text}` comes twice", Place(self.text, key.at))
            found[key.text] = None
            if self.takes("("):
                found[key.text] = self.string("the annotation's value, a string").text
                self.expect(")")
        return tuple(found.items())

    def declaration(
        self,
        block: _Block,
        annotations: Annotations,
        what: str = "`external`, `entity`, `action`, `type` or `}`",
    ) -> None:
        if self.takes_word("entity"):
            block.entities.extend(self.entity(annotations))
        elif self.takes_word("action"):
            block.actions.extend(self.action(annotations))
        elif self.takes_word("type"):
            name = self.identifier()
            self.expect("=")
            block.commons.append(CommonDeclaration(name.text, self.type(), annotations, name.at))
            self.expect(";")
        elif self.takes_word("external"):
            self.external(block, annotations)
        else:
            raise self.expected(what)

    def external(self, block: _Block, annotations: Annotations) -> None:
        """Read a declaration without a definition; nothing but parents may follow the names."""
        if self.takes_word("entity"):
            types = self.one_or_more(self.identifier)
            above = self.entity_types() if self.takes_word("in") else ()
            self.expect(";")
            block.entities.extend(
                EntityDeclaration(name.text, above, None, None, None, annotations, name.at, is_external=True)
                for name in types
            )
        elif self.takes_word("action"):
            names = self.one_or_more(lambda: self.name_or_string("an action name"))
            groups = self.action_parents()
            self.expect(";")
            block.actions.extend(
                ActionDeclaration(name.text, groups, None, annotations, name.at, is_external=True)
                for name in names
            )
        else:
            raise self.expected("`entity` or `action`")

    def entity(self, annotations: Annotations) -> list[EntityDeclaration]:
        names = self.one_or_more(self.identifier)
        parents: tuple[Reference, ...] = ()
        shape: TypeExpression | None = None
        tags: TypeExpression | None = None
        enum: tuple[str, ...] | None = None
        if self.takes_word("enum"):
            self.expect("[")
            enum = tuple(token.text for token in self.one_or_more(self.string))
            self.expect("]")
            self.expect(";")
        else:
            if self.takes_word("in"):
                parents = self.entity_types()
            if self.takes("="):
                shape = self.record("`{`")
            elif self.is_mark("{"):
                shape = self.record()
            if self.takes_word("tags"):
                tags = self.type()
            self.expect(";")
        return [
            EntityDeclaration(name.text, parents, shape, tags, enum, annotations, name.at) for name in names
        ]

    def entity_types(self) -> tuple[Reference, ...]:
        if not self.takes("["):
            return (self.reference("entity"),)
        if self.takes("]"):
            return ()
        found = self.one_or_more(lambda: self.reference("entity"))
        self.expect("]")
        return tuple(found)

    def action(self, annotations: Annotations) -> list[ActionDeclaration]:
        names = self.one_or_more(lambda: self.name_or_string("an action name"))
        parents = self.action_parents()
        applies_to = self.applies_to() if self.takes_word("appliesTo") else None
        if self.takes_word("attributes"):
            self.expect("{")
            if not self.takes("}"):
                raise self.expected("`}` (actions have no attributes)")
        self.expect(";")
        return [ActionDeclaration(name.text, parents, applies_to, annotations, name.at) for name in names]

    def action_parents(self) -> tuple[ActionReference, ...]:
        if not self.takes_word("in"):
            return ()
        if not self.takes("["):
            return (self.action_reference(),)
        parents = tuple(self.one_or_more(self.action_reference))
        self.expect("]")
        return parents

    def action_reference(self) -> ActionReference:
        at = self.token.at
        first = self.name_or_string("an action")
        if first.kind == "string" or not self.is_mark("::"):
            return ActionReference(None, first.text, at)
        parts = [first.text]
        while True:
            self.expect("::")
            if self.token.kind == "string":
                return ActionReference("::".join(parts), self.advance().text, at)
            parts.append(self.identifier("a name or the action's id, a string").text)

    def applies_to(self) -> AppliesTo:
        start = self.token
        self.expect("{")
        types: dict[str, tuple[Reference, ...]] = {}
        context: TypeExpression | None = None
        while True:
            key = self.token
            if key.kind != "word" or key.text not in ("principal", "resource", "context"):
                raise self.expected("`principal`, `resource` or `context`")
            if key.text in types or (key.text == "context" and context is not None):
                raise SchemaTextError(f"`{key.text}` comes twice in `appliesTo`", Place(self.text, key.at))
            self.advance()
            self.expect(":")
            if key.text == "context":
                context = self.record() if self.is_mark("{") else self.reference("common")
            else:
                listed = self.token
                types[key.text] = self.entity_types()
                if not types[key.text]:
                    raise SchemaTextError(
                        f"`{key.text}` needs at least one entity type", Place(self.text, listed.at)
                    )
            if self.expect(",", "}").text == "}" or self.takes("}"):
                break
        for needed in ("principal", "resource"):
            if needed not in types:
                raise SchemaTextError(f"`appliesTo` without `{needed}`", Place(self.text, start.at))
        return AppliesTo(types["principal"], types["resource"], context)

    # Types

    def record(self, what: str = "a record") -> TypeExpression:
        if not self.is_mark("{"):
            raise self.expected(what)
        return self.type()

    def type(self) -> TypeExpression:
        """One type. `Set` is the set constructor only before `<`."""
        open_types: list[int | _OpenRecord] = []
        while True:
            built = self._type_start(open_types)
            while built is not None and open_types:
                built = self._type_end(open_types, built)
            if built is not None:
                return built
            if len(open_types) > DEPTH_LIMIT:
                raise SchemaTextError(
                    f"nesting deeper than {DEPTH_LIMIT:,} levels", Place(self.text, self.token.at)
                )

    def _type_start(self, open_types: list[int | _OpenRecord]) -> TypeExpression | None:
        """Reads up to the next type that is complete, or opens one and reads up to its first part."""
        start = self.token
        if self.takes("{"):
            record = _OpenRecord(start.at)
            if self.takes("}"):
                return RecordOf((), start.at)
            self._attribute_start(record)
            open_types.append(record)
            return None
        if start.kind == "word" and start.text == "Set":
            after = self.tokens[self.index + 1]
            if after.kind == "mark" and after.text == "<":
                self.advance()
                self.advance()
                open_types.append(start.at)
                return None
        if start.kind != "word":
            raise self.expected("a type")
        return self.reference("either")

    def _attribute_start(self, record: _OpenRecord) -> None:
        annotations = self.annotations()
        name = self.name_or_string("an attribute name")
        if name.text in record.attributes:
            raise SchemaTextError(
                f"the attribute `{name.text}` comes twice in one record", Place(self.text, name.at)
            )
        required = not self.takes("?")
        self.expect(":")
        record.pending = (name, required, annotations)

    def _type_end(self, open_types: list[int | _OpenRecord], part: TypeExpression) -> TypeExpression | None:
        """Gives a finished part to the innermost open type; that type, if it is finished now too."""
        innermost = open_types[-1]
        if isinstance(innermost, int):
            self.expect(">")
            open_types.pop()
            return SetOf(part, innermost)
        assert innermost.pending is not None
        name, required, annotations = innermost.pending
        innermost.attributes[name.text] = AttributeDeclaration(
            name.text, part, required, annotations, name.at
        )
        if self.expect(",", "}").text == "}" or self.takes("}"):
            open_types.pop()
            return RecordOf(tuple(innermost.attributes.values()), innermost.at)
        self._attribute_start(innermost)
        return None
