"""Conditions of policies as typed terms in one environment (spec 09 §1.3, §2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ..errors import IllTypedError
from ..language.nodes import (
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
    rows_of,
    tree_of,
)
from ..language.policies import Policy
from ..language.uids import Uid
from ..language.wildcard import prepare
from ..schema.model import ExternalEntityType, SchemaModel, StandardEntityType
from ..schema.types import BOOL, FALSE, STRING, TRUE, EntityType, RecordType, SetType, Type, TypeTable
from ..validation.capabilities import ExpressionNumbers
from ..validation.control import NEGATION, conjunction
from ..validation.environments import Environment, Hierarchy
from ..validation.lattice import Lattice
from ..validation.machine import Machine, Trace
from ..validation.problems import Faults
from ..validation.references import check_references
from ..validation.rules import RULES
from ..validation.scopes import scope_conditions
from ..validation.sites import nodes_of
from . import terms as op
from .rules import lacks_attribute
from .terms import VARIABLES, Operand, Term

_BINARY: Final = {
    "==": op.EQ,
    "<": op.LT,
    "<=": op.LE,
    "in": op.IN,
    "+": op.ADD,
    "-": op.SUB,
    "*": op.MUL,
    "contains": op.CONTAINS,
    "containsAll": op.CONTAINS_ALL,
    "containsAny": op.CONTAINS_ANY,
    "getTag": op.GET_TAG,
    "hasTag": op.HAS_TAG,
}
_NEGATED: Final = {"!=": op.EQ, ">": op.LE, ">=": op.LT}
_UNARY: Final = {"!": op.NOT, "neg": op.NEG, "isEmpty": op.IS_EMPTY}
_START, _LEFT, _END, _ONE_BRANCH = 0, 1, 2, 3


class _LinkMachine(Machine):
    """A type checker that types the undeclared uids of links (spec 09 §1.3).

    References are checked beforehand, so no others are left.
    """

    def _constant(self, node: Constant) -> Type:
        value = node.value
        return self.lattice.types.entity(value.type) if isinstance(value, Uid) else super()._constant(node)


class TypedConditions:
    """The typed conditions of policies in one environment of a schema."""

    def __init__(self, model: SchemaModel, hierarchy: Hierarchy, environment: Environment) -> None:
        self._model = model
        self._hierarchy = hierarchy
        self._environment = environment
        self._lattice = Lattice(TypeTable(model.types))
        self._action_types = model.action_types

    def of(self, policy_id: str, source: Policy, policy: Policy) -> Operand:
        """Return the condition of a policy, which is `source` with its slots filled.

        Raises `IllTypedError` for a fault of references or types.
        """
        faults = Faults()
        check_references(
            nodes_of(tuple(scope_conditions(source))), nodes_of(source.conditions), self._model, faults
        )
        _refuse(policy_id, faults)
        conditions = tuple(_unshared([*scope_conditions(policy), *policy.conditions]))
        trace = Trace()
        machine = _LinkMachine(
            RULES, self._model, self._hierarchy, self._lattice, ExpressionNumbers(), self._environment,
            faults, trace,
        )  # fmt: skip
        machine.run(conjunction(machine, [(part.body, part.kind == "unless") for part in conditions]))
        _refuse(policy_id, faults)
        return self._condition(conditions, trace)

    def _condition(self, conditions: Sequence[Condition], trace: Trace) -> Operand:
        """Return conditions joined by `&&`, nested to the right, up to the first of type False."""
        builder = _Builder(self, trace)
        parts: list[Operand] = []
        for condition in conditions:
            part = builder.term(condition.body)
            type_ = trace.type_of(condition.body) or BOOL
            if condition.kind == "unless":
                part, type_ = Term(op.NOT, None, (part,)), NEGATION[type_]
            parts.append(part)
            if type_ is FALSE:
                break
        if not parts:
            return True
        whole = parts.pop()
        while parts:
            whole = Term(op.AND, None, (parts.pop(), whole))
        return whole

    # Decisions by type (spec 09 §4.1)

    def are_apart(self, left: Type | None, right: Type | None) -> bool:
        """Return whether both are entity types, and different."""
        return isinstance(left, EntityType) and isinstance(right, EntityType) and left.name != right.name

    def never_in(self, left: Type | None, right: Type | None) -> bool:
        """Return whether no entity of the left type can be in one of the right type."""
        above = right.element if isinstance(right, SetType) else right
        if not isinstance(left, EntityType) or not isinstance(above, EntityType):
            return False
        return not self._hierarchy.can_be_in(left.name, above.name)

    def lacks_attribute(self, type_: Type | None, name: str) -> bool:
        """Return whether a record type or a declared entity type does not declare an attribute."""
        if isinstance(type_, RecordType):
            return name not in type_.attributes
        if isinstance(type_, EntityType):
            return lacks_attribute(self._model, type_.name, name)
        return False

    def lacks_tags(self, left: Type | None, right: Type | None) -> bool:
        """Return whether a declared entity type has no tags, the tag being a String."""
        if not isinstance(left, EntityType) or right is not STRING:
            return False
        match self._model.entity_types.get(left.name):
            case None | ExternalEntityType():
                return False
            case StandardEntityType(tags=tags):
                return tags is None
            case _:
                return True


class _Builder:
    """A builder of terms from nodes that the type checker has reached, with a stack instead of recursion."""

    def __init__(self, types: TypedConditions, trace: Trace) -> None:
        self._types = types
        self._trace = trace
        self._chains: dict[int, Type] = {}
        """The types of operands of chains, which the type checker walks through."""

    def term(self, root: Node) -> Operand:
        """Return the term of an expression."""
        done: list[Operand] = []
        pending: list[tuple[Node, int]] = [(root, _START)]
        while pending:
            node, phase = pending.pop()
            if isinstance(node, Constant):
                done.append(node.value)
            elif isinstance(node, Variable):
                done.append(VARIABLES[node.name])
            elif isinstance(node, If):
                pending += self._if(node, phase, done)
            elif isinstance(node, Binary) and node.op in ("&&", "||"):
                pending += self._chain(node, phase, done)
            elif phase == _START:
                pending.append((node, _END))
                pending += ((child, _START) for child in reversed(self._reached(node)))
            else:
                base = len(done) - len(self._reached(node))
                done[base:] = [self._form(node, tuple(done[base:]))]
        return done[0]

    def _type_of(self, node: Node) -> Type | None:
        return self._trace.type_of(node) or self._chains.get(id(node))

    def _chain(self, node: Binary, phase: int, done: list[Operand]) -> Iterator[tuple[Node, int]]:
        """Build `&&` or `||`, without the right operand where the left one decides by its type."""
        decisive = FALSE if node.op == "&&" else TRUE
        left = self._type_of(node.left)
        if phase == _START:
            yield from ((node, _LEFT), (node.left, _START))
        elif phase == _LEFT and left is decisive:
            self._chains[id(node)] = decisive
        elif phase == _LEFT:
            yield from ((node, _END), (node.right, _START))
        else:
            right = self._type_of(node.right)
            both = right if left is right else BOOL
            self._chains[id(node)] = decisive if right is decisive else both or BOOL
            done[-2:] = [Term(op.AND if node.op == "&&" else op.OR, None, (done[-2], done[-1]))]

    def _if(self, node: If, phase: int, done: list[Operand]) -> Iterator[tuple[Node, int]]:
        """Build `if`; the branch that a decided condition reaches stands in both places."""
        if phase == _START:
            yield from ((node, _LEFT), (node.condition, _START))
        elif phase == _LEFT:
            type_ = self._type_of(node.condition)
            if type_ is TRUE or type_ is FALSE:
                yield from ((node, _ONE_BRANCH), (node.then if type_ is TRUE else node.otherwise, _START))
            else:
                yield from ((node, _END), (node.otherwise, _START), (node.then, _START))
        elif phase == _ONE_BRANCH:
            done[-2:] = [Term(op.IF, None, (done[-2], done[-1], done[-1]))]
        else:
            done[-3:] = [Term(op.IF, None, (done[-3], done[-2], done[-1]))]

    def _reached(self, node: Node) -> tuple[Node, ...]:
        """Return the operands that have a type: of `x is T in E` only the left one where `x` is no `T`."""
        if isinstance(node, Is) and node.ancestor is not None and not self._is_type(node):
            return (node.target,)
        return node.children

    def _is_type(self, node: Is) -> bool:
        type_ = self._type_of(node.target)
        return isinstance(type_, EntityType) and type_.name == node.type_name

    def _form(self, node: Node, operands: tuple[Operand, ...]) -> Term:
        match node:
            case Binary(operator, left, right):
                return self._binary(operator, self._type_of(left), self._type_of(right), operands)
            case Unary(operator, _):
                return Term(_UNARY[operator], None, operands)
            case Attribute(_, name):
                return Term(op.GET, name, operands)
            case Has(target, path):
                lacks = self._types.lacks_attribute(self._type_of(target), path[0])
                return Term(op.HAS, (path, lacks), operands)
            case Like(_, pattern):
                return Term(op.LIKE, (pattern, prepare(pattern)), operands)
            case Is(_, type_name, ancestor):
                test = Term(op.IS, (type_name, self._is_type(node)), operands[:1])
                if len(operands) == 1 or ancestor is None:
                    return test
                never = self._types.never_in(self._type_of(node.target), self._type_of(ancestor))
                return Term(op.AND, None, (test, Term(op.IN, never, operands)))
            case SetOf():
                return Term(op.SET, None, operands)
            case RecordOf(names, _):
                return Term(op.RECORD, names, operands)
            case Call(function, _):
                return Term(op.CALL, function, operands)
            case _:
                raise AssertionError(node)

    def _binary(
        self, operator: str, left: Type | None, right: Type | None, operands: tuple[Operand, ...]
    ) -> Term:
        negated = _NEGATED.get(operator)
        code = _BINARY[operator] if negated is None else negated
        extra = None
        if code == op.EQ:
            extra = self._types.are_apart(left, right)
        elif code == op.IN:
            extra = self._types.never_in(left, right)
        elif code == op.HAS_TAG:
            extra = self._types.lacks_tags(left, right)
        term = Term(code, extra, operands)
        return term if negated is None else Term(op.NOT, None, (term,))


def _refuse(policy_id: str, faults: Faults) -> None:
    if faults.count:
        first = next(iter(faults), None)
        raise IllTypedError(f"policy `{policy_id}`: {first or 'an entity of no declared type'}")


def _unshared(conditions: list[Condition]) -> Iterator[Condition]:
    """Yield conditions whose forms have one place each, because types go by node."""
    seen: set[int] = set()
    for condition in conditions:
        inner = [id(node) for node in nodes_of((condition,)) if node.children]
        if len(set(inner)) < len(inner) or not seen.isdisjoint(inner):
            yield Condition(condition.kind, tree_of(rows_of(condition.body)))
        else:
            seen.update(inner)
            yield condition
