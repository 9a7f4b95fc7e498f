"""Expressions as trees over tokens, for the reducer and the localiser.

Owns a tolerant reading of expression syntax: enough structure to lift parts and to know what kind of value a
part has, and nothing about what is right. What it cannot read is left to the raw passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from drt.scan.tokens import Token
from drt.scan.vocabulary import METHOD_RESULTS, RELATIONS

DEEPEST = 40
"""Brackets nested deeper are left to the raw passes, which do not recurse."""

CHAINS = (("||",), ("&&",), (), ("+", "-"), ("*", "/", "%"))

Kind = Literal["bool", "long", "string", "set", "record", "entity", "any"]
Shape = Literal[
    "chain", "relation", "prefix", "if", "group", "list", "record", "call", "method", "access", "atom"
]


class NotAnExpression(Exception):
    """The tokens are no expression that this reader knows."""


@dataclass(frozen=True, slots=True)
class Node:
    """Tokens `start` to `end` (exclusive); `items` are the ranges of what a list-like shape lists."""

    shape: Shape
    kind: Kind
    start: int
    end: int
    parts: tuple[Node, ...] = ()
    items: tuple[tuple[int, int], ...] = ()


def read_expression(tokens: Sequence[Token], start: int, end: int) -> Node:
    """Read the tokens `start` to `end` as a tree; raise `NotAnExpression` where they are none."""
    reader = _Reader(tokens, start, end)
    node = reader.expression()
    if reader.at != end:
        raise NotAnExpression
    return node


class _Reader:
    """Precedence climbing; a chain is one node, however long."""

    def __init__(self, tokens: Sequence[Token], start: int, end: int) -> None:
        self.tokens = tokens
        self.at = start
        self.end = end
        self.depth = 0

    @property
    def text(self) -> str:
        return self.tokens[self.at].text if self.at < self.end else ""

    @property
    def kind(self) -> str:
        return self.tokens[self.at].kind if self.at < self.end else ""

    def take(self, *expected: str) -> str:
        text = self.text
        if not text or (expected and text not in expected):
            raise NotAnExpression
        self.at += 1
        return text

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise NotAnExpression
        node = self.conditional() if self.text == "if" else self.chain(0)
        self.depth -= 1
        return node

    def conditional(self) -> Node:
        start = self.at
        self.take("if")
        condition = self.expression()
        self.take("then")
        then = self.expression()
        self.take("else")
        otherwise = self.expression()
        return Node("if", then.kind, start, self.at, (condition, then, otherwise))

    def chain(self, level: int) -> Node:
        if level == len(CHAINS):
            return self.prefix()
        if level == 2:
            return self.relation()
        start = self.at
        parts = [self.chain(level + 1)]
        while self.text in CHAINS[level]:
            self.at += 1
            parts.append(self.chain(level + 1))
        if len(parts) == 1:
            return parts[0]
        return Node("chain", "bool" if level < 2 else "long", start, self.at, tuple(parts))

    def relation(self) -> Node:
        start = self.at
        left = self.chain(3)
        word = self.text
        if word in RELATIONS:
            self.at += 1
            right = self.chain(3)
            return Node("relation", "bool", start, self.at, (left, right))
        if word == "like":
            self.at += 2
            return Node("relation", "bool", start, self.at, (left,))
        if word == "has":
            self.at += 2
            while self.text == ".":
                self.at += 2
            return Node("relation", "bool", start, self.at, (left,))
        if word == "is":
            self.at += 1
            self.name()
            if self.text == "in":
                self.at += 1
                right = self.chain(3)
                return Node("relation", "bool", start, self.at, (left, right))
            return Node("relation", "bool", start, self.at, (left,))
        return left

    def prefix(self) -> Node:
        start = self.at
        signs = []
        while self.text in ("!", "-"):
            signs.append(self.take())
        node = self.member()
        if not signs:
            return node
        return Node("prefix", "bool" if signs[0] == "!" else "long", start, self.at, (node,))

    def member(self) -> Node:
        start = self.at
        node = self.primary()
        while self.text in (".", "["):
            if self.take() == "[":
                self.take()
                self.take("]")
                node = Node("access", "any", start, self.at, (node,))
                continue
            name = self.take()
            if self.text == "(":
                arguments, items = self.listed("(", ")")
                node = Node("method", _result(name), start, self.at, (node, *arguments), items)
            else:
                node = Node("access", "any", start, self.at, (node,))
        return node

    def primary(self) -> Node:
        start = self.at
        match self.text:
            case "(":
                self.at += 1
                inner = self.expression()
                self.take(")")
                return Node("group", inner.kind, start, self.at, (inner,))
            case "[":
                parts, items = self.listed("[", "]")
                return Node("list", "set", start, self.at, parts, items)
            case "{":
                parts, items = self.fields()
                return Node("record", "record", start, self.at, parts, items)
        if self.kind in ("number", "string"):
            kind: Kind = "long" if self.kind == "number" else "string"
            self.at += 1
            return Node("atom", kind, start, self.at)
        if self.text in ("true", "false"):
            self.at += 1
            return Node("atom", "bool", start, self.at)
        self.name()
        if self.text == "(":
            parts, items = self.listed("(", ")")
            return Node("call", "any", start, self.at, parts, items)
        return Node("atom", "entity" if self.at > start + 1 else "any", start, self.at)

    def name(self) -> None:
        if self.kind not in ("word", "slot"):
            raise NotAnExpression
        self.at += 1
        while self.text == "::":
            self.at += 1
            self.take()

    def listed(self, opening: str, closing: str) -> tuple[tuple[Node, ...], tuple[tuple[int, int], ...]]:
        self.take(opening)
        parts: list[Node] = []
        while self.text != closing:
            parts.append(self.expression())
            if self.text != closing:
                self.take(",")
        self.take(closing)
        return tuple(parts), tuple((part.start, part.end) for part in parts)

    def fields(self) -> tuple[tuple[Node, ...], tuple[tuple[int, int], ...]]:
        self.take("{")
        parts: list[Node] = []
        items: list[tuple[int, int]] = []
        while self.text != "}":
            start = self.at
            self.take()
            self.take(":")
            parts.append(self.expression())
            items.append((start, self.at))
            if self.text != "}":
                self.take(",")
        self.take("}")
        return tuple(parts), tuple(items)


def _result(method: str) -> Kind:
    """Return the kind of a method's result; an unknown method counts as a test."""
    match METHOD_RESULTS.get(method, "bool"):
        case "bool" | "long" as kind:
            return kind
        case _:
            return "any"
