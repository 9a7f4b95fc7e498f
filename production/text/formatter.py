"""Laying policy text out afresh.

Law (formatting): the tokens and the comments of the result are those of the text, in the same order;
only the space between them changes. Formatting a result again changes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from ..language.arguments import long_of, text_of
from ..language.deep_stack import at_any_depth
from .cursor import WORD_START
from .layout import Stream
from .lexer import COMMENT_OR_TOKEN
from .parser import parse_policies

_AFTER_THESE_AN_OPERAND: Final = frozenset({"if", "then", "else", "in", "is", "like", "has"})
_NO_SPACE_BEFORE: Final = frozenset({",", ";", ")", "]", "}", ".", "::", ":"})
_NO_SPACE_AFTER: Final = frozenset({"(", "[", "{", ".", "::", "@", "!"})
_CLOSERS: Final = {"(": ")", "[": "]", "{": "}"}
_NEWLINE: Final = re.compile(r"\r\n|\r|\n")


@dataclass(slots=True)
class _Token:
    """A token with the comments around it: on lines before it, and behind it on its own line."""

    text: str
    leading: list[tuple[str, bool]] = field(default_factory=list)
    """Each with whether an empty line follows it."""
    trailing: str = ""


def _tokens(text: str) -> list[_Token]:
    """Return all tokens, and at the end an empty one for the comments after the last."""
    tokens: list[_Token] = []
    waiting: list[tuple[str, bool]] = []
    end = 0
    for match in COMMENT_OR_TOKEN.finditer(text):
        gap = len(_NEWLINE.findall(text, end, match.start(1)))
        end = match.end(1)
        if waiting and gap > 1:
            waiting[-1] = (waiting[-1][0], True)
        found = match[1]
        if not found.startswith("//"):
            tokens.append(_Token(found, waiting))
            waiting = []
        elif tokens and gap == 0 and not waiting and not tokens[-1].trailing:
            tokens[-1].trailing = found.rstrip()
        else:
            waiting.append((found.rstrip(), False))
        if not found:
            break
    return tokens


def _ends_operand(token: str) -> bool:
    """Return whether an operand may end with this token, so that what follows is an operator."""
    if token[:1] in WORD_START:
        return token not in _AFTER_THESE_AN_OPERAND
    return token[:1] in ('"', "?") or token in (")", "]", "}") or token[:1] in "0123456789"


class _Formatter:
    """A translator of tokens into a stream; `glued` says that no space comes before the next token."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.out = Stream()
        self.previous = ""
        self.glued = True
        self.conditionals: list[list[str]] = []
        """The open `if`s of each open bracket, each with the part that is being written."""

    @property
    def current(self) -> str:
        return self.tokens[self.at].text

    def put(self, *, top: bool = False) -> None:
        """Write the current token with its comments and step on."""
        token = self.tokens[self.at]
        for comment, has_gap in token.leading:
            self.out.newline()
            self.out.text(comment)
            self.out.newline(blank=top and has_gap)
            self.glued = True
        text = token.text
        space = "" if self.glued or text in _NO_SPACE_BEFORE or self._is_call(text) else " "
        self.out.text(space + text)
        unary = text == "-" and not _ends_operand(self.previous)
        self.glued = text in _NO_SPACE_AFTER or unary
        self.previous = text
        self.at += 1
        if token.trailing:
            self.out.text(f" {token.trailing}")
            self.out.newline()
            self.glued = True

    def _is_call(self, text: str) -> bool:
        """Return whether a bracket continues the operand before it."""
        if text == "(":
            return self.previous[:1] in WORD_START and _ends_operand(self.previous)
        return text == "[" and _ends_operand(self.previous)

    def line_break(self, blanks: int, *, fill: bool = False) -> None:
        self.out.line_break(blanks, fill=fill)
        self.glued = True

    def policies(self) -> None:
        while self.current:
            if self.at:
                self.out.newline(blank=True)
            self.previous, self.glued = "", True
            self.policy()
        for comment, has_gap in self.tokens[self.at].leading:
            self.out.newline(blank=self.at > 0 and self.previous == ";")
            self.previous = ""
            self.out.text(comment)
            self.out.newline(blank=has_gap)

    def policy(self) -> None:
        while self.current == "@":
            self.put(top=True)
            self.put()
            if self.current == "(":
                for _ in range(3):
                    self.put()
            self.out.newline()
            self.glued = True
        self.put(top=True)
        self.previous, self.glued = "", False
        self.bracketed(0)
        while self.current in ("when", "unless"):
            self.out.newline()
            self.glued = True
            self.put()
            self.previous, self.glued = "", False
            self.bracketed(1)
        self.glued = True
        self.put()

    def bracketed(self, blanks: int) -> None:
        """Write everything from the current opening bracket to its closing one.

        `blanks` stand inside the brackets if all is on one line.
        """
        out = self.out
        open_: list[tuple[str, int]] = []
        while True:
            token = self.current
            if token in _CLOSERS:
                self._open(blanks if not open_ else 0, open_)
                self.conditionals.append([])
            elif open_ and token == open_[-1][0]:
                self._end_conditionals()
                self.conditionals.pop()
                _, inner_blanks = open_.pop()
                if inner_blanks >= 0:
                    out.end()
                    out.mark("dedent")
                    self.line_break(inner_blanks)
                    self.put()
                    out.end()
                else:
                    self.put()
            else:
                self._inner()
            if not open_:
                return

    def _open(self, blanks: int, open_: list[tuple[str, int]]) -> None:
        opener = self.current
        closer = _CLOSERS[opener]
        is_index = opener == "[" and self._is_call("[")
        if is_index or self.tokens[self.at + 1].text == closer:
            open_.append((closer, -1))
            self.put()
            return
        open_.append((closer, blanks))
        self.out.begin()
        self.put()
        self.out.mark("indent")
        self.line_break(blanks)
        self.out.begin()
        self.previous = opener

    def _inner(self) -> None:
        """Write a token that is no bracket, and the break that belongs to it."""
        token = self.current
        out = self.out
        if token in ("if", "then", "else"):
            self._conditional(token)
            return
        is_binary = _ends_operand(self.previous)
        self.put()
        if token == ",":
            self._end_conditionals()
            out.end()
            if self.current not in (")", "]", "}"):
                self.line_break(1)
            out.begin()
        elif token in ("&&", "||"):
            self.line_break(1)
        elif token in ("+", "-", "*") and is_binary:
            self.line_break(1, fill=True)

    def _conditional(self, token: str) -> None:
        """Write a keyword of a conditional, and open what is indented behind it.

        `then` and `else` begin lines under their `if`, a nested `if` a line of its own; `else if` continues.
        """
        out = self.out
        parts = self.conditionals[-1]
        if token == "if":
            if self.previous == "else":
                out.end()
                out.mark("dedent")
                parts.pop()
            else:
                out.begin()
        else:
            while parts[-1] == "else":
                self._end_conditional()
            parts.pop()
            out.end()
            out.mark("dedent")
            self.line_break(1)
        parts.append(token)
        self.put()
        out.mark("indent")
        if token == "then" and self.current == "if":
            self.line_break(1)
        out.begin()

    def _end_conditional(self) -> None:
        self.conditionals[-1].pop()
        self.out.end()
        self.out.mark("dedent")
        self.out.end()

    def _end_conditionals(self) -> None:
        while self.conditionals[-1]:
            self._end_conditional()


@at_any_depth
def format_policies(text: str, line_width: int = 80, indent_width: int = 2) -> str:
    """Lay policies out within `line_width` columns where that is possible; comments are kept.

    Raises `PolicyError` for a text that is no policy set.
    """
    exact = text_of(text, "a policy text")
    line_width, indent_width = long_of(line_width, "line_width"), long_of(indent_width, "indent_width")
    parse_policies(exact)
    formatter = _Formatter(_tokens(exact))
    formatter.policies()
    rendered = formatter.out.render(line_width, indent_width)
    return f"{rendered}\n" if rendered else ""
