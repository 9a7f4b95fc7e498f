"""The examples of filters, on SQLite (extra `sql`)."""

from __future__ import annotations

import pytest

pytest.importorskip("sqlalchemy", reason="SQLAlchemy is not installed (extra `sql`)")


@pytest.mark.parametrize(
    ("user", "mfa", "names"),
    [
        ("alice", True, ["handbook", "plan", "roadmap"]),
        ("alice", False, ["handbook", "roadmap"]),
        ("bob", True, ["budget", "handbook"]),
        ("carol", False, ["budget", "handbook", "roadmap"]),
        ("mallory", True, ["handbook"]),
    ],
)
def test_documents(user: str, mfa: bool, names: list[str]) -> None:
    from examples.sql_filters import documents

    assert documents.visible(documents.database(), user, mfa=mfa) == names


def test_documents_are_certified() -> None:
    from examples.sql_filters import documents

    assert documents.certificate("alice", ["product"], mfa=True).condition == (
        'resource.public || resource.owner == User::"alice" || resource.shared.contains(Team::"product")'
    )
    assert documents.certificate("bob", ["audit"], mfa=False).condition.endswith("&& !resource.secret")


@pytest.mark.parametrize(
    ("user", "teams", "names"),
    [
        ("alice", [], ["groceries"]),
        ("alice", ["friends"], ["errands", "groceries"]),
        ("root", ["admin"], ["errands", "groceries"]),
        ("alice", ["friends", "interns"], ["groceries"]),
        ("mallory", [], []),
    ],
)
def test_lists_of_tasks(user: str, teams: list[str], names: list[str]) -> None:
    from examples.sql_filters import tiny_todo

    assert tiny_todo.visible(tiny_todo.database(), user, teams) == names


@pytest.mark.parametrize("teams", [[], ["friends"], ["admin"], ["interns", "admin"]])
def test_lists_of_tasks_are_certified(teams: list[str]) -> None:
    from examples.sql_filters import tiny_todo

    assert 'resource.owner == User::"alice"' in tiny_todo.certificate("alice", teams).condition


@pytest.mark.parametrize(
    ("operator", "region", "tenant", "numbers"),
    [
        ("ann", "north", "acme", [1, 2]),
        ("bo", "south", "acme", [3]),
        ("ann", "north", "other", []),
    ],
)
def test_machines_of_tenants(operator: str, region: str, tenant: str, numbers: list[int]) -> None:
    from examples.sql_filters import tenants

    assert tenants.restartable(tenants.database(), operator, region, tenant) == numbers


def test_machines_of_tenants_are_certified() -> None:
    from examples.sql_filters import tenants

    certificate = tenants.certificate("ann", "north", "acme")
    assert certificate.condition.endswith('&& resource in Tenant::"acme"')
    assert tenants.certificate("ann", "north", "other").condition == "false"
