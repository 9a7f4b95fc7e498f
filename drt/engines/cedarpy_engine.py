"""The Rust engine through its Python binding: a witness that may be asked, and decides nothing.

The binding aborts the whole process on deep nesting, so what goes too deep is `Unsupported("depth")`. It
has no way to evaluate an expression; it is asked through policies (`evaluate`, `holds`).
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.metadata import version

import cedarpy

from drt.engines.base import BaseEngine, BaseSession
from drt.engines.cedarpy_expressions import expression_json
from drt.engines.cedarpy_requests import question_of, reads_alike
from drt.engines.rejections import rejected
from drt.engines.rust_messages import (
    NO_APPLICABLE_ACTION,
    error_kind,
    is_invalid_request,
    is_undeclared_action,
    validation_error_kind,
)
from drt.engines.safe_depth import policies_too_deep, schema_too_deep, too_deep
from drt.model.case import Case, Format, Request, Source
from drt.model.json_outline import members, sort_sets
from drt.model.outcome import (
    Accepted,
    Authorized,
    Decision,
    ErrorKind,
    Evaluated,
    Failed,
    Part,
    Printed,
    Rejected,
    Unsupported,
    Unwritable,
    Validated,
    ValidationErrorKind,
    authorized,
)
from drt.model.question import ValidationMode
from drt.model.uid_text import plain_uid

_DEPTH = Unsupported("depth")


def _canonical(document: str) -> str:
    return json.dumps(json.loads(document), sort_keys=True, separators=(",", ":"))


class CedarpyLoaded(BaseSession):
    """Policies, entities and schema as the binding's handles."""

    def __init__(
        self,
        case: Case,
        policies: cedarpy.PolicySet,
        entities: cedarpy.Entities,
        schema: cedarpy.Schema | None,
    ) -> None:
        self._case = case
        self._policies = policies
        self._entities = entities
        self._schema = schema
        self._ids = _policy_ids(case, policies)

    def authorize(self, request: Request) -> Authorized | Rejected | Unsupported:
        """Answer a request; error kinds are classified from the engine's messages."""
        return self._ask(request, self._policies, self._ids)

    def _ask(
        self, request: Request, policies: cedarpy.PolicySet, ids: tuple[str, ...]
    ) -> Authorized | Rejected | Unsupported:
        question = question_of(request)
        if isinstance(question, Rejected):
            return question
        answer = cedarpy.is_authorized({**question}, policies, self._entities, self._schema)
        errors: list[str] = answer.diagnostics.errors
        if not request.validate and answer.decision is cedarpy.Decision.NoDecision:
            if any(map(is_invalid_request, errors)) and not reads_alike(question):
                return Unsupported("invalid-request")
            if any(is_invalid_request(each) or is_undeclared_action(each) for each in errors):
                answer = cedarpy.is_authorized({**question}, policies, self._entities)
                errors = answer.diagnostics.errors
        if answer.decision is cedarpy.Decision.NoDecision:
            return Rejected("request", "; ".join(errors))
        erring: dict[str, ErrorKind] = {}
        for message in errors:
            policy, kind = _error(message, ids)
            if policy is None or kind is None:
                return Unsupported("message")
            erring[policy] = kind
        decision: Decision = "allow" if answer.decision is cedarpy.Decision.Allow else "deny"
        return authorized(decision, answer.diagnostics.reasons, erring)

    def evaluate(self, expression: str, request: Request) -> Evaluated | Failed | Rejected | Unsupported:
        """Evaluate to a Boolean or an error; any other value is `Unsupported("value")`."""
        for literal in ("true", "false"):
            answer = self._compared(expression, literal, request)
            if not isinstance(answer, Authorized):
                return answer
            if answer.erring:
                return Failed(answer.erring[0][1])
            if answer.decision == "allow":
                return Evaluated(literal)
        return Unsupported("value")

    def holds(self, expression: str, literal: str, request: Request) -> bool | Rejected | Unsupported:
        """Whether `expression` has the value that the Cedar text `literal` denotes; an error is no value."""
        answer = self._compared(expression, literal, request)
        return answer.decision == "allow" if isinstance(answer, Authorized) else answer

    def _compared(
        self, expression: str, literal: str, request: Request
    ) -> Authorized | Rejected | Unsupported:
        if too_deep(expression):
            return _DEPTH
        if expression_json(expression) is None:
            return Rejected("expression")
        text = f"permit(principal, action, resource) when {{ ({expression}\n) == ({literal}) }};"
        return self._ask(request, cedarpy.PolicySet.from_str(text), ("policy0",))

    def validate(
        self, mode: ValidationMode = "strict", level: int | None = None
    ) -> Validated | Rejected | Unsupported:
        """Validate policies given as text, strictly; the binding validates nothing else."""
        if self._schema is None:
            return Rejected("schema", "the case has no schema")
        if mode != "strict":
            return Unsupported("permissive-validation")
        if level is not None:
            return Unsupported("level-validation")
        if self._case.policies.format != "cedar" or self._case.links:
            return Unsupported("json-validation")
        verdict = cedarpy.validate_policies(self._case.policies.text, self._schema)
        bad = {error.policy_id for error in verdict.errors}
        templates = (template["id"] for template in self._policies.templates())
        ids = sorted({*self._ids, *templates})
        return Validated(
            verdict.validation_passed,
            tuple((each, each not in bad) for each in ids),
            _error_kinds(verdict),
            detail="\n".join(str(error) for error in verdict.errors),
            guesses=True,
        )


