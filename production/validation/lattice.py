"""Least upper bounds (spec 08 §5.1, §12.1), one class per mode, with the other differences between modes.

Types are interned, so a bound of a type with itself costs nothing, and each pair of types is worked out once.
The work runs on its own stack: types may be 2,000 levels deep.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Literal

from ..schema.types import BOOL, FALSE, NEVER, TRUE, UNKNOWN, EntityType, RecordType, SetType, Type, TypeTable

Mode = Literal["strict", "permissive"]

BOOLEANS = (BOOL, TRUE, FALSE)

Step = Generator[tuple[Type, Type], "Type | None", "Type | None"]
"""Asks for bounds of smaller pairs, ends with its own."""


class Lattice:
    """Strict mode. `types` is where new types are made."""

    empty_set: Type | None = None
    """The type of `[]`, where it has one."""

    computed_constructors = False
    """Whether `ip(…)` and the like take any string expression, not literals only."""

    def __init__(self, types: TypeTable) -> None:
        self.types = types
        self._known: dict[tuple[Type, Type], Type | None] = {}

    def join(self, left: Type, right: Type) -> Type | None:
        """Return the least upper bound, or `None` where there is none."""
        if left is right:
            return left
        known = self._known
        if (left, right) in known:
            return known[left, right]
        stack: list[tuple[tuple[Type, Type], Step]] = [((left, right), self._step(left, right))]
        reply: Type | None = None
        while stack:
            pair, step = stack[-1]
            try:
                asked = step.send(reply)
            except StopIteration as stop:
                reply = known[pair] = stop.value
                stack.pop()
                continue
            if asked[0] is asked[1]:
                reply = asked[0]
            elif asked in known:
                reply = known[asked]
            else:
                stack.append((asked, self._step(*asked)))
                reply = None
        return reply

    def comparable(self, left: Type, right: Type) -> bool:
        """Return whether `==` and the set methods may relate operands of these types."""
        return self.join(left, right) is not None

    def _step(self, left: Type, right: Type) -> Step:
        if left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        match left, right:
            case SetType(), SetType():
                element = yield left.element, right.element
                return None if element is None else self.types.set_of(element)
            case RecordType(), RecordType():
                return (yield from self._records(left, right))
            case _ if left in BOOLEANS and right in BOOLEANS:
                return BOOL
        return self._others(left, right)

    def _others(self, left: Type, right: Type) -> Type | None:
        return None

    def _records(self, left: RecordType, right: RecordType) -> Step:
        """Return the bound of two records.

        That is same names, same required flags, and a bound for every attribute.
        """
        if left.attributes.keys() != right.attributes.keys():
            return None
        joined: dict[str, tuple[Type, bool]] = {}
        for name, (type_, required) in left.attributes.items():
            other, other_required = right.attributes[name]
            if required is not other_required:
                return None
            bound = yield type_, other
            if bound is None:
                return None
            joined[name] = (bound, required)
        return self.types.record(joined)


class PermissiveLattice(Lattice):
    """Permissive mode: unions of entity types, open records, and the empty set's element type `Never`."""

    computed_constructors = True

    def __init__(self, types: TypeTable) -> None:
        super().__init__(types)
        self.empty_set = types.set_of(NEVER)

    def comparable(self, left: Type, right: Type) -> bool:
        """Return whether values of two types may be equal; here always."""
        return True

    def _others(self, left: Type, right: Type) -> Type | None:
        if left is NEVER:
            return right
        if right is NEVER:
            return left
        if isinstance(left, EntityType) and isinstance(right, EntityType):
            return self.types.entity_of(left.names | right.names)
        return None

    def _records(self, left: RecordType, right: RecordType) -> Step:
        """Yield what both list and can bound; anything else makes the record open."""
        is_open = left.open or right.open or left.attributes.keys() != right.attributes.keys()
        joined: dict[str, tuple[Type, bool]] = {}
        for name, (type_, required) in left.attributes.items():
            if name in right.attributes:
                other, other_required = right.attributes[name]
                bound = yield type_, other
                if bound is None:
                    is_open = True
                else:
                    joined[name] = (bound, required and other_required)
        return self.types.record(joined, is_open)
