"""Readers of usual values, made for the types that a schema declares; they read and check in one pass.

Law (usual): what is read here is what the careful readers read and admit; the rest is left to them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from ..errors import EvaluationError
from ..language.extensions import FUNCTIONS, Function, call
from ..language.uids import Uid
from ..language.values import Record, SetValue, Value, set_of
from ..schema.model import SchemaModel
from ..schema.typed_values import CLASS_OF, unlisted
from ..schema.types import EntityType, RecordType, SetType, Type
from .typed_json import CONSTRUCTOR
from .usual_requests import NOTHING, Unusual, usual_scalar, usual_uid

Reader: TypeAlias = Callable[[Any], Value]
RecordReader: TypeAlias = Callable[[Any], Record]

_DEEPEST: Final = 32
"""Far below the limits of documents and of the interpreter's stack."""


class UsualReaders:
    """The readers for the types of one schema, each made once. They raise `Unusual`."""

    def __init__(self, model: SchemaModel) -> None:
        self._model = model
        self._made: dict[Type, Reader] = {}

    def context(self, type_: RecordType) -> RecordReader:
        """Return a function from a JSON object to a record of this type."""
        return _unusual if type_.depth > _DEEPEST else self._record(type_)

    def _of(self, type_: Type) -> Reader:
        made = self._made.get(type_)
        if made is None:
            made = self._made[type_] = self._make(type_)
        return made

    def _make(self, type_: Type) -> Reader:
        match type_:
            case RecordType():
                return self._record(type_)
            case EntityType():
                return self._entity(type_.name)
            case SetType():
                return _set_reader(self._of(type_.element))
        if type_ in CONSTRUCTOR:
            return _call_reader(FUNCTIONS[CONSTRUCTOR[type_]])
        return _scalar_reader(CLASS_OF[type_])

    def _record(self, type_: RecordType) -> RecordReader:
        readers = {name: self._of(part) for name, (part, _) in type_.attributes.items()}
        required = frozenset(name for name, (_, is_required) in type_.attributes.items() if is_required)

        def read(node: Any) -> Record:
            if type(node) is not dict:
                raise Unusual
            if not node and not required:
                return NOTHING
            record: dict[str, Any] = node.copy()
            for name, inner in record.items():
                if type(name) is not str or name not in readers:
                    raise Unusual
                record[name] = readers[name](inner)
            if not required <= record.keys():
                raise Unusual
            return record

        return read

    def _entity(self, type_name: str) -> Reader:
        def read(node: Any) -> Uid:
            if type(node) is dict and len(node) == 1:
                node = node.get("__entity")
            found = usual_uid(node)
            if found.type != type_name or unlisted(found, self._model):
                raise Unusual
            return found

        return read


def _unusual(node: Any) -> Record:
    raise Unusual


def _set_reader(element: Reader) -> Reader:
    def read(node: Any) -> SetValue:
        if type(node) is not list:
            raise Unusual
        return set_of([element(each) for each in node])

    return read


def _call_reader(constructor: Function) -> Reader:
    def read(node: Any) -> Value:
        if type(node) is not str:
            raise Unusual
        try:
            return call(constructor, [usual_scalar(node, str)])
        except EvaluationError:
            raise Unusual from None

    return read


def _scalar_reader(kind: type) -> Reader:
    def read(node: Any) -> Value:
        if type(node) is not kind:
            raise Unusual
        return usual_scalar(node, kind)

    return read
