"""The cursor of the schema parser: taking tokens, saying what was expected, names and paths."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ..language.escapes import EscapeError, unescape
from .errors import Place, SchemaTextError
from .lexer import is_string, is_word, shown, tokens
from .syntax import RESERVED, Reference, RefKind

T = TypeVar("T")


class Cursor:
    """A cursor over the tokens of one text; `token` is the next one."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens, self.offsets = tokens(text)
        self.index = 0
        self.token = self.tokens[0]

    # Tokens

    @property
    def at(self) -> int:
        """The offset of the next token."""
        return self.offsets[self.index]

    def advance(self) -> str:
        """Take the next token, which is not the end."""
        token = self.token
        self.index += 1
        self.token = self.tokens[self.index]
        return token

    def takes(self, token: str) -> bool:
        """Take a mark or keyword if it is next; whether it was."""
        if self.token != token:
            return False
        self.advance()
        return True

    def error(self, message: str, at: int) -> SchemaTextError:
        """Return the error for an offset."""
        return SchemaTextError(message, Place(self.text, at))

    def expected(self, what: str) -> SchemaTextError:
        """Return the error that names what was expected at the current token."""
        return self.error(f"expected {what}, found {shown(self.token)}", self.at)

    def expect(self, *marks: str) -> str:
        """Take the next token, which must be one of the marks."""
        if self.token in marks:
            return self.advance()
        raise self.expected(" or ".join(f"`{mark}`" for mark in marks))

    # Names

    def identifier(self, what: str = "a name") -> str:
        """Step over an identifier."""
        if not is_word(self.token):
            raise self.expected(what)
        if self.token in RESERVED:
            raise self.expected(f"{what} (`{self.token}` is a reserved word)")
        return self.advance()

    def string(self, what: str = "a string") -> str:
        """Take a string; its characters (spec 01 §3)."""
        if not is_string(self.token):
            raise self.expected(what)
        try:
            value = unescape(self.token)
        except EscapeError as error:
            raise self.error(str(error), self.at) from None
        self.advance()
        return value

    def name_or_string(self, what: str) -> str:
        """Step over an identifier or a string literal."""
        return self.string() if is_string(self.token) else self.identifier(what)

    def path(self) -> str:
        """Step over identifiers joined by `::`."""
        first = self.identifier()
        if self.token != "::":
            return first
        parts = [first]
        while self.takes("::"):
            parts.append(self.identifier())
        return "::".join(parts)

    def reference(self, kind: RefKind) -> Reference:
        """Step over a path, as a reference of this kind."""
        at = self.at
        return Reference(self.path(), kind, at)

    def one_or_more(self, item: Callable[[], T]) -> list[T]:
        """Read `item ("," item)*`, no trailing comma."""
        items = [item()]
        while self.takes(","):
            items.append(item())
        return items
