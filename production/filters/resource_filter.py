"""The filter of a resource query: which rows of a table a principal may act on (spec 09 §8).

Law (filter): an exact filter lets through exactly the rows whose entities the policies allow. One that is not
exact lets through all of those and maybe more, each to be checked with `ResourceFilter.allows`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement

from ..entities import Entities
from ..errors import ArgumentError
from ..language.arguments import instance_of
from ..language.deep_stack import at_any_depth
from ..language.uids import Uid
from ..partial.entities import PartialEntities
from ..partial.request import PartialRequest
from ..partial.response import PartialResponse
from ..partial.terms import ERROR, Operand
from ..policy_set import PolicySet
from ..request import Request
from ..schemas import Schema
from .formulas import FALSE, TRUE, Formula, every, no, some
from .mapping import Mapping, MappingError
from .places import Places
from .sql import SqlWriter
from .translation import Refusal, Translator, UntranslatableError
from .types_of import ResidualTypes


@dataclass(frozen=True, slots=True, eq=False)
class ResourceFilter:
    """The filter for a request, made by `resource_filter`."""

    where: ColumnElement[bool]
    """The condition on the rows of the resource's table."""
    formula: Formula
    """What the condition says, without SQL."""
    refusals: tuple[Refusal, ...]
    """The parts of policies that the condition over-approximates; none if it is exact."""
    response: PartialResponse
    """The residual policies that the condition was made of."""
    _request: PartialRequest = field(repr=False)

    @property
    def is_exact(self) -> bool:
        """Whether every row that passes is allowed."""
        return not self.refusals

    def allows(self, resource: Uid, entities: Entities) -> bool:
        """Return whether the policies allow the request on one resource of a store.

        The store holds whatever the policies look at, and completes the partial entities. Raises
        `InconsistentError`.
        """
        request = self._request
        assert isinstance(request.principal, Uid)
        assert request._context is not None
        concrete = Request(request.principal, request.action, resource, request._context)
        return self.response.reauthorize(concrete, entities).allowed


@at_any_depth
def resource_filter(
    schema: Schema,
    policies: PolicySet,
    request: PartialRequest,
    entities: PartialEntities,
    mapping: Mapping,
    *,
    approximate: bool = False,
) -> ResourceFilter:
    """Return the filter for a request that knows everything but the id of the resource.

    What the partial entities know is taken from them, everything else from the tables. Raises `MappingError`
    for a mapping that does not fit, and, unless `approximate`, `UntranslatableError` for parts without a
    formula.
    """
    instance_of(schema, Schema, "schema")
    instance_of(mapping, Mapping, "mapping").check(schema.model)
    response = schema.partially_authorize(policies, request, entities)
    if isinstance(request.resource, Uid) or isinstance(request.principal, str) or request._context is None:
        raise ArgumentError("a filter is made for a known principal and context, and a resource without id")
    types = ResidualTypes(schema.model, request.resource_type)
    refusals: list[Refusal] = []

    def truth(policy_id: str, residual: Operand, stand_in: Formula) -> Formula:
        translator = Translator(policy_id, types, mapping, entities._known, stand_in)
        found = translator.truth(residual)
        refusals.extend(translator.refusals)
        return found.true

    permits: list[Formula] = []
    forbids: list[Formula] = []
    for policy_id, residual in sorted(response._residuals.by_id.items()):
        if residual is ERROR:
            continue
        if response._residuals.plan.policies[policy_id].effect == "permit":
            permits.append(truth(policy_id, residual, TRUE))
        else:
            forbids.append(truth(policy_id, residual, FALSE))
    if refusals and not approximate:
        raise UntranslatableError(tuple(refusals))
    formula = every(some(*permits), no(some(*forbids)))
    if mapping.table(request.resource_type) is None:
        raise MappingError(f"the mapping has no table for {request.resource_type}")
    where = SqlWriter(Places(mapping)).condition(formula)
    return ResourceFilter(where, formula, tuple(refusals), response, request)
