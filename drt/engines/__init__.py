"""Engines: one adapter per file, and the registry that builds an engine by name."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from drt.model.engine import Engine
from drt.model.errors import InputProblem, MachineProblem

if TYPE_CHECKING:
    from drt.engines.manifest import Manifest

BUILT_IN = {
    "reference": "drt.engines.reference_engine:ReferenceEngine",
    "production": "drt.engines.production_engine:ProductionEngine",
    "cedarpy": "drt.engines.cedarpy_engine:CedarpyEngine",
}

EXTRA = {"cedarpy": "oracles"}
"""Engines that need an optional library, and the extra of our distribution that brings it."""

GROUP = "drt.engines"
"""The group of entry points by which installed distributions plug in engines."""


class UnknownEngine(InputProblem):
    """No engine of that name can be used: it is unknown, not installed, or wrong about itself."""


class EngineDoesNotStart(UnknownEngine, MachineProblem):
    """The engine is there, and breaks before it has answered anything."""


def build(name: str) -> Engine:
    """Build the engine called `name`, importing it only now.

    Beside the built-in names there are those that installed distributions plug in. From outside, a folder
    with an `engine.toml` names one, and so do `module:attribute`, `folder/module:attribute` for a module that
    is imported from a folder, `./file.py:attribute`, and `process:COMMAND` for one in a process of its own
    (see `process_engine`).
    Raises `UnknownEngine` with a sentence for the user.
    """
    if name.startswith("process:"):
        return _process(name)
    plugged_in = {point.name: point for point in entry_points(group=GROUP)}
    if name in plugged_in and name not in BUILT_IN:
        return _plugged_in(plugged_in[name])
    if Path(name).is_dir() and name not in BUILT_IN:
        return _from_folder(name)
    module, _, attribute = BUILT_IN.get(name, name).rpartition(":")
    if not module:
        raise _unknown(name)
    try:
        loaded = _module(module)
    except ImportError as error:
        hint = f"; it comes with the extra {EXTRA[name]!r}" if name in EXTRA else ""
        if Path(f"{module}.py").is_file():
            hint = f"; the file in this folder is ./{module}.py:{attribute}"
        raise UnknownEngine(f"the engine {name!r} cannot be loaded: {error}{hint}") from None
    except Exception as error:
        raise _does_not_start(name, error) from None
    if not hasattr(loaded, attribute):
        raise UnknownEngine(f"the engine {name!r} cannot be loaded: {module} has no {attribute}")
    return _made(name, getattr(loaded, attribute))


def check_named(name: str) -> None:
    """Raise `UnknownEngine` for a folder that cannot be an engine's, and a plain name that names none.

    Nothing is started or imported: whether the engine starts remains open.
    """
    if is_installed(name) or ":" in name:
        return
    if not Path(name).is_dir():
        raise _unknown(name)
    _manifest(name)


def _unknown(name: str) -> UnknownEngine:
    known = {*BUILT_IN, *(point.name for point in entry_points(group=GROUP))}
    return UnknownEngine(
        f"unknown engine {name!r}; known engines are {', '.join(sorted(known))}, "
        "a folder with an engine.toml, module:class, ./file.py:class and process:COMMAND"
    )


def _made(name: str, make: Callable[[], Any]) -> Engine:
    """Make an engine in this process, and check what it states of itself."""
    from drt.engines.capabilities import Misstated, check_engine
    from drt.engines.outside import OutsideEngine

    try:
        engine = make()
        check_engine(engine)
    except Misstated as reason:
        raise _cannot_be_used(name, reason) from None
    except Exception as error:
        raise _does_not_start(name, error) from None
    return cast(Engine, engine) if name in BUILT_IN else OutsideEngine(engine)


def _cannot_be_used(name: str, reason: Exception) -> UnknownEngine:
    return UnknownEngine(f"the engine {name!r} cannot be used: {reason}")


def _does_not_start(name: str, error: Exception) -> EngineDoesNotStart:
    return EngineDoesNotStart(f"the engine {name!r} cannot be started: {type(error).__name__}: {error}")


def from_anywhere(name: str) -> str:
    """Make the paths in an engine's name absolute, so that it builds the same engine in any folder."""
    if name.startswith("process:"):
        try:
            words = shlex.split(name.removeprefix("process:"))
        except ValueError:
            return name
        return f"process:{shlex.join(map(_absolute_word, words))}"
    if name in BUILT_IN or name in {point.name for point in entry_points(group=GROUP)}:
        return name
    if Path(name).is_dir():
        return str(Path(name).absolute())
    module, colon, attribute = name.rpartition(":")
    place = _absolute(module) if module.endswith(".py") else _with_folder(module)
    return f"{place}{colon}{attribute}"


