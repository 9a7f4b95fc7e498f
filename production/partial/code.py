"""Terms to flat code, operands before operators, so that neither depth nor sharing costs anything.

Law (code): running the code gives the partial evaluation of the term (spec 09 §4); a shared operand is
evaluated once. An operand that stands in two places is first reached where it stands first.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final, TypeAlias

from . import terms as op
from .rules import BINARY, MANY, UNARY
from .terms import Operand, Term, distinct_terms

PUSH, READ, APPLY_1, APPLY_2, APPLY_N, AND_LEFT, AND_RIGHT, OR_LEFT, OR_RIGHT = range(9)
IF, ELSE, END_IF, ONE_BRANCH, STORE, LOAD = range(9, 15)

Instruction: TypeAlias = tuple[int, Any, Any]
"""An opcode; a rule, a value or the name of a variable; an argument or the index to jump to."""
Code: TypeAlias = tuple[Instruction, ...]

_VARIABLE: Final = {"principal": 0, "action": 1, "resource": 2, "context": 3}


def code_of(root: Operand) -> Code:
    """Return the code of an expression."""
    writer = _Writer(root)
    writer.write(root)
    return tuple(writer.code)


class _Writer:
    """A writer of code; `_slots` holds the places of operands that are evaluated once and used again."""

    def __init__(self, root: Operand) -> None:
        self.code: list[Instruction] = []
        uses = Counter(id(child) for term in distinct_terms(root) for child in _operands(term))
        self._shared = {name for name, count in uses.items() if count > 1}
        self._slots: dict[int, int] = {}
        self._jumps: list[int] = []

    def write(self, root: Operand) -> None:
        """Append the code of an expression."""
        pending: list[Operand | tuple[int, Any, Any]] = [root]
        while pending:
            item = pending.pop()
            if isinstance(item, tuple):
                self._emit(*item)
            elif not isinstance(item, Term):
                self.code.append((PUSH, item, None))
            elif item.op == op.VARIABLE:
                self.code.append((READ, _VARIABLE[item.extra], None))
            elif item is op.ERROR:
                self.code.append((PUSH, item, None))
            elif id(item) in self._slots:
                self.code.append((LOAD, self._slots[id(item)], None))
            else:
                pending.extend(reversed(self._parts(item)))

    def _parts(self, term: Term) -> list[Operand | tuple[int, Any, Any]]:
        """Return what a form is made of: operands and instructions, in order."""
        operands = term.children
        parts: list[Operand | tuple[int, Any, Any]]
        match term.op:
            case op.AND:
                parts = [operands[0], (AND_LEFT, None, None), operands[1], (AND_RIGHT, None, None)]
            case op.OR:
                parts = [operands[0], (OR_LEFT, None, None), operands[1], (OR_RIGHT, None, None)]
            case op.IF if operands[1] is operands[2] and isinstance(operands[1], Term):
                parts = [operands[0], (IF, None, True), operands[1], (ONE_BRANCH, None, None)]
            case op.IF:
                parts = [operands[0], (IF, None, False), operands[1], (ELSE, None, None)]
                parts += [operands[2], (END_IF, None, None)]
            case op.SET | op.RECORD | op.CALL:
                parts = [*operands, (APPLY_N, MANY[term.op], (term.extra, len(operands)))]
            case _ if len(operands) == 1:
                parts = [operands[0], (APPLY_1, UNARY[term.op], term.extra)]
            case _:
                parts = [operands[0], operands[1], (APPLY_2, BINARY[term.op], term.extra)]
        if id(term) in self._shared:
            self._slots[id(term)] = len(self._slots)
            # The slot is known from here on; it is filled before the second use, which comes later.
            parts.append((STORE, self._slots[id(term)], None))
        return parts

    def _emit(self, opcode: int, first: Any, second: Any) -> None:
        """Append one instruction; the ends of control forms fill in where their beginnings jump to."""
        code = self.code
        if opcode in (AND_LEFT, OR_LEFT, IF):
            self._jumps.append(len(code))
        elif opcode == ELSE:
            start = self._jumps.pop()
            self._jumps += (start, len(code))
            code[start] = (IF, len(code) + 1, second)
        code.append((opcode, first, second))
        if opcode in (AND_RIGHT, OR_RIGHT, ONE_BRANCH):
            start = self._jumps.pop()
            code[start] = (code[start][0], None, len(code))
            if opcode == ONE_BRANCH:
                code[start] = (IF, None, len(code))
        elif opcode == END_IF:
            middle, start = self._jumps.pop(), self._jumps.pop()
            code[middle] = (ELSE, None, len(code))
            code[start] = (IF, code[start][1], len(code))


def _operands(term: Term) -> tuple[Operand, ...]:
    """Return the operands that are terms to evaluate, those of one branch in two places once."""
    inner = tuple(child for child in term.children if isinstance(child, Term) and child.children)
    if term.op == op.IF and term.children[1] is term.children[2]:
        return inner[:-1] if isinstance(term.children[1], Term) and term.children[1].children else inner
    return inner
