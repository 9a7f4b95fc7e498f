"""Read-only views of records and of maps of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar

K = TypeVar("K")


class View(Mapping[K, Any], Generic[K]):
    """A mapping that shows a dict and cannot change it; dicts inside it are shown as views, too."""

    __slots__ = ("_shown",)

    def __init__(self, shown: dict[K, Any]) -> None:
        self._shown = shown

    def __getitem__(self, name: K) -> Any:
        found = self._shown[name]
        return View(found) if found.__class__ is dict else found

    def __contains__(self, name: object) -> bool:
        return name in self._shown

    def __iter__(self) -> Iterator[K]:
        return iter(self._shown)

    def __len__(self) -> int:
        return len(self._shown)

    def __repr__(self) -> str:
        return repr(self._shown)

    def __copy__(self) -> View[K]:
        return self

    def __deepcopy__(self, memo: object) -> View[K]:
        return self

    def __reduce__(self) -> tuple[object, tuple[dict[K, Any]]]:
        return View, (self._shown,)


def shown_by(view: View[K]) -> dict[K, Any]:
    """Return what a view shows, not to be changed."""
    return view._shown
