"""Symbolic execution of the flat code that production's stack machine runs.

Owns the meaning of instructions on symbols, for code of well-typed conditions; an instruction or operand
that it does not know is `NotUnderstood`. Control forms nest: a branch is a block that leaves one value. What
cannot be reached need not have a type, and is not run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from drt.symbolic.calls import less, less_or_equal
from drt.symbolic.compiler import like
from drt.symbolic.outcomes import NEVER, Arithmetic, Failure, Outcome, arithmetic, choice, excluded
from drt.symbolic.python_calls import called
from drt.symbolic.python_values import NotUnderstood, literal, pattern_of
from drt.symbolic.sorts import LONG, EntitySort, Field, RecordSort, SetSort
from drt.symbolic.store import Store, type_of
from drt.symbolic.terms import (
    FALSE,
    TRUE,
    Term,
    and_,
    eq,
    is_empty,
    ite,
    member,
    not_,
    or_,
    overlap,
    present,
    record,
    set_of,
    subset,
    truth,
)
from drt.symbolic.terms import field as field_of
from production.language import lowering as op
from production.language.lowering import Code, Instruction

ARITHMETIC: Mapping[int, Arithmetic] = {op.ADD: "add", op.SUB: "sub", op.MUL: "mul"}


@dataclass(slots=True)
class Machine:
    """The machine on symbols: code, and the request's parts by the names that instructions have for them."""

    store: Store
    code: Code
    variables: Mapping[str, Term]
    failure: Failure = NEVER
    stack: list[Term] = field(default_factory=list)

    def guards(self) -> Outcome:
        """Run a policy's conditions: whether they fail, and whether all guards hold."""
        held, failure = TRUE, NEVER
        at = 0
        instructions = self.code.instructions
        for end, (opcode, wanted) in enumerate(instructions):
            if held is FALSE:
                return Outcome(failure, held)
            if opcode != op.GUARD:
                continue
            guard = self.block(at, end)
            failure = failure.then(guard.failure.where(held))
            held = and_(held, eq(guard.value, truth(wanted)))
            at = end + 1
        if at != len(instructions):
            raise NotUnderstood("instructions behind the last guard")
        return Outcome(failure, held)

    def block(self, at: int, end: int) -> Outcome:
        """Run instructions that leave one value."""
        inner = Machine(self.store, self.code, self.variables)
        while at < end:
            at = inner.step(at)
        if at != end or len(inner.stack) != 1:
            raise NotUnderstood("a block that does not leave one value")
        return Outcome(inner.failure, inner.stack[0])

    def step(self, at: int) -> int:
        """Run an instruction, or the control form that it opens; return where to continue."""
        opcode, argument = self.code.instructions[at]
        match opcode:
            case op.VAR:
                self.stack.append(self.variables[argument])
            case op.CONST:
                self.stack.append(literal(self.code.literals[argument[0]]))
            case op.BOOL:
                self.stack.append(truth(argument))
            case op.SET | op.RECORD | op.CALL:
                self._gather(opcode, argument)
            case op.AND_LEFT | op.OR_LEFT:
                return self._short_circuit(opcode, at + 1, argument)
            case op.IF:
                return self._branch(at + 1, argument)
            case op.IS_LEFT:
                return self._is_in(at + 1, *argument)
            case _ if opcode <= op.IS_EMPTY:
                self._push(self._unary(opcode, argument, self.stack.pop()))
            case _ if opcode <= op.HAS_TAG:
                right, left = self.stack.pop(), self.stack.pop()
                self._push(self._binary(opcode, left, right))
            case _:
                raise NotUnderstood(f"the instruction {opcode}")
        return at + 1

    def _push(self, outcome: Outcome) -> None:
        self.failure = self.failure.then(outcome.failure)
        self.stack.append(outcome.value)

    def _ends(self, at: int, opcode: int) -> Instruction:
        """Return the instruction that closes a form; raises `NotUnderstood` for another."""
        found = self.code.instructions[at]
        if found[0] != opcode:
            raise NotUnderstood("a control form without its end")
        return found

    def _short_circuit(self, opcode: int, at: int, target: int) -> int:
        """Run the right side of `&&` or `||`, whose left side is on the stack."""
        is_and = opcode == op.AND_LEFT
        self._ends(target - 1, op.AND_RIGHT if is_and else op.OR_RIGHT)
        left = self.stack.pop()
        reached = left if is_and else not_(left)
        if reached is FALSE:
            self.stack.append(left)
            return target
        right = self.block(at, target - 1)
        value = and_(left, right.value) if is_and else or_(left, right.value)
        self._push(Outcome(right.failure.where(reached), value))
        return target

    def _branch(self, at: int, target: int) -> int:
        """Run both branches of `if`, whose condition is on the stack."""
        end = int(self._ends(target - 1, op.ELSE)[1])
        self._ends(end - 1, op.END_IF)
        condition = self.stack.pop()
        if condition.op == "const":
            branch = (at, target - 1) if condition is TRUE else (target, end - 1)
            self._push(self.block(*branch))
        else:
            then, otherwise = self.block(at, target - 1), self.block(target, end - 1)
            failure = choice(condition, then.failure, otherwise.failure)
            self._push(Outcome(failure, ite(condition, then.value, otherwise.value)))
        return end

    def _is_in(self, at: int, type_name: str, target: int) -> int:
        """Run the right side of `is … in`, whose left side is on the stack."""
        self._ends(target - 1, op.IS_RIGHT)
        left = self.stack.pop()
        if type_of(left) != type_name:
            self.stack.append(FALSE)
        else:
            right = self.block(at, target - 1)
            self._push(Outcome(right.failure, self._in(left, right.value)))
        return target

    def _gather(self, opcode: int, argument: Any) -> None:
        count: int = argument if opcode == op.SET else len(argument) if opcode == op.RECORD else argument[1]
        base = len(self.stack) - count
        operands = self.stack[base:]
        del self.stack[base:]
        if opcode == op.CALL:
            self._push(called(argument[0], operands))
        elif opcode == op.RECORD:
            self.stack.append(_record(dict(zip(argument, operands, strict=True))))
        elif operands:
            self.stack.append(set_of(SetSort(operands[0].sort), operands))
        else:
            raise NotUnderstood("an empty set has no sort")

    def _unary(self, opcode: int, argument: Any, value: Term) -> Outcome:
        match opcode:
            case op.NOT:
                return Outcome(NEVER, not_(value))
            case op.NEG:
                return arithmetic("neg", LONG, NEVER, value)
            case op.IS_EMPTY:
                return Outcome(NEVER, is_empty(value))
            case op.IS:
                return Outcome(NEVER, truth(type_of(value) == argument))
            case op.LIKE:
                return Outcome(NEVER, like(value, pattern_of(argument)))
            case op.GET:
                of = self._object(value)
                there = present(of, argument)
                if there is FALSE:
                    raise NotUnderstood("an attribute that is not declared")
                return Outcome(excluded(not_(there)), field_of(of, argument))
            case op.HAS:
                return Outcome(NEVER, self._has(value, argument))
        raise NotUnderstood(f"the instruction {opcode}")

    def _binary(self, opcode: int, left: Term, right: Term) -> Outcome:
        if opcode in ARITHMETIC:
            return arithmetic(ARITHMETIC[opcode], LONG, NEVER, left, right)
        if opcode == op.GET_TAG:
            sort = self.store.tag_sort(type_of(left))
            if sort is None:
                raise NotUnderstood("a tag of a type without tags")
            missing = excluded(not_(self.store.has_tag(left, right)))
            return Outcome(missing, self.store.tag(left, right, sort))
        return Outcome(NEVER, self._test(opcode, left, right))

    def _test(self, opcode: int, left: Term, right: Term) -> Term:
        match opcode:
            case op.EQ:
                return eq(left, right)
            case op.NE:
                return not_(eq(left, right))
            case op.LT:
                return less(left, right)
            case op.LE:
                return less_or_equal(left, right)
            case op.GT:
                return not_(less_or_equal(left, right))
            case op.GE:
                return not_(less(left, right))
            case op.IN:
                return self._in(left, right)
            case op.CONTAINS:
                return member(right, left)
            case op.CONTAINS_ALL:
                return subset(right, left)
            case op.CONTAINS_ANY:
                return overlap(left, right)
            case op.HAS_TAG:
                return self.store.has_tag(left, right)
        raise NotUnderstood(f"the instruction {opcode}")

    def _in(self, left: Term, right: Term) -> Term:
        element = right.sort.element if isinstance(right.sort, SetSort) else right.sort
        if not isinstance(left.sort, EntitySort) or not isinstance(element, EntitySort):
            raise NotUnderstood("membership of what are no entities")
        within = self.store.is_in_any if isinstance(right.sort, SetSort) else self.store.is_in
        return within(left, right)

    def _object(self, value: Term) -> Term:
        return self.store.attributes(value) if isinstance(value.sort, EntitySort) else value

    def _has(self, value: Term, path: Sequence[str]) -> Term:
        found = TRUE
        for name in path:
            of = self._object(value)
            there = present(of, name)
            found = and_(found, there)
            if there is FALSE:
                return FALSE
            value = field_of(of, name)
        return found


def _record(named: Mapping[str, Term]) -> Term:
    fields = tuple(Field(name, named[name].sort, True) for name in sorted(named))
    return record(RecordSort(fields), [(TRUE, named[one.name]) for one in fields])
