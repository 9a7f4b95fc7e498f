"""Trees to flat code: one list of instructions, operands before operators (spec 01 §5, 02 §4).

The list is what both tiers start from. Sugar disappears here. Literals are lifted out into a list of
their own, so that policies that differ in literals only have equal code.

Law (lowering): running the instructions in order, following jumps, evaluates the tree: same order of
operands, same value, same error. Law (guards): a condition's top-level conjunction is a sequence of
guards that each stop the policy, because `&&` at the top does nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from ..errors import EvaluationError
from .extensions import CONSTRUCTORS, FUNCTIONS, call
from .nodes import (
    Attribute,
    Binary,
    Call,
    Condition,
    Constant,
    Has,
    If,
    Is,
    Like,
    Node,
    RecordOf,
    SetOf,
    Unary,
    Variable,
)
from .uids import Uid
from .values import SetValue, Value, set_of
from .wildcard import prepare

# Leaves. The argument of CONST is the literal's place and its class.
VAR, CONST, BOOL = 0, 1, 2
# One operand, and an argument: a name, a path, a pattern, a type.
GET, HAS, LIKE, IS, NOT, NEG, IS_EMPTY = 3, 4, 5, 6, 7, 8, 9
# Two operands.
EQ, NE, LT, LE, GT, GE, IN, ADD, SUB, MUL = 10, 11, 12, 13, 14, 15, 16, 17, 18, 19
CONTAINS, CONTAINS_ALL, CONTAINS_ANY, GET_TAG, HAS_TAG = 20, 21, 22, 23, 24
# Many operands: how many, the names, the function and how many.
SET, RECORD, CALL = 25, 26, 27
# Control. The argument is the index to go on from; IS_LEFT has the type before it.
AND_LEFT, AND_RIGHT, OR_LEFT, OR_RIGHT, IF, ELSE, END_IF, IS_LEFT, IS_RIGHT = (
    30,
    31,
    32,
    33,
    34,
    35,
    36,
    37,
    38,
)
GUARD = 39
"""Stop with false unless the operand is the argument."""

_BINARY_OPS: Final = {
    "==": EQ,
    "!=": NE,
    "<": LT,
    "<=": LE,
    ">": GT,
    ">=": GE,
    "in": IN,
    "+": ADD,
    "-": SUB,
    "*": MUL,
    "contains": CONTAINS,
    "containsAll": CONTAINS_ALL,
    "containsAny": CONTAINS_ANY,
    "getTag": GET_TAG,
    "hasTag": HAS_TAG,
}
_UNARY_OPS: Final = {"!": NOT, "neg": NEG, "isEmpty": IS_EMPTY}

Instruction = tuple[int, Any]
Instructions = tuple[Instruction, ...]


class EntitySet:
    """The class that CONST gives for a folded set of entities only."""


@dataclass(frozen=True, slots=True)
class Code:
    """Instructions and the literals that they name by index."""

    instructions: Instructions
    literals: tuple[Value, ...]


@dataclass(slots=True)
class _Builder:
    instructions: list[Instruction] = field(default_factory=list)
    literals: list[Value] = field(default_factory=list)
    jumps: list[int] = field(default_factory=list)

    def constant(self, value: Value) -> None:
        if isinstance(value, bool):
            self.instructions.append((BOOL, value))
            return
        kind: type = value.__class__
        if isinstance(value, SetValue) and all(element.__class__ is Uid for element in value.keys):
            kind = EntitySet
        self.instructions.append((CONST, (len(self.literals), kind)))
        self.literals.append(value)

    def emit(self, op: int, argument: Any) -> None:
        """Append one instruction; the ends of control forms fill in where their beginnings jump to."""
        instructions = self.instructions
        if op in (AND_LEFT, OR_LEFT, IF, IS_LEFT):
            self.jumps.append(len(instructions))
            instructions.append((op, argument))
            return
        if op == ELSE:
            start = self.jumps.pop()
            self.jumps.append(len(instructions))
            instructions.append((ELSE, None))
            instructions[start] = (IF, len(instructions))
            return
        if op in (AND_RIGHT, OR_RIGHT, END_IF, IS_RIGHT):
            instructions.append((op, argument))
            start = self.jumps.pop()
            target = len(instructions)
            opener, type_name = instructions[start]
            instructions[start] = (opener, (type_name, target) if opener == IS_LEFT else target)
            return
        if op in (SET, RECORD, CALL) and self._fold(op, argument):
            return
        instructions.append((op, argument))

    def _fold(self, op: int, argument: Any) -> bool:
        """Make a literal of a form whose operands are literals.

        Law (folding): the literal is what evaluation would give every time; what would err is left to err.
        """
        count: int = argument if op == SET else len(argument) if op == RECORD else argument[1]
        if op == CALL and (count != 1 or argument[0] not in CONSTRUCTORS):
            return False
        start = len(self.instructions) - count
        operands = self.instructions[start:]
        if any(instruction[0] not in (CONST, BOOL) for instruction in operands):
            return False
        lifted = sum(instruction[0] == CONST for instruction in operands)
        base = len(self.literals) - lifted
        values = [arg if opcode == BOOL else self.literals[arg[0]] for opcode, arg in operands]
        folded: Value
        if op == SET:
            folded = set_of(values)
        elif op == RECORD:
            folded = dict(zip(argument, values, strict=True))
        else:
            try:
                folded = call(FUNCTIONS[argument[0]], values)
            except EvaluationError:
                return False
        del self.instructions[start:]
        del self.literals[base:]
        self.constant(folded)
        return True

    def expression(self, root: Node) -> None:
        """Append the code of a tree, with a stack instead of recursion."""
        pending: list[Node | Instruction] = [root]
        while pending:
            item = pending.pop()
            if isinstance(item, tuple):
                self.emit(*item)
            elif isinstance(item, Constant):
                self.constant(item.value)
            elif isinstance(item, Variable):
                self.instructions.append((VAR, item.name))
            else:
                pending.extend(reversed(_parts(item)))

    def guards(self, condition: Condition) -> None:
        """Append the guards of a condition."""
        pending: list[tuple[Node, bool]] = [(condition.body, condition.kind == "when")]
        while pending:
            node, wanted = pending.pop()
            if isinstance(node, Binary) and node.op == ("&&" if wanted else "||"):
                pending += ((node.right, wanted), (node.left, wanted))
            elif isinstance(node, Unary) and node.op == "!":
                pending.append((node.operand, not wanted))
            else:
                self.expression(node)
                self.instructions.append((GUARD, wanted))

    def code(self) -> Code:
        return Code(tuple(self.instructions), tuple(self.literals))


def _parts(node: Node) -> tuple[Node | Instruction, ...]:
    """Return what a form is made of, in order: operands and instructions."""
    match node:
        case Binary("&&", left, right):
            return left, (AND_LEFT, None), right, (AND_RIGHT, None)
        case Binary("||", left, right):
            return left, (OR_LEFT, None), right, (OR_RIGHT, None)
        case Binary(op, left, right):
            return left, right, (_BINARY_OPS[op], None)
        case Attribute(target, name):
            return target, (GET, name)
        case Has(target, path):
            return target, (HAS, path)
        case Unary(op, operand):
            return operand, (_UNARY_OPS[op], None)
        case Like(target, pattern):
            return target, (LIKE, prepare(pattern))
        case Is(target, type_name, None):
            return target, (IS, type_name)
        case Is(target, type_name, ancestor) if ancestor is not None:
            return target, (IS_LEFT, type_name), ancestor, (IS_RIGHT, None)
        case If(condition, then, otherwise):
            return condition, (IF, None), then, (ELSE, None), otherwise, (END_IF, None)
        case SetOf(elements):
            return *elements, (SET, len(elements))
        case RecordOf(names, values):
            return *values, (RECORD, names)
        case Call(function, arguments):
            return *arguments, (CALL, (function, len(arguments)))
        case _:
            raise AssertionError(node)


def lower_expression(root: Node) -> Code:
    """Return the code that leaves the value of an expression."""
    builder = _Builder()
    builder.expression(root)
    return builder.code()


def lower_conditions(conditions: Iterable[Condition]) -> Code:
    """Return the code that a policy's conditions come to: guards only."""
    builder = _Builder()
    for condition in conditions:
        builder.guards(condition)
    return builder.code()
