"""Policy and expression text straight from the grammar (spec 01 §4), whatever it means.

Owns the syntax that scenarios have no use for: every form in every place, odd but legal spellings, names
that look like keywords. Nothing here knows a schema or a type; most of it parses, little of it makes sense.
"""

from __future__ import annotations

from collections.abc import Callable

from generators.choice.sources import Source
from generators.language import FUNCTIONS, METHODS, OPERATORS

WORDS = (
    "a", "b1", "_", "principal", "context", "permit", "when", "contains", "ip", "Action", "type", "Set",
    "iff", "elsewhere", "is_", "A", "User", "unknown",
)  # fmt: skip
RESERVED = ("true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar")
NUMBERS = ("0", "1", "007", "42", "9223372036854775807", "9223372036854775808", "18446744073709551616", "00")
STRINGS = (
    '""', '"a"', '"a b"', '"if"', r'"\n\r\t\0\\\"\'"', r'"\x41\x7f"', r'"\u{1F600}"', r'"\u{1_0__}"', '"é"',
    '"e\u0301"', '"//"', '"\n"', '"\t"', r'"\u{0}"', '"1970-01-01"', '"1.0"', '"::1"', '"-1d"', '"*"',
    '"\U0001f600"', '"\u200b"',
)  # fmt: skip
PATTERNS = ('"*"', '""', r'"\*"', '"a*b"', r'"\x2a"', r'"\\*"', '"**"', r'"\u{2a}a\*"', *STRINGS[:6])
INFIX = tuple(row.name for row in OPERATORS.values() if row.infix)
CALLED = tuple(METHODS.values())
CONSTRUCTORS = tuple(FUNCTIONS)
MOSTLY = 0.96
"""How often a place gets what the grammar wants there; otherwise something nearby that it may refuse."""


