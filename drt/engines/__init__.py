"""One adapter a file, and the registry that builds an engine by name."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import cast

from drt.engines.protocol import Engine
from drt.problems import InputProblem

BUILT_IN = {
    "reference": "drt.engines.reference_engine:ReferenceEngine",
    "production": "drt.engines.production_engine:ProductionEngine",
    "cedarpy": "drt.engines.cedarpy_engine:CedarpyEngine",
}

EXTRA = {"cedarpy": "oracles"}
"""Engines that need an optional library, and the extra of our distribution that brings it."""


class UnknownEngine(InputProblem):
    """No engine of that name is known, or the library behind it is not installed."""


def build(name: str) -> Engine:
    """The engine called `name`, loaded only now.

    Beside the built-in names, `module:attribute` and `./file.py:attribute` name one from outside, and
    `process:COMMAND` one in a process of its own (see `process_engine`).
    Raises `UnknownEngine` with a sentence for the user.
    """
    if name.startswith("process:"):
        return _process(name)
    module, _, attribute = BUILT_IN.get(name, name).rpartition(":")
    if not module:
        raise UnknownEngine(
            f"unknown engine {name!r}; known engines are {', '.join(sorted(BUILT_IN))}, "
            "module:class, ./file.py:class and process:COMMAND"
        )
    try:
        make = getattr(_module(module), attribute)
    except ImportError as error:
        hint = f"; it comes with the extra {EXTRA[name]!r}" if name in EXTRA else ""
        raise UnknownEngine(f"the engine {name!r} cannot be loaded: {error}{hint}") from None
    except AttributeError:
        raise UnknownEngine(f"the engine {name!r} cannot be loaded: {module} has no {attribute}") from None
    return cast(Engine, make())


def _module(name: str) -> ModuleType:
    if not name.endswith(".py"):
        return import_module(name)
    path = Path(name)
    spec = spec_from_file_location(f"engine_{path.stem}", path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise ImportError(f"there is no file {name}")
    module = module_from_spec(spec)
    sys.modules[module.__name__] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def _process(name: str) -> Engine:
    from drt.engines.child import ChildDied, DeadlinePassed
    from drt.engines.process_engine import ProcessEngine

    try:
        return ProcessEngine(name.removeprefix("process:"))
    except ChildDied as death:
        last = str(death).strip().rpartition("\n")[2]
        raise UnknownEngine(f"the engine {name!r} cannot be started: {death.how}: {last}") from None
    except DeadlinePassed:
        raise UnknownEngine(f"the engine {name!r} cannot be started: it does not answer") from None
    except (ValueError, IndexError):
        raise UnknownEngine(f"the engine {name!r} cannot be started: not a command") from None
