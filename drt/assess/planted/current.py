"""Planted defects that undo what came with Cedar 4.13 and 4.14, each in one way in which it is easy to get wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from drt.assess.mutation import Defect
from drt.assess.planted.engines import Fault, Patches, Planted
from drt.model.outcome import Accepted, Outcome, Validated
from reference.policies import ActionIn
from reference.schema import linking
from reference.schema.schema import ExternalEntityType
from reference.schema.types import FALSE, NEVER, EntityType, SetType
from reference.support.traversal import walk
from reference.syntax import (
    And,
    Expr,
    Lit,
)
from reference.validation import operators, policies
from reference.validation.applicability import applies
from reference.validation.problems import Caution, Verdict
from reference.values import Bool

_check_everywhere, _validate_link = policies.check_everywhere, policies.validate_link
_text_warnings, _membership = policies.text_warnings, operators.membership
_linked_type = linking._linked_type


def _planted(name: str, sentence: str, fault: Fault, target: str, *named: str) -> Defect:
    return Defect(name, "language 4.14", sentence, lambda: Planted(fault), target, named)


def _patched(patches: Patches) -> Fault:
    return Fault(patches)


def _warning_is_error(answer: Outcome) -> Outcome:
    if not isinstance(answer, Validated):
        return answer
    warned = {warning[0] for warning in answer.warnings or () if warning[1] == "no_applicable_action"}
    verdicts = tuple((policy, valid and policy not in warned) for policy, valid in answer.policies)
    return replace(answer, valid=answer.valid and not warned, policies=verdicts)


def _check_where_applicable(body: Any, expr: Any, schema: Any, *, permissive: bool) -> Iterator[Any]:
    if applies(body, schema) or body.action == ActionIn(()):
        yield from _check_everywhere(body, expr, schema, permissive=permissive)


def _link_like_its_template(body: Any, values: Any, schema: Any) -> Verdict:
    verdict = _validate_link(body, values, schema)
    cautions = () if applies(body, schema) else verdict.cautions
    return replace(verdict, cautions=cautions)


def _paths_written_out(answer: Outcome) -> Outcome:
    if not isinstance(answer, Accepted) or not answer.canonical:
        return answer
    document = _written_out(json.loads(answer.canonical))
    return replace(answer, canonical=json.dumps(document, sort_keys=True, separators=(",", ":")))


def _written_out(value: Any) -> Any:
    """The value with each extended `has` as the conjunction that it abbreviates."""
    match value:
        case {"has": {"left": left, "attr": [first, *others]}} if others:
            target = _written_out(left)
            form = {"has": {"left": target, "attr": first}}
            for name, following in zip([first, *others], others, strict=False):
                target = {".": {"left": target, "attr": name}}
                form = {"&&": {"left": form, "right": {"has": {"left": target, "attr": following}}}}
            return form
        case dict():
            return {key: _written_out(item) for key, item in value.items()}
        case list():
            return [_written_out(item) for item in value]
    return value


def _warnings_where_reached(expr: Expr) -> Iterator[Caution]:
    """The second operand of `false && …` is not looked at."""
    unreached = {
        id(node)
        for form in walk(expr)
        if isinstance(form, And) and form.left == Lit(Bool(False))
        for node in walk(form.right)
    }
    yield from (caution for caution in _text_warnings(expr) if id(caution.expr) not in unreached)


def _last_definition(name: str, declared: Any) -> Any:
    external = [each for each in declared if isinstance(each.declaration, ExternalEntityType)]
    defined = [each for each in declared if each not in external]
    return _linked_type(name, [*external, *defined[-1:]])


def _false_in_nothing(left: Any, right: Any, check: Any) -> Any:
    match left.type, right.type:
        case EntityType(), SetType(element) if element == NEVER:
            return FALSE
    return _membership(left, right, check)


CURRENT = (
    _planted("WarningIsError", "A policy that no action fits is invalid.",
             Fault(verdict=_warning_is_error), "valid-scopes", "the scope's types", "the typing of a whole policy"),
    _planted("WarningEndsTheCheck", "A policy that no action fits is not type-checked.",
             _patched({(policies, "check_everywhere"): _check_where_applicable}), "valid-scopes",
             "the error ", "the scope's types", "the typing of a whole policy"),
    _planted("LinkLikeItsTemplate", "Whether an action fits a link is decided by its template.",
             _patched({(policies, "validate_link"): _link_like_its_template}), "valid-scopes",
             "the warning no_applicable_action"),
    _planted("PathsWrittenOut", "`has a.b` is written to JSON as a conjunction.",
             Fault(read=_paths_written_out), "parse-text", "reading `has`"),
    _planted("WarningsWhereReached", "Texts that are never reached are not warned of.",
             _patched({(policies, "text_warnings"): _warnings_where_reached}), "valid-texts",
             "the warning "),
    _planted("LastDefinitionLinks", "Of two definitions of a type the last one is taken.",
             _patched({(linking, "_linked_type"): _last_definition}), "valid-linking",
             "linking"),
)  # fmt: skip
"""Warnings that became errors again, and the like."""

FALSE_IN_NOTHING = _planted(
    "FalseInNothing",
    "In permissive mode, nothing is in the empty set for certain.",
    _patched({(operators, "membership"): _false_in_nothing}),
    "valid-errors",
)
"""A defect outside the table: it breaks the same rule as `InIsFalse`, so both have one bucket."""
