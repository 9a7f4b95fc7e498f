"""Documents that are public, one's own, or shared with a team; secret ones need a second factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Boolean, Column, Connection, MetaData, String, Table, create_engine, select

from production import PartialEntities, PartialEntity, PartialRequest, PolicySet, Schema, Uid
from production.filters import EntityTable, Linked, Mapping, SetTable, resource_filter

if TYPE_CHECKING:
    from drt.symbolic.filters.certificate import Certificate

SCHEMA = Schema.from_text(
    """
    entity Team in [Team];
    entity User in [Team];
    entity Folder in [Folder];
    entity Doc in [Folder] { owner: User, public: Bool, secret: Bool, shared: Set<Team> };
    action view appliesTo { principal: User, resource: Doc, context: { mfa: Bool } };
    """
)
POLICIES = PolicySet.from_text(
    """
    permit(principal, action == Action::"view", resource) when { resource.public };
    permit(principal, action, resource) when { resource.owner == principal };
    permit(principal, action == Action::"view", resource) when { principal in resource.shared };
    permit(principal in Team::"audit", action == Action::"view", resource in Folder::"finance");
    forbid(principal, action, resource) when { resource.secret && !context.mfa };
    """
)

TABLES = MetaData()
DOCS = Table(
    "docs", TABLES,
    Column("name", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("secret", Boolean, nullable=False),
)  # fmt: skip
SHARED = Table("shared", TABLES, Column("doc", String), Column("team", String))
FOLDERS = Table("folders_above", TABLES, Column("doc", String), Column("folder", String))
MEMBERS = Table("members", TABLES, Column("user", String), Column("team", String))
"""All folders above a document, and all teams above a user, however far."""

MAPPING = Mapping(
    {
        "Doc": EntityTable(
            DOCS.c.name,
            {
                "owner": DOCS.c.owner,
                "public": DOCS.c.public,
                "secret": DOCS.c.secret,
                "shared": SetTable(SHARED.c.doc, SHARED.c.team),
            },
            {"Folder": Linked(FOLDERS.c.doc, FOLDERS.c.folder)},
        ),
    },
    dialect="sqlite",
)


def asked(user: str, teams: list[str], *, mfa: bool) -> tuple[PartialRequest, PartialEntities]:
    """Return the request of a user of these teams, and what is known without the database."""
    me = Uid("User", user)
    known = SCHEMA.partial_entities([PartialEntity(me, {}, [Uid("Team", team) for team in teams])])
    return SCHEMA.partial_request(me, Uid("Action", "view"), "Doc", {"mfa": mfa}), known


def visible(connection: Connection, user: str, *, mfa: bool) -> list[str]:
    """Return the names of the documents that a user may view."""
    teams = connection.scalars(select(MEMBERS.c.team).where(MEMBERS.c.user == user))
    request, known = asked(user, list(teams), mfa=mfa)
    found = resource_filter(SCHEMA, POLICIES, request, known, MAPPING)
    return list(connection.scalars(select(DOCS.c.name).where(found.where).order_by(DOCS.c.name)))


def certificate(user: str, teams: list[str], *, mfa: bool) -> Certificate:
    """Prove the filter, and return what `drt verify-filter` checks again; raise `NotCertified`."""
    from drt.symbolic.filters.issue import certify

    request, known = asked(user, teams, mfa=mfa)
    found = resource_filter(SCHEMA, POLICIES, request, known, MAPPING)
    return certify(found, SCHEMA, POLICIES, request, known, MAPPING)


def database() -> Connection:
    """Return a database in memory with a few documents."""
    connection = create_engine("sqlite://").connect()
    TABLES.create_all(connection)
    connection.execute(
        DOCS.insert(),
        [
            {"name": "handbook", "owner": "carol", "public": True, "secret": False},
            {"name": "plan", "owner": "alice", "public": False, "secret": True},
            {"name": "budget", "owner": "carol", "public": False, "secret": False},
            {"name": "roadmap", "owner": "carol", "public": False, "secret": False},
        ],
    )
    connection.execute(SHARED.insert(), [{"doc": "roadmap", "team": "product"}])
    connection.execute(FOLDERS.insert(), [{"doc": "budget", "folder": "finance"}])
    connection.execute(
        MEMBERS.insert(), [{"user": "alice", "team": "product"}, {"user": "bob", "team": "audit"}]
    )
    return connection
