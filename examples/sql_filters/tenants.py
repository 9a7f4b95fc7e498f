"""Tenants with tags: a tenant's machines are open to its operators by the tags of machine and owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, create_engine, select

from production import PartialEntities, PartialEntity, PartialRequest, PolicySet, Schema, Uid
from production.filters import EntityTable, Mapping, TagTable, resource_filter

if TYPE_CHECKING:
    from drt.symbolic.filters.certificate import Certificate

SCHEMA = Schema.from_text(
    """
    entity Tenant;
    entity Operator in [Tenant] { region: String };
    entity Machine in [Tenant] { owner: Operator, cores: Long } tags String;
    action restart appliesTo { principal: Operator, resource: Machine };
    """
)
POLICIES = PolicySet.from_text(
    """
    permit(principal, action, resource)
      when { resource.hasTag("region") && resource.getTag("region") == principal.region }
      unless { resource.hasTag("frozen") };
    permit(principal, action, resource)
      when { resource.owner.region == principal.region && resource.cores < 4 };
    forbid(principal, action, resource) unless { principal in Tenant::"acme" && resource in Tenant::"acme" };
    """
)

TABLES = MetaData()
OPERATORS = Table(
    "operators", TABLES, Column("name", String, primary_key=True), Column("region", String, nullable=False)
)
MACHINES = Table(
    "machines", TABLES,
    Column("number", Integer, primary_key=True),
    Column("tenant", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("cores", Integer, nullable=False),
)  # fmt: skip
TAGS = Table("tags", TABLES, Column("machine", Integer), Column("name", String), Column("value", String))
MAPPING = Mapping(
    {
        "Operator": EntityTable(OPERATORS.c.name, {"region": OPERATORS.c.region}),
        "Machine": EntityTable(
            MACHINES.c.number,
            {"owner": MACHINES.c.owner, "cores": MACHINES.c.cores},
            {"Tenant": MACHINES.c.tenant},
            TagTable(TAGS.c.machine, TAGS.c.name, TAGS.c.value),
        ),
    },
    dialect="sqlite",
)


def asked(operator: str, region: str, tenant: str) -> tuple[PartialRequest, PartialEntities]:
    """Return the request of an operator, and what is known without the database."""
    me = Uid("Operator", operator)
    known = SCHEMA.partial_entities([PartialEntity(me, {"region": region}, [Uid("Tenant", tenant)])])
    return SCHEMA.partial_request(me, Uid("Action", "restart"), "Machine", {}), known


def restartable(connection: Connection, operator: str, region: str, tenant: str) -> list[int]:
    """Return the numbers of the machines that an operator may restart."""
    request, known = asked(operator, region, tenant)
    found = resource_filter(SCHEMA, POLICIES, request, known, MAPPING)
    return list(connection.scalars(select(MACHINES.c.number).where(found.where).order_by(MACHINES.c.number)))


def certificate(operator: str, region: str, tenant: str) -> Certificate:
    """Prove the filter, and return what `drt verify-filter` checks again; raise `NotCertified`."""
    from drt.symbolic.filters.issue import certify

    request, known = asked(operator, region, tenant)
    found = resource_filter(SCHEMA, POLICIES, request, known, MAPPING)
    return certify(found, SCHEMA, POLICIES, request, known, MAPPING)


def database() -> Connection:
    """Return a database in memory with a few machines; the owner of the last one has left."""
    connection = create_engine("sqlite://").connect()
    TABLES.create_all(connection)
    connection.execute(
        OPERATORS.insert(), [{"name": "ann", "region": "north"}, {"name": "bo", "region": "south"}]
    )
    machines = ((1, "acme", "ann", 8), (2, "acme", "ann", 2), (3, "acme", "bo", 2), (4, "other", "ann", 2),
                (5, "acme", "gone", 2))  # fmt: skip
    connection.execute(
        MACHINES.insert(),
        [dict(zip(("number", "tenant", "owner", "cores"), row, strict=True)) for row in machines],
    )
    tags = ((1, "region", "north"), (3, "region", "north"), (3, "frozen", "yes"), (4, "region", "north"))
    connection.execute(
        TAGS.insert(), [dict(zip(("machine", "name", "value"), row, strict=True)) for row in tags]
    )
    return connection
