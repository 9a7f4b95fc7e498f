"""Names that an application which only authorizes does without; the package imports them when first used."""

from __future__ import annotations

from .documents.policy_json_writer import expression_json
from .schema.linking import SchemaLinkError, SchemaLinkErrorKind
from .schemas import Schema, translate_schema
from .text.expression_parser import parse_expression
from .text.formatter import format_policies
from .typed_authorizer import TypedAuthorizer
from .validation.problems import Place, ValidationError, ValidationErrorKind, ValidationWarning, WarningKind
from .validation.questions import RequestEnvironment
from .validation.validator import Validation

__all__ = [
    "Place",
    "RequestEnvironment",
    "Schema",
    "SchemaLinkError",
    "SchemaLinkErrorKind",
    "TypedAuthorizer",
    "Validation",
    "ValidationError",
    "ValidationErrorKind",
    "ValidationWarning",
    "WarningKind",
    "expression_json",
    "format_policies",
    "parse_expression",
    "translate_schema",
]