def _error_kinds(verdict: cedarpy.ValidationResult) -> tuple[tuple[str, ValidationErrorKind], ...] | None:
    """Policies and kinds of errors; None where a message is not known.

    *No applicable action* has no kind: it makes a policy invalid, and nothing more is known of it.
    """
    kinds: set[tuple[str, ValidationErrorKind]] = set()
    for error in verdict.errors:
        message = re.sub(r"\Afor policy `policy[0-9]+`[,:] ", "", error.error)
        kind = validation_error_kind(message)
        if kind is not None:
            kinds.add((error.policy_id, kind))
        elif message != NO_APPLICABLE_ACTION:
            return None
    return tuple(sorted(kinds))


def _policy_ids(case: Case, policies: cedarpy.PolicySet) -> tuple[str, ...]:
    links = tuple(new_id for _, new_id, _ in case.links)
    if case.policies.format == "cedar":
        numbered = len(policies) - len(links) + len(policies.templates())
        templates = {template["id"] for template in policies.templates()}
        return tuple(f"policy{n}" for n in range(numbered) if f"policy{n}" not in templates) + links
    document = members(case.policies.text)
    linked = tuple(link["id"] for template in policies.templates() for link in template["links"])
    return (*members(document.get("staticPolicies", "{}")), *linked, *links)


def _error(message: str, ids: tuple[str, ...]) -> tuple[str | None, ErrorKind | None]:
    """Parse the policy and the kind of error out of a diagnostic."""
    for policy in ids:
        start = f"error while evaluating policy `{_debug(policy)}`: "
        if message.startswith(start):
            return policy, error_kind(message.removeprefix(start))
    return None, None


def _debug(policy: str) -> str:
    """Spell an id as diagnostics do."""
    if policy.isalnum() and policy.isascii():
        return policy
    named = {"\0": "\\0", "\t": "\\t", "\r": "\\r", "\n": "\\n", "\\": "\\\\", '"': '\\"', "'": "\\'"}
    return "".join(
        named.get(char) or (char if char.isprintable() else f"\\u{{{ord(char):x}}}") for char in policy
    )


