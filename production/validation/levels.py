"""The least level of an expression (spec 08 §9): how many rounds of fetching its dereferences need.

Law (least level): `check(e, n)` of the specification holds exactly for n at or above the number found here.
Both of its judgements are monotone in n, so each is one number, found bottom-up over what was reached.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..language.nodes import Attribute, Binary, Constant, Has, If, Is, Node, RecordOf, Variable
from ..language.policies import Condition
from ..language.uids import Uid
from ..schema.types import FALSE, TRUE, EntityType, RecordType, Type
from .machine import Trace, chain

NO_LEVEL: Final = 1 << 60
"""Above every level: what can never be dereferenced."""


@dataclass(frozen=True, slots=True)
class Anywhere:
    """An entity, or every entity in a record, `depth` rounds away; `level` is needed on the way."""

    depth: int
    level: int


@dataclass(frozen=True, slots=True)
class Fields:
    """A record literal: each field by itself; all of them are evaluated, which needs `level`."""

    fields: Mapping[str, Source]
    level: int


@dataclass(frozen=True, slots=True)
class Either:
    """One of two, chosen by something that needs `level`."""

    first: Source
    second: Source
    level: int


Source = Anywhere | Fields | Either
Reach = tuple[int, Source]
"""The least level of an expression, and where the entities it denotes come from."""

Rule = Generator[Node, Reach, Reach]

NOWHERE: Final = Anywhere(NO_LEVEL, 0)


def attribute_source(source: Source, name: str) -> Source:
    """Return where an attribute of a record comes from, by where the record does."""
    match source:
        case Anywhere():
            return source
        case Fields(fields, level):
            return after(level, fields.get(name, NOWHERE))
        case Either(first, second, level):
            return either(attribute_source(first, name), attribute_source(second, name), level)


def either(first: Source, second: Source, level: int) -> Source:
    """Return the source of an expression that is one of two."""
    if isinstance(first, Anywhere) and isinstance(second, Anywhere):
        return Anywhere(max(first.depth, second.depth), max(first.level, second.level, level))
    return Either(first, second, level)


def after(level: int, source: Source) -> Source:
    """Return the same source, with something evaluated on the way."""
    match source:
        case Anywhere(depth, own):
            return Anywhere(depth, max(own, level))
        case Fields(fields, own):
            return Fields(fields, max(own, level))
        case Either(first, second, own):
            return Either(first, second, max(own, level))


def dereference(source: Source) -> tuple[int, int]:
    """Return the least level of fetching an entity that comes from `source`, and its content's distance."""
    todo = [source]
    depth = level = 0
    while todo:
        match todo.pop():
            case Anywhere(own_depth, own_level):
                depth, level = max(depth, own_depth), max(level, own_level)
            case Fields():
                depth = NO_LEVEL
            case Either(first, second, own_level):
                level = max(level, own_level)
                todo += (first, second)
    return max(1 + depth, level), 1 + depth


