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

The modules beside this one are what a user meets. They stand on rooms; each imports only those before it:

- `language`: names, values, expression trees, policies, and the code that conditions are lowered to
- `text`: Cedar text: lexer, parser, printer, formatter
- `schema`: both syntaxes of schemas, resolution, linking, and what they mean
- `documents`: JSON documents of policies, entities and requests, read with or without a schema, and written
- `validation`: the type checker, warnings, levels, and whether entities and requests conform
- `execution`: an interpreter of lowered code, and a generator of Python code
- `serving`: from the rules of a policy set to the response of one request
- `partial`: residuals, permission queries and batched authorization, where not everything is known
- `filters`: residuals as conditions of SQL; it needs SQLAlchemy, and no other room imports it

`optional` takes partial evaluation where it is installed: the last two rooms are a distribution of their own.

Readers give plain records, which the classes of this level wrap. Imports are relative, and nothing but the
standard library is needed, but for `filters`: the folder works under any name. Schemas, validation, partial
evaluation and the formatter are imported when one of their names is first used.
"""

from os import path as _path
from typing import TYPE_CHECKING, Any

from .authorizer import Authorizer, Candidate, Explanation
from .documents.entity_json import read_uid_json
from .entities import Entities, Entity, entities_json
from .errors import (
    ArgumentError,
    CedarError,
    EntitiesError,
    ErrorKind,
    EvaluationError,
    IllTypedError,
    InconsistentError,
    InsufficientIterations,
    JsonError,
    LinkError,
    LoaderError,
    NotValid,
    PartialEntitiesError,
    PartialRequestError,
    PolicyError,
    PolicySetError,
    PrintError,
    RequestError,
    SchemaError,
)
from .language.datetimes import Datetime
from .language.decimals import Decimal
from .language.durations import Duration
from .language.ipaddrs import IpAddress
from .language.policies import Link, Policy
from .language.uids import Uid
from .language.values import SetValue, Value
from .policy_set import PolicySet
from .request import Request
from .response import Response
from .text.json_writer import write_json

if TYPE_CHECKING:
    from .later import (
        Place,
        RequestEnvironment,
        Schema,
        SchemaLinkError,
        SchemaLinkErrorKind,
        TypedAuthorizer,
        Validation,
        ValidationError,
        ValidationErrorKind,
        ValidationWarning,
        WarningKind,
        expression_json,
        format_policies,
        parse_expression,
        translate_schema,
    )
    from .optional import (
        AsyncLoader,
        Loader,
        PartialEntities,
        PartialEntity,
        PartialRequest,
        PartialResponse,
    )

__version__ = "0.1.0"

__all__ = [
    "ArgumentError",
    "AsyncLoader",
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
    "IllTypedError",
    "InconsistentError",
    "InsufficientIterations",
    "IpAddress",
    "JsonError",
    "Link",
    "LinkError",
    "Loader",
    "LoaderError",
    "NotValid",
    "PartialEntities",
    "PartialEntitiesError",
    "PartialEntity",
    "PartialRequest",
    "PartialRequestError",
    "PartialResponse",
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
    "translate_schema",
    "write_json",
]

if not TYPE_CHECKING:  # A type checker would take any name for one of this module.
    _PARTIAL = {
        "AsyncLoader",
        "Loader",
        "PartialEntities",
        "PartialEntity",
        "PartialRequest",
        "PartialResponse",
    }
    # `pathlib` would add a tenth to the time of an import.
    if not _path.exists(f"{_path.dirname(__file__)}/partial"):  # noqa: PTH110, PTH120
        __all__ = [name for name in __all__ if name not in _PARTIAL]

    def __getattr__(name: str) -> Any:
        if name in _PARTIAL:
            from . import optional as later
        elif name in __all__:
            from . import later
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = found = getattr(later, name)
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
