"""The cursor of the schema parser: taking tokens, saying what was expected, names and paths."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from production.schema_errors import Place, SchemaTextError
from production.schema_lexer import Token, tokens
from production.schema_syntax import RESERVED, Reference, RefKind

T = TypeVar("T")


class Cursor:
    """A cursor over the tokens of one text; `token` is the next one."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.index = 0
        self.token = self.tokens[0]

    # Tokens

    def advance(self) -> Token:
        token = self.token
        self.index += 1
        self.token = self.tokens[min(self.index, len(self.tokens) - 1)]
        return token

    def is_mark(self, mark: str) -> bool:
        return self.token.kind == "mark" and self.token.text == mark

    def takes(self, mark: str) -> bool:
        if self.is_mark(mark):
            self.advance()
            return True
        return False

    def takes_word(self, word: str) -> bool:
        if self.token.kind == "word" and self.token.text == word:
            self.advance()
            return True
        return False

    def expected(self, what: str) -> SchemaTextError:
        return SchemaTextError(f"expected {what}, found {self.token}", Place(self.text, self.token.at))

    def expect(self, *marks: str) -> Token:
        if self.token.kind == "mark" and self.token.text in marks:
            return self.advance()
        raise self.expected(" or ".join(f"`{mark}`" for mark in marks))

    # Names

    def identifier(self, what: str = "a name") -> Token:
        if self.token.kind != "word":
            raise self.expected(what)
        if self.token.text in RESERVED:
            raise self.expected(f"{what} (`{self.token.text}` is a reserved word)")
        return self.advance()

    def string(self, what: str = "a string") -> Token:
        if self.token.kind != "string":
            raise self.expected(what)
        return self.advance()

    def name_or_string(self, what: str) -> Token:
        return self.advance() if self.token.kind == "string" else self.identifier(what)

    def path(self) -> str:
        parts = [self.identifier().text]
        while self.takes("::"):
            parts.append(self.identifier().text)
        return "::".join(parts)

    def reference(self, kind: RefKind) -> Reference:
        at = self.token.at
        return Reference(self.path(), kind, at)

    def one_or_more(self, item: Callable[[], T]) -> list[T]:
        """`item ("," item)*`, no trailing comma."""
        items = [item()]
        while self.takes(","):
            items.append(item())
        return items
