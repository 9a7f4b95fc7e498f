"""Patched copies of the engines: every module that a patch can reach runs again, from changed source.

Owns a private import system. A copy shares the modules that no patch reaches, and leaves `sys.modules` alone,
so that hundreds of copies live in one process.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from importlib.machinery import SourceFileLoader
from importlib.util import resolve_name
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from drt.assess.planted.shared_grammars import STAND_INS
from drt.model.engine import Engine

ADAPTERS = {
    "production": ("drt.engines.production_engine", "ProductionEngine"),
    "reference": ("drt.engines.reference_engine", "ReferenceEngine"),
}
Sources = Mapping[str, ast.Module]
"""The changed modules, by name."""


@lru_cache(maxsize=1024)
def source_of(module: str) -> str:
    """Return the source text of a module."""
    return _file_of(module).read_text(encoding="utf-8")


@lru_cache(maxsize=1024)
def _file_of(module: str) -> Path:
    root, *parts = module.split(".")
    package = import_module(root).__file__
    assert package is not None
    path = Path(package).parent.joinpath(*parts)
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@lru_cache(maxsize=1024)
def _code_of(module: str) -> CodeType:
    code = SourceFileLoader(module, str(_file_of(module))).get_code(module)
    assert code is not None
    return code


@lru_cache(maxsize=2)
def modules_of(engine: str) -> dict[str, frozenset[str]]:
    """Return the modules that make an engine and its adapter, with those among them that each imports."""
    root = _file_of(engine).parent
    paths = [path.relative_to(root) for path in sorted(root.rglob("*.py"))]
    names = [_module_name(engine, path) for path in paths]
    adapters = sorted(_file_of(ADAPTERS[engine][0]).parent.glob("*.py"))
    names += [f"drt.engines.{path.stem}" for path in adapters if _is_adapter(engine, path)]
    known = frozenset(names)
    return {name: frozenset(_imported(name, known)) for name in names}


def _is_adapter(engine: str, path: Path) -> bool:
    return path.stem.startswith(f"{engine}_") or f"\nfrom {engine}." in path.read_text(encoding="utf-8")


def _module_name(engine: str, path: Path) -> str:
    parts = [engine, *path.with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(module: str, known: frozenset[str]) -> Iterator[str]:
    is_package = _file_of(module).name == "__init__.py"
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(source_of(module))):
        if isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package)
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield from known.intersection((inner if inner in known else base,))


def _reached_by(engine: str, changed: frozenset[str]) -> frozenset[str]:
    """Return the changed modules, whatever imports them, and the packages that hold one of those."""
    imports = modules_of(engine)
    reached = set(changed)
    while more := {name for name, used in imports.items() if name not in reached and used & reached}:
        reached |= more
    packages = {name for name in imports if any(one.startswith(f"{name}.") for one in reached)}
    return frozenset({*reached, *packages, ADAPTERS[engine][0]})


class Copy:
    """A copy of an engine with changed modules; `names` are put among the built-in names of its code."""

    def __init__(self, engine: str, sources: Sources, names: Mapping[str, Any] | None = None) -> None:
        self._engine = engine
        self._sources = sources
        self._copied = _reached_by(engine, frozenset(sources))
        self._made: dict[str, ModuleType] = {}
        self._builtins = {**vars(builtins), **(names or {}), "__import__": self._import}

    def build(self) -> Engine:
        """Build the engine of the copy."""
        module, name = ADAPTERS[self._engine]
        engine: Engine = getattr(self.module(module), name)()
        return engine

    def module(self, name: str) -> ModuleType:
        """Return a module of the copy, or the shared one that no change reaches."""
        if name not in self._copied:
            return import_module(name)
        package = name.rpartition(".")[0]
        if package in self._copied:
            self.module(package)  # first, as Python imports
        if name not in self._made:
            import_module(name)  # data classes look the module of their class up in `sys.modules`
            file = _file_of(name)
            made = self._made[name] = ModuleType(name)
            is_package = file.name == "__init__.py"
            made.__dict__.update(
                __file__=str(file),
                __package__=name if is_package else name.rpartition(".")[0],
                __builtins__=self._builtins,
            )
            tree = self._sources.get(name)
            code = _code_of(name) if tree is None else compile(tree, str(file), "exec", dont_inherit=True)
            exec(code, made.__dict__)
        return self._made[name]

    def _import(
        self,
        name: str,
        namespace: Mapping[str, Any] | None = None,
        local: Mapping[str, Any] | None = None,
        wanted: tuple[str, ...] | None = (),
        level: int = 0,
    ) -> ModuleType:
        package = (namespace or {}).get("__package__", "")
        whole = resolve_name("." * level + name, package) if level else name
        if whole in STAND_INS and whole not in self._copied:
            stand_in = ModuleType(whole)
            stand_in.__dict__.update({**vars(import_module(whole)), **STAND_INS[whole]})
            return stand_in
        copied = [one for one in wanted or () if f"{whole}.{one}" in self._copied]
        if not wanted or (whole not in self._copied and not copied):
            return builtins.__import__(name, namespace, local, wanted or (), level)
        if whole not in self._copied:
            mixed = ModuleType(whole)
            modules = {one: self.module(f"{whole}.{one}") for one in copied}
            mixed.__dict__.update({**vars(import_module(whole)), **modules})
            return mixed
        module = self.module(whole)
        for one in wanted:
            inner = f"{whole}.{one}"
            if not hasattr(module, one) and inner in modules_of(self._engine):
                setattr(module, one, self.module(inner))
        return module
