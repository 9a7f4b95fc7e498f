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


class UnknownEngine(Exception):
    """No engine of that name is known, or the library behind it is not installed."""


def build(name: str) -> Engine:
    """The engine called `name`, loaded only now.

    Raises `UnknownEngine` with a sentence for the user.
    """
    if name not in BUILT_IN:
        raise UnknownEngine(f"unknown engine {name!r}; known engines are {', '.join(sorted(BUILT_IN))}")
    module, _, attribute = BUILT_IN[name].partition(":")
    return cast(Engine, getattr(import_module(module), attribute)())
