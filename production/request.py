"""Requests: three uids and a context, from JSON or plain Python data (spec 05 §8, §9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from .documents.request_json import read_request, request_members, request_object
from .documents.usual_requests import OpenRequest, Unusual, usual_record, usual_request
from .language.arguments import instance_of
from .language.deep_stack import at_any_depth, with_stack
from .language.uids import Uid
from .language.values import Record, plain_record
from .language.views import View
from .schema.request_types import RequestTypes

_NO_CONTEXT: Final[Record] = {}


class Request(OpenRequest):
    """One authorization question. Immutable.

    The constructor copies the context, and raises `ArgumentError` for what is no Cedar value.
    """

    __slots__ = ()

    def __init__(
        self, principal: Uid, action: Uid, resource: Uid, context: Mapping[str, Any] = _NO_CONTEXT
    ) -> None:
        _set(self, "principal", instance_of(principal, Uid, "principal"))
        _set(self, "action", instance_of(action, Uid, "action"))
        _set(self, "resource", instance_of(resource, Uid, "resource"))
        _set(self, "_context", plain_record(context, "context"))
        _set(self, "_types", None)

    def __init_subclass__(cls) -> None:
        raise TypeError("requests have no subclasses")

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Request:
        """Read `{"principal", "action", "resource", "context"}`, which has no other members.

        A uid is an object in either form or a normalized entity literal. The context is an object in value
        form, or JSON text of one, or missing. Raises `RequestError`.
        """
        try:
            made, context = usual_request(data)
            made._context = usual_record(context)
            made._types = None
            made.__class__ = Request
            request: Request = made
            return request
        except (Unusual, RecursionError):
            members = request_members(data)
            return make_request(*with_stack(lambda: read_request(members)))

    @classmethod
    @at_any_depth
    def from_json(cls, text: str) -> Request:
        """Read a JSON object with the keys of `from_dict`; raises `RequestError`."""
        return make_request(*read_request(request_members(request_object(text))))

    @property
    def context(self) -> View[str]:
        """A read-only view of the context."""
        return View(self._context)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a request is immutable")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a request is immutable")

    def __copy__(self) -> Request:
        return self

    def __deepcopy__(self, memo: object) -> Request:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        # A request is checked again in another process: the types are those of one schema's objects.
        return make_request, (self.principal, self.action, self.resource, self._context)

    def __repr__(self) -> str:
        return f"Request({self.principal!r}, {self.action!r}, {self.resource!r}, {self._context!r})"


_set: Final = object.__setattr__


def make_request(
    principal: Uid, action: Uid, resource: Uid, context: Record, types: RequestTypes | None = None
) -> Request:
    """Return a request of parts that are checked; it takes over the context."""
    made = OpenRequest()
    made.principal, made.action, made.resource = principal, action, resource
    made._context = context
    made._types = types
    made.__class__ = Request
    return cast(Request, made)
