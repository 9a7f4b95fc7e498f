"""One adapter a file, and the registry that builds an engine by name."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from drt.engines.protocol import Engine

BUILT_IN = {
    "reference": "drt.engines.reference_engine:ReferenceEngine",
    "production": "drt.engines.production_engine:ProductionEngine",
    "cedarpy": "drt.engines.cedarpy_engine:CedarpyEngine",
}

EXTRA = {"cedarpy": "oracles"}
"""Engines that need an optional library, and the extra of our distribution that brings it."""


class UnknownEngine(Exception):
    """No engine of that name is known, or the library behind it is not installed."""


def build(name: str) -> Engine:
    """The engine called `name`, loaded only now; `module:attribute` names one from outside.

    Raises `UnknownEngine` with a sentence for the user.
    """
    module, _, attribute = BUILT_IN.get(name, name).partition(":")
    if not attribute:
        raise UnknownEngine(f"unknown engine {name!r}; known engines are {', '.join(sorted(BUILT_IN))}")
    try:
        make = getattr(import_module(module), attribute)
    except ImportError as error:
        hint = f"; it comes with the extra {EXTRA[name]!r}" if name in EXTRA else ""
        raise UnknownEngine(f"the engine {name!r} cannot be loaded: {error}{hint}") from None
    except AttributeError:
        raise UnknownEngine(f"the engine {name!r} cannot be loaded: {module} has no {attribute}") from None
    return cast(Engine, make())
