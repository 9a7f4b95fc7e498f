"""Decisions, policy sets, templates and links (spec 04)."""

from __future__ import annotations

import itertools

import pytest

from reference.authorizer import Outcome, authorize, decide
from reference.entities import EMPTY
from reference.errors import InputError
from reference.policies import Body, Policies, Policy, condition
from reference.policy_set import Link, PolicySet, from_bodies
from reference.request import Request
from reference.syntax import Lit
from reference.text.parser import parse_policies
from reference.values import TRUE, EntityUid, Record

ALICE, VIEW, DOC = EntityUid("User", "a"), EntityUid("Action", "view"), EntityUid("Doc", "d")
REQUEST = Request(ALICE, VIEW, DOC, Record({}))
PERMIT = "permit(principal, action, resource);"
FORBID = "forbid(principal, action, resource);"
PERMIT_ERR = 'permit(principal, action, resource) when { 1 + "a" == 2 };'
FORBID_ERR = 'forbid(principal, action, resource) when { 1 + "a" == 2 };'
OTHER = 'permit(principal == User::"b", action, resource);'
TEMPLATE = "permit(principal == ?principal, action, resource in ?resource);"


def ask(*texts: str) -> tuple[str, set[str], dict[str, str]]:
    response = authorize(from_bodies(parse_policies("\n".join(texts))).policies(), REQUEST, EMPTY)
    return response.decision, set(response.determining), dict(response.errors)


def body(text: str) -> Body:
    return parse_policies(text)[0]


@pytest.mark.parametrize(
    ("policies", "decision", "determining", "erring"),
    [
        ([], "deny", set(), set()),
        ([PERMIT], "allow", {0}, set()),
        ([FORBID], "deny", {0}, set()),
        ([PERMIT, FORBID], "deny", {1}, set()),
        ([PERMIT_ERR], "deny", set(), {0}),
        ([PERMIT_ERR, PERMIT], "allow", {1}, {0}),
        ([FORBID_ERR, PERMIT], "allow", {1}, {0}),
        ([PERMIT_ERR, FORBID, PERMIT], "deny", {1}, {0}),
        ([PERMIT, PERMIT, OTHER], "allow", {0, 1}, set()),
        ([FORBID, FORBID.replace(";", " unless {false};"), PERMIT], "deny", {0, 1}, set()),
        ([OTHER.replace(";", ' when {1+"a"==2};')], "deny", set(), set()),
        ([TEMPLATE], "deny", set(), set()),
        (["permit(principal, action in [], resource);"], "deny", set(), set()),
        (['permit(principal is User in User::"a", action, resource);'], "allow", {0}, set()),
        (['permit(principal, action in Action::"all", resource);'], "deny", set(), set()),
    ],
)
def test_decisions(policies: list[str], decision: str, determining: set[int], erring: set[int]) -> None:
    expected = {f"policy{n}" for n in determining}, {f"policy{n}": "type" for n in erring}
    assert ask(*policies) == (decision, *expected)


@pytest.mark.parametrize(
    ("clauses", "errs"),
    [
        ('when {false} when {1+"a"==2}', False),
        ('when {1+"a"==2} when {false}', True),
        ("when {1} when {false}", True),
        ("when {true} when {1}", True),
        ("unless {1}", True),
        ("unless {true} unless {1}", False),
    ],
)
def test_clauses_stop_at_the_first_that_is_false(clauses: str, errs: bool) -> None:
    assert bool(ask(f"permit(principal, action, resource) {clauses};")[2]) is errs


def test_the_order_of_policies_does_not_matter() -> None:
    members = from_bodies(parse_policies(PERMIT + FORBID_ERR + OTHER + PERMIT)).policies().members
    responses = {
        str(authorize(Policies(order), REQUEST, EMPTY).decision) for order in itertools.permutations(members)
    }
    assert responses == {"allow"}


def test_the_verdict_over_every_small_set_of_outcomes() -> None:
    """Forbid overrides permit, nothing permits by default, an erring policy counts for nothing."""
    kinds = list(itertools.product(("permit", "forbid"), ("satisfied", "not satisfied", "erring")))
    for size in range(4):
        for chosen in itertools.product(kinds, repeat=size):
            members = tuple(Policy(f"p{n}", effect, Lit(TRUE)) for n, (effect, _) in enumerate(chosen))
            outcomes = {f"p{n}": Outcome(status) for n, (_, status) in enumerate(chosen)}
            verdict = decide(Policies(members), lambda policy, outcomes=outcomes: outcomes[policy.id])
            satisfied = {effect: {f"p{n}" for n, k in enumerate(chosen) if k == (effect, "satisfied")}
                         for effect in ("permit", "forbid")}  # fmt: skip
            allowed = bool(satisfied["permit"]) and not satisfied["forbid"]
            assert verdict.decision == ("allow" if allowed else "deny")
            assert verdict.determining == satisfied["permit" if allowed else "forbid"]


LINKABLE = PolicySet(templates={"t": body(TEMPLATE)}, static={"s": body(PERMIT)})


def test_a_link_stands_for_the_policy_with_its_slots_replaced() -> None:
    linked = LINKABLE.link("l1", Link("t", {"?principal": ALICE, "?resource": DOC}))
    plain = body('permit(principal == User::"a", action, resource in Doc::"d");')
    assert linked.plain()["l1"] == plain
    assert condition(linked.plain()["l1"]) == condition(plain)


@pytest.mark.parametrize(
    ("new_id", "link"),
    [
        ("l", Link("t", {"?principal": ALICE})),
        ("l", Link("nope", {"?principal": ALICE, "?resource": DOC})),
        ("l", Link("s", {})),
        ("t", Link("t", {"?principal": ALICE, "?resource": DOC})),
        ("s", Link("t", {"?principal": ALICE, "?resource": DOC})),
    ],
)
def test_no_link(new_id: str, link: Link) -> None:
    with pytest.raises(InputError, match="link"):
        LINKABLE.link(new_id, link)


def test_an_extra_slot_is_no_link() -> None:
    one = PolicySet(templates={"t": body("permit(principal == ?principal, action, resource);")})
    with pytest.raises(InputError, match="unused slot"):
        one.link("l", Link("t", {"?principal": ALICE, "?resource": DOC}))
