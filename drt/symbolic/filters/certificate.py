"""Certificates of filters: what a filter was made for, the SQL, and the condition that it is read back as.

A certificate holds all that its proof is about, so that anybody can check it again without the program that
made it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from drt.model.errors import InputProblem, cannot_write
from drt.symbolic.filters.layout import EntityRows, Layout
from drt.symbolic.filters.proof import Proved, Refuted, Verdict, prove
from drt.symbolic.filters.reading import condition_of
from drt.symbolic.filters.sql import read_sql
from drt.symbolic.problems import Refused
from drt.symbolic.solver import LIMITS, Limits
from reference.errors import InputError
from reference.json.policies import parse_policy_set
from reference.partial.errors import Refusal
from reference.partial.request_reader import read_partial_request
from reference.partial.residuals import expression
from reference.partial.response import PartialResponse, partially_authorize
from reference.partial.store_reader import read_partial_entities
from reference.schema.reader import read_schema
from reference.support.recursion import deep_recursion
from reference.text.expression_printer import print_expression

Dialect = Literal["sqlite", "postgresql"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A filter, what it was made for, and what it says in Cedar.

    `policies` is a policy set, `request` and `entities` are as in spec 09 §1, all in JSON. `residuals` are
    the conditions that partial evaluation leaves, by policy; `condition` is the SQL as a condition.
    """

    version: Literal[1] = 1
    schema: Mapping[str, Any]
    policies: Mapping[str, Any]
    request: Mapping[str, Any]
    entities: list[Any]
    dialect: Dialect
    tables: tuple[EntityRows, ...]
    sql: str
    condition: str
    residuals: Mapping[str, str]

    @property
    def layout(self) -> Layout:
        """The tables of the database."""
        return Layout(self.tables)

    def save(self, path: Path) -> None:
        """Write the certificate to a file; raise `MachineProblem`."""
        try:
            path.write_text(
                json.dumps(msgspec.to_builtins(self), indent=2, ensure_ascii=False) + "\n", "utf-8"
            )
        except OSError as error:
            raise cannot_write("the certificate", error, path) from None


def read_certificate(path: Path) -> Certificate:
    """Read a certificate from a file; raise `InputProblem`."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Certificate)
    except OSError as error:
        raise InputProblem(f"cannot be read: {(error.strerror or str(error)).lower()}", path) from None
    except RecursionError:
        raise InputProblem("no certificate of a filter: it nests too deeply", path) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputProblem(
            f"no certificate of a filter: {str(error)[:1].lower()}{str(error)[1:]}", path
        ) from None


def check(certificate: Certificate, limits: Limits = LIMITS) -> Verdict:
    """Read the SQL of a certificate again and prove it; raise `InputProblem`, `Refused`."""
    response = response_to(certificate)
    condition, residuals = said(certificate, response)
    if condition != certificate.condition:
        return Refuted((f"the SQL says {condition}", f"the certificate says {certificate.condition}"))
    for policy, residual in residuals.items():
        if residual != certificate.residuals.get(policy):
            held = certificate.residuals.get(policy, "nothing")
            return Refuted((f"the residual of {policy!a} is {residual}", f"the certificate has {held}"))
    integer_keys = [one.type for one in certificate.tables if one.key_is == "integer"]
    read = _condition(certificate, response)
    return prove(read, response, integer_keys, limits)


def response_to(certificate: Certificate) -> PartialResponse:
    """Evaluate the policies of a certificate partially, by the reference; raise `InputProblem`."""
    try:
        schema = read_schema(json.dumps(certificate.schema), "json")
        policies = parse_policy_set(json.dumps(certificate.policies))
        request = read_partial_request(json.dumps(certificate.request), schema)
        entities = read_partial_entities(json.dumps(certificate.entities), schema)
        return partially_authorize(policies, request, entities, schema)
    except (InputError, Refusal) as error:
        raise InputProblem(f"the certificate's inputs are refused: {error}") from None


def said(certificate: Certificate, response: PartialResponse) -> tuple[str, dict[str, str]]:
    """Return the text of the condition that the SQL is, and those of the residuals by policy."""
    with deep_recursion():
        texts = {
            policy: f"{one.effect} when {print_expression(expression(one.residual))}"
            for policy, one in sorted(response.policies.items())
        }
        return print_expression(_condition(certificate, response)), texts


def _condition(certificate: Certificate, response: PartialResponse) -> Any:
    with deep_recursion():
        statement = read_sql(certificate.sql)
        return condition_of(statement, certificate.layout, response.schema, response.request.resource.type)


__all__ = ["Certificate", "Proved", "Refused", "Refuted", "check", "read_certificate", "response_to", "said"]
