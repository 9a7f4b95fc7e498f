"""Partial evaluation, row by row of spec 09 §4, and the example of §14."""

from __future__ import annotations

from typing import Any

import pytest

from reference.partial import application, decisions, evaluator
from reference.partial import residuals as residual_module
from reference.partial.residuals import Known, Open
from tests.reference.partial_world import ANN, CONCRETE, G, completion, residual, respond, written

MFA = {"context": {"mfa": False}}
OVERFLOW = "1 + 9223372036854775807 == 0"
OPEN = 'resource == Doc::"d"'
"""A residual that cannot err; `resource.pub` is one that can."""

EXAMPLE = [
    ("context.mfa", "false"),
    ('principal.name == "ann"', "true"),
    ("resource is Doc", "true"),
    ("resource.pub", "resource.pub"),
    ("principal has age && principal.age > 3", "false"),
    ("resource.pub && context.mfa", "resource.pub && false"),
    ("resource has owner && context.mfa", "false"),
    ("resource.owner == principal", 'resource.owner == User::"a"'),
    ('principal in Group::"z"', "false"),
    ("resource.owner is User", "resource.owner is User"),
    ("principal == resource || resource.pub", "resource.pub"),
    ('User::"b".name == "x"', 'User::"b".name == "x"'),
    ('if resource.pub then context.mfa else principal.name == "ann"', "if resource.pub then false else true"),
    (OVERFLOW, "context.ERROR"),
]

BY_TYPE = [
    ("resource is User", "false"),
    ("resource.owner is Doc", "resource.owner is Doc"),
    ("resource == principal", "false"),
    ("resource.owner == resource", "resource.owner == resource"),
    ('User::"x" in Doc::"d"', "false"),
    ('Group::"x" in User::"d"', "false"),
    ('User::"x" in [Doc::"d"]', "false"),
    ('resource in [Doc::"d"]', 'resource in [Doc::"d"]'),
    ("resource.owner in resource", "resource.owner in resource"),
    ('action in Action::"noop"', "false"),
    ('Doc::"x".hasTag("k")', "false"),
    ('Color::"red".hasTag("k")', "false"),
    ('User::"x".hasTag("k")', 'User::"x".hasTag("k")'),
    ("resource.hasTag(principal.name)", "false"),
    ('resource.hasTag(User::"x".name)', 'resource.hasTag(User::"x".name)'),
    ("resource has nope", "false"),
    ("resource.owner has nope", "resource.owner has nope"),
    ("context has mfa", "context has mfa"),
    ("context has nope", "false"),
    ("context has nope.deeper", "false"),
    ("context has rec.nope", "context has rec.nope"),
    ('Color::"red" has pub', "false"),
    ('Action::"view" has a', "false"),
]

