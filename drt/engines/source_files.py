"""The files that an engine is made of, as far as its name determines them."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from drt.engines import BUILT_IN

HARNESS = Path(__file__).resolve().parents[1]
"""The folder of the package `drt`."""


def sources_of(engine: str) -> Iterator[Path]:
    """Yield the files or folders of an engine's source, as far as its name determines them."""
    if engine in BUILT_IN:
        yield HARNESS.parent / engine
    elif engine.startswith("process:"):
        with contextlib.suppress(ValueError):  # no command: building the engine says so
            yield from filter(Path.is_file, map(Path, shlex.split(engine.removeprefix("process:"))))
    elif Path(engine).is_dir():
        yield Path(engine)
    else:
        folder, _, module = engine.rpartition(":")[0].rpartition("/")
        if module.endswith(".py"):
            yield Path(folder, module)
        elif (origin := _origin(module)) is not None:
            yield origin.parent if origin.name == "__init__.py" else origin


def _origin(module: str) -> Path | None:
    """Find the file of a module; None if there is no such module: building the engine says so."""
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        return None
    return None if spec is None or spec.origin is None else Path(spec.origin)


def files_of(places: Iterator[Path]) -> Iterator[Path]:
    """Yield the files at and below some places, in order, without compiled modules and locks."""
    for place in places:
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.suffix != ".pyc" and file.name != ".lock" and file.is_file():
                yield file
