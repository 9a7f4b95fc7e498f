"""Policy text laid out afresh, with its comments (spec 01 §1, §7).

Only blanks and line breaks change: the tokens stay in their order, so the text means what it meant. The
layout depends on nothing but the tokens and the comments that belong to them: a second time changes nothing.
A comment belongs to the token before it on its line; on a line of its own, to the token after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reference.parser import parse_policies

TOKEN = re.compile(
    r"""(?P<comment>//[^\r\n]*)|(?P<space>\s+)|"[^"\\]*+(?:\\.[^"\\]*+)*+"|\?\w+|[_a-zA-Z][_a-zA-Z0-9]*"""
    r"""|[0-9]+|::|==|!=|<=|>=|\|\||&&|.""",
    re.DOTALL,
)
OPEN = {"(": ")", "[": "]", "{": "}"}
CLOSE = frozenset(OPEN.values())
CLAUSES = frozenset({"when", "unless"})
BREAK_AFTER = frozenset({",", "&&", "||"})
OPERANDS_AFTER = frozenset(
    {"(", "[", "{", ",", ":", "&&", "||", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "!",
     "in", "like", "has", "is", "if", "then", "else"}
)  # fmt: skip
"""Tokens after which a `-` is a sign, not a subtraction."""


@dataclass(slots=True)
class Token:
    """`above` are the comments on lines of their own before it, `beside` the one after it on its line."""

    text: str
    above: list[str] = field(default_factory=list)
    beside: str = ""
    sign: bool = False


@dataclass(slots=True)
class Group:
    """An open bracket: whether its content stands on lines of its own, and how far these are indented."""

    broken: bool
    indent: int


def format_policies(text: str, line_width: int = 80, indent_width: int = 2) -> str:
    """The policies with one layout; the width is kept where brackets, commas, `&&` and `||` allow it.

    Raises:
        InputError: part `policies`, with line and column, if the text is no policy set.
    """
    parse_policies(text)
    tokens, last = _tokens(text)
    policies = [Layout(policy, line_width, indent_width).text() for policy in _policies(tokens)]
    return "\n\n".join([*policies, *(["\n".join(last)] if last else [])]) + ("\n" if tokens or last else "")


def _tokens(text: str) -> tuple[list[Token], list[str]]:
    """The tokens with their comments, and the comments after the last line of them."""
    tokens: list[Token] = []
    above: list[str] = []
    fresh_line = True
    for match in TOKEN.finditer(text):
        piece = match[0]
        if match["space"] is not None:
            fresh_line = fresh_line or "\n" in piece or "\r" in piece
        elif match["comment"] is None:
            sign = piece in "!-" and (piece == "!" or not tokens or tokens[-1].text in OPERANDS_AFTER)
            tokens.append(Token(piece, above, sign=sign))
            above, fresh_line = [], False
        elif fresh_line or not tokens:
            above.append(piece.rstrip())
        else:
            tokens[-1].beside = piece.rstrip()
    return tokens, above


def _policies(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    start = 0
    for place, token in enumerate(tokens, 1):
        if token.text == ";":
            yield tokens[start:place]
            start = place


class Layout:
    """The lines of one policy, written from left to right."""

    def __init__(self, tokens: Sequence[Token], line_width: int, indent_width: int) -> None:
        self.tokens = tokens
        self.line_width = line_width
        self.indent_width = indent_width
        self.pieces: list[str] = []
        self.column = 0
        self.groups: list[Group] = []
        self.closed_at = _partners(tokens)
        self.ends, self.commented = _measures(tokens)

    def text(self) -> str:
        for place, token in enumerate(self.tokens):
            self._separate(place, token)
            self._write(token.text)
            if token.text in OPEN:
                self._enter(place)
            if token.beside:
                self._write(f" {token.beside}")
        return "".join(self.pieces)

    def _separate(self, place: int, token: Token) -> None:
        """Leave the group that the token closes, then the line break or the blank before it."""
        before = self.tokens[place - 1] if place else None
        left = self.groups.pop() if token.text in CLOSE else None
        if before is None:
            self._comments(token)
            return
        group = self.groups[-1] if self.groups else None
        empty = left is not None and before.text in OPEN
        broken = (
            (left is not None and left.broken and not empty)
            or (left is None and group is not None and group.broken and before.text in OPEN)
            or (group is not None and group.broken and before.text in BREAK_AFTER)
            or (group is None and _starts_line(before, token))
        )
        if broken or before.beside or token.above:
            self._new_line(self._indent(token, left))
            self._comments(token)
        elif _spaced(before, token):
            self._write(" ")

    def _indent(self, token: Token, left: Group | None) -> int:
        if self.groups:
            return self.groups[-1].indent
        return 0 if left is not None or _is_head(token) else self.indent_width

    def _comments(self, token: Token) -> None:
        indent = self.column
        for comment in token.above:
            self._write(comment)
            self._new_line(indent)

    def _enter(self, place: int) -> None:
        close = self.closed_at[place]
        inside = self.ends[close] - self.ends[place]
        commented = self.commented[close] - self.commented[place] + bool(self.tokens[place].beside) > 0
        broken = commented or self.column + inside > self.line_width
        outer = self.groups[-1].indent if self.groups else 0
        self.groups.append(Group(broken, outer + self.indent_width if broken else outer))

    def _write(self, text: str) -> None:
        self.pieces.append(text)
        self.column += len(text)

    def _new_line(self, indent: int) -> None:
        self.pieces.append("\n" + " " * indent)
        self.column = indent


def _partners(tokens: Sequence[Token]) -> dict[int, int]:
    """Where each open bracket is closed."""
    partners: dict[int, int] = {}
    waiting: list[int] = []
    for place, token in enumerate(tokens):
        if token.text in OPEN:
            waiting.append(place)
        elif token.text in CLOSE:
            partners[waiting.pop()] = place
    return partners


def _measures(tokens: Sequence[Token]) -> tuple[list[int], list[int]]:
    """Up to and with each token: its end if all stood on one line; how many comments break that line.

    A comment beside a token counts from the next token on: it breaks the line after it.
    """
    ends: list[int] = []
    commented: list[int] = []
    end = comments = 0
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else None
        end += len(token.text) + (before is not None and _spaced(before, token))
        comments += len(token.above) + (before is not None and bool(before.beside))
        ends.append(end)
        commented.append(comments)
    return ends, commented


def _starts_line(before: Token, token: Token) -> bool:
    """Outside brackets: annotations, the effect and the clauses begin lines."""
    return token.text in CLAUSES or (_is_head(token) and before.text not in "@;")


def _is_head(token: Token) -> bool:
    return token.text in CLAUSES or token.text in {"@", "permit", "forbid"}


def _spaced(before: Token, token: Token) -> bool:
    """Whether a blank stands between two tokens of one line."""
    if token.text in {",", ";", ":", "::", ".", ")", "]"} or before.text in {"(", "[", ".", "::", "@"}:
        return False
    if before.sign:
        return False
    if token.text in {"(", "["}:
        return before.text in OPERANDS_AFTER or before.text in {"permit", "forbid"}
    if token.text == "}":
        return before.text != "{"
    return True