RULES = [
    # And, Or, If
    (f"context.mfa && {OPEN}", OPEN, {"context": {"mfa": True}}),
    (f"{OVERFLOW} && {OPEN}", "context.ERROR", {}),
    (f"{OPEN} && {OVERFLOW}", f"{OPEN} && context.ERROR", {}),
    (f"{OPEN} && true", OPEN, {}),
    ("resource.pub && true", "resource.pub", {}),
    (f"{OPEN} && 1 == 2", "false", {}),
    ("resource.pub && 1 == 2", "resource.pub && false", {}),
    (f"{OPEN} || {OVERFLOW}", f"{OPEN} || context.ERROR", {}),
    (f"{OVERFLOW} || true", "context.ERROR", {}),
    (f"1 == 2 || {OPEN}", OPEN, {}),
    (f"1 == 1 || {OVERFLOW}", "true", {}),
    ("resource.pub || 1 == 2", "resource.pub", {}),
    (f"{OPEN} || 1 == 1", "true", {}),
    ("resource.pub || 1 == 1", "resource.pub || true", {}),
    (f"if {OVERFLOW} then true else true", "context.ERROR", {}),
    (f"if 1 == 1 then {OPEN} else {OVERFLOW}", OPEN, {}),
    (f"if {OPEN} then 1 == 2 else {OVERFLOW}", f"if {OPEN} then false else context.ERROR", {}),
    (f"if {OPEN} then true else true", f"if {OPEN} then true else true", {}),
    # unary
    (f"!({OVERFLOW})", "context.ERROR", {}),
    (f"!(!({OPEN}))", f"!(!({OPEN}))", {}),
    ('principal.name like "a*"', "true", {}),
    ('User::"x".name like "a*"', 'User::"x".name like "a*"', {}),
    ("principal.groups.isEmpty()", "true", {}),
    ("-(-9223372036854775808) == resource.level", "context.ERROR", {}),
    ("-resource.level == 1", "-resource.level == 1", {}),
    # binary
    ("resource == resource", "resource == resource", {}),
    ("resource.level * 0 == 0", "resource.level * 0 == 0", {}),
    ("resource.level + (1 + 9223372036854775807) == 0", "context.ERROR", {}),
    ("resource.level > 3", "!(resource.level <= 3)", {}),
    ("resource.level >= 3", "!(resource.level < 3)", {}),
    ("resource.level != 3", "!(resource.level == 3)", {}),
    ("[resource.level, 1].contains(1)", "[resource.level, 1].contains(1)", {}),
    ("[1, 2].contains(resource.level)", "[1, 2].contains(resource.level)", {}),
    ("[2, 1, 2].contains(resource.level)", "[1, 2].contains(resource.level)", {}),
    # entities
    ('principal.hasTag("k") && principal.getTag("k") == 7', "true", {}),
    ('principal.hasTag("l")', "false", {}),
    ('resource.owner.hasTag("k")', 'resource.owner.hasTag("k")', {}),
    ('User::"x".hasTag("k") && User::"x".getTag("k") == 7',
     'User::"x".hasTag("k") && User::"x".getTag("k") == 7', {}),
    ('principal has manager && principal.manager.name == "x"', 'User::"b".name == "x"', {}),
    ("principal has age", "false", {}),
    ('User::"x" has name', 'User::"x" has name', {}),
    ("{a: 1, b: resource.level}.a == 1", "{a: 1, b: resource.level}.a == 1", {}),
    ("{a: 1, b: 2}.a == 1", "true", {}),
    ("context.mfa", "context.mfa", {}),
    # in
    ('principal in User::"a"', "true", {}),
    ('principal in Group::"h"', "true", {}),
    ('principal in Group::"z"', "false", {}),
    ('principal in [Group::"z", Group::"g"]', "true", {}),
    ("principal in principal.groups", "false", {}),
    ('User::"x" in User::"a".groups', "false", {}),
    ('User::"x" in [Group::"g", Group::"h"]', 'User::"x" in [Group::"g", Group::"h"]', {}),
    ('Group::"x" in [Group::"g", Group::"x"]', "true", {}),
    ('action in [Action::"all", Action::"noop"]', "true", {}),
    ('resource.owner in Group::"g"', 'resource.owner in Group::"g"', {}),
    # extended has
    ("principal has rec.a", "true", {}),
    ("principal has rec.to", "false", {}),
    ("principal has manager.name", 'User::"b" has name', {}),
    ("principal has manager.manager.name", 'User::"b" has manager.name', {}),
    ("principal has manager.nope", "false", {}),
    ("resource has owner.name", "resource has owner.name", {}),
    ("context has rec.a", "false", MFA),
    ("context has rec.a", "true", {"context": {"mfa": True, "rec": {"a": 1}}}),
    ("context has who.name", 'User::"q" has name', {"context": {"mfa": True, "who": {"type": "User", "id": "q"}}}),
    # calls
    ('decimal("1.0").lessThan(decimal("2.0"))', "true", {}),
    ('datetime("2024-01-01").offset(duration("9223372036854775807ms")) == datetime("2024-01-01")',
     "context.ERROR", {}),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "expected"), EXAMPLE)
