"""Queries whose rules are looked up by an attribute answer what asking for each candidate answers."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from production import Entities, PolicySet, Request, Schema, Uid
from production.partial import candidates, postings

SCHEMA = Schema.from_text("""
entity User;
entity Doc { owner?: User, author: User, public: Bool, kind: String, readers: Set<User>, words: Set<String>, level: Long };
action view appliesTo { principal: User, resource: Doc };
""")
VIEW = Uid("Action", "view")
USERS = [Uid("User", f"u{number}") for number in range(3)]
DOCS = [Uid("Doc", f"d{number}") for number in range(120)]
"""More than the few for which no loop is generated."""

CONDITIONS = (
    "when { resource.public }",
    "unless { resource.public }",
    "when { resource.public == true }",
    "when { resource has owner && resource.owner == principal }",
    "when { resource.author == principal }",
    'when { "k1" == resource.kind && resource.level > 2 }',
    'when { resource.kind == "k1" } unless { resource.level > 2 }',
    'unless { resource.kind == "k1" }',
    "when { resource.readers.contains(principal) && resource.public }",
    'when { resource.words.contains("w1") }',
    "when { resource.level == 1 }",
    "when { resource.level > 3 }",
    "unless { 2 >= resource.level } when { resource.public }",
    "when { 2 < resource.level }",
    "unless { resource.level <= 1 }",
    "when { resource.words.contains(resource.kind) }",
)


def _store() -> Entities:
    entities = [
        {
            "uid": {"type": "Doc", "id": doc.id},
            "attrs": {
                "public": number % 3 == 0,
                "kind": f"k{number % 4}",
                "level": number % 5,
                "author": {"type": "User", "id": f"u{number % 5}"},
                "words": [f"w{number % 3}", f"k{number % 2}"],
                "readers": [{"__entity": {"type": "User", "id": f"u{number % 7}"}}],
                **({"owner": {"type": "User", "id": f"u{number % 4}"}} if number % 2 else {}),
            },
            "parents": [],
        }
        for number, doc in enumerate(DOCS)
    ]
    return SCHEMA.read_entities(json.dumps(entities))


def _ask_thrice(policies: PolicySet) -> None:
    """Compare with authorizing each document; the second time attributes are indexed, the third time used."""
    store = _store()
    authorizer = SCHEMA.authorizer(policies, store)
    for user in USERS:
        found = SCHEMA.query_resources(policies, user, VIEW, "Doc", {}, store)
        assert found == {doc for doc in DOCS if authorizer.authorize(Request(user, VIEW, doc)).allowed}


def _ask_all() -> None:
    for condition in CONDITIONS:
        _ask_thrice(PolicySet.from_text(f"permit(principal, action, resource) {condition};"))
        _ask_thrice(
            PolicySet.from_text(
                "permit(principal, action, resource) when { resource.level > 0 };"
                f"forbid(principal, action, resource) {condition};"
            )
        )


def test_queries_are_brute_force_however_a_rule_looks_an_attribute_up() -> None:
    _ask_all()


def test_sets_of_many_elements_and_many_longs_have_no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "_MOST_ELEMENTS", 1)
    monkeypatch.setattr(postings, "_MOST_LONGS", 4)
    _ask_all()


@pytest.mark.parametrize("wrong", [{"is_whole": True}, {"value": "k0"}, {"how": "equal"}, {"fits": None}])
def test_a_wrong_lookup_is_caught(wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def planted(*given: Any) -> postings.Lookup | None:
        found = postings.lookup_of(*given)
        return None if found is None else replace(found, **wrong)

    monkeypatch.setattr(candidates, "lookup_of", planted)
    with pytest.raises(AssertionError):
        _ask_all()


def test_an_attribute_is_indexed_when_it_is_asked_about_again() -> None:
    store = _store()
    policies = PolicySet.from_text("permit(principal, action, resource) when { resource.public };")
    found = SCHEMA._store(store).candidates("Doc").postings
    indexes = []
    for user in USERS:
        SCHEMA.query_resources(policies, user, VIEW, "Doc", {}, store)
        indexes.append(set(found._indexes))
    assert indexes == [set(), {("public", "equal")}, {("public", "equal")}]
