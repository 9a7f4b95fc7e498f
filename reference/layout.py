"""The layout of one policy: which groups of its tokens stand on lines of their own.

A group is what a bracket holds, an `if` with its branches, or the part after `if`, `then` or `else`. One that
fits on its line stays there, with whatever follows it up to the next place for a break; so a group within one
that stays needs no look. The others are broken: a bracket at its ends and after `,`, `&&` and `||`, a part at
its start and after these, an `if` before `then` and `else`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from reference.layout_tokens import (
    BRANCHES,
    BREAK_AFTER,
    CLOSE,
    OPEN,
    Token,
    is_head,
    measures,
    spaced,
    starts_line,
)


@dataclass(frozen=True, slots=True)
class Group:
    """An open group: where it ends, whether it is broken, and how far its lines are indented."""

    last: int
    broken: bool
    indent: int


@dataclass(slots=True)
class Conditional:
    """An `if` that is being looked at: its place, and that of its latest keyword."""

    start: int
    keyword: int


@dataclass(slots=True)
class Extents:
    """The last token of every group, by the bracket or keyword that begins it; of an `if`, apart."""

    parts: dict[int, int] = field(default_factory=dict)
    conditionals: dict[int, int] = field(default_factory=dict)

    def end(self, conditional: Conditional, last: int) -> None:
        self.parts[conditional.keyword] = self.conditionals[conditional.start] = last


class Layout:
    """The lines of one policy, written from left to right."""

    def __init__(self, tokens: Sequence[Token], line_width: int, indent_width: int) -> None:
        self.tokens = tokens
        self.line_width = line_width
        self.indent_width = indent_width
        self.pieces: list[str] = []
        self.column = 0
        self.groups: list[Group] = []
        self.extents = _extents(tokens)
        self.ends, self.commented = measures(tokens)

    def text(self) -> str:
        for place, token in enumerate(self.tokens):
            self._separate(place, token)
            column = self.column
            self._write(token.text)
            if place in self.extents.conditionals:
                self._enter(place, self.extents.conditionals[place], column)
            if place in self.extents.parts:
                self._enter(place, self.extents.parts[place], self._inner_indent())
            if token.beside:
                self._write(f" {token.beside}")
        return "".join(self.pieces)

    def _separate(self, place: int, token: Token) -> None:
        """Leave the groups that end before or with the token, then the line break or the blank before it."""
        before = self.tokens[place - 1] if place else None
        while self.groups and self.groups[-1].last < place:
            self.groups.pop()
        left = self.groups.pop() if token.text in CLOSE else None
        if before is None:
            self._comments(token)
        elif before.beside or token.above or self._is_broken(place, before, token, left):
            self._new_line(self._indent(token, left))
            self._comments(token)
        elif spaced(before, token):
            self._write(" ")

    def _is_broken(self, place: int, before: Token, token: Token, left: Group | None) -> bool:
        """Whether the groups want a line break before the token; `left` is the bracket that it closes."""
        if left is not None:
            return left.broken and before.text not in OPEN
        if not self.groups:
            return starts_line(before, token)
        begins = place - 1 in self.extents.parts or before.text in BREAK_AFTER or token.text in BRANCHES
        return begins and self.groups[-1].broken

    def _indent(self, token: Token, left: Group | None) -> int:
        if self.groups:
            return self.groups[-1].indent
        return 0 if left is not None or is_head(token) else self.indent_width

    def _inner_indent(self) -> int:
        return (self.groups[-1].indent if self.groups else 0) + self.indent_width

    def _comments(self, token: Token) -> None:
        indent = self.column
        for comment in token.above:
            self._write(comment)
            self._new_line(indent)

    def _enter(self, place: int, last: int, indent: int) -> None:
        """Begin the group behind the token at `place`; `indent` is that of its lines if it is broken."""
        outer = self.groups[-1] if self.groups else None
        inside = self.ends[last] - self.ends[place]
        commented = self.commented[last] - self.commented[place] + bool(self.tokens[place].beside) > 0
        broken = commented or (
            (outer is None or outer.broken) and self.column + inside + self._after(last) > self.line_width
        )
        self.groups.append(Group(last, broken, indent if broken or outer is None else outer.indent))

    def _after(self, last: int) -> int:
        """The width of what follows a group on its line, up to the next place for a break."""
        stop = last
        for place in range(last + 1, len(self.tokens)):
            before, token = self.tokens[place - 1], self.tokens[place]
            if before.beside or token.above or token.text in BRANCHES:
                break
            if token.text in CLOSE and before.text not in OPEN:
                break
            if not self.groups and starts_line(before, token):
                break
            stop = place
            if token.text in BREAK_AFTER or self.extents.parts.get(place, 0) > place + 1:
                break
        return self.ends[stop] - self.ends[last]

    def _write(self, text: str) -> None:
        self.pieces.append(text)
        self.column += len(text)

    def _new_line(self, indent: int) -> None:
        self.pieces.append("\n" + " " * indent)
        self.column = indent


def _extents(tokens: Sequence[Token]) -> Extents:
    """Where the groups end. Outside brackets `if`, `then` and `else` are names of annotations."""
    extents = Extents()
    waiting: list[Conditional | int] = []
    for place, token in enumerate(tokens):
        text = token.text
        if text in CLOSE or text == ",":
            while waiting and isinstance(within := waiting[-1], Conditional):
                extents.end(within, place - 1)
                waiting.pop()
        if text in OPEN:
            waiting.append(place)
        elif text in CLOSE and isinstance(opening := waiting.pop(), int):
            extents.parts[opening] = place
        elif text == "if" and waiting:
            waiting.append(Conditional(place, place))
        elif text in BRANCHES and waiting:
            _continue(waiting, place, tokens, extents)
    return extents


def _continue(
    waiting: list[Conditional | int], place: int, tokens: Sequence[Token], extents: Extents
) -> None:
    """Give a `then` or `else` to the innermost `if` that has no `else` yet; those within it are complete."""
    while isinstance(within := waiting[-1], Conditional):
        if tokens[within.keyword].text != "else":
            extents.parts[within.keyword] = place - 1
            within.keyword = place
            return
        extents.end(within, place - 1)
        waiting.pop()