class Levels:
    """Levels in one environment, after the type checker has left its trace.

    `beyond` is the first expression found to need more than the level `allowed`, an innermost one.
    """

    def __init__(self, trace: Trace, action: Uid, allowed: int = NO_LEVEL) -> None:
        self._trace = trace
        self._action = action
        self._allowed = allowed
        self.beyond: Node | None = None

    def of_conditions(self, conditions: Sequence[Condition]) -> int:
        """Return the least level of a policy's conditions, joined by `&&`."""
        level = 0
        for condition in conditions:
            level = max(level, self._run(condition.body)[0])
            type_ = self._trace.type_of(condition.body)
            if type_ is (TRUE if condition.kind == "unless" else FALSE):
                break
        return level

    def _run(self, root: Node) -> Reach:
        stack = [(root, self._rule(root))]
        reply: Reach | None = None
        while True:
            rule = stack[-1][1]
            try:
                node = next(rule) if reply is None else rule.send(reply)
            except StopIteration as stop:
                finished, _ = stack.pop()
                reply = stop.value
                assert reply is not None
                self._note(finished, reply[0])
                if not stack:
                    return reply
                continue
            stack.append((node, self._rule(node)))
            reply = None

    def _note(self, node: Node, level: int) -> None:
        if level > self._allowed and self.beyond is None:
            self.beyond = node

    def _rule(self, node: Node) -> Rule:
        match node:
            case Constant(value):
                return self._leaf(Anywhere(0, 0) if value is self._action else NOWHERE)
            case Variable():
                return self._leaf(Anywhere(0, 0))
            case If():
                return self._if(node)
            case Binary("&&", _, _):
                return self._chain(chain(node, frozenset({"&&"})), FALSE)
            case Binary("||", _, _):
                return self._chain(chain(node, frozenset({"||"})), TRUE)
            case Binary("+" | "-" | "*", _, _):
                return self._chain(chain(node, frozenset({"+", "-", "*"})), None)
            case Binary("in" | "hasTag" | "getTag", _, _):
                return self._lookup(node)
            case Attribute():
                return self._attributes(node)
            case Has():
                return self._has(node)
            case Is():
                return self._is(node)
            case RecordOf():
                return self._record(node)
            case _:
                return self._chain(node.children, None)

    def _leaf(self, source: Source) -> Rule:
        return 0, source
        yield

    def _chain(self, operands: Sequence[Node], last: Type | None) -> Rule:
        """Yield operands up to the first of type `last`."""
        level = 0
        for operand in operands:
            own, _ = yield operand
            level = max(level, own)
            if last is not None and self._trace.type_of(operand) is last:
                break
        return level, NOWHERE

    def _if(self, node: If) -> Rule:
        level, _ = yield node.condition
        known = self._trace.type_of(node.condition)
        if known is TRUE or known is FALSE:
            own, source = yield (node.then if known is TRUE else node.otherwise)
            return max(level, own), after(level, source)
        then, then_source = yield node.then
        otherwise, otherwise_source = yield node.otherwise
        return max(level, then, otherwise), either(then_source, otherwise_source, level)

    def _lookup(self, node: Binary) -> Rule:
        _, source = yield node.left
        right, _ = yield node.right
        level, depth = dereference(source)
        level = max(level, right)
        return level, Anywhere(depth, level) if node.op == "getTag" else NOWHERE

    def _attributes(self, node: Attribute) -> Rule:
        spine: list[Attribute] = []
        inner: Node = node
        while isinstance(inner, Attribute):
            spine.append(inner)
            inner = inner.target
        level, source = yield inner
        for step in reversed(spine):
            level, source = self._attribute(self._trace.type_of(step.target), step.name, level, source)
            self._note(step, level)
        return level, source

    def _attribute(self, target: Type | None, name: str, level: int, source: Source) -> Reach:
        if isinstance(target, RecordType):
            return level, attribute_source(source, name)
        level, depth = dereference(source)
        return level, Anywhere(depth, level)

    def _has(self, node: Has) -> Rule:
        level, source = yield node.target
        whole = level
        operands = self._trace.operands_of(node)
        for target, name in zip(operands, node.path, strict=False):
            tested = level if isinstance(target, RecordType) else dereference(source)[0]
            whole = max(whole, tested)
            level, source = self._attribute(target, name, level, source)
        return whole, NOWHERE

    def _is(self, node: Is) -> Rule:
        level, source = yield node.target
        type_ = self._trace.type_of(node.target)
        if node.ancestor is not None and isinstance(type_, EntityType) and node.type_name in type_.names:
            above, _ = yield node.ancestor
            level = max(level, above, dereference(source)[0])
        return level, NOWHERE

    def _record(self, node: RecordOf) -> Rule:
        level = 0
        fields: dict[str, Source] = {}
        for name, value in zip(node.names, node.values, strict=True):
            own, fields[name] = yield value
            level = max(level, own)
        return level, Fields(fields, level)
