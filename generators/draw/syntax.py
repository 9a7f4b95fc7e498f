"""The generators' own trees: values, expressions, policies.

Unlike either engine's: operators are their spelling, sugar stays sugar (`!=`, `>`, `is … in`, extended
`has`). Both the text and the JSON printer can then write what was drawn, and no reading of an engine is
presupposed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from generators.language import EXTENSION_TYPES, METHODS, RELATIONS

# Values: what entities and contexts hold.


class Uid(NamedTuple):
    """An entity uid: a full type name and an id. Uids are hashed more than anything else."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class SetV:
    """A set of values, as written."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class RecordV:
    """A record of values."""

    items: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class ExtV:
    """An extension value of type `kind`, written by its constructor from `text`.

    `key` is what it stands for, for aiming constants near it: one number (ten-thousandths, milliseconds),
    or for an ipaddr version, address and prefix. A datetime without text has no literal and is written by
    `offset`.
    """

    kind: str
    text: str
    key: tuple[int, ...]


Value = bool | int | str | Uid | SetV | RecordV | ExtV

# Expressions.


@dataclass(frozen=True, slots=True)
class Lit:
    """A literal, or a value that is written as one."""

    value: bool | int | str | Uid


@dataclass(frozen=True, slots=True)
class Var:
    """A variable of the request."""

    name: str


@dataclass(frozen=True, slots=True)
class Unary:
    """`!`, `neg` or `isEmpty`."""

    op: str
    arg: Expr


@dataclass(frozen=True, slots=True)
class Binary:
    """An infix operator, or one of the methods `contains containsAll containsAny hasTag getTag`."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class GetAttr:
    """An attribute access."""

    left: Expr
    attr: str


@dataclass(frozen=True, slots=True)
class Has:
    """An attribute test, `left has a.b.c`.

    Where several attributes are not all identifiers, only policy JSON has a form for it, and text writes the
    conjunction that it means.
    """

    left: Expr
    attrs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Like:
    """`None` in the pattern is the wildcard, a string stands for its characters."""

    left: Expr
    pattern: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Is:
    """A type test, with or without a container."""

    left: Expr
    type: str
    container: Expr | None = None


@dataclass(frozen=True, slots=True)
class If:
    """A conditional."""

    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True)
class SetLit:
    """A set literal."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class RecordLit:
    """A record literal."""

    items: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True, slots=True)
class Call:
    """An extension function, or a method whose receiver is argument 0."""

    name: str
    args: tuple[Expr, ...]


Expr = Lit | Var | Unary | Binary | GetAttr | Has | Like | Is | If | SetLit | RecordLit | Call

PRINCIPAL, ACTION, RESOURCE, CONTEXT = Var("principal"), Var("action"), Var("resource"), Var("context")
TRUE, FALSE = Lit(True), Lit(False)

CONSTRUCTORS = {type_name: kind for kind, type_name in EXTENSION_TYPES.items()}
"""Extension type name to constructor."""

COMPARISONS = tuple(name for name in RELATIONS if name != "in")
BINARY_METHODS = frozenset(name for name, row in METHODS.items() if row.arity == 2 and not row.extension)

RESERVED = frozenset(("true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar"))
"""Words that are no attribute, key or name component (spec 01 §2.1)."""

_FIRST = frozenset("_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_REST = _FIRST | frozenset("0123456789")


def is_word(text: str) -> bool:
    """Return whether a text is one WORD of spec 01 §2."""
    return bool(text) and text[0] in _FIRST and _REST.issuperset(text)


def is_attribute_word(text: str) -> bool:
    """Return whether an attribute may be written as a bare word (spec 01 §2.2)."""
    return is_word(text) and text not in RESERVED


# Policies.


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot of a template."""

    name: Literal["?principal", "?resource"]


@dataclass(frozen=True, slots=True)
class Constraint:
    """A scope constraint of principal or resource: `""` (none), `==`, `in`, `is` or `is in`."""

    op: str = ""
    type: str = ""
    entity: Uid | Slot | None = None


@dataclass(frozen=True, slots=True)
class ActionConstraint:
    """`""` (none), `==`, `in` with one action, or `in []` with a list."""

    op: str = ""
    actions: tuple[Uid, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """A `when` or `unless` clause."""

    kind: Literal["when", "unless"]
    body: Expr


@dataclass(frozen=True, slots=True)
class Policy:
    """A static policy, or a template where a constraint holds a slot. An annotation may be without value."""

    effect: Literal["permit", "forbid"]
    principal: Constraint = Constraint()
    action: ActionConstraint = ActionConstraint()
    resource: Constraint = Constraint()
    conditions: tuple[Condition, ...] = ()
    annotations: tuple[tuple[str, str | None], ...] = ()

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The slots of the scope, principal first."""
        return tuple(c.entity for c in (self.principal, self.resource) if isinstance(c.entity, Slot))


@dataclass(frozen=True, slots=True)
class Link:
    """A template link: its template, its id, and the values of its slots."""

    template: str
    new_id: str
    values: tuple[tuple[str, Uid], ...]


def policy_ids(policies: tuple[Policy, ...]) -> tuple[str, ...]:
    """Return the id that each policy gets from its place in a text (spec 01 §5)."""
    return tuple(f"policy{index}" for index in range(len(policies)))
