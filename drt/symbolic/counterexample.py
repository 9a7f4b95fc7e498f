"""Interpretations as requests and stores (spec 10 §7): repaired to a finite, closed, acyclic hierarchy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from drt.symbolic.interpreter import Interpretation, values
from drt.symbolic.sorts import BOOL, EntitySort, NumberSort, RecordSort, SetSort, Sort, sort_of
from drt.symbolic.store import Store
from drt.symbolic.terms import Symbol, Term
from reference.entities import Entities, Entity
from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.extensions.ipaddr import IpAddr
from reference.json.entities import entities_to_json, uid_to_json, value_to_json
from reference.request import Request
from reference.schema.schema import StandardEntityType
from reference.validation.environments import Environment
from reference.values import EntityUid, Long, Record, Set, String, Value, boolean


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A request and a store."""

    request: Request
    entities: Entities

    def request_json(self) -> str:
        """Write the request in Cedar's format."""
        request = self.request
        uids = {"principal": request.principal, "action": request.action, "resource": request.resource}
        document = {name: uid_to_json(uid) for name, uid in uids.items()}
        return json.dumps({**document, "context": value_to_json(request.context)})

    def entities_json(self) -> str:
        """Write the store in Cedar's format."""
        return json.dumps(entities_to_json(self.entities))


def repaired(found: Interpretation, footprint: Iterable[Term]) -> Interpretation:
    """Keep the ancestors of entities of the footprint only: then what it states makes a hierarchy."""
    footprint = list(footprint)
    evaluated = values(footprint, found)
    known = {evaluated[term] for term in footprint}
    tables = {
        symbol: {args: value for args, value in table.items() if args[0] in known}
        if symbol.kind == "ancestors"
        else table
        for symbol, table in found.tables.items()
    }
    return replace(found, tables=tables)


def concretize(found: Interpretation, store: Store, environment: Environment) -> Counterexample:
    """Write an interpretation out as a request and a store."""
    return _Concretizer(found, store).counterexample(environment)


class _Concretizer:
    def __init__(self, found: Interpretation, store: Store) -> None:
        self.found = found
        self.store = store

    def counterexample(self, environment: Environment) -> Counterexample:
        """Write the request, then every entity that it or another entity mentions."""
        request = Request(
            self._request("principal", EntitySort(environment.principal)),
            environment.action,
            self._request("resource", EntitySort(environment.resource)),
            self._request("context", sort_of(environment.context)),
        )
        waiting = [request.principal, request.resource, *mentioned(request.context), *self._in_tables()]
        entities: dict[EntityUid, Entity] = {}
        while waiting:
            uid = waiting.pop()
            if uid not in entities and uid.type not in self.store.action_types:
                entities[uid] = self._entity(uid)
                waiting += [*entities[uid].parents, *mentioned(Record(entities[uid].attrs))]
                waiting += mentioned(Record(entities[uid].tags))
        return Counterexample(request, Entities(entities))

    def _request(self, name: str, sort: Sort) -> Any:
        return self._value(Symbol("request", name), sort, ())

    def _in_tables(self) -> Iterator[EntityUid]:
        for table in self.found.tables.values():
            for args in table:
                yield from (one for one in args if isinstance(one, EntityUid))

    def _entity(self, uid: EntityUid) -> Entity:
        declared = self.store.schema.entity_types.get(uid.type)
        if not isinstance(declared, StandardEntityType):
            return Entity(uid, {}, frozenset(), {})
        attributes = self._value(Symbol("attribute", uid.type), self.store.attribute_sort(uid.type), (uid,))
        return Entity(uid, attributes.fields, frozenset(self._ancestors(uid)), self._tags(uid))

    def _ancestors(self, uid: EntityUid) -> Iterator[EntityUid]:
        for name in self.store.ancestor_types(uid.type):
            symbol = Symbol("ancestors", uid.type, ancestor=name)
            yield from self.found.value(symbol, SetSort(EntitySort(name)), (uid,))

    def _tags(self, uid: EntityUid) -> dict[str, Value]:
        sort = self.store.tag_sort(uid.type)
        if sort is None:
            return {}
        table = self.found.tables.get(Symbol("has-tag", uid.type), {})
        keys = [key for (of, key), there in table.items() if of == uid and there]
        return {str(key): self._value(Symbol("tag", uid.type), sort, (uid, key)) for key in keys}

    def _value(self, symbol: Symbol, sort: Sort, args: tuple[object, ...]) -> Any:
        """Write the value of a function; a record is written field by field."""
        if not isinstance(sort, RecordSort):
            return to_value(sort, self.found.value(symbol, sort, args))
        fields = {}
        for one in sort.fields:
            inner = replace(symbol, path=(*symbol.path, one.name))
            if one.required or self.found.value(replace(inner, presence=True), BOOL, args):
                fields[one.name] = self._value(inner, one.sort, args)
        return Record(fields)


def to_value(sort: Sort, value: Any) -> Value:
    """Convert a plain value to one of the reference."""
    match sort, value:
        case _, bool():
            return boolean(value)
        case NumberSort("Long"), _:
            return Long(value)
        case NumberSort("decimal"), _:
            return Decimal(value)
        case NumberSort("datetime"), _:
            return Datetime(value)
        case NumberSort("duration"), _:
            return Duration(value)
        case _, str():
            return String(value)
        case SetSort(element), _:
            return Set(frozenset(to_value(element, one) for one in value))
        case RecordSort(), _:
            sorts = {one.name: one.sort for one in sort.fields}
            return Record({name: to_value(sorts[name], part) for name, part in value})
        case _, EntityUid() | IpAddr():
            return value
    raise AssertionError(f"no value: {value!r}")


def mentioned(value: Value) -> Iterator[EntityUid]:
    """Every entity uid in a value."""
    match value:
        case EntityUid():
            yield value
        case Set(elements):
            for element in elements:
                yield from mentioned(element)
        case Record(fields):
            for part in fields.values():
                yield from mentioned(part)
