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
    '"\U0001f600"', '"\u200b"', '"a\n\n b"', '" \n"', '"a \n\tb\n"', '"a\n\n\n\n  b"', '"\n\n\n"',
    '"\r\n\r\n"', '"a\n// b"',
)  # fmt: skip
PATTERNS = ('"*"', '""', r'"\*"', '"a*b"', r'"\x2a"', r'"\\*"', '"**"', r'"\u{2a}a\*"', *STRINGS[:6])
INFIX = tuple(row.name for row in OPERATORS.values() if row.infix)
CALLED = tuple(METHODS.values())
CONSTRUCTORS = tuple(FUNCTIONS)
MOSTLY = 0.96
"""Probability that a place gets what the grammar wants there; else something that it may reject."""


class Grammar:
    """Texts drawn by the rules of the grammar; a method is a rule."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.listed: list[str] = []
        """The actions of the last list, which another list may have in another order."""
        self.expressions: tuple[Callable[[int], str], ...] = (
            self._binary, self._binary, self._binary, self._unary, self._access, self._method,
            self._conditional, self._has, self._like, self._is_type, self._set, self._record, self._call,
            self._group,
        )  # fmt: skip

    def policies(self, most: int) -> str:
        """Draw one policy or several."""
        return " ".join(self._policy() for _ in range(self.source.integer(1, most)))

    def _policy(self) -> str:
        source = self.source
        annotations = [self._annotation() for _ in range(source.choice((0, 0, 0, 1, 2)))]
        scope = ", ".join((self._scope("principal"), self._action(), self._scope("resource")))
        comma = "," if source.boolean(0.05) else ""
        conditions = [self._condition() for _ in range(source.choice((0, 1, 1, 1, 2)))]
        effect = source.choice(("permit", "forbid"))
        return " ".join([*annotations, f"{effect}({scope}{comma})", *conditions]) + ";"

    def _annotation(self) -> str:
        key = self.source.choice((*WORDS, *RESERVED))
        return f"@{key}({self._string()})" if self.source.boolean(0.8) else f"@{key}"

    def _scope(self, variable: str) -> str:
        match self.source.integer(0, 7):
            case 0 | 1 | 2:
                return variable
            case 3:
                return f"{variable} == {self._scope_operand(variable)}"
            case 4:
                return f"{variable} in {self._scope_operand(variable)}"
            case 5:
                return f"{variable} is {self._name()}"
            case _:
                return f"{variable} is {self._name()} in {self._scope_operand(variable)}"

    def _scope_operand(self, variable: str) -> str:
        if not self.source.boolean(MOSTLY):
            return self.source.choice(
                ("?principal", "?resource", "?other", "[]", "principal", self._string())
            )
        operand = f"?{variable}" if self.source.boolean(0.3) else self._entity()
        return f"({operand})" if self.source.boolean(0.08) else operand

    def _action(self) -> str:
        match self.source.integer(0, 5):
            case 0 | 1:
                return "action"
            case 2:
                return f"action == {self._action_uid()}"
            case 3:
                return f"action in {self._action_uid()}"
            case _:
                if len(self.listed) > 1 and self.source.boolean(0.5):
                    again = self.listed[::-1]
                    self.listed = again[:1] * self.source.integer(0, 1) + again
                else:
                    self.listed = [self._action_uid() for _ in range(self.source.integer(0, 3))]
                comma = "," if self.listed and self.source.boolean(0.1) else ""
                return f"action in [{', '.join(self.listed)}{comma}]"

    def _action_uid(self) -> str:
        kind = "Action" if self.source.boolean(MOSTLY) else self._name()
        path = f"{self._name()}::{kind}" if self.source.boolean(0.15) else kind
        uid = f"{path}::{self._string()}"
        return f"({uid})" if self.source.boolean(0.05) else uid

    def _condition(self) -> str:
        kind = self.source.choice(("when", "when", "unless"))
        return f"{kind} {{ {self.expression(self.source.integer(0, 3))} }}"

    def expression(self, depth: int) -> str:
        """Draw an expression of at most a depth."""
        if depth <= 0:
            return self._atom()
        return self.source.choice(self.expressions)(depth - 1)

    def _operand(self, depth: int) -> str:
        """Draw an expression for a place that binds tighter: usually in parentheses if it is no atom."""
        text = self.expression(depth)
        return text if depth <= 0 or self.source.boolean(0.3) else f"({text})"

    def _atom(self) -> str:
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
                return self._string()
            case 7:
                return self._entity()
            case _:
                return "?principal" if self.source.boolean(0.03) else self._call(0)

    def _string(self) -> str:
        return self.source.choice(STRINGS)

    def _word(self) -> str:
        return self.source.choice(WORDS if self.source.boolean(MOSTLY) else RESERVED)

    def _name(self) -> str:
        return "::".join(self._word() for _ in range(self.source.choice((1, 1, 1, 1, 2, 3))))

    def _entity(self) -> str:
        return f"{self._name()}::{self._string()}"

    def _binary(self, depth: int) -> str:
        operator = self.source.choice(INFIX)
        chained = operator in ("&&", "||", "+", "-", "*") and self.source.boolean(0.3)
        operands = [self._operand(depth - index) for index in range(3 if chained else 2)]
        return f" {operator} ".join(operands)

    def _unary(self, depth: int) -> str:
        sign = self.source.choice(("!", "-", "!!", "--", "!!!!", "----"))
        if not self.source.boolean(MOSTLY):
            sign = self.source.choice(("!-", "-!", "!!!!!", "-----", "- -", "! !"))
        return sign + self._operand(depth)

    def _access(self, depth: int) -> str:
        attribute = f".{self._word()}" if self.source.boolean(0.6) else f"[{self._string()}]"
        return self._operand(depth) + attribute

    def _method(self, depth: int) -> str:
        row = self.source.choice(CALLED)
        count = row.arity - 1 if self.source.boolean(MOSTLY) else self.source.integer(0, 2)
        arguments = self._listed([self.expression(depth - 1) for _ in range(count)])
        return f"{self._operand(depth)}.{row.name}({arguments})"

    def _call(self, depth: int) -> str:
        name = self.source.choice(CONSTRUCTORS) if self.source.boolean(MOSTLY) else self._name()
        arguments = [self._string()] if self.source.boolean(0.9) else [self.expression(depth - 1)] * 2
        return f"{name}({self._listed(arguments)})"

    def _conditional(self, depth: int) -> str:
        parts = [self.expression(depth - index) for index in range(3)]
        return f"(if {parts[0]} then {parts[1]} else {parts[2]})"

    def _has(self, depth: int) -> str:
        if self.source.boolean(0.4):
            return f"{self._operand(depth)} has {self._string()}"
        steps = [self._word() for _ in range(self.source.integer(1, 3))]
        if not self.source.boolean(MOSTLY):
            steps.insert(self.source.integer(0, len(steps)), self._string())
        return f"{self._operand(depth)} has {'.'.join(steps)}"

    def _like(self, depth: int) -> str:
        return f"{self._operand(depth)} like {self.source.choice(PATTERNS)}"

    def _is_type(self, depth: int) -> str:
        within = f" in {self._operand(depth - 1)}" if self.source.boolean(0.4) else ""
        return f"{self._operand(depth)} is {self._name()}{within}"

    def _set(self, depth: int) -> str:
        return f"[{self._listed([self.expression(depth - i) for i in range(self.source.integer(0, 3))])}]"

    def _record(self, depth: int) -> str:
        keys = [
            self._word() if self.source.boolean(0.6) else self._string()
            for _ in range(self.source.integer(0, 3))
        ]
        return f"{{{self._listed([f'{key}: {self.expression(depth - 1)}' for key in keys])}}}"

    def _group(self, depth: int) -> str:
        return f"({self.expression(depth)})"

    def _listed(self, items: list[str]) -> str:
        comma = "," if items and self.source.boolean(0.05) else ""
        return ", ".join(items) + comma
