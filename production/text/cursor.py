"""A cursor over tokens: the small moves that every rule of the grammar is made of."""

from __future__ import annotations

import string
from typing import Final, NoReturn

from ..language.escapes import EscapeError, unescape
from ..language.names import RESERVED
from ..language.uids import Uid, new_uid, uid
from .lexer import END, describe, error_at, offset_of, tokenize

MAX_NESTING: Final = 1_000
WORD_START: Final = frozenset(string.ascii_letters + "_")


class Cursor:
    """Tokens and a place among them. `depth` counts the open levels of nesting (spec 01 §4.3)."""

    __slots__ = ("at", "depth", "entities", "text", "tokens")

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.tokens += (END, END)
        self.at = 0
        self.depth = 0
        self.entities: dict[tuple[str, str], Uid] = {}
        """Plain entities met so far, by their two tokens."""

    def fail(self, message: str, at: int | None = None) -> NoReturn:
        """Raise the error for the token at `at`, or for the current one."""
        index = self.at if at is None else at
        raise error_at(self.text, offset_of(self.text, index), message)

    def unexpected(self, expected: str) -> NoReturn:
        """Raise the error for a token that is not what the grammar wants here."""
        self.fail(f"expected {expected}, found {describe(self.tokens[self.at])}")

    def take(self, token: str) -> None:
        """Step over exactly this token."""
        if self.tokens[self.at] != token:
            self.unexpected(f"`{token}`")
        self.at += 1

    def nest(self) -> None:
        """Enter one more level of nesting."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.fail("nesting deeper than 1,000 levels")

    def string(self) -> str:
        """Step over a string literal; its characters."""
        token = self.tokens[self.at]
        if token[:1] != '"':
            self.unexpected("a string literal")
        try:
            characters = unescape(token)
        except EscapeError as error:
            self.fail(str(error))
        self.at += 1
        return characters

    def identifier(self, what: str) -> str:
        """Step over a word that is not reserved; `what` names it in the error."""
        word = self.tokens[self.at]
        if word[:1] not in WORD_START or word in RESERVED:
            self.unexpected(f"{what}, which no reserved word can be" if word in RESERVED else what)
        self.at += 1
        return word

    def name(self, what: str) -> str:
        """Step over words joined by `::`, none of them reserved."""
        name = self.identifier(what)
        tokens = self.tokens
        if tokens[self.at] != "::":
            return name
        words = [name]
        while tokens[self.at] == "::":
            self.at += 1
            words.append(self.identifier("another component of the name"))
        return "::".join(words)

    def entity(self, what: str) -> Uid:
        """Step over `Name::"id"`."""
        tokens, start = self.tokens, self.at
        if tokens[start + 1] == "::":
            key = tokens[start], tokens[start + 2]
            known = self.entities.get(key)
            if known is None:
                known = self._plain_entity(*key)
                if known is None:
                    return self._entity(what)
                self.entities[key] = known
            self.at = start + 3
            return known
        return self._entity(what)

    def _plain_entity(self, word: str, literal: str) -> Uid | None:
        """Return the entity of a type of one word and an id without escapes; `None` if they are not."""
        if "\\" in literal or "\r" in literal or literal[:1] != '"' or not literal.endswith('"', 1):
            return None
        if word[:1] not in WORD_START or word in RESERVED:
            return None
        return new_uid(word, literal[1:-1])

    def _entity(self, what: str) -> Uid:
        tokens = self.tokens
        type_name = self.identifier(what)
        if tokens[self.at] != "::":
            self.at -= 1
            self.unexpected(what)
        self.at += 1
        if tokens[self.at][:1] != '"':
            words = [type_name]
            while tokens[self.at][:1] != '"':
                words.append(self.identifier("a string literal or another component of the type"))
                self.take("::")
            type_name = "::".join(words)
        return uid(type_name, self.string())
