"""Confirmation of counterexamples: both engines load them under the schema and respond as claimed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drt.engines import build
from drt.engines.guard import Guarded, GuardedSession
from drt.model.case import Case, Request, Source
from drt.model.outcome import Authorized
from drt.model.question import Authorize
from drt.symbolic.counterexample import Counterexample
from drt.symbolic.queries import Query, Response
from reference.policies import Body
from reference.support.recursion import deep_recursion
from reference.text.printer import print_body

ENGINES = ("reference", "production")

Side = Mapping[str, Body]
"""Plain policies by their ids."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Whether every engine responds as claimed; `problem` is the first response that does not fit."""

    confirmed: bool
    problem: str = ""


def confirm(query: Query, sides: Sequence[Side], schema: Source, found: Counterexample) -> Confirmation:
    """Run every engine on the counterexample."""
    for name in ENGINES:
        engine = Guarded(build(name))
        responses = []
        for side in sides:
            case = Case(Source(policies_text(side)), found.entities_json(), schema)
            loaded = engine.load(case)
            if not isinstance(loaded, GuardedSession):
                return Confirmation(False, f"{name}: {loaded}")
            outcome = loaded.ask(Authorize(Request(found.request_json())))
            if not isinstance(outcome, Authorized):
                return Confirmation(False, f"{name}: {outcome}")
            responses.append(response(query, outcome))
        if not query.violated(responses):
            return Confirmation(False, f"{name} responds as the property says: {responses}")
    return Confirmation(True)


def response(query: Query, outcome: Authorized) -> Response:
    """Read off what a side did: a policy matches where it determines the decision alone."""
    holding = bool(outcome.determining) if query.single else outcome.decision == "allow"
    return Response(bool(outcome.erring), holding)


def policies_text(side: Side) -> str:
    """Write policies as text, which nests less than JSON."""
    with deep_recursion():
        return "\n".join(print_body(body) for body in side.values())
