"""The meaning of Cedar: texts in, records out. Read `evaluator` first, then `authorizer`.

This is the small door; every chapter of the language has a module of its own behind it.
"""

from __future__ import annotations

from reference.authorizer import authorize as _authorize
from reference.errors import ErrorKind, EvaluationError, InputError
from reference.evaluator import evaluate as _evaluate
from reference.json.entities import read_entities
from reference.json.requests import read_request
from reference.partial.errors import Refusal
from reference.partial.response import PartialResponse
from reference.partial.texts import partially_authorize
from reference.policy_set import from_bodies
from reference.response import Decision, Response
from reference.support.recursion import CallerTooDeep, door
from reference.text.parser import parse_expression, parse_policies
from reference.values import Value

__all__ = [
    "CallerTooDeep",
    "Decision",
    "ErrorKind",
    "EvaluationError",
    "InputError",
    "PartialResponse",
    "Refusal",
    "Response",
    "Value",
    "authorize",
    "evaluate",
    "partially_authorize",
]


@door
def authorize(policies: str, entities: str, request: str) -> Response:
    """Return the response to a request: policies as Cedar text, entities and request as JSON (spec 04, 05).

    Raises:
        InputError: one of the texts is refused.
        CallerTooDeep: the recursion limit leaves no room for a call.
    """
    policy_set = from_bodies(parse_policies(policies))
    return _authorize(policy_set.policies(), read_request(request), read_entities(entities))


@door
def evaluate(expression: str, entities: str, request: str) -> Value:
    """Return the value of an expression of Cedar text under a request (spec 02).

    Raises:
        InputError: one of the texts is refused.
        CallerTooDeep: the recursion limit leaves no room for a call.
        EvaluationError: the expression has no value.
    """
    return _evaluate(parse_expression(expression), read_request(request), read_entities(entities))
