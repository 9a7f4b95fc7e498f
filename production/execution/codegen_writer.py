"""The writer of generated code: operands, the checks that they need, statements.

An operand is a Python expression without effects and what is known of its value's kind; known kinds drop
checks. Whatever can err becomes a statement that ends the policy with the status of its error, so the
error paths are generated too and nothing is ever evaluated again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from ..errors import STATUS_OF_KIND
from ..language.lowering import EntitySet
from ..language.values import SetValue
from ..schema.request_types import RequestTypes, kind_of
from ..schema.types import Type

TYPE: Final = STATUS_OF_KIND["type"]
ENTITY: Final = STATUS_OF_KIND["entity-missing"]
ATTRIBUTE: Final = STATUS_OF_KIND["attr-missing"]
TAG: Final = STATUS_OF_KIND["tag-missing"]
OVERFLOW: Final = STATUS_OF_KIND["overflow"]

DEEPEST: Final = 12
SETS: Final = (SetValue, EntitySet)


@dataclass(slots=True)
class Operand:
    """A Python expression without effects; `kind` is its value's class where known; `depth` how it nests.

    `type` is what the schema says of its value.
    """

    code: str
    kind: type | None = None
    depth: int = 0
    type: Type | None = None


@dataclass(slots=True)
class Branch:
    """An open `&&`, `||`, `if` or `is … in`: its result's name, the line of its header, its condition."""

    result: str
    header: int
    condition: Operand
    then: Operand | None = None


@dataclass(slots=True)
class Writer:
    """A writer of policies; `ending` turns a status, which is a Python expression, into statements."""

    ending: Callable[[str], str]
    indent: int = 1
    lines: list[str] = field(default_factory=list)
    names: dict[str, Any] = field(default_factory=dict)
    uses: set[str] = field(default_factory=set)
    literal: Callable[[int], str] = "L[{}]".format
    stack: list[Operand] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)
    counter: int = 0
    dead: bool = False
    types: RequestTypes | None = None
    """The types of the requests that the code is for, if they are known."""

    def typed(self, code: str, type_: Type | None) -> None:
        """Push a finished operand of this type."""
        self.stack.append(Operand(code, kind_of(type_), 0, type_))

    def line(self, text: str) -> None:
        """Append a line at the current indentation."""
        self.lines.append(" " * self.indent + text)

    def fresh(self) -> str:
        """Return a variable name that is not in use."""
        self.counter += 1
        return f"t{self.counter}"

    def named(self, value: object) -> str:
        """Return a global name for an object that generated code needs."""
        name = f"g{len(self.names)}"
        self.names[name] = value
        return name

    def fail(self, condition: str, status: int | str) -> None:
        """End the policy with an error if the condition holds."""
        self.line(f"if {condition}: {self.ending(str(status))}")

    def push(self, code: str, kind: type | None, *operands: Operand) -> None:
        """Push an operand."""
        depth = 1 + max((operand.depth for operand in operands), default=0)
        operand = Operand(code, kind, depth)
        self.stack.append(operand)
        if depth > DEEPEST:
            self.atom(operand)

    def atom(self, operand: Operand) -> str:
        """Return a name for an operand, so that it is computed once."""
        if operand.depth:
            name = self.fresh()
            self.line(f"{name} = {operand.code}")
            operand.code, operand.depth = name, 0
        return operand.code

    def require(self, operand: Operand, kind: type) -> None:
        """End the policy with a type error unless the operand has this kind."""
        if operand.kind is kind or (kind is SetValue and operand.kind is EntitySet):
            return
        if operand.kind is None:
            self.fail(f"{self.atom(operand)}.__class__ is not {kind.__name__}", TYPE)
        else:
            self.fail("True", TYPE)
        operand.kind = kind

    def record(self, entity: Operand) -> str:
        """Return the attributes of an entity, an empty record for one that is missing."""
        if entity.code in ("p", "r"):
            self.uses.add(f"{entity.code}d")
            return f"{entity.code}d"
        return f"A.get({self.atom(entity)}, E)"

    def above(self, entity: Operand) -> str:
        """Return the code of an entity's ancestors."""
        if entity.code in ("p", "r"):
            self.uses.add(f"{entity.code}h")
            return f"{entity.code}h"
        return f"H[{self.atom(entity)}]"
