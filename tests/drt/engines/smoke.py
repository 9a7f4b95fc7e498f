"""The least that an engine must do before its divergences mean anything."""

from __future__ import annotations

import json

from drt.engines.guard import Guarded
from drt.model.case import Case, Request, Source
from drt.model.engine import Engine, NotLoaded
from drt.model.outcome import Accepted, Authorized, Outcome, Rejected
from drt.model.question import Authorize, ReadPolicies

PERMIT = "permit(principal, action, resource);"
FORBID = "forbid(principal, action, resource);"

ANYONE = Request(
    json.dumps(
        {
            "principal": {"type": "User", "id": "alice"},
            "action": {"type": "Action", "id": "view"},
            "resource": {"type": "Photo", "id": "p"},
            "context": {},
        }
    )
)

EXPECTED: tuple[tuple[str, str, Authorized], ...] = (
    ("an empty set denies", "", Authorized("deny")),
    ("a permit allows", PERMIT, Authorized("allow", ("policy0",))),
    ("a forbid denies", FORBID, Authorized("deny", ("policy0",))),
    ("a forbid overrides a permit", PERMIT + FORBID, Authorized("deny", ("policy1",))),
)


def smoke(engine: Engine) -> list[str]:
    """List what an engine gets wrong of the bare minimum, one sentence each; nothing if it may be used."""
    guarded = Guarded(engine)
    wrong = [
        f"{fact}: expected {expected}, got {got}"
        for fact, text, expected in EXPECTED
        if (got := _response(guarded, text)) != expected
    ]
    refused = guarded.ask(ReadPolicies(Source("permit(")))
    if isinstance(refused, Accepted) or _response(guarded, "permit(") != Rejected("policies"):
        wrong.append("a text that is no policy is refused: it was not")
    if not engine.name or not engine.version:
        wrong.append("an engine has a name and a version: one is empty")
    return wrong


def _response(engine: Guarded, policies: str) -> Outcome:
    loaded = engine.load(Case(Source(policies)))
    return loaded if isinstance(loaded, NotLoaded) else loaded.ask(Authorize(ANYONE))
