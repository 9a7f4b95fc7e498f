"""Immutable records that are made quickly: parsing makes many, and `dataclass(frozen=True)` would slow it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeVar, cast, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, eq_default=False)
def frozen(*, eq: bool = False) -> Callable[[type[T]], type[T]]:
    """Decorate as `dataclass(frozen=True, slots=True)` does; `__init__` fills the slots directly."""

    def decorated(cls: type[T]) -> type[T]:
        made = dataclass(frozen=True, slots=True, eq=eq, repr=eq)(cls)
        parameters, lines = ["self"], []
        names: dict[str, Any] = {}
        for field in fields(cast("Any", made)):
            names[f"set_{field.name}"] = vars(made)[field.name].__set__
            names[f"default_{field.name}"] = field.default
            default = "" if field.default is MISSING else f"=default_{field.name}"
            value = field.name if field.init else f"default_{field.name}"
            if field.init:
                parameters.append(f"{field.name}{default}")
            lines.append(f" set_{field.name}(self, {value})")
        if hasattr(made, "__post_init__"):
            lines.append(" self.__post_init__()")
        exec("\n".join([f"def __init__({', '.join(parameters)}):", *lines]), names)
        type.__setattr__(made, "__init__", names["__init__"])
        return made

    return decorated
