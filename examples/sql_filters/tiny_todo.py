"""TinyTodo: lists of tasks that a user owns, reads or edits; interns see no list that is not theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, create_engine, select

from production import PartialEntities, PartialEntity, PartialRequest, PolicySet, Schema, Uid
from production.filters import EntityTable, Mapping, resource_filter

if TYPE_CHECKING:
    from drt.symbolic.filters.certificate import Certificate

SCHEMA = Schema.from_text(
    """
    entity Team in [Team];
    entity User in [Team] { joblevel: Long };
    entity List { owner: User, name: String, readers: Team, editors: Team };
    action GetList appliesTo { principal: User, resource: List };
    """
)
POLICIES = PolicySet.from_text(
    """
    permit(principal, action, resource) when { resource.owner == principal };
    permit(principal, action == Action::"GetList", resource)
      when { principal in resource.readers || principal in resource.editors };
    permit(principal in Team::"admin", action, resource) unless { resource.name like "private*" };
    forbid(principal in Team::"interns", action, resource) unless { resource.owner == principal };
    """
)

TABLES = MetaData()
LISTS = Table(
    "lists", TABLES,
    Column("id", Integer, primary_key=True),
    Column("owner", String, nullable=False),
    Column("name", String, nullable=False),
    Column("readers", String, nullable=False),
    Column("editors", String, nullable=False),
)  # fmt: skip
MAPPING = Mapping(
    {
        "List": EntityTable(
            LISTS.c.id,
            {
                "owner": LISTS.c.owner,
                "name": LISTS.c.name,
                "readers": LISTS.c.readers,
                "editors": LISTS.c.editors,
            },
        ),
    },
    dialect="sqlite",
)


def asked(user: str, teams: list[str]) -> tuple[PartialRequest, PartialEntities]:
    """Return the request of a user of these teams, and what is known without the database."""
    me = Uid("User", user)
    above = [Uid("Team", team) for team in teams]
    known = SCHEMA.partial_entities([PartialEntity(me, {"joblevel": 1}, above)])
    return SCHEMA.partial_request(me, Uid("Action", "GetList"), "List", {}), known


def visible(connection: Connection, user: str, teams: list[str]) -> list[str]:
    """Return the names of the lists that a user of these teams may get."""
    request, known = asked(user, teams)
    found = resource_filter(SCHEMA, POLICIES, request, known, MAPPING)
    return list(connection.scalars(select(LISTS.c.name).where(found.where).order_by(LISTS.c.name)))


def certificate(user: str, teams: list[str]) -> Certificate:
    """Prove the filter, and return what `drt verify-filter` checks again; raise `NotCertified`."""
    from drt.symbolic.filters.issue import certify

    request, known = asked(user, teams)
    found = resource_filter(SCHEMA, POLICIES, request, known, MAPPING)
    return certify(found, SCHEMA, POLICIES, request, known, MAPPING)


def database() -> Connection:
    """Return a database in memory with a few lists."""
    connection = create_engine("sqlite://").connect()
    TABLES.create_all(connection)
    rows = (
        ("alice", "groceries", "nobody", "friends"),
        ("bob", "errands", "friends", "nobody"),
        ("bob", "private plans", "nobody", "nobody"),
    )
    connection.execute(
        LISTS.insert(), [dict(zip(("owner", "name", "readers", "editors"), row, strict=True)) for row in rows]
    )
    return connection