def _absolute_word(word: str) -> str:
    """Make the path in a word of a command absolute, also in `--option=FILE` and `FILE.py:attribute`."""
    option, equals, value = word.partition("=") if word.startswith("-") else ("", "", word)
    path, colon, attribute = value.rpartition(":")
    if path.endswith(".py"):
        return f"{option}{equals}{_absolute(path)}{colon}{attribute}"
    return f"{option}{equals}{_absolute(value)}"


def _with_folder(module: str) -> str:
    """Add its folder to a module that is found through the current folder or PYTHONPATH."""
    top = module.partition(".")[0]
    try:
        spec = find_spec(top) if top.isidentifier() else None
    except (ImportError, ValueError):
        spec = None
    inside = [] if spec is None else list(spec.submodule_search_locations or ())
    if spec is not None and spec.has_location and not inside:
        inside = [str(spec.origin)]
    if not inside:
        return module
    folder = Path(inside[0]).absolute().parent
    given = [
        Path.cwd(),
        *(Path(one).absolute() for one in os.environ.get("PYTHONPATH", "").split(os.pathsep)),
    ]
    return f"{folder}/{module}" if folder in given else module


def _absolute(word: str) -> str:
    """Make a word absolute if it is a file here, or a folder that is spelled as a path."""
    path = Path(word)
    return str(path.absolute()) if path.is_file() or ("/" in word and path.is_dir()) else word


def is_installed(name: str) -> bool:
    """Whether an engine is known by its plain name: built in, or plugged in by an installed distribution."""
    return name in BUILT_IN or any(point.name == name for point in entry_points(group=GROUP))


def _plugged_in(point: EntryPoint) -> Engine:
    """Build what an installed distribution offers under a name: a class or another callable."""
    of = f" of {point.dist.name} {point.dist.version}" if point.dist is not None else ""
    try:
        make = point.load()
    except (ImportError, AttributeError) as error:
        raise UnknownEngine(f"the engine {point.name!r}{of} cannot be loaded: {error}") from None
    return _made(point.name, make)


def _module(name: str) -> ModuleType:
    if not name.endswith(".py"):
        folder, _, inside = name.rpartition("/")
        place = str(Path(folder).absolute())
        if folder and Path(folder).is_dir() and place not in sys.path:
            sys.path.insert(0, place)
        return import_module(inside)
    path = Path(name)
    spec = spec_from_file_location(f"engine_{path.stem}", path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise ImportError(f"there is no file {name}")
    module = module_from_spec(spec)
    sys.modules[module.__name__] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def _manifest(name: str) -> Manifest:
    from drt.engines.manifest import read_manifest

    try:
        return read_manifest(Path(name))
    except InputProblem as problem:
        raise UnknownEngine(f"the engine {name!r} cannot be started: {problem}") from None


def _from_folder(name: str) -> Engine:
    manifest = _manifest(name)
    limits = {"seconds": manifest.deadline, "memory": manifest.memory}
    return _started(name, manifest.command, manifest.needs, folder=Path(name).resolve(), **limits)


def _process(name: str) -> Engine:
    try:
        command = shlex.split(name.removeprefix("process:"))
    except ValueError:
        command = []
    if not command:
        raise UnknownEngine(f"the engine {name!r} cannot be started: not a command")
    return _started(name, command)


def _started(name: str, command: Sequence[str], needs: str = "", **more: Any) -> Engine:
    from drt.engines.capabilities import CannotTalk, Misstated
    from drt.engines.child import ChildDied, DeadlinePassed, LineTooLong, MemoryExceeded
    from drt.engines.process_engine import ProcessEngine

    try:
        return ProcessEngine(command, **more)
    except ChildDied as death:
        last = str(death).strip().rpartition("\n")[2]
        why = f"{death.how}: {last}" if last else death.how
    except DeadlinePassed:
        why = "it does not answer"
    except MemoryExceeded:
        why = "it holds more memory than it may"
    except LineTooLong:
        why = "it answers without end"
    except Misstated as reason:
        raise _cannot_be_used(name, reason) from None
    except CannotTalk as reason:
        why = str(reason)
    hint = f"; it needs {needs}" if needs else ""
    raise EngineDoesNotStart(f"the engine {name!r} cannot be started: {why}{hint}")
