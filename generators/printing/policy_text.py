"""Trees as Cedar policy text, plainly or in odd but legal spellings.

Plain text has the parentheses that the grammar needs (spec 01 §4.1) and one space where one is due. An odd
spelling takes its decisions from a number of its own, so that a scenario can be printed again to the same
text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generators.draw.syntax import (
    BINARY_METHODS,
    ActionConstraint,
    Binary,
    Call,
    Constraint,
    Expr,
    GetAttr,
    Has,
    If,
    Is,
    Like,
    Lit,
    Policy,
    RecordLit,
    SetLit,
    Slot,
    Uid,
    Unary,
    Var,
    is_attribute_word,
)
from generators.draw.trees import conjunction
from generators.language import FUNCTIONS, RELATIONS
from generators.printing.spelling import PLAIN, Spelling

_LEVEL = {"||": 2, "&&": 3, "+": 5, "-": 5, "*": 6}
_LEVEL.update(dict.fromkeys(RELATIONS, 4))
_IF, _RELATION, _ADD, _UNARY, _MEMBER, _PRIMARY = 1, 4, 5, 7, 8, 9


def print_policies(policies: Iterable[Policy], spelling: Spelling = PLAIN) -> str:
    """Write a policy-set text, one policy after the other in order."""
    printer = Printer(spelling)
    return "".join(f"{printer.policy(policy)}\n" for policy in policies)


def print_expression(expr: Expr, spelling: Spelling = PLAIN) -> str:
    """Write one expression."""
    return Printer(spelling).expression(expr)


class Printer:
    """A writer of policy text in one spelling."""

    __slots__ = ("odd", "plain", "space", "string")

    def __init__(self, spelling: Spelling = PLAIN) -> None:
        self.plain = spelling is PLAIN  # then no decision is taken, and most are not even asked for
        self.odd = spelling.odd
        self.space = spelling.space
        self.string = spelling.string

    # Policies.

    def policy(self, policy: Policy) -> str:
        """Write a policy."""
        space = self.space
        parts = [self._annotation(key, value) for key, value in policy.annotations]
        scope = [
            self.constraint("principal", policy.principal),
            self.action_constraint(policy.action),
            self.constraint("resource", policy.resource),
        ]
        comma = "," if self.odd(8) else ""
        parts.append(f"{policy.effect}{space('')}({space('')}{self._join(scope)}{comma}{space('')})")
        for condition in policy.conditions:
            body = self.expression(condition.body)
            parts.append(f"{space(' ')}{condition.kind} {space('')}{{{space(' ')}{body}{space(' ')}}}")
        parts.append(f"{space('')};")
        return "".join(parts)

    def _annotation(self, key: str, value: str | None) -> str:
        space = self.space
        if value is None:
            return f"@{key} "
        return f"@{space('')}{key}{space('')}({space('')}{self.string(value)}{space('')}){space(' ')}"

    def constraint(self, variable: str, constraint: Constraint) -> str:
        """Write the scope constraint of principal or resource."""
        space = self.space
        operand = constraint.entity
        target = "" if operand is None else self._operand(operand)
        match constraint.op:
            case "":
                return variable
            case "is":
                return f"{variable} is {space('')}{self.name(constraint.type)}"
            case "is in":
                return f"{variable} is {space('')}{self.name(constraint.type)} in {space('')}{target}"
            case op:
                return f"{variable} {space('')}{op}{space(' ')}{target}"

    def _operand(self, operand: Uid | Slot) -> str:
        text = operand.name if isinstance(operand, Slot) else self.uid(operand)
        return self.bracket(text)

    def action_constraint(self, constraint: ActionConstraint) -> str:
        """Write the scope constraint of the action."""
        match constraint.op:
            case "":
                return "action"
            case "in []":
                actions = [self.bracket(self.uid(uid)) for uid in constraint.actions]
                return f"action in {self.space('')}[{self._listed(actions)}]"
            case op:
                return f"action {op}{self.space(' ')}{self.bracket(self.uid(constraint.actions[0]))}"

    # Expressions.

    def expression(self, expr: Expr) -> str:
        """Write an expression."""
        return self._at(expr, _IF)

    def _at(self, expr: Expr, level: int) -> str:
        """Write an expression where the grammar wants one of at least this level (spec 01 §4.1)."""
        text, own = self._write(expr)
        if own < level:
            return f"({self.space('')}{text}{self.space('')})"
        return text if self.plain else self.bracket(text)

    def bracket(self, text: str) -> str:
        """Add, sometimes, parentheses that change nothing."""
        return f"({self.space('')}{text})" if self.odd(24) else text

    def _write(self, expr: Expr) -> tuple[str, int]:
        """Write an expression; return its text and the level it is on."""
        match expr:
            case Lit(value):
                return self._literal(value)
            case Var(name):
                return name, _PRIMARY
            case GetAttr(left, attr):
                return f"{self._at(left, _MEMBER)}{self._access(attr)}", _MEMBER
            case Binary():
                return self._binary(expr)
            case Unary(op, arg):
                return self._unary(op, arg)
            case Has(_, attrs) if len(attrs) > 1 and not all(map(is_attribute_word, attrs)):
                return self._write(conjunction(expr))
            case Has(left, attrs):
                return f"{self._at(left, _ADD)} has{self.space(' ')}{self._has(attrs)}", _RELATION
            case Like(left, pattern):
                return f"{self._at(left, _ADD)} like{self.space(' ')}{self.pattern(pattern)}", _RELATION
            case Is(left, type_name, container):
                text = f"{self._at(left, _ADD)} is {self.space('')}{self.name(type_name)}"
                if container is not None:
                    text = f"{text} in {self._at(container, _ADD)}"
                return text, _RELATION
            case If(condition, then, otherwise):
                parts = [self.expression(part) for part in (condition, then, otherwise)]
                return f"if {parts[0]} then{self.space(' ')}{parts[1]} else {parts[2]}", _IF
            case SetLit(items):
                return f"[{self._listed([self.expression(item) for item in items])}]", _PRIMARY
            case RecordLit(items):
                fields = [
                    f"{self._key(key)}{self.space('')}:{self.space(' ')}{self.expression(e)}"
                    for key, e in items
                ]
                return f"{{{self._listed(fields)}}}", _PRIMARY
            case Call(name, args):
                return self._call(name, args)

    def _literal(self, value: bool | int | str | Uid) -> tuple[str, int]:
        match value:
            case bool():
                return ("true" if value else "false"), _PRIMARY
            case int():
                if value < 0:
                    return f"-{self.space('')}{-value}", _UNARY
                return (f"00{value}" if self.odd(16) else str(value)), _PRIMARY
            case str():
                return self.string(value), _PRIMARY
            case Uid():
                return self.uid(value), _PRIMARY

    def uid(self, uid: Uid) -> str:
        """Write an entity literal."""
        if self.plain:
            return f"{uid.type}::{self.string(uid.id)}"
        return f"{self.name(uid.type)}{self.space('')}::{self.space('')}{self.string(uid.id)}"

    def name(self, name: str) -> str:
        """Write a name, its components apart where the spelling is odd."""
        if "::" in name and self.odd(4):
            return f"{self.space('')}::{self.space(' ')}".join(name.split("::"))
        return name

    def _access(self, attr: str) -> str:
        if self.plain and is_attribute_word(attr):
            return f".{attr}"
        if is_attribute_word(attr) and not self.odd(8):
            return f"{self.space('')}.{self.space('')}{attr}"
        return f"{self.space('')}[{self.space('')}{self.string(attr)}{self.space('')}]"

    def _has(self, attrs: Sequence[str]) -> str:
        if len(attrs) > 1:
            return f"{self.space('')}.{self.space('')}".join(attrs)
        return self._key(attrs[0])

    def _key(self, key: str) -> str:
        return key if is_attribute_word(key) and not self.odd(8) else self.string(key)

    def _binary(self, expr: Binary) -> tuple[str, int]:
        op = expr.op
        if op in BINARY_METHODS:
            return self._method(expr.left, op, (expr.right,)), _MEMBER
        level = _LEVEL[op]
        # Chains associate to the left; relations do not chain at all.
        left = self._at(expr.left, _ADD if level == _RELATION else level)
        right = self._at(expr.right, level + 1)
        gap = " " if op == "in" else self.space(" ")
        return f"{left}{gap}{op}{gap}{right}", level

    def _unary(self, op: str, arg: Expr) -> tuple[str, int]:
        if op == "isEmpty":
            return self._method(arg, op, ()), _MEMBER
        if op == "neg":
            # Without parentheses a minus would fold into a number, or be one too many (spec 01 §2.3, §4.1).
            inner = self._at(arg, _MEMBER)
            plain_number = isinstance(arg, Lit) and isinstance(arg.value, int)
            return (f"-({inner})" if plain_number else f"-{self.space('')}{inner}"), _UNARY
        if (
            isinstance(arg, Unary)
            and arg.op == "!"
            and not (isinstance(arg.arg, Unary) and arg.arg.op == "!")
        ):
            return f"!{self.space('')}!{self._at(arg.arg, _MEMBER)}", _UNARY
        return f"!{self.space('')}{self._at(arg, _MEMBER)}", _UNARY

    def _call(self, name: str, args: tuple[Expr, ...]) -> tuple[str, int]:
        if name in FUNCTIONS:
            return f"{name}{self.space('')}({self._listed([self.expression(arg) for arg in args])})", _PRIMARY
        return self._method(args[0], name, args[1:]), _MEMBER

    def _method(self, receiver: Expr, name: str, args: tuple[Expr, ...]) -> str:
        listed = self._listed([self.expression(arg) for arg in args])
        return f"{self._at(receiver, _MEMBER)}{self.space('')}.{name}{self.space('')}({listed})"

    def _listed(self, items: list[str]) -> str:
        if self.plain:
            return ", ".join(items)
        if not items:
            return self.space("")
        comma = "," if self.odd(10) else ""
        return f"{self.space('')}{self._join(items)}{comma}{self.space('')}"

    def _join(self, items: list[str]) -> str:
        return f"{self.space('')},{self.space(' ')}".join(items)

    def pattern(self, pattern: tuple[str | None, ...]) -> str:
        """Write a pattern string: stars of the text are escaped, wildcards are not."""
        parts = ["*" if piece is None else self.string(piece, pattern=True)[1:-1] for piece in pattern]
        return f'"{"".join(parts)}"'
