"""The response to a partial request (spec 09 §6, §7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NoReturn

from ..entities import Entities
from ..language.arguments import instance_of
from ..language.policies import Policy
from ..policy_set import PolicySet, id_of
from ..request import Request
from ..response import Decision, Response
from .outcome import Residuals, decide

Check = Callable[[Request, Entities], None]
"""Raises `InconsistentError` for concrete data that do not complete the partial ones."""


class ResidualPolicies(Mapping[str, Policy]):
    """Residual policies by id, made when looked up. Read-only."""

    __slots__ = ("_ids", "_residuals")

    def __init__(self, residuals: Residuals, ids: Mapping[str, object]) -> None:
        self._residuals = residuals
        self._ids = ids

    def __getitem__(self, policy_id: str) -> Policy:
        if policy_id not in self._ids:
            raise KeyError(policy_id)
        return self._residuals.shown(policy_id)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


class PartialResponse:
    """A decision, if there is one, and the residual policies that it follows from. Immutable.

    Made by `Schema.partially_authorize`.
    """

    __slots__ = ("_check", "_residuals", "decision", "reason")

    decision: Decision | None
    """`allow` or `deny`, which every completion has; `None` where it depends on what is unknown."""
    reason: frozenset[str] | None
    """The policies that determine the decision; `None` where there is none."""
    _residuals: Residuals
    _check: Check

    def __init__(self, residuals: Residuals, check: Check) -> None:
        decision, reason = decide(residuals.plan, residuals.by_id)
        set_field = object.__setattr__
        set_field(self, "decision", decision)
        set_field(self, "reason", reason)
        set_field(self, "_residuals", residuals)
        set_field(self, "_check", check)

    def __init_subclass__(cls) -> None:
        raise TypeError("partial responses have no subclasses")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a partial response is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a partial response is immutable")

    def __bool__(self) -> NoReturn:
        raise TypeError("a partial response is neither true nor false: ask for `decision`")

    def __repr__(self) -> str:
        reason = None if self.reason is None else sorted(self.reason)
        return f"<PartialResponse: {self.decision!r}, reason {reason!r}>"

    @property
    def true_permits(self) -> frozenset[str]:
        """The permits whose residual is `true`."""
        return self._residuals.of_class("true", "permit")

    @property
    def false_permits(self) -> frozenset[str]:
        """The permits whose residual is `false`."""
        return self._residuals.of_class("false", "permit")

    @property
    def error_permits(self) -> frozenset[str]:
        """The permits that err in every completion."""
        return self._residuals.of_class("error", "permit")

    @property
    def residual_permits(self) -> frozenset[str]:
        """The permits that are still open."""
        return self._residuals.of_class("residual", "permit")

    @property
    def true_forbids(self) -> frozenset[str]:
        """The forbids whose residual is `true`."""
        return self._residuals.of_class("true", "forbid")

    @property
    def false_forbids(self) -> frozenset[str]:
        """The forbids whose residual is `false`."""
        return self._residuals.of_class("false", "forbid")

    @property
    def error_forbids(self) -> frozenset[str]:
        """The forbids that err in every completion."""
        return self._residuals.of_class("error", "forbid")

    @property
    def residual_forbids(self) -> frozenset[str]:
        """The forbids that are still open."""
        return self._residuals.of_class("residual", "forbid")

    @property
    def policies(self) -> Mapping[str, Policy]:
        """The residual policies of all policies by id, decided ones included."""
        return ResidualPolicies(self._residuals, self._residuals.plan.policies)

    @property
    def residual_policies(self) -> Mapping[str, Policy]:
        """The residual policies that are still open, by id."""
        ids = self.residual_permits | self.residual_forbids
        return ResidualPolicies(self._residuals, dict.fromkeys(sorted(ids)))

    def get_policy(self, policy_id: str) -> Policy | None:
        """Return the residual policy of an id, if there is one."""
        return self.policies.get(id_of(policy_id))

    def policy_set(self) -> PolicySet:
        """Return the residual policies of all policies, to be written as text or JSON.

        A policy that errs holds `error()`, which is no Cedar: nothing but a residual's reader takes it.
        """
        return PolicySet(self.policies)

    def runnable_policy_set(self) -> PolicySet:
        """Return policies that mean what the residuals mean and run, without those that are `false`."""
        return self._residuals.runnable()

    def reauthorize(self, request: Request, entities: Entities) -> Response:
        """Return the response of the original policies to concrete data that complete the partial ones.

        Raises `InconsistentError` for data that do not, or that do not fit the schema.
        """
        self._check(instance_of(request, Request, "a request"), instance_of(entities, Entities, "entities"))
        return self._residuals.authorizer(entities).authorize(request)
