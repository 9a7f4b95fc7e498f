"""An authorization request (spec 04 §1)."""

from __future__ import annotations

from dataclasses import dataclass

from reference.syntax import Variable
from reference.values import EntityUid, Record, Value


@dataclass(frozen=True, slots=True)
class Request:
    """A principal, an action, a resource and a context. The entities need not exist."""

    principal: EntityUid
    action: EntityUid
    resource: EntityUid
    context: Record

    def variable(self, name: Variable) -> Value:
        """Return the part of the request that a variable stands for."""
        match name:
            case "principal":
                return self.principal
            case "action":
                return self.action
            case "resource":
                return self.resource
            case "context":
                return self.context
