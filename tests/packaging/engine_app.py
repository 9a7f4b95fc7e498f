"""An application of forty lines, which type checkers read as one that installed the engine alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cedar_engine import Authorizer, CedarError, Entities, Entity, PolicySet, Request, Schema, Uid

SCHEMA = """
entity User;
entity Doc { owner: User, title: String };
action "read", "edit" appliesTo { principal: User, resource: Doc, context: { mfa: Bool } };
"""
POLICIES = """
@id("owner")
permit (principal, action, resource) when { resource.owner == principal && context.mfa };
"""


@dataclass(frozen=True)
class Doc:
    """A document of the application."""

    name: str
    owner: str


def store(docs: Iterable[Doc]) -> Entities:
    """Make the engine's store of the application's documents."""
    users = {doc.owner for doc in docs}
    made = [Entity(Uid("User", user)) for user in users]
    for doc in docs:
        made.append(Entity(Uid("Doc", doc.name), {"owner": Uid("User", doc.owner), "title": doc.name}))
    return Entities(made)


def may(authorizer: Authorizer, user: str, action: str, doc: str, *, mfa: bool) -> bool:
    """Return whether a user may do an action to a document."""
    request = Request(Uid("User", user), Uid("Action", action), Uid("Doc", doc), {"mfa": mfa})
    return authorizer.authorize(request).allowed


def main() -> None:
    """Validate the policies, then decide two requests."""
    schema = Schema.from_cedar(SCHEMA)
    policies = PolicySet.from_text(POLICIES)
    found = schema.validate(policies)
    if not found.valid:
        raise CedarError(found.report())
    authorizer = Authorizer(policies, store([Doc("plan", "ann")]))
    assert may(authorizer, "ann", "edit", "plan", mfa=True)
    assert not may(authorizer, "bob", "edit", "plan", mfa=True)


if __name__ == "__main__":
    main()
