"""Parser tables that all copies of the reference share: making them takes longer than all else of a copy.

Owns stand-ins for the two classes that make tables. What they make calls the builder of the current parser.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reference.schema import text_parser
from reference.text.lalr import Grammar


class _AnyBuilder:
    """A builder that passes every call on to another one, which may change from parse to parse."""

    def __init__(self, builder: object) -> None:
        self.builder = builder

    def __getattr__(self, rule: str) -> Callable[..., Any]:
        getattr(self.builder, rule)  # raises `AttributeError` for a rule without a method
        return lambda *parts: getattr(self.builder, rule)(*parts)


_MADE: dict[object, tuple[Any, _AnyBuilder]] = {}


class _Shared:
    """Tables that are shared, with a builder of their own."""

    def __init__(self, key: object, builder: object, make: Callable[[_AnyBuilder], Any]) -> None:
        if key not in _MADE:
            any_builder = _AnyBuilder(builder)
            _MADE[key] = make(any_builder), any_builder
        self._made, self._any_builder = _MADE[key]
        self._builder = builder

    def __getattr__(self, name: str) -> Any:
        self._any_builder.builder = self._builder
        return getattr(self._made, name)


def _grammar(text: str, starts: tuple[str, ...], builder: object) -> _Shared:
    return _Shared((text, starts), builder, lambda any_builder: Grammar(text, starts, any_builder))


def _lark(text: str, *, transformer: object, **options: Any) -> Any:
    made = vars(text_parser)["Lark"]
    if "lexer" not in options:  # a copied `Grammar`, which keeps the builder's methods
        return made(text, transformer=transformer, **options)
    key = text, tuple(options.items())
    return _Shared(key, transformer, lambda any_builder: made(text, transformer=any_builder, **options))


STAND_INS: dict[str, dict[str, Any]] = {"reference.text.lalr": {"Grammar": _grammar}, "lark": {"Lark": _lark}}
"""What copies get instead, by module and name."""