class CedarpyEngine(BaseEngine):
    """The Rust engine, version 4.12, as far as its binding goes."""

    name = "cedarpy"

    version = version("cedarpy")

    def __init__(self) -> None:
        if not hasattr(cedarpy, "PolicySet"):
            raise ImportError(f"cedarpy {self.version} has no class PolicySet, which newer releases have")

    def load(self, case: Case) -> CedarpyLoaded | Rejected | Unsupported:
        """Read schema, policies, links, entities, in that order; the binding links no schemas."""
        if case.fragments:
            return Unsupported("linking")
        if policies_too_deep(case.policies) or (case.schema and schema_too_deep(case.schema)):
            return _DEPTH
        part: Part = "schema"
        try:
            schema = _schema(case.schema) if case.schema else None
            part = "policies"
            policies = _policies(case.policies)
            part = "link"
            templates = {template["id"] for template in policies.templates()}
            for template, new_id, values in case.links:
                if template not in templates:
                    return Rejected("link", f"no template {template!r}")
                slots = {slot: plain_uid(json.loads(uid)) for slot, uid in values}
                policies = policies.with_linked(template, new_id, slots)
            part = "entities"
            entities = cedarpy.Entities.from_json_str(case.entities, schema)
        except (ValueError, TypeError) as error:
            return rejected(part, str(error))
        return CedarpyLoaded(case, policies, entities, schema)

    def read_policies(self, policies: Source) -> Accepted | Rejected | Unsupported:
        """Canonical JSON for text; of policy JSON the binding can only say whether it is taken."""
        if policies_too_deep(policies):
            return _DEPTH
        try:
            if policies.format == "cedar":
                return Accepted(_canonical(cedarpy.policies_to_json_str(policies.text)))
            _policies(policies)
        except ValueError as error:
            return rejected("policies", str(error))
        return Accepted()

    def print_policies(self, policies: Source, *, templates: bool) -> Printed | Rejected | Unsupported:
        """Text of the static and linked policies; with templates only where there are none."""
        if policies_too_deep(policies):
            return _DEPTH
        try:
            loaded = _policies(policies)
            if templates and loaded.templates():
                return Unsupported("template-text")
            if policies.format == "json":
                return Printed(cedarpy.policies_from_json_str(policies.text))
        except ValueError as error:
            return rejected("policies", str(error))
        return Printed(str(loaded))

    def format_policies(
        self, text: str, line_width: int, indent_width: int
    ) -> Printed | Rejected | Unsupported:
        """Format with the engine's own formatter."""
        if too_deep(text):
            return _DEPTH
        try:
            return Printed(cedarpy.format_policies(text, line_width, indent_width))
        except ValueError as error:
            return rejected("policies", str(error))

    def read_expression(self, expression: str) -> Accepted | Rejected | Unsupported:
        """Read the expression as a condition of a policy."""
        if too_deep(expression):
            return _DEPTH
        body = expression_json(expression)
        return Rejected("expression") if body is None else Accepted(body)

    def read_entities(
        self, entities: str, schema: Source | None
    ) -> Accepted | Unwritable | Rejected | Unsupported:
        """Render the store as the engine does, sorted by uid; sets sorted too.

        None where extension values are: the engine writes them with the constructor that made them.
        """
        if schema is not None and schema_too_deep(schema):
            return _DEPTH
        part: Part = "schema"
        try:
            parsed = _schema(schema) if schema is not None else None
            part = "entities"
            store = cedarpy.Entities.from_json_str(entities, parsed)
        except ValueError as error:
            return rejected(part, str(error))
        try:
            written = str(store)
            document = json.loads(written)
        except ValueError:
            return Unwritable("entities", detail="a record has a reserved key (spec 05 §2.2)")
        if '"__extn"' in written:
            return Accepted()
        for entity in document:
            for values in (entity["attrs"], entity.get("tags", {})):
                sort_sets(values)
            entity["parents"].sort(key=lambda uid: (uid["type"], uid["id"]))
        document.sort(key=lambda entity: (entity["uid"]["type"], entity["uid"]["id"]))
        return Accepted(json.dumps(document, sort_keys=True, separators=(",", ":")))

    def read_schema(self, schema: Source) -> Accepted | Rejected | Unsupported:
        """Whether the schema is taken; the binding does not show what it resolved to."""
        if schema_too_deep(schema):
            return _DEPTH
        try:
            _schema(schema)
        except ValueError as error:
            return rejected("schema", str(error))
        return Accepted()

    def translate_schema(self, schema: Source, to: Format) -> Printed | Unwritable | Rejected | Unsupported:
        """Any schema in the Cedar syntax; the binding writes no other."""
        if schema_too_deep(schema):
            return _DEPTH
        if to == "json":
            return Unsupported("schema-to-json")
        try:
            text = str(_schema(schema))
        except ValueError as error:
            return rejected("schema", str(error))
        return Unwritable("schema", detail=text) if text.startswith("<unrenderable") else Printed(text)


@lru_cache(maxsize=4)
def _schema(schema: Source) -> cedarpy.Schema:
    """Read a schema in either syntax, or take one of the last: neighbouring cases share theirs."""
    read = cedarpy.Schema.from_str if schema.format == "cedar" else cedarpy.Schema.from_json_str
    return read(schema.text)


def _policies(policies: Source) -> cedarpy.PolicySet:
    read = cedarpy.PolicySet.from_str if policies.format == "cedar" else cedarpy.PolicySet.from_json_str
    return read(policies.text)
