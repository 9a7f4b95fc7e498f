"""What a schema says about conforming requests and stores: the types that generated code relies on.

Law (types): the value of an expression that is read off a conforming request and a conforming store has the
type given here. It does not matter whether a policy was validated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..documents.usual_contexts import RecordReader, UsualReaders
from ..documents.usual_requests import Unusual, usual_parts
from ..language.lowering import EntitySet
from ..language.uids import Uid
from ..language.values import SetValue
from ..request import Request, make_request
from .model import SchemaModel, StandardEntityType
from .typed_values import CLASS_OF, unlisted
from .types import EntityType, RecordType, SetType, Type


@dataclass(frozen=True, slots=True, eq=False)
class RequestTypes:
    """The types of one request environment (spec 08 §3): one object per schema and environment."""

    model: SchemaModel
    principal: EntityType
    resource: EntityType
    context: RecordType
    read_usual: RecordReader
    """Reads a context of this environment, or raises `Unusual`."""
    has_listed_ids: bool
    """Whether the principal's type or the resource's admits only some ids."""

    def variable(self, name: str) -> Type | None:
        """The type of a variable; actions have no type that would tell anything."""
        match name:
            case "principal":
                return self.principal
            case "resource":
                return self.resource
            case "context":
                return self.context
        return None

    def attribute(self, target: Type | None, name: str) -> tuple[Type, bool] | None:
        """The type of an attribute and whether it is required; `None` where nothing is known or declared."""
        shape = self.shape(target)
        return None if shape is None else shape.attributes.get(name)

    def shape(self, target: Type | None) -> RecordType | None:
        """The attributes of a record or of the entities of a type."""
        if isinstance(target, RecordType):
            return target
        if isinstance(target, EntityType):
            declared = self.model.entity_types.get(target.name)
            if isinstance(declared, StandardEntityType):
                return declared.shape
        return None

    def tag(self, target: Type | None) -> Type | None:
        """The type of the tags of the entities of a type."""
        if isinstance(target, EntityType):
            declared = self.model.entity_types.get(target.name)
            if isinstance(declared, StandardEntityType):
                return declared.tags
        return None


class TypesTable:
    """The types of a schema's requests; each environment has one object."""

    def __init__(self, model: SchemaModel) -> None:
        self._model = model
        self._readers = UsualReaders(model)
        self._made: dict[tuple[Uid, str, str], RequestTypes] = {}

    def of(self, request: Request) -> RequestTypes:
        """The types of a request that the schema admits."""
        action = request.action
        key = (action, request.principal.type, request.resource.type)
        types = self._made.get(key)
        if types is None:
            entity = self._model.types.entity
            context = self._model.actions[action.type, action.id].context
            read = self._readers.context(context)
            declared = self._model.entity_types
            has_listed = not all(isinstance(declared.get(name), StandardEntityType) for name in key[1:])
            types = RequestTypes(self._model, entity(key[1]), entity(key[2]), context, read, has_listed)
            types = self._made.setdefault(key, types)
        return types

    def usual(self, data: Any) -> Request:
        """A request of the usual form in an environment that was asked for before; raises `Unusual`."""
        principal, action, resource, context = usual_parts(data)
        types = self._made.get((action, principal.type, resource.type))
        if types is None:
            raise Unusual
        if types.has_listed_ids and (unlisted(principal, self._model) or unlisted(resource, self._model)):
            raise Unusual
        return make_request(principal, action, resource, types.read_usual(context), types)

    def checked(self, request: Request) -> Request:
        """A request that the schema admits, marked as such."""
        return make_request(
            request.principal, request.action, request.resource, request._context, self.of(request)
        )


def kind_of(type_: Type | None) -> type | None:
    """The class of the values of a type."""
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
