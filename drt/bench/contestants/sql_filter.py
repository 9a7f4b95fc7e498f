"""A filter of the production engine over rows in SQLite."""

from __future__ import annotations

from itertools import count, islice
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    MetaData,
    String,
    Table,
    create_engine,
    select,
)

from drt.bench.contestants.contestant import Prepared
from drt.bench.contestants.listings import TYPE, World, listed
from production import PartialEntity, Request, Uid
from production.filters import EntityTable, Linked, Mapping, SetTable, resource_filter

TABLES = MetaData()
DOCUMENTS = Table(
    "documents", TABLES,
    Column("id", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("level", BigInteger, nullable=False),
    Column("dept", String, nullable=False),
)  # fmt: skip
READERS = Table("readers", TABLES, Column("document", String), Column("user", String))
FOLDERS = Table("folders", TABLES, Column("document", String), Column("folder", String))
Index("readers_of", READERS.c.document, READERS.c.user)
Index("folders_of", FOLDERS.c.document, FOLDERS.c.folder)
MAPPING = Mapping(
    {
        TYPE: EntityTable(
            DOCUMENTS.c.id,
            {
                "owner": DOCUMENTS.c.owner,
                "public": DOCUMENTS.c.public,
                "level": DOCUMENTS.c.level,
                "dept": DOCUMENTS.c.dept,
                "readers": SetTable(READERS.c.document, READERS.c.user),
            },
            {"Folder": Linked(FOLDERS.c.document, FOLDERS.c.folder)},
        )
    },
    dialect="sqlite",
)


def by_filter(world: World, rows: int) -> Prepared:
    """List by a filter made for each question; further rows are copies of documents under new ids."""
    connection = _database(world, rows)
    entities = world.entities

    def ask(request: Request) -> list[Uid]:
        user = entities.get(request.principal)
        assert user is not None
        known = PartialEntity(user.uid, user.attributes, entities.ancestors(user.uid), user.tags)
        partial = world.schema.partial_request(request.principal, request.action, TYPE, request.context)
        partial_entities = world.schema.partial_entities([known])
        found = resource_filter(world.schema, world.policies, partial, partial_entities, MAPPING)
        names = connection.scalars(select(DOCUMENTS.c.id).where(found.where)).all()
        return [Uid(TYPE, name) for name in names if "+" not in name]

    return Prepared(ask, world.requests, listed)


def _database(world: World, rows: int) -> Connection:
    connection = create_engine("sqlite://").connect()
    TABLES.create_all(connection)
    documents = world.documents
    copies = ((uid, uid.id if copy == 0 else f"{uid.id}+{copy}") for copy in count() for uid in documents)
    made: dict[str, list[dict[str, Any]]] = {"documents": [], "readers": [], "folders": []}
    for uid, name in islice(copies, rows):
        attributes = world.entities.attributes[uid]
        plain = {key: attributes[key] for key in ("public", "level", "dept")}
        made["documents"].append({"id": name, "owner": attributes["owner"].id, **plain})
        made["readers"] += ({"document": name, "user": reader.id} for reader in attributes["readers"])
        made["folders"] += (
            {"document": name, "folder": folder.id} for folder in world.entities.ancestors(uid)
        )
    for table in (DOCUMENTS, READERS, FOLDERS):
        connection.execute(table.insert(), made[table.name])
    return connection
