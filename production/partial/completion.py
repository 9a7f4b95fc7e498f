"""The check that concrete data complete partial ones (spec 09 §7)."""

from __future__ import annotations

from ..entities import Entities
from ..errors import EntitiesError, InconsistentError, RequestError
from ..language.entity import NO_TAGS
from ..language.uids import Uid
from ..language.values import equal
from ..request import Request
from ..schema.model import SchemaModel
from ..validation.conforming_requests import check_request
from .entities import PartialEntities, PartialEntityChecker
from .request import PartialRequest, Role


class Completion:
    """What concrete data must agree with: a partial request and partial entities."""

    __slots__ = ("_checked", "_checker", "_model", "_partial", "_request")

    def __init__(
        self,
        model: SchemaModel,
        checker: PartialEntityChecker,
        request: PartialRequest,
        partial: PartialEntities,
    ) -> None:
        self._model = model
        self._checker = checker
        self._request = request
        self._partial = partial
        self._checked: Entities | None = None
        """The store that was found to be one last: stores never change."""

    def check(self, request: Request, entities: Entities) -> None:
        """Raise `InconsistentError` with the first thing that does not fit."""
        try:
            check_request(self._model, request.principal, request.action, request.resource, request._context)
        except RequestError as error:
            raise InconsistentError("request", str(error)) from None
        if entities is not self._checked:
            try:
                self._checker.check_concrete(entities)
            except EntitiesError as error:
                raise InconsistentError("entities", str(error)) from None
            self._check_entities(entities)
            self._checked = entities
        self._check_request(request)

    def _check_entities(self, entities: Entities) -> None:
        known = self._partial._known
        for uid in self._partial._mentioned:
            found = entities._attributes.get(uid)
            if found is None:
                raise _differs(uid, "it is not in the store")
            attributes, ancestors, tags = (
                known.attributes.get(uid), known.ancestors.get(uid), known.tags.get(uid),
            )  # fmt: skip
            if attributes is not None and not equal(attributes, found):
                raise _differs(uid, "its attributes are others")
            if ancestors is not None and ancestors != entities._above[uid]:
                raise _differs(uid, "its ancestors are others")
            if tags is not None and not equal(tags, entities._tags.get(uid, NO_TAGS)):
                raise _differs(uid, "its tags are others")

    def _check_request(self, request: Request) -> None:
        partial = self._request
        for name, role, uid in (
            ("principal", partial.principal, request.principal),
            ("resource", partial.resource, request.resource),
        ):
            if not _fits(role, uid):
                message = f"the {name} {uid!r} does not complete the partial request"
                raise InconsistentError("inconsistent_request", message)
        if partial.action is not request.action:
            raise InconsistentError("inconsistent_request", f"the action is {request.action!r}")
        if partial._context is not None and not equal(partial._context, request._context):
            raise InconsistentError("inconsistent_request", "the context is another")


def _fits(role: Role, uid: Uid) -> bool:
    return role is uid if isinstance(role, Uid) else role == uid.type


def _differs(uid: Uid, how: str) -> InconsistentError:
    return InconsistentError("inconsistent_entities", f"{uid!r} differs from the partial entities: {how}")
