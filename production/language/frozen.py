"""Immutable records that are made quickly: parsing makes many, and `dataclass(frozen=True)` would slow it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import Any, ParamSpec, TypeVar, cast, dataclass_transform

P = ParamSpec("P")
T = TypeVar("T")


@dataclass_transform(frozen_default=True, eq_default=False)
def frozen(*, eq: bool = False) -> Callable[[type[T]], type[T]]:
    """Decorate as `dataclass(frozen=True, slots=True)` does; `__init__` fills the slots directly."""

    def decorated(cls: type[T]) -> type[T]:
        made = dataclass(frozen=True, slots=True, eq=eq, repr=eq)(cls)
        post = " self.__post_init__()" if hasattr(made, "__post_init__") else ""
        type.__setattr__(made, "__init__", _filling(made, "self, ", "", post))
        return made

    return decorated


def unchecked(kind: Callable[P, T]) -> Callable[P, T]:
    """Return a constructor of a frozen class that leaves `__post_init__` out, for parts that are checked."""
    return cast("Callable[P, T]", _filling(kind, "", " self = new(kind)", " return self"))


def _filling(kind: Any, first: str, before: str, after: str) -> Callable[..., Any]:
    """Return a function of the fields that fills the slots of `self`."""
    names: dict[str, Any] = {"kind": kind, "new": object.__new__}
    parameters, lines = [], []
    for field in fields(kind):
        names[f"set_{field.name}"] = vars(kind)[field.name].__set__
        names[f"default_{field.name}"] = field.default
        if field.init:
            parameters.append(field.name + ("" if field.default is MISSING else f"=default_{field.name}"))
        lines.append(f" set_{field.name}(self, {field.name if field.init else f'default_{field.name}'})")
    exec("\n".join([f"def made({first}{', '.join(parameters)}):", before, *lines, after]), names)
    return cast("Callable[..., Any]", names["made"])
