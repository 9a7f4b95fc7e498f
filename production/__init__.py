"""A fast Cedar engine: policies, entities, requests, and the authorizer that answers.

    from production import Authorizer, Entities, PolicySet, Request

    policies = PolicySet.from_text('permit(principal == User::"alice", action, resource);')
    entities = Entities.from_json("[]")
    authorizer = Authorizer(policies, entities)
    request = Request.from_dict({
        "principal": {"type": "User", "id": "alice"},
        "action": {"type": "Action", "id": "view"},
        "resource": {"type": "Doc", "id": "d1"},
    })
    response = authorizer.authorize(request)
    assert response.decision == "allow" and response.determining == {"policy0"}

Policy sets, stores and responses never change; every operation on them gives a new one, so all of them can be
shared between threads. Whatever is refused raises a subclass of `CedarError`.
"""

from production.authorizer import Authorizer, Candidate, Explanation
from production.datetimes import Datetime
from production.decimals import Decimal
from production.durations import Duration
from production.entities import Entities, Entity
from production.entity_json import entities_json, read_uid_json
from production.errors import (
    ArgumentError,
    CedarError,
    EntitiesError,
    ErrorKind,
    EvaluationError,
    JsonError,
    LinkError,
    NotValid,
    PolicyError,
    PolicySetError,
    PrintError,
    RequestError,
    SchemaError,
)
from production.expression_parser import parse_expression
from production.formatter import format_policies
from production.ipaddrs import IpAddress
from production.json_text import write_json
from production.policies import Policy
from production.policy_json_writer import expression_json
from production.policy_set import Link, PolicySet
from production.requests import Request
from production.responses import Response
from production.schema import Schema
from production.schema_linking import SchemaLinkError, SchemaLinkErrorKind
from production.schema_questions import RequestEnvironment
from production.typed_authorizer import TypedAuthorizer
from production.uids import Uid
from production.validation.problems import (
    Place,
    ValidationError,
    ValidationErrorKind,
    ValidationWarning,
    WarningKind,
)
from production.validation.validator import Validation
from production.values import SetValue, Value

__version__ = "0.1.0"

__all__ = [
    "ArgumentError",
    "Authorizer",
    "Candidate",
    "CedarError",
    "Datetime",
    "Decimal",
    "Duration",
    "Entities",
    "EntitiesError",
    "Entity",
    "ErrorKind",
    "EvaluationError",
    "Explanation",
    "IpAddress",
    "JsonError",
    "Link",
    "LinkError",
    "NotValid",
    "Place",
    "Policy",
    "PolicyError",
    "PolicySet",
    "PolicySetError",
    "PrintError",
    "Request",
    "RequestEnvironment",
    "RequestError",
    "Response",
    "Schema",
    "SchemaError",
    "SchemaLinkError",
    "SchemaLinkErrorKind",
    "SetValue",
    "TypedAuthorizer",
    "Uid",
    "Validation",
    "ValidationError",
    "ValidationErrorKind",
    "ValidationWarning",
    "Value",
    "WarningKind",
    "__version__",
    "entities_json",
    "expression_json",
    "format_policies",
    "parse_expression",
    "read_uid_json",
    "write_json",
]
