"""The code under proof: the shipped modules, or the same with one planted defect.

Owns the planting. A defect is a piece of source text and another in its place; it is put into a module's
source in memory, and every module that is asked for is then executed afresh against it. A defect whose text
no longer occurs is an error, not a pass.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType


@dataclass(frozen=True, slots=True)
class Defect:
    """What somebody might have written by mistake: in `module`, `instead` in the place of `text`."""

    name: str
    module: str
    text: str
    instead: str


class NotPlanted(Exception):
    """The text that a defect replaces does not occur exactly once in its module."""


@dataclass(slots=True)
class Code:
    """Modules by name, with a defect or without."""

    defect: Defect | None = None
    _loaded: dict[str, ModuleType] = field(default_factory=dict)

    def module(self, name: str) -> ModuleType:
        """Return the module; under a defect a copy that sees the changed one.

        Raises: NotPlanted: see there.
        """
        if self.defect is None:
            return import_module(name)
        if self.defect.module not in self._loaded:
            self._loaded[self.defect.module] = self._executed(self.defect.module, self._changed())
        if name not in self._loaded:
            with self._in_place():
                self._loaded[name] = self._executed(name, _source(name))
        return self._loaded[name]

    def text(self, name: str) -> str:
        """Return the source of a module, with the defect if it is planted there."""
        return self._changed() if self.defect is not None and self.defect.module == name else _source(name)

    def _changed(self) -> str:
        assert self.defect is not None
        source = _source(self.defect.module)
        if source.count(self.defect.text) != 1:
            raise NotPlanted(
                f"the defect {self.defect.name!r} does not fit {self.defect.module}: its text occurs "
                f"{source.count(self.defect.text)} times"
            )
        return source.replace(self.defect.text, self.defect.instead)

    def _executed(self, name: str, source: str) -> ModuleType:
        module = ModuleType(name)
        module.__file__ = f"<{name}, changed>"
        module.__package__ = name.rpartition(".")[0]
        sound = sys.modules.get(name) or import_module(name)
        sys.modules[name] = module  # dataclasses look their module up
        try:
            exec(compile(source, module.__file__, "exec"), module.__dict__)
        finally:
            sys.modules[name] = sound
        return module

    @contextmanager
    def _in_place(self) -> Iterator[None]:
        """Let imports find the changed modules while another is executed."""
        sound = {name: sys.modules[name] for name in self._loaded}
        sys.modules.update(self._loaded)
        try:
            yield
        finally:
            sys.modules.update(sound)


def _source(name: str) -> str:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise NotPlanted(f"there is no module {name}")
    return Path(spec.origin).read_text(encoding="utf-8")
