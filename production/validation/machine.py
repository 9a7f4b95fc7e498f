"""The machine that types expressions: it runs rules, generators that ask for the types of their operands.

It keeps its own stack, so depth costs no recursion; a chain (`&&`, `||`, `+ - *`, `a.b.c`) is one rule that
walks along it, so length costs no depth either.

Law (recovery): an expression with an error in it has a type all the same, by the ordinary rows with `UNKNOWN`
for what has none, and grants nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any

from ..language.nodes import Binary, Constant, Has, Node, Variable
from ..language.uids import Uid
from ..schema.model import SchemaModel
from ..schema.types import BOOL, FALSE, LONG, STRING, TRUE, UNKNOWN, Type
from .capabilities import Assumptions, ExpressionNumbers, Grants
from .environments import Environment, Hierarchy
from .lattice import BOOLEANS, Lattice
from .problems import Faults, ValidationErrorKind
from .references import untypable

Typed = tuple[Type, Grants]
"""A type, and what holds besides if the expression is true."""

Rule = Generator[Node, Typed, Typed]
"""Asks for the types of expressions, ends with its own."""


class Trace:
    """The trace for the level check: the type of each reached expression, by node.

    An expression that was reached twice with two Boolean types is there as undecided. `operands` has, for a
    `has` with a path, the types of the operands of the tests that were reached.
    """

    def __init__(self) -> None:
        self._types: dict[int, Type] = {}
        self._operands: dict[int, list[Type]] = {}

    def note(self, node: Node, type_: Type) -> None:
        """Note the type of an expression."""
        known = self._types.get(id(node))
        if known is not None and known is not type_ and type_ in BOOLEANS:
            type_ = BOOL
        self._types[id(node)] = type_

    def note_operands(self, node: Has, operands: list[Type]) -> None:
        """Note the operand types of a path of `has`."""
        if len(operands) >= len(self._operands.get(id(node), ())):
            self._operands[id(node)] = operands

    def type_of(self, node: Node) -> Type | None:
        """Return the type of an expression, `None` if it was not reached."""
        return self._types.get(id(node))

    def operands_of(self, node: Has) -> list[Type]:
        """Return the operand types of a path of `has`."""
        return self._operands[id(node)]


class Machine:
    """A machine that types expressions in one environment by the rules for each class of node."""

    def __init__(
        self,
        rules: Mapping[type, RuleOf],
        model: SchemaModel,
        hierarchy: Hierarchy,
        lattice: Lattice,
        numbers: ExpressionNumbers,
        environment: Environment,
        faults: Faults,
        trace: Trace | None = None,
    ) -> None:
        self.rules = rules
        self.model = model
        self.hierarchy = hierarchy
        self.lattice = lattice
        self.numbers = numbers
        self.environment = environment
        self.faults = faults
        self.trace = trace
        self.assumptions = Assumptions()
        types = lattice.types
        self.variables: dict[str, Type] = {
            "principal": types.entity(environment.principal),
            "action": types.entity(environment.action.type),
            "resource": types.entity(environment.resource),
            "context": environment.context,
        }

    def run(self, start: Rule) -> Typed:
        """Return the type at which a rule arrives."""
        faults = self.faults
        stack: list[tuple[Node | None, Rule, int]] = [(None, start, faults.count)]
        reply: Typed = (TRUE, None)
        rule = start
        fresh = True
        while True:
            try:
                node = next(rule) if fresh else rule.send(reply)
            except StopIteration as stop:
                reply = stop.value
                finished, _, before = stack.pop()
                if faults.count != before:
                    reply = (reply[0], None)
                if self.trace is not None and finished is not None:
                    self.trace.note(finished, reply[0])
                if not stack:
                    return reply
                rule, fresh = stack[-1][1], False
                continue
            if isinstance(node, Constant):
                reply, fresh = (self._constant(node), None), False
            elif isinstance(node, Variable):
                reply, fresh = (self.variables[node.name], None), False
            else:
                rule, fresh = self.rules[node.__class__](self, node), True
                stack.append((node, rule, faults.count))
                continue
            if self.trace is not None:
                self.trace.note(node, reply[0])

    def _constant(self, node: Constant) -> Type:
        value = node.value
        if isinstance(value, bool):
            return TRUE if value else FALSE
        if isinstance(value, int):
            return LONG
        if isinstance(value, str):
            return STRING
        if untypable(value, self.model):
            self.faults.count += 1
            return UNKNOWN
        return self.lattice.types.entity(value.type)

    def report(self, kind: ValidationErrorKind, message: str, node: Node) -> None:
        """Note that an expression is at fault."""
        self.faults.add(kind, message, node, self.environment)

    def literal(self, node: Node) -> bool | int | str | Uid | None:
        """Return the value of a literal, which `action` counts as; `None` for anything else."""
        if isinstance(node, Constant):
            return node.value
        if isinstance(node, Variable) and node.name == "action":
            return self.environment.action
        return None


RuleOf = Callable[[Machine, Any], Rule]
"""Starts the rule for a node of the class that it is listed under."""


def left_spine(root: Binary, op: str) -> list[Node]:
    """Return the operands of a left-nested chain of one operator, left to right."""
    operands: list[Node] = []
    node: Node = root
    while isinstance(node, Binary) and node.op == op:
        operands.append(node.right)
        node = node.left
    operands.append(node)
    operands.reverse()
    return operands


def chain(root: Binary, operators: frozenset[str]) -> list[Node]:
    """Return the operands of a chain, left to right, however it is nested."""
    operands: list[Node] = []
    todo: list[Node] = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, Binary) and node.op in operators:
            todo += (node.right, node.left)
        else:
            operands.append(node)
    return operands
