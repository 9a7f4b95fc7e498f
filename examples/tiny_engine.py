"""An engine from outside, plugged in: policies without scope or conditions, and nothing else.

    drt conformance corpus/seeds --engine ./examples/tiny_engine.py:TinyEngine

Run in a process of its own it cannot hurt the harness, and could as well be written in another language:

    drt conformance corpus/seeds \
        --engine "process:python -m drt.engines.serve ./examples/tiny_engine.py:TinyEngine"

What it does not know it answers with `Unsupported`: counted, shown, and never taken for agreement.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from drt.engines.base import BaseEngine, BaseSession
from drt.model.case import Case, Request
from drt.model.outcome import Authorized, Rejected, Unsupported

POLICY = re.compile(r"\s*(permit|forbid)\s*\(\s*principal\s*,\s*action\s*,\s*resource\s*,?\s*\)\s*;\s*")


@dataclass
class TinySession(BaseSession):
    """A loaded case: the effects of its policies."""

    effects: list[str]

    def authorize(self, request: Request) -> Authorized:
        """Answer a request; every policy applies."""
        deciding = "forbid" if "forbid" in self.effects else "permit"
        ids = tuple(f"policy{n}" for n, effect in enumerate(self.effects) if effect == deciding)
        return Authorized("allow" if deciding == "permit" and ids else "deny", ids)


class TinyEngine(BaseEngine):
    """Policies without conditions, and nothing else of Cedar."""

    name = "tiny"
    version = "1"

    def load(self, case: Case) -> TinySession | Rejected | Unsupported:
        """Read the effects of the policies."""
        if case.schema or case.links or case.policies.format == "json" or case.entities.strip() != "[]":
            return Unsupported("cases")
        if case.policies.text.count("(") != case.policies.text.count(")"):
            return Rejected("policies", "unbalanced parentheses")
        if re.fullmatch(rf"(?:{POLICY.pattern})*\s*", case.policies.text) is None:
            return Unsupported("scopes-and-conditions")
        return TinySession(POLICY.findall(case.policies.text))
