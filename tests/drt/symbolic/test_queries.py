"""The eleven queries: each holds and fails, and every counterexample is confirmed by both engines."""

from __future__ import annotations

import pytest

from drt.model.case import Source
from drt.symbolic.analyzer import Analyzer, Fails, Holds, Undecided
from drt.symbolic.inputs import policies_of
from drt.symbolic.problems import Refused
from drt.symbolic.queries import QueryName
from drt.symbolic.solver import Attempt, Limits, solve_apart
from tests.drt.symbolic.questions import ENVIRONMENT, SCHEMA, asked

PERMIT = "permit(principal, action, resource);"
FORBID = "forbid(principal, action, resource);"

HOLDING: list[tuple[QueryName, tuple[str, ...]]] = [
    ("never-errors", ("context.a < context.b",)),
    ("never-errors", ("context.a < 9 && context.a > -9 && context.a * context.a < 81",)),
    ("never-errors", ("context.t.toTime() < duration(\"1d\")",)),
    ("always-matches", (PERMIT,)),
    ("always-matches", ("resource.color in [Color::\"red\", Color::\"green\"]",)),
    ("never-matches", ("context.a < 0 && context.a > 0",)),
    ("never-matches", ("context.t.toDate() > context.t",)),
    ("never-matches", ("principal in User::\"b\" && User::\"b\" in principal && principal != User::\"b\"",)),
    ("never-matches", ("context.i.isLoopback() && context.i.isMulticast()",)),
    ("never-matches", ("context.s like \"a*\" && context.s like \"b*\"",)),
    ("never-matches", ("context.act in Action::\"read\" && context.act == Action::\"write\"",)),
    ("matches-equivalent", ("context.a == context.b", "context.b == context.a")),
    ("matches-equivalent", ("context has deep.r.o", "context has deep && context.deep.r has o")),
    ("matches-implies", ("principal in Group::\"a\" && Group::\"a\" in Group::\"b\"", "principal in Group::\"b\"")),
    ("matches-implies", ("principal == User::\"a\"", "principal in User::\"a\"")),
    ("matches-implies", ("context.groups.contains(Group::\"a\")", "!context.groups.isEmpty()")),
    (
        "matches-implies",
        ("principal.hasTag(\"x\") && principal.getTag(\"x\").contains(\"y\")", "principal.hasTag(\"x\")"),
    ),
    ("matches-disjoint", ("principal.home.city == \"a\"", "principal.home.city == \"b\"")),
    ("always-allows", (PERMIT,)),
    ("always-denies", (PERMIT + FORBID,)),
    ("equivalent", (FORBID, "")),
    ("implies", (PERMIT + FORBID, "")),
    ("disjoint", ("context.a > 3", "context.a < 3")),
]  # fmt: skip

FAILING: list[tuple[QueryName, tuple[str, ...]]] = [
    ("never-errors", ("context.a + 1 > 0",)),
    ("never-errors", ("-context.a > 0",)),
    ("never-errors", ("context.a * context.b == 12",)),
    ("never-errors", ("context.t.offset(context.d) > context.t",)),
    ("never-errors", ("context.t.toDate() == context.t",)),
    ("always-matches", ("principal in Group::\"a\"",)),
    ("never-matches", ("context.a * 3 + context.b == 1000 && context.s like \"x*y*z\"",)),
    ("never-matches", ("context.d.toHours() == -3 && context.t.toTime() == duration(\"59m\")",)),
    ("never-matches", ("context.i.isInRange(context.j) && context.i != context.j && !context.j.isIpv4()",)),
    ("never-matches", ("context.m.greaterThan(decimal(\"1.5\")) && context.m.lessThan(decimal(\"1.5002\"))",)),
    ("never-matches", ("principal.boss.boss == principal && principal.boss != principal",)),
    ("never-matches", ("principal in context.g && !(principal in context.groups) && !context.groups.isEmpty()",)),
    ("never-matches", ("context.homes == [{x: 3, y: true}, {x: context.a, y: false}] && context.a == 3",)),
    ("never-matches", ("context.sites.contains(context.site) && !(context.site has y) && context.site.x > 4",)),
    ("never-matches", ("context.nested.containsAll([[1], [2, 3]]) && !context.nested.contains([1, 2])",)),
    ("never-matches", ("context.flags.contains(true) && context.flags.containsAny([false])",)),
    ("never-matches", ("principal.getTag(\"k\").containsAll(context.names) && !context.names.isEmpty()".join(
        ["principal.hasTag(\"k\") && ", ""]),)),
    ("never-matches", ("resource in Folder::\"f\" && Folder::\"f\" in Folder::\"g\" && resource.owner == principal",)),
    ("never-matches", ("context.act in Action::\"read\" && context.act != Action::\"view\"",)),
    ("never-matches", ("context has deep.r.o && context.deep.r.o == 7",)),
    ("never-matches", ("principal has nick && principal.nick == \"\\u{e9}\\\"\\\\\\n\"",)),
    ("matches-equivalent", ("context.names == [\"a\"]", "context.names.contains(\"a\")")),
    ("matches-implies", ("principal in Group::\"b\"", "principal in Group::\"a\"")),
    ("matches-disjoint", ("principal.age > 3", "principal.age < 9")),
    ("always-allows", (PERMIT + "forbid(principal, action, resource) when { resource.color == Color::\"red\" };",)),
    ("always-denies", ("principal is User",)),
    ("equivalent", (PERMIT, "")),
    ("implies", (PERMIT, PERMIT + FORBID)),
    ("disjoint", (PERMIT, "context.a == 1")),
]  # fmt: skip


