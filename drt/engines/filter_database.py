"""A store in a database in memory, and the rows that a filter selects there (extra `sql`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    MetaData,
    String,
    Table,
    create_engine,
    select,
)
from sqlalchemy.exc import OperationalError

from drt.engines.production_loader import texts
from drt.engines.production_partial import PartialAnswers, answered
from drt.model.case import Store
from drt.model.outcome import Rejected, Unsupported
from drt.model.partial_outcome import PartialError, Permitted
from drt.model.question import FilterLayout
from production import (
    Datetime,
    Decimal,
    Duration,
    Entities,
    Entity,
    PartialEntity,
    PolicySet,
    RequestError,
    Schema,
    Uid,
)
from production.filters import (
    EntityTable,
    FilterSizeError,
    Linked,
    Nested,
    Scaled,
    SetTable,
    TagTable,
    resource_filter,
)
from production.filters import Mapping as Tables
from production.schema.model import SchemaModel, StandardEntityType
from production.schema.types import (
    BOOL,
    DATETIME,
    DECIMAL,
    DURATION,
    LONG,
    STRING,
    EntityType,
    RecordType,
    SetType,
    Type,
)

TOO_LARGE = Unsupported("filter-too-large")
NUL = Unsupported("filter-of-texts-with-nul")
SCALED = (DECIMAL, DATETIME, DURATION)
Row = dict[str, Any]


class _NulError(Exception):
    """A text has a NUL character, which a mapping of a database excludes."""


def selected(
    answers: PartialAnswers, request: str, entities: Store, layout: FilterLayout
) -> Permitted | PartialError | Rejected | Unsupported:
    """Answer the question `FilterRows`."""
    try:
        return answered(lambda: Permitted(texts(_selected(answers, request, entities, layout))))
    except FilterSizeError:
        return TOO_LARGE
    except _NulError:
        return NUL
    except OperationalError as error:
        if "too large" in str(error.orig) or "stack overflow" in str(error.orig):
            return TOO_LARGE
        raise


def _selected(answers: PartialAnswers, text: str, store: Store, layout: FilterLayout) -> Iterable[Uid]:
    schema = answers.schema
    request = schema.read_partial_request(text)
    if isinstance(request.principal, str) or request.context is None or isinstance(request.resource, Uid):
        raise RequestError("expected a resource without an id, all else known, and a context")
    entities, database, connection = _filled(schema, store, layout)
    principal = entities.get(request.principal)
    known = []
    if principal is not None and layout != "columns":
        above = entities.ancestors(principal.uid)
        known = [PartialEntity(principal.uid, principal.attributes, above, principal.tags)]
    partial = schema.partial_entities(known)
    found = resource_filter(schema, answers.policies, request, partial, database.tables, approximate=True)
    table = database.tables.table(request.resource)
    assert table is not None
    keys = connection.scalars(select(table.key).where(found.where)).all()
    rows = [Uid(request.resource, str(key)) for key in keys]
    return rows if found.is_exact else [uid for uid in rows if found.allows(uid, entities)]


@lru_cache(maxsize=3)
def _filled(schema: Schema, store: Store, layout: FilterLayout) -> tuple[Entities, Database, Connection]:
    """Read a store and fill a database; the next request is often about the same one."""
    entities = PartialAnswers(PolicySet(), schema).concrete_entities(store)
    schema.partial_entities(entities)
    database = Database(schema.model, entities, layout)
    return entities, database, database.filled()


class Database:
    """Tables for the entity types of a schema, in a layout, and the rows of a store.

    `tables`: ancestors in tables of pairs. `columns`: in columns, where each entity has one at most, and ids
    as integers, where all of a type are such. `sparse`: every other attribute and its column are missing.
    """

    def __init__(self, model: SchemaModel, entities: Entities, layout: FilterLayout) -> None:
        self._entities = entities
        self._layout = layout
        self._metadata = MetaData()
        self._numbers = count()
        self._rows: list[tuple[Table, list[Row]]] = []
        self._by_type: dict[str, list[Entity]] = {}
        for entity in entities:
            self._by_type.setdefault(entity.uid.type, []).append(entity)
        self._integers = _integer_types(entities) if layout == "columns" else frozenset()
        self.tables = Tables(
            {
                name: self._table(name, declared, model)
                for name, declared in sorted(model.entity_types.items())
            },
            dialect="sqlite",
        )

    def filled(self) -> Connection:
        """Return a database that holds the store."""
        connection = create_engine("sqlite://").connect()
        self._metadata.create_all(connection, checkfirst=False)
        for table, rows in self._rows:
            if rows:
                connection.execute(table.insert(), rows)
        return connection

    def _table(self, name: str, declared: object, model: SchemaModel) -> EntityTable:
        entities = self._by_type.get(name, [])
        key: Column[Any] = Column("id", self._kind(model.types.entity(name)), primary_key=True)
        rows: list[Row] = [{"id": self._held(entity.uid)} for entity in entities]
        columns: list[Column[Any]] = [key]
        attributes: dict[str, Any] = {}
        ancestors: dict[str, Any] = {}
        tags = None
        if isinstance(declared, StandardEntityType):
            values = [(entity, dict(entity.attributes)) for entity in entities]
            attributes = self._attributes(declared.shape, name, values, rows, columns)
            for above in sorted(model.entity_ancestors.of(name)):
                ancestors[above] = self._ancestors(name, above, model, rows, columns)
            if declared.tags is not None and _is_scalar(declared.tags):
                tags = self._tags(name, declared.tags, model)
        table = Table(f"t{next(self._numbers)}", self._metadata, *columns)
        self._rows.append((table, rows))
        return EntityTable(key, attributes, ancestors, tags)

    def _attributes(
        self,
        shape: RecordType,
        name: str,
        values: Sequence[tuple[Entity, Mapping[str, Any]]],
        rows: list[Row],
        columns: list[Column[Any]],
    ) -> dict[str, Any]:
        """Map the attributes of a type, or the fields of a record, and fill their columns."""
        found: dict[str, Any] = {}
        for number, (attribute, (type_, required)) in enumerate(sorted(shape.attributes.items())):
            if self._layout == "sparse" and number % 2:
                continue
            if _is_scalar(type_):
                column: Column[Any] = Column(
                    f"c{next(self._numbers)}", self._kind(type_), nullable=not required
                )
                columns.append(column)
                for row, (_, record) in zip(rows, values, strict=True):
                    row[column.name] = self._held(record.get(attribute))
                found[attribute] = Scaled(column) if type_ in SCALED else column
            elif isinstance(type_, RecordType) and required:
                inner = [(entity, record[attribute]) for entity, record in values]
                found[attribute] = Nested(self._attributes(type_, name, inner, rows, columns))
            elif isinstance(type_, SetType) and required and type_.element and _is_scalar(type_.element):
                pairs = ((entity.uid, one) for entity, record in values for one in record[attribute])
                found[attribute] = SetTable(*self._pairs(name, type_.element, pairs))
        return found

    def _ancestors(
        self, name: str, above: str, model: SchemaModel, rows: list[Row], columns: list[Column[Any]]
    ) -> Any:
        entities = self._by_type.get(name, [])
        type_ = model.types.entity(above)
        found = [
            [uid for uid in self._entities.ancestors(entity.uid) if uid.type == above] for entity in entities
        ]
        if self._layout != "columns" or any(len(uids) > 1 for uids in found):
            pairs = ((entity.uid, uid) for entity, uids in zip(entities, found, strict=True) for uid in uids)
            return Linked(*self._pairs(name, type_, pairs))
        column: Column[Any] = Column(f"c{next(self._numbers)}", self._kind(type_))
        columns.append(column)
        for row, uids in zip(rows, found, strict=True):
            row[column.name] = self._held(uids[0]) if uids else None
        return column

    def _pairs(
        self, name: str, type_: Type, pairs: Iterable[tuple[Uid, Any]]
    ) -> tuple[Column[Any], Column[Any]]:
        """Fill a table with entities of a type, each with a value."""
        table = Table(
            f"t{next(self._numbers)}",
            self._metadata,
            Column("owner", BigInteger() if name in self._integers else String()),
            Column("value", self._kind(type_)),
        )
        rows = [{"owner": self._held(uid), "value": self._held(value)} for uid, value in pairs]
        self._rows.append((table, rows))
        return table.c.owner, table.c.value

    def _tags(self, name: str, type_: Type, model: SchemaModel) -> TagTable:
        table = Table(
            f"t{next(self._numbers)}",
            self._metadata,
            Column("owner", self._kind(model.types.entity(name))),
            Column("name", String()),
            Column("value", self._kind(type_)),
        )
        rows = [
            {"owner": self._held(entity.uid), "name": tag, "value": self._held(value)}
            for entity in self._by_type.get(name, ())
            for tag, value in entity.tags.items()
        ]
        self._rows.append((table, rows))
        return TagTable(table.c.owner, table.c.name, table.c.value)

    def _kind(self, type_: Type) -> Any:
        """Return the type of a column."""
        if type_ is BOOL:
            return Boolean()
        is_integer = isinstance(type_, EntityType) and type_.name in self._integers
        return BigInteger() if is_integer or type_ is LONG or type_ in SCALED else String()

    def _held(self, value: Any) -> Any:
        """Return a value as its column holds it."""
        match value:
            case Uid():
                return int(value.id) if value.type in self._integers else value.id
            case str() if "\0" in value:
                raise _NulError
            case Decimal():
                return value.units
            case Datetime() | Duration():
                return value.milliseconds
            case _:
                return value


def _is_scalar(type_: Type) -> bool:
    return type_ in (BOOL, LONG, STRING, *SCALED) or isinstance(type_, EntityType)


def _integer_types(entities: Entities) -> frozenset[str]:
    """Return the types of which every uid in a store is the spelling of an integer."""
    found: dict[str, bool] = {}
    for uid in _uids(entities):
        found[uid.type] = found.get(uid.type, True) and _is_integer(uid.id)
    return frozenset(name for name, all_are in found.items() if all_are)


def _uids(entities: Entities) -> Iterator[Uid]:
    for entity in entities:
        waiting: list[Any] = [entity.uid, *entities.ancestors(entity.uid)]
        waiting += [*entity.attributes.values(), *entity.tags.values()]
        while waiting:
            value = waiting.pop()
            if isinstance(value, Uid):
                yield value
            elif isinstance(value, Mapping):
                waiting += value.values()
            elif not isinstance(value, str | int | Decimal | Datetime | Duration) and hasattr(
                value, "__iter__"
            ):
                waiting += value


def _is_integer(text: str) -> bool:
    return len(text) <= 15 and text.isascii() and text.isdecimal() and str(int(text)) == text
