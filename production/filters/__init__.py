"""Database filters: the residuals of a resource query as a condition of SQL (extra `sql`).

    from production.filters import EntityTable, Mapping, resource_filter

    found = resource_filter(schema, policies, request, entities, Mapping({"Doc": EntityTable(docs.c.id, …)}))
    rows = connection.execute(select(docs).where(found.where))

The only room with a third-party import, SQLAlchemy; no other room imports it.
"""

from ..optional import MISSING

try:
    from .mapping import (
        EntityTable,
        Linked,
        Mapping,
        MappingError,
        Nested,
        Scaled,
        SetTable,
        TagTable,
    )
    from .resource_filter import ResourceFilter, resource_filter
    from .sql import FilterSizeError
    from .translation import Refusal, UntranslatableError
except ModuleNotFoundError as error:
    if error.name == "sqlalchemy":
        needed = "filters need SQLAlchemy: install the extra `sql` of `cedar-engine-partial`"
    else:
        needed = MISSING
    raise ModuleNotFoundError(needed, name=error.name) from None

__all__ = [
    "EntityTable",
    "FilterSizeError",
    "Linked",
    "Mapping",
    "MappingError",
    "Nested",
    "Refusal",
    "ResourceFilter",
    "Scaled",
    "SetTable",
    "TagTable",
    "UntranslatableError",
    "resource_filter",
]
