"""A FastAPI service that asks the engine before every answer: `uvicorn examples.web_service:app`.

One authorizer is shared by all threads. A change of policies or entities makes a new one beside it, and the
next request sees it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException

from production import Authorizer, Entities, PolicySet, Request, Uid

POLICIES = """
permit(principal, action == Action::"view", resource) when { principal in resource.readers };
permit(principal, action, resource) when { resource.owner == principal };
"""
ENTITIES = """[
    {"uid": {"type": "User", "id": "alice"}, "attrs": {}, "parents": [{"type": "Team", "id": "blue"}]},
    {"uid": {"type": "User", "id": "bob"}, "attrs": {}, "parents": []},
    {"uid": {"type": "Doc", "id": "plan"}, "parents": [],
     "attrs": {"owner": {"__entity": {"type": "User", "id": "bob"}},
               "readers": {"__entity": {"type": "Team", "id": "blue"}}}}
]"""


class Service:
    """The authorizer in use; replacing it is one assignment, so that no request sees half a change."""

    def __init__(self, policies: PolicySet, entities: Entities) -> None:
        self.authorizer = Authorizer(policies, entities)

    def reload(self, policies: Path) -> None:
        """Serve the policies of a file; a file that cannot be read changes nothing."""
        self.authorizer = self.authorizer.with_policies(PolicySet.from_text(policies.read_text("utf-8")))


app = FastAPI()
service = Service(PolicySet.from_text(POLICIES), Entities.from_json(ENTITIES))


def allowed(action: str) -> Callable[..., None]:
    """Make a dependency that answers 403 unless the caller may do this to the document."""

    def check(name: str, x_user: Annotated[str, Header()]) -> None:
        asked = Request(Uid("User", x_user), Uid("Action", action), Uid("Doc", name))
        if not service.authorizer.authorize(asked).allowed:
            raise HTTPException(403, f"{x_user} may not {action} {name}")

    return check


@app.get("/docs-of-ours/{name}", dependencies=[Depends(allowed("view"))])
def view(name: str) -> dict[str, str]:
    """Return a document."""
    return {"document": name}


@app.delete("/docs-of-ours/{name}", dependencies=[Depends(allowed("delete"))])
def delete(name: str) -> dict[str, str]:
    """Delete a document."""
    return {"deleted": name}
