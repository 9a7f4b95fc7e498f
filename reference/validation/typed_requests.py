"""Requests under a schema (spec 05 §8, §9): the context has the type that the action declares."""

from __future__ import annotations

from reference.errors import InputError
from reference.json.requests import context, read_parts
from reference.request import Request
from reference.schema.schema import Schema
from reference.validation.requests import check_request, external_action
from reference.validation.typed_entities import typed_fields
from reference.values import Record


def read_request_under(text: str, schema: Schema, *, checked: bool = True) -> Request:
    """Read a request, its context under the type of its action; `checked` against the schema as well.

    Without the check, the context of an undeclared action is read without types; an external action has no
    context type at all (spec 13 §5).

    Raises:
        InputError: part `request`.
    """
    principal, action, resource, written = read_parts(text)
    declared = schema.actions.get(action)
    if declared is not None and declared.external:
        raise InputError("request", external_action(action))
    if declared is None:
        request = Request(principal, action, resource, context(written))
    else:
        fields = typed_fields(written, declared.context, "request", "`context`")
        request = Request(principal, action, resource, Record(fields))
    if checked:
        check_request(request, schema)
    return request
