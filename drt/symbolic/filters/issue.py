"""Certificates for the filters that production makes, while SQLAlchemy is there.

found = resource_filter(schema, policies, request, entities, mapping)
certify(found, schema, policies, request, entities, mapping).save(Path("documents.json"))
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Column, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.schema import Table

from drt.symbolic.filters.certificate import Certificate, check, response_to, said
from drt.symbolic.filters.layout import (
    AncestorColumn,
    AncestorRows,
    AttributeColumn,
    EntityRows,
    Layout,
    SetRows,
    TagRows,
)
from drt.symbolic.filters.proof import Proved, Refuted
from drt.symbolic.problems import Refused
from drt.symbolic.solver import LIMITS, Limits
from production import PartialEntities, PartialRequest, PolicySet, Schema
from production.filters import (
    EntityTable,
    Linked,
    Nested,
    ResourceFilter,
    Scaled,
    SetTable,
)
from production.filters import Mapping as Tables


class NotCertified(Exception):
    """A filter is not proved to be its policies; the message says how it differs, or why nobody knows."""


def certify(
    found: ResourceFilter,
    schema: Schema,
    policies: PolicySet,
    request: PartialRequest,
    entities: PartialEntities,
    mapping: Tables,
    limits: Limits = LIMITS,
) -> Certificate:
    """Return the certificate of a filter that `resource_filter` made of these; raise `NotCertified`."""
    certificate = drafted(found, schema, policies, request, entities, mapping)
    try:
        verdict = check(certificate, limits)
    except Refused as refused:
        raise NotCertified(f"no proof: {refused}") from None
    match verdict:
        case Proved():
            return certificate
        case Refuted(facts):
            raise NotCertified("\n".join(("the filter differs from the policies:", *facts)))
        case undecided:
            raise NotCertified(f"no proof: {undecided.reason}")


def drafted(
    found: ResourceFilter,
    schema: Schema,
    policies: PolicySet,
    request: PartialRequest,
    entities: PartialEntities,
    mapping: Tables,
) -> Certificate:
    """Return a certificate that is not yet checked; raise `UnreadableSql`."""
    draft = Certificate(
        schema=json.loads(schema.to_json()),
        policies=json.loads(policies.to_json()),
        request=json.loads(request.to_json()),
        entities=json.loads(entities.to_json()),
        dialect=mapping.dialect,
        tables=layout_of(mapping).tables,
        sql=_statement(found, request, mapping),
        condition="",
        residuals={},
    )
    condition, residuals = said(draft, response_to(draft))
    return replace(draft, condition=condition, residuals=residuals)


def _statement(found: ResourceFilter, request: PartialRequest, mapping: Tables) -> str:
    """Write the statement that selects the keys of the rows."""
    table = mapping.table(request.resource_type)
    assert table is not None
    statement = select(table.key).where(found.where)
    options = {"literal_binds": True}
    return str(statement.compile(dialect=_dialect(mapping), compile_kwargs=options))


def _dialect(mapping: Tables) -> Dialect:
    if mapping.dialect == "sqlite":
        return sqlite.dialect()
    dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    dialect._backslash_escapes = False  # as on any server with standard_conforming_strings
    return dialect


def layout_of(mapping: Tables) -> Layout:
    """Return what a mapping states."""
    return Layout(tuple(_rows(name, table) for name, table in sorted(mapping.tables.items())))


def _rows(name: str, table: EntityTable) -> EntityRows:
    tags = table.tags
    columns, sets = _attributes(table.attributes, ())
    return EntityRows(
        name,
        _name(table.key),
        str(table.key.name),
        "integer" if table.key.type.python_type is int else "string",
        tuple(columns),
        tuple(
            AncestorColumn(ancestor, str(place.name))
            for ancestor, place in sorted(table.ancestors.items())
            if isinstance(place, Column)
        ),
        tuple(sets),
        tuple(
            AncestorRows(
                ancestor, _name(place.descendant), str(place.descendant.name), str(place.ancestor.name)
            )
            for ancestor, place in sorted(table.ancestors.items())
            if isinstance(place, Linked)
        ),
        None
        if tags is None
        else TagRows(_name(tags.owner), str(tags.owner.name), str(tags.name.name), str(tags.value.name)),
    )


def _attributes(
    attributes: Mapping[str, Any], above: tuple[str, ...]
) -> tuple[list[AttributeColumn], list[SetRows]]:
    columns: list[AttributeColumn] = []
    sets: list[SetRows] = []
    for name, place in attributes.items():
        path = (*above, name)
        match place:
            case Nested(fields):
                inner, inner_sets = _attributes(fields, path)
                columns += inner
                sets += inner_sets
            case SetTable(owner, element):
                sets.append(SetRows(path, _name(owner), str(owner.name), str(element.name)))
            case Scaled(column) | (Column() as column):
                columns.append(AttributeColumn(path, str(column.name)))
    return columns, sets


def _name(column: Column[Any]) -> str:
    """Return the name of a column's table, with its schema."""
    table = column.table
    assert isinstance(table, Table)
    return str(table.fullname)
