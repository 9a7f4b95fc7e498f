"""An authorizer under a schema: checked requests, validated policies, the same responses."""

from __future__ import annotations

import pytest

from production import Authorizer, Entities, EntitiesError, NotValid, PolicySet, Request, RequestError, Schema

SCHEMA = Schema.from_cedar(
    """
    entity User in [Group] { level: Long, nick?: String, friends: Set<User>, home: { city: String, zip?: Long } } tags Long;
    entity Group;
    entity Doc { owner: User, isPublic: Bool };
    action view appliesTo { principal: [User, Group], resource: [Doc], context: { mfa: Bool, risk?: Long } };
    """
)
ENTITIES = SCHEMA.read_entities(
    """[
    {"uid": {"type": "User", "id": "a"}, "parents": [{"type": "Group", "id": "g"}], "tags": {"t": 3},
     "attrs": {"level": 1, "friends": [{"__entity": {"type": "User", "id": "b"}}], "home": {"city": "x"}}},
    {"uid": {"type": "User", "id": "b"}, "parents": [],
     "attrs": {"level": 9223372036854775807, "nick": "bee", "friends": [], "home": {"city": "y", "zip": 7}}},
    {"uid": {"type": "Group", "id": "g"}, "parents": [], "attrs": {}},
    {"uid": {"type": "Doc", "id": "d"}, "parents": [],
     "attrs": {"owner": {"__entity": {"type": "User", "id": "a"}}, "isPublic": false}}
    ]"""
)
POLICIES = """
permit(principal is User, action, resource) when { principal.level + 1 > 1 };
permit(principal is Group, action, resource) when { context.mfa };
permit(principal is User in Group::"g", action, resource) when { resource.owner == principal };
permit(principal is User, action, resource) when { principal has nick && principal.nick like "b*" };
permit(principal is User, action, resource) when { principal.home has zip && principal.home.zip == 7 };
permit(principal is User, action, resource) when { principal.friends.contains(resource.owner) };
permit(principal is User, action, resource) when { principal.hasTag("t") && principal.getTag("t") == 3 };
permit(principal is User, action, resource) when { principal in principal.friends };
forbid(principal, action, resource) when { context has risk && context.risk > 5 };
forbid(principal, action, resource) when { (if context.mfa then 1 else 2) == 2 && resource.isPublic };
"""


def request(principal: str, mfa: bool, risk: int | None = None, doc: str = "d") -> dict[str, object]:
    kind, _, name = principal.partition(":")
    context: dict[str, object] = {"mfa": mfa} | ({} if risk is None else {"risk": risk})
    return {
        "principal": {"type": kind, "id": name},
        "action": {"type": "Action", "id": "view"},
        "resource": {"type": "Doc", "id": doc},
        "context": context,
    }


REQUESTS = [
    request(principal, mfa, risk, doc)
    for principal in ("User:a", "User:b", "User:missing", "Group:g")
    for mfa in (True, False)
    for risk in (None, 1, 9)
    for doc in ("d", "missing")
]


@pytest.mark.parametrize("tier", ["machine", "generated", "auto"])
def test_responses_are_those_of_a_plain_authorizer(tier: str) -> None:
    policies = PolicySet.from_text(POLICIES)
    typed = SCHEMA.authorizer(policies, ENTITIES, tier=tier)  # type: ignore[arg-type]
    plain = Authorizer(policies, ENTITIES, tier="machine")
    read = [SCHEMA.read_request(each) for each in REQUESTS]

    assert typed.authorize_many(read) == [plain.authorize(each) for each in read]
    assert {response.decision for response in typed.authorize_many(read)} == {"allow", "deny"}
    assert any(response.errors for response in typed.authorize_many(read))


def test_a_plain_request_is_checked_first() -> None:
    typed = SCHEMA.authorizer(PolicySet.from_text(POLICIES), ENTITIES, tier="generated")
    fitting = Request.from_dict(request("User:a", mfa=True))
    wrong = Request.from_dict(request("User:a", mfa=True) | {"context": {"mfa": 1}})

    assert typed.authorize(fitting).allowed
    with pytest.raises(RequestError, match="mfa"):
        typed.authorize(wrong)


def test_a_request_checked_by_another_schema_is_checked_again() -> None:
    other = Schema.from_cedar(
        "entity User; entity Doc; action view appliesTo { principal: User, resource: Doc, context: {mfa: Long} };"
    )
    typed = SCHEMA.authorizer(PolicySet.from_text(POLICIES), ENTITIES, tier="generated")

    with pytest.raises(RequestError, match="mfa"):
        typed.authorize(other.read_request(request("User:a", mfa=True) | {"context": {"mfa": 1}}))


def test_policies_that_are_not_valid_are_refused() -> None:
    wrong = PolicySet.from_text("permit(principal, action, resource) when { principal.level };")

    with pytest.raises(NotValid, match="policy0"):
        SCHEMA.authorizer(wrong, ENTITIES)
    assert SCHEMA.authorizer(wrong, ENTITIES, validate=False).policies is wrong


def test_a_store_that_does_not_fit_is_refused() -> None:
    store = Entities.from_json('[{"uid": {"type": "User", "id": "x"}, "attrs": {"extra": 1}, "parents": []}]')

    with pytest.raises(EntitiesError, match="missing"):
        SCHEMA.authorizer(PolicySet(), store)
