"""Types of residuals, as far as filters need them: what a schema says of entities, records and sets."""

from __future__ import annotations

from ..language.datetimes import Datetime
from ..language.decimals import Decimal
from ..language.durations import Duration
from ..language.ipaddrs import IpAddress
from ..language.uids import Uid
from ..partial import terms as op
from ..partial.terms import Operand, Term
from ..schema.model import SchemaModel, StandardEntityType
from ..schema.types import (
    BOOL,
    DATETIME,
    DECIMAL,
    DURATION,
    IPADDR,
    LONG,
    STRING,
    EntityType,
    RecordType,
    Type,
)

_OF_VALUE: dict[type, Type] = {
    bool: BOOL,
    int: LONG,
    str: STRING,
    Decimal: DECIMAL,
    IpAddress: IPADDR,
    Datetime: DATETIME,
    Duration: DURATION,
}
_BOOLEAN = frozenset(
    {
        op.NOT, op.IS_EMPTY, op.LIKE, op.IS, op.HAS, op.EQ, op.LT, op.LE, op.IN, op.CONTAINS,
        op.CONTAINS_ALL, op.CONTAINS_ANY, op.HAS_TAG, op.AND, op.OR,
    }
)  # fmt: skip


class ResidualTypes:
    """The types of well-typed residuals of requests for one type of resource."""

    def __init__(self, model: SchemaModel, resource_type: str) -> None:
        self.model = model
        self._resource_type = resource_type

    def of(self, operand: Operand) -> Type | None:
        """Return the type of an expression; `None` where no filter needs it."""
        if isinstance(operand, Uid):
            return self.model.types.entity(operand.type)
        if not isinstance(operand, Term):
            return _OF_VALUE.get(operand.__class__)
        if operand.op in _BOOLEAN:
            return BOOL
        match operand.op:
            case op.VARIABLE if operand.extra == "resource":
                return self.model.types.entity(self._resource_type)
            case op.GET:
                return self.attribute(self.of(operand.children[0]), operand.extra)
            case op.GET_TAG:
                return self.tag(self.of(operand.children[0]))
            case op.IF:
                return self.of(operand.children[1]) or self.of(operand.children[2])
        return None

    def shape(self, type_: Type | None) -> RecordType | None:
        """Return the attributes of a record type or an entity type."""
        if isinstance(type_, RecordType):
            return type_
        if isinstance(type_, EntityType):
            declared = self.model.entity_types.get(type_.name)
            if isinstance(declared, StandardEntityType):
                return declared.shape
        return None

    def attribute(self, type_: Type | None, name: str) -> Type | None:
        """Return the type of an attribute."""
        shape = self.shape(type_)
        found = None if shape is None else shape.attributes.get(name)
        return None if found is None else found[0]

    def is_required(self, type_: Type | None, name: str) -> bool:
        """Return whether an attribute is declared and required."""
        shape = self.shape(type_)
        found = None if shape is None else shape.attributes.get(name)
        return found is not None and found[1]

    def is_declared(self, type_: Type | None, name: str) -> bool:
        """Return whether an attribute is declared."""
        shape = self.shape(type_)
        return shape is not None and name in shape.attributes

    def tag(self, type_: Type | None) -> Type | None:
        """Return the type of the tags of an entity type."""
        if isinstance(type_, EntityType):
            declared = self.model.entity_types.get(type_.name)
            if isinstance(declared, StandardEntityType):
                return declared.tags
        return None