def test_the_example_of_the_chapter(condition: str, expected: str) -> None:
    assert residual(condition, **MFA) == written(expected)


@pytest.mark.parametrize(("condition", "expected"), BY_TYPE)
def test_types_decide_what_cannot_err(condition: str, expected: str) -> None:
    assert residual(condition) == written(expected)


@pytest.mark.parametrize(("condition", "expected", "known"), RULES)
def test_rules(condition: str, expected: str, known: dict[str, Any]) -> None:
    assert residual(condition, **known) == written(expected)


def test_absent_and_present_with_unknown_parts_are_alike() -> None:
    unknown = {"uid": ANN["uid"], "attrs": None}
    for condition in ('principal.name == "ann"', 'principal in Group::"g"', 'principal.hasTag("k")'):
        assert residual(condition, []) == residual(condition, [unknown]) != written("true")


def test_parts_are_known_one_by_one() -> None:
    only = {part: {"uid": ANN["uid"], part: ANN[part]} for part in ("attrs", "tags")}
    assert residual('principal.name == "ann"', [only["attrs"]]) == written("true")
    assert residual('principal.hasTag("k")', [only["attrs"]]) != written("true")
    assert residual('principal.hasTag("k")', [only["tags"]]) == written("true")
    assert residual('principal in Group::"g"', [only["tags"]]) != written("false")


def test_ancestors_are_those_of_the_left_entity() -> None:
    """Nothing is concluded from what is known of the entity on the right."""
    assert residual('principal in Group::"g"', [G, {"uid": {"type": "Group", "id": "h"}, "parents": []}]) == (
        written('User::"a" in Group::"g"')
    )


def test_a_decided_guard_keeps_both_branches_as_one() -> None:
    """Nested decided guards are evaluated in linear time: the equal branches are one object."""
    condition = "true"
    for _ in range(60):
        condition = f"if resource.owner is User then ({condition}) else false"
    response = respond(f"permit(principal, action, resource) when {{ {condition} }};")
    node = response.policies["policy0"].residual
    for _ in range(60):
        assert isinstance(node, Open)
        _, then, otherwise = node.parts
        assert then is otherwise
        node = then
    assert isinstance(node, Known)
    assert response.authorize(completion(), CONCRETE).decision == "allow"


DEFECTS: list[tuple[Any, str, Any, str]] = [
    (residual_module, "_may_err_itself", lambda form: False, "error-free forms"),
    (evaluator, "conjunction", lambda node, left, right: right, "And"),
    (evaluator, "disjunction", lambda node, left, right: left, "Or"),
    (evaluator, "conditional", lambda node, c, t, f: t, "If"),
    (evaluator, "decided_by_type", lambda node, schema: None, "no decision by type"),
    (evaluator, "error_free", lambda residual: True, "an operand that may err is dropped"),
    (application, "Failing", lambda type: Known(True, type), "a failure is a value"),
    (decisions, "_cannot_be_in", lambda t, group, schema: True, "no type can be in another"),
    (decisions, "_declares_no", lambda attr, t, schema: True, "no attribute is declared"),
    (decisions, "_declares_no_tags", lambda t, schema: True, "no type has tags"),
]


@pytest.mark.parametrize(("module", "name", "defect", "what"), DEFECTS)
def test_planted_defects_are_caught(
    module: Any, name: str, defect: Any, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, defect)
    assert any(_is_wrong(*row) for row in ROWS), what


ROWS = [
    *((condition, expected, MFA) for condition, expected in EXAMPLE),
    *((condition, expected, {}) for condition, expected in BY_TYPE),
    *RULES,
]


def _is_wrong(condition: str, expected: str, known: dict[str, Any]) -> bool:
    """Whether a row has another residual, or none because an evaluator with a defect breaks."""
    try:
        return bool(residual(condition, **known) != written(expected))
    except (AssertionError, AttributeError, TypeError):
        return True