class Grammar:
    """Draws texts by the rules of the grammar; a method is a rule."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.expressions: tuple[Callable[[int], str], ...] = (
            self.binary, self.binary, self.binary, self.unary, self.access, self.method, self.conditional,
            self.has, self.like, self.is_type, self.set, self.record, self.call, self.group,
        )  # fmt: skip

    def policies(self, most: int) -> str:
        """Zero or more policies."""
        return " ".join(self.policy() for _ in range(self.source.integer(1, most)))

    def policy(self) -> str:
        source = self.source
        annotations = [self.annotation() for _ in range(source.choice((0, 0, 0, 1, 2)))]
        scope = ", ".join((self.scope("principal"), self.action(), self.scope("resource")))
        comma = "," if source.boolean(0.05) else ""
        conditions = [self.condition() for _ in range(source.choice((0, 1, 1, 1, 2)))]
        effect = source.choice(("permit", "forbid"))
        return " ".join([*annotations, f"{effect}({scope}{comma})", *conditions]) + ";"

    def annotation(self) -> str:
        key = self.source.choice((*WORDS, *RESERVED))
        return f"@{key}({self.string()})" if self.source.boolean(0.8) else f"@{key}"

    def scope(self, variable: str) -> str:
        match self.source.integer(0, 7):
            case 0 | 1 | 2:
                return variable
            case 3:
                return f"{variable} == {self.scope_operand(variable)}"
            case 4:
                return f"{variable} in {self.scope_operand(variable)}"
            case 5:
                return f"{variable} is {self.name()}"
            case _:
                return f"{variable} is {self.name()} in {self.scope_operand(variable)}"

    def scope_operand(self, variable: str) -> str:
        if not self.source.boolean(MOSTLY):
            return self.source.choice(("?principal", "?resource", "?other", "[]", "principal", self.string()))
        operand = f"?{variable}" if self.source.boolean(0.3) else self.entity()
        return f"({operand})" if self.source.boolean(0.08) else operand

    def action(self) -> str:
        match self.source.integer(0, 5):
            case 0 | 1:
                return "action"
            case 2:
                return f"action == {self.action_uid()}"
            case 3:
                return f"action in {self.action_uid()}"
            case _:
                listed = ", ".join(self.action_uid() for _ in range(self.source.integer(0, 3)))
                comma = "," if listed and self.source.boolean(0.1) else ""
                return f"action in [{listed}{comma}]"

    def action_uid(self) -> str:
        kind = "Action" if self.source.boolean(MOSTLY) else self.name()
        path = f"{self.name()}::{kind}" if self.source.boolean(0.15) else kind
        uid = f"{path}::{self.string()}"
        return f"({uid})" if self.source.boolean(0.05) else uid

    def condition(self) -> str:
        kind = self.source.choice(("when", "when", "unless"))
        return f"{kind} {{ {self.expression(self.source.integer(0, 3))} }}"

    def expression(self, depth: int) -> str:
        if depth <= 0:
            return self.atom()
        return self.source.choice(self.expressions)(depth - 1)

    def operand(self, depth: int) -> str:
        """An expression where something tighter is wanted: usually in parentheses if it is no atom."""
        text = self.expression(depth)
        return text if depth <= 0 or self.source.boolean(0.3) else f"({text})"

    def atom(self) -> str:
        match self.source.integer(0, 8):
            case 0 | 1:
                return self.source.choice(("principal", "action", "resource", "context"))
            case 2:
                return self.source.choice(("true", "false"))
            case 3:
                return self.source.choice(NUMBERS)
            case 4:
                return f"-{self.source.choice(NUMBERS)}"
            case 5 | 6:
                return self.string()
            case 7:
                return self.entity()
            case _:
                return "?principal" if self.source.boolean(0.03) else self.call(0)

    def string(self) -> str:
        return self.source.choice(STRINGS)

    def word(self) -> str:
        return self.source.choice(WORDS if self.source.boolean(MOSTLY) else RESERVED)

    def name(self) -> str:
        return "::".join(self.word() for _ in range(self.source.choice((1, 1, 1, 1, 2, 3))))

    def entity(self) -> str:
        return f"{self.name()}::{self.string()}"

    def binary(self, depth: int) -> str:
        operator = self.source.choice(INFIX)
        chained = operator in ("&&", "||", "+", "-", "*") and self.source.boolean(0.3)
        operands = [self.operand(depth - index) for index in range(3 if chained else 2)]
        return f" {operator} ".join(operands)

    def unary(self, depth: int) -> str:
        sign = self.source.choice(("!", "-", "!!", "--", "!!!!", "----"))
        if not self.source.boolean(MOSTLY):
            sign = self.source.choice(("!-", "-!", "!!!!!", "-----", "- -", "! !"))
        return sign + self.operand(depth)

    def access(self, depth: int) -> str:
        attribute = f".{self.word()}" if self.source.boolean(0.6) else f"[{self.string()}]"
        return self.operand(depth) + attribute

    def method(self, depth: int) -> str:
        row = self.source.choice(CALLED)
        count = row.arity - 1 if self.source.boolean(MOSTLY) else self.source.integer(0, 2)
        arguments = self.listed([self.expression(depth - 1) for _ in range(count)])
        return f"{self.operand(depth)}.{row.name}({arguments})"

    def call(self, depth: int) -> str:
        name = self.source.choice(CONSTRUCTORS) if self.source.boolean(MOSTLY) else self.name()
        arguments = [self.string()] if self.source.boolean(0.9) else [self.expression(depth - 1)] * 2
        return f"{name}({self.listed(arguments)})"

    def conditional(self, depth: int) -> str:
        parts = [self.expression(depth - index) for index in range(3)]
        return f"(if {parts[0]} then {parts[1]} else {parts[2]})"

    def has(self, depth: int) -> str:
        if self.source.boolean(0.4):
            return f"{self.operand(depth)} has {self.string()}"
        steps = [self.word() for _ in range(self.source.integer(1, 3))]
        if not self.source.boolean(MOSTLY):
            steps.insert(self.source.integer(0, len(steps)), self.string())
        return f"{self.operand(depth)} has {'.'.join(steps)}"

    def like(self, depth: int) -> str:
        return f"{self.operand(depth)} like {self.source.choice(PATTERNS)}"

    def is_type(self, depth: int) -> str:
        within = f" in {self.operand(depth - 1)}" if self.source.boolean(0.4) else ""
        return f"{self.operand(depth)} is {self.name()}{within}"

    def set(self, depth: int) -> str:
        return f"[{self.listed([self.expression(depth - i) for i in range(self.source.integer(0, 3))])}]"

    def record(self, depth: int) -> str:
        keys = [
            self.word() if self.source.boolean(0.6) else self.string()
            for _ in range(self.source.integer(0, 3))
        ]
        return f"{{{self.listed([f'{key}: {self.expression(depth - 1)}' for key in keys])}}}"

    def group(self, depth: int) -> str:
        return f"({self.expression(depth)})"

    def listed(self, items: list[str]) -> str:
        comma = "," if items and self.source.boolean(0.05) else ""
        return ", ".join(items) + comma
