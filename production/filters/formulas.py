"""Formulas over the rows of a database: what a filter says before it is written as SQL.

A formula is true or not. A scalar has a value exactly where the Cedar expression that it stands for has one,
and none where that errs; no formula but a negation is true of a scalar without a value. So a formula is true
of a row or not, and there is no third case that a negation could lose.

This is the seam for whatever reads a filter back: a formula holds nothing of SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, Union

from ..language.escapes import Pattern
from ..language.uids import Uid
from ..language.values import Value

# Entities and scalars


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """The entity of the row that is looked at; it exists."""

    entity_type: str


@dataclass(frozen=True, slots=True, eq=False)
class Referred:
    """The entity that a scalar refers to, which may not exist."""

    entity_type: str
    key: Scalar


Entity: TypeAlias = Resource | Referred


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A reference to an entity, compared by its key."""

    entity: Entity


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    """A value of the policy or of known data."""

    value: Value


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """An attribute, or a field of a record that is one."""

    entity: Entity
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Tag:
    """The value of a tag."""

    entity: Entity
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One of two scalars: the first where `then` is true, the second where `otherwise` is."""

    then: Formula
    first: Scalar
    otherwise: Formula
    second: Scalar


Scalar: TypeAlias = Union["Reference", "Literal", "Field", "Tag", "Choice"]


@dataclass(frozen=True, slots=True, eq=False)
class Elements:
    """The elements of an attribute that is a set."""

    entity: Entity
    path: tuple[str, ...]


# Formulas


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """True of every row, or of none."""

    value: bool


@dataclass(frozen=True, slots=True, eq=False)
class All:
    """All parts are true."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Some:
    """Some part is true."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True, eq=False)
class No:
    """The formula is not true."""

    formula: Formula


@dataclass(frozen=True, slots=True, eq=False)
class Present:
    """The scalar has a value."""

    scalar: Scalar


@dataclass(frozen=True, slots=True, eq=False)
class Exists:
    """The entity exists."""

    entity: Entity


@dataclass(frozen=True, slots=True, eq=False)
class Equal:
    """Both have a value, and the values are equal, or differ if `negated`."""

    left: Scalar
    right: Scalar
    negated: bool


@dataclass(frozen=True, slots=True, eq=False)
class Less:
    """Both have a value, and the left one is less, or `or_equal`."""

    left: Scalar
    right: Scalar
    or_equal: bool


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """The string matches the pattern, or does not if `negated`."""

    scalar: Scalar
    pattern: Pattern
    negated: bool


@dataclass(frozen=True, slots=True, eq=False)
class OneOf:
    """The scalar has a value, which is one of these, or none of them if `negated`."""

    scalar: Scalar
    values: tuple[Value, ...]
    negated: bool


@dataclass(frozen=True, slots=True, eq=False)
class Below:
    """The entity has one of these entities, all of one type, among its ancestors."""

    entity: Entity
    ancestors: tuple[Uid, ...] | Scalar
    ancestor_type: str


@dataclass(frozen=True, slots=True, eq=False)
class HasElement:
    """The set has the scalar's value, or one of these values, as an element."""

    elements: Elements
    wanted: Scalar | tuple[Value, ...]


@dataclass(frozen=True, slots=True, eq=False)
class HasAnyElement:
    """The set is not empty."""

    elements: Elements


@dataclass(frozen=True, slots=True, eq=False)
class HasTag:
    """The entity has the tag."""

    entity: Entity
    name: str


Formula: TypeAlias = (
    Constant
    | All
    | Some
    | No
    | Present
    | Exists
    | Equal
    | Less
    | Matches
    | OneOf
    | Below
    | HasElement
    | HasAnyElement
    | HasTag
)

TRUE = Constant(True)
FALSE = Constant(False)


def every(*parts: Formula) -> Formula:
    """Return the conjunction of formulas."""
    kept: list[Formula] = []
    for part in parts:
        if isinstance(part, Constant):
            if not part.value:
                return FALSE
        elif isinstance(part, All):
            kept.extend(part.parts)
        else:
            kept.append(part)
    return kept[0] if len(kept) == 1 else All(tuple(kept)) if kept else TRUE


def some(*parts: Formula) -> Formula:
    """Return the disjunction of formulas."""
    kept: list[Formula] = []
    for part in parts:
        if isinstance(part, Constant):
            if part.value:
                return TRUE
        elif isinstance(part, Some):
            kept.extend(part.parts)
        else:
            kept.append(part)
    kept = _merged(kept)
    return kept[0] if len(kept) == 1 else Some(tuple(kept)) if kept else FALSE


def _merged(parts: list[Formula]) -> list[Formula]:
    """Return alternatives with those about the resource's own uid, or its ancestors of one type, made one."""
    own: dict[Uid, None] = {}
    above: dict[str, dict[Uid, None]] = {}
    rest: list[Formula] = []
    resource: Resource | None = None
    for part in parts:
        match part:
            case OneOf(Reference(Resource() as resource), values, False):
                own.update(dict.fromkeys(value for value in values if isinstance(value, Uid)))
            case Below(Resource() as resource, tuple() as ancestors, name):
                above.setdefault(name, {}).update(dict.fromkeys(ancestors))
            case _:
                rest.append(part)
    if resource is None:
        return rest
    if own:
        rest.append(OneOf(Reference(resource), tuple(own), False))
    entity = resource
    return rest + [Below(entity, tuple(uids), name) for name, uids in above.items()]


def no(formula: Formula) -> Formula:
    """Return the negation of a formula."""
    return Constant(not formula.value) if isinstance(formula, Constant) else No(formula)
