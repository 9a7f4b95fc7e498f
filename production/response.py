"""The answer to a request (spec 04), and the combination of policies' statuses into one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal, NoReturn

from .errors import ERROR_KINDS, FALSE, FIRST_ERROR, TRUE, ArgumentError, ErrorKind

Decision = Literal["allow", "deny"]


class Response:
    """A decision, the policies that determined it, and the erring ones with their error. Immutable."""

    __slots__ = ("decision", "determining", "errors")

    decision: Decision
    """`allow` or `deny`."""
    determining: frozenset[str]
    """The ids of the policies that determined the decision."""
    errors: Mapping[str, ErrorKind]
    """The kind of error of each policy that erred, by id; read-only."""

    def __init__(
        self,
        decision: Decision,
        determining: Iterable[str] = (),
        errors: Mapping[str, ErrorKind] | None = None,
    ) -> None:
        if type(decision) is not str or decision not in ("allow", "deny"):
            raise ArgumentError(f"a decision is 'allow' or 'deny', not {decision!r}")
        set_field = super().__setattr__
        set_field("decision", decision)
        set_field("determining", frozenset(determining))
        set_field("errors", MappingProxyType(dict(errors)) if errors else _NO_ERRORS)

    @property
    def allowed(self) -> bool:
        """Whether the decision is Allow."""
        return self.decision == "allow"

    @property
    def reason(self) -> frozenset[str]:
        """The determining policies, under the name that Cedar's own libraries give them."""
        return self.determining

    @property
    def erring(self) -> frozenset[str]:
        """The ids of the policies that erred."""
        return frozenset(self.errors)

    def __bool__(self) -> NoReturn:
        raise TypeError("a response is neither true nor false: ask for `response.allowed`")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a response is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a response is immutable")

    def __copy__(self) -> Response:
        return self

    def __deepcopy__(self, memo: object) -> Response:
        return self

    def __reduce__(self) -> tuple[object, tuple[str, frozenset[str], dict[str, ErrorKind]]]:
        return Response, (self.decision, self.determining, dict(self.errors))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Response):
            return NotImplemented
        return (self.decision, self.determining, dict(self.errors)) == (
            other.decision,
            other.determining,
            dict(other.errors),
        )

    def __hash__(self) -> int:
        return hash((self.decision, self.determining, frozenset(self.errors.items())))

    def __repr__(self) -> str:
        return f"Response({self.decision!r}, {sorted(self.determining)!r}, {dict(self.errors)!r})"


_NO_ERRORS: Final[Mapping[str, ErrorKind]] = MappingProxyType({})


def combine(statuses: Iterable[tuple[str, bool, int]]) -> Response:
    """Return the response to statuses of policies: each an id, whether it permits, a status (spec 04 §3)."""
    permits: list[str] = []
    forbids: list[str] = []
    errors: dict[str, ErrorKind] = {}
    for policy_id, is_permit, status in statuses:
        if status == TRUE:
            (permits if is_permit else forbids).append(policy_id)
        elif status != FALSE:
            errors[policy_id] = ERROR_KINDS[status - FIRST_ERROR]
    if permits and not forbids:
        return Response("allow", permits, errors)
    return Response("deny", forbids, errors)
