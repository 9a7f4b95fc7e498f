"""Partial evaluation of texts: the door for callers."""

from __future__ import annotations

from reference.partial import response
from reference.partial.request import check_request
from reference.partial.request_reader import read_partial_request
from reference.partial.response import PartialResponse
from reference.partial.store_reader import read_partial_entities
from reference.policy_set import from_bodies
from reference.schema.reader import read_schema
from reference.support.recursion import door
from reference.text.parser import parse_policies


@door
def partially_authorize(policies: str, schema: str, entities: str, request: str) -> PartialResponse:
    """Return the partial response to a partial request (spec 09).

    Policies and schema are Cedar text, partial entities and request are JSON.

    Raises:
        InputError: the policies, the schema or the form of the request is refused.
        Refusal: a check of the request, the entities or the policies against the schema fails.
        CallerTooDeep: the recursion limit leaves no room for a call.
    """
    policy_set, declared = from_bodies(parse_policies(policies)), read_schema(schema, "cedar")
    asked = read_partial_request(request, declared)
    check_request(asked, declared)
    known = read_partial_entities(entities, declared)
    return response.partially_authorize(policy_set, asked, known, declared)
