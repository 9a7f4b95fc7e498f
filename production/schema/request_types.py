"""Types of conforming requests and stores, which generated code relies on.

Law (types): the value of an expression that is read off a conforming request and a conforming store has the
type given here. It does not matter whether a policy was validated.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..language.lowering import EntitySet
from ..language.uids import Uid
from ..language.values import SetValue
from .model import SchemaModel, StandardEntityType
from .typed_values import CLASS_OF
from .types import EntityType, RecordType, SetType, Type


@dataclass(frozen=True, slots=True, eq=False)
class RequestTypes:
    """The types of one request environment (spec 08 §3): one object per schema and environment."""

    model: SchemaModel
    principal: EntityType
    resource: EntityType
    context: RecordType

    def variable(self, name: str) -> Type | None:
        """Return the type of a variable; actions have none that code could use."""
        match name:
            case "principal":
                return self.principal
            case "resource":
                return self.resource
            case "context":
                return self.context
        return None

    def attribute(self, target: Type | None, name: str) -> tuple[Type, bool] | None:
        """Return the type of an attribute and whether it is required.

        `None` where nothing is known or declared.
        """
        shape = self.shape(target)
        return None if shape is None else shape.attributes.get(name)

    def shape(self, target: Type | None) -> RecordType | None:
        """Return the attributes of a record or of the entities of a type."""
        if isinstance(target, RecordType):
            return target
        if isinstance(target, EntityType):
            declared = self.model.entity_types.get(target.name)
            if isinstance(declared, StandardEntityType):
                return declared.shape
        return None

    def tag(self, target: Type | None) -> Type | None:
        """Return the type of the tags of the entities of a type."""
        if isinstance(target, EntityType):
            declared = self.model.entity_types.get(target.name)
            if isinstance(declared, StandardEntityType):
                return declared.tags
        return None


def kind_of(type_: Type | None) -> type | None:
    """Return the class of the values of a type."""
    match type_:
        case None:
            return None
        case EntityType():
            return Uid
        case SetType():
            return EntitySet if isinstance(type_.element, EntityType) else SetValue
        case RecordType():
            return dict
        case _:
            return CLASS_OF.get(type_)
