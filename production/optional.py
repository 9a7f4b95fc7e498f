"""Partial evaluation where it is installed: outside a checkout, its rooms are a distribution of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

MISSING: Final = (
    "partial evaluation is not installed: install `cedar-engine-partial` of the same version as this engine "
    "(the folder `packaging/partial` of its repository)"
)

try:
    from . import partial
except ImportError:
    INSTALLED = False
else:
    INSTALLED = True
    del partial

if TYPE_CHECKING or INSTALLED:
    from .partial.entities import PartialEntities, PartialEntity
    from .partial.loading import AsyncLoader, Loader
    from .partial.questions import PartialQuestions
    from .partial.request import PartialRequest
    from .partial.response import PartialResponse
else:
    ABSENT: Final = {
        "authorize_batched",
        "authorize_batched_async",
        "partial_entities",
        "partial_request",
        "partially_authorize",
        "query_actions",
        "query_principals",
        "query_resources",
        "read_partial_entities",
        "read_partial_request",
    }

    class PartialQuestions:
        """Stands in for the questions of partial evaluation; each raises `ImportError`."""

        __slots__ = ()

        def _prepare_partial(self, model: object) -> None:
            pass

        def __getattr__(self, name: str) -> Any:
            if name in ABSENT:
                raise ImportError(MISSING)
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __getattr__(name: str) -> Any:
        if name in __all__:
            raise ImportError(MISSING)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "AsyncLoader",
    "Loader",
    "PartialEntities",
    "PartialEntity",
    "PartialQuestions",
    "PartialRequest",
    "PartialResponse",
]