@pytest.mark.parametrize(("query", "policies"), HOLDING)
def test_a_property_holds(query: QueryName, policies: tuple[str, ...]) -> None:
    assert isinstance(asked(query, *policies), Holds)


@pytest.mark.parametrize(("query", "policies"), FAILING)
def test_a_property_fails_with_a_confirmed_counterexample(
    query: QueryName, policies: tuple[str, ...]
) -> None:
    assert isinstance(asked(query, *policies), Fails)


def test_a_solver_in_a_process_of_its_own_answers_alike() -> None:
    analyzer = Analyzer(Source(SCHEMA), solve=solve_apart)

    assert isinstance(asked("never-matches", "context.a * 7 == 21", analyzer=analyzer), Fails)


def test_no_verdict_in_no_time() -> None:
    limits = Limits((Attempt("bit-vectors", 1),))
    analyzer = Analyzer(Source(SCHEMA), limits, solve_apart)

    verdict = asked(
        "never-matches",
        "context.a > 1 && context.b > 1 && context.a * context.b == 4611685975477714963 && context.a * context.a * context.b * context.b > 0",
        analyzer=analyzer,
    )

    assert isinstance(verdict, Undecided)
    assert verdict.reason == "more than 4,000 solver steps with bit-vectors"


def test_links_are_analysed() -> None:
    linked = """{"staticPolicies": {}, "templates": {"t": {"effect": "permit",
      "principal": {"op": "in", "slot": "?principal"}, "action": {"op": "All"}, "resource": {"op": "All"},
      "conditions": []}}, "templateLinks": [{"templateId": "t", "newId": "l",
      "values": {"?principal": {"type": "Group", "id": "a"}}}]}"""
    analyzer = Analyzer(Source(SCHEMA))
    environment = analyzer.environment(*ENVIRONMENT)
    plain = policies_of(Source('permit(principal in Group::"a", action, resource);'))

    assert isinstance(
        analyzer.ask("equivalent", [policies_of(Source(linked, "json")), plain], environment), Holds
    )


@pytest.mark.slow
def test_a_chain_of_three_thousand_operands() -> None:
    chain = " || ".join(f"context.a == {number}" for number in range(3000))

    assert isinstance(asked("never-matches", chain), Fails)


@pytest.mark.parametrize(
    ("kind", "query", "policies"),
    [
        ("not-one-policy", "always-matches", (PERMIT + FORBID,)),
        ("not-one-policy", "never-errors", ("",)),
        ("policy-not-well-typed", "always-matches", ("context.a",)),
        ("policy-not-well-typed", "always-matches", ("principal == Nobody::\"x\"",)),
        ("policy-not-well-typed", "always-matches", ("resource.color == Color::\"pink\"",)),
        ("encode-error", "never-matches", ("context.s == \"\\u{30000}\"",)),
        ("encode-error", "never-matches", ("context.s like \"\\u{30000}*\"",)),
    ],
)  # fmt: skip
def test_refusals(kind: str, query: QueryName, policies: tuple[str, ...]) -> None:
    with pytest.raises(Refused) as refused:
        asked(query, *policies)

    assert refused.value.kind == kind
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        (("User", 'Action::"nope"', "Doc"), "the schema has no action"),
        (("Group", 'Action::"view"', "Doc"), "does not apply to the principal type `Group`: expected `User`"),
        (("User", 'Action::"view"', "Nobody"), "does not apply to the resource type `Nobody`"),
    ],
)
def test_an_environment_that_the_schema_does_not_have(
    environment: tuple[str, str, str], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence) as refused:
        Analyzer(Source(SCHEMA)).environment(*environment)

    assert refused.value.kind == "action-not-in-schema"


def test_a_text_that_folds_away_needs_no_alphabet() -> None:
    assert isinstance(asked("always-matches", '"\\u{30000}" like "*"'), Holds)


def test_a_text_that_cannot_matter_needs_no_alphabet() -> None:
    far = 'context.s == "\\u{30000}"'

    assert isinstance(asked("implies", "", f"permit(principal, action, resource) when {{ {far} }};"), Holds)
    with pytest.raises(Refused):
        asked("equivalent", f"{far} || {far}", far)


def test_policies_and_environments_that_come_and_go_are_not_mixed_up() -> None:
    analyzer = Analyzer(Source(SCHEMA), solve=solve_apart)

    verdicts = [
        isinstance(asked("never-matches", f"context.a == {number} && {number} > 2", analyzer=analyzer), Holds)
        for number in range(6)
    ]

    assert verdicts == [True, True, True, False, False, False]
