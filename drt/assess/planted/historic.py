"""Historic defects of Cedar implementations, put back at source level into either engine or into both.

Owns the reading of `historic.toml`: a plant is one or more patches, each an exact text of a module and what
stands there instead.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal

import msgspec

from drt.assess.planted.copies import source_of

TABLE = Path(__file__).with_name("historic.toml")

EVERYWHERE = ""
"""The place of a patch that no function holds: the module runs it once, when it is imported."""

Where = Literal["production", "reference", "both"]

COMPONENTS = {
    "TP": "text parser", "JP": "policy JSON", "PR": "printer", "EV": "evaluator", "AZ": "authorizer",
    "XD": "decimal", "XI": "ipaddr", "XT": "datetime", "XU": "duration", "EN": "entities", "SC": "schema",
    "CT": "controls", "RV": "conformance", "VA": "validator", "LV": "levels", "PE": "partial evaluation", "PS": "policy sets", "PY": "Python's shortcuts",
}  # fmt: skip
"""The component of a plant, by the first two letters of its id in the list of historic defects."""


class Patch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of the table: `old` stands exactly once in the module."""

    id: str
    module: str
    old: str
    new: str
    control: bool = False

    @property
    def engine(self) -> str:
        """The engine that the module belongs to."""
        return self.module.partition(".")[0]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    plant: list[Patch]


@dataclass(frozen=True, slots=True)
class Plant:
    """A defect in one engine or in both alike; a control changes nothing that anybody can observe."""

    id: str
    where: Where
    patches: tuple[Patch, ...]

    @property
    def name(self) -> str:
        """The plant's name in reports."""
        return f"{self.id} {self.where}"

    @property
    def component(self) -> str:
        """The part of an engine that is at fault."""
        return COMPONENTS[self.id[:2]]

    @property
    def control(self) -> bool:
        """Whether no case can kill it."""
        return self.patches[0].control

    @property
    def engines(self) -> tuple[str, ...]:
        """The engines that are at fault."""
        return tuple(sorted({patch.engine for patch in self.patches}))

    def sources(self, engine: str) -> dict[str, ast.Module]:
        """Parse the changed modules of an engine."""
        texts: dict[str, str] = {}
        for patch in self.patches:
            if patch.engine == engine:
                texts[patch.module] = patched(texts.get(patch.module) or source_of(patch.module), patch)
        return {module: ast.parse(text) for module, text in texts.items()}


def patched(source: str, patch: Patch) -> str:
    """Return a module's source with one patch applied; raise `ValueError` unless its text is there once."""
    if source.count(patch.old) != 1:
        raise ValueError(f"{patch.id}: the text is {source.count(patch.old)} times in {patch.module}")
    return source.replace(patch.old, patch.new)


def place(patch: Patch) -> str:
    """Return the statement that a patch changes, by module and line; `EVERYWHERE` where that says nothing.

    A module's own statements run once for all cases, and a cached function can show in one case what another
    asked.
    """
    source = source_of(patch.module)
    line = source.count("\n", 0, source.index(patch.old)) + 1
    before, after = patch.old.split("\n"), patch.new.split("\n")
    same = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), len(before))
    tail = zip(reversed(before[same:]), reversed(after[same:]), strict=False)
    kept = next((n for n, (a, b) in enumerate(tail) if a != b), len(before) - same)
    first = line + min(same, len(before) - 1)
    last = max(first, line + len(before) - 1 - kept)
    is_behind = same == len(before)
    found = EVERYWHERE
    for block, number in statements(ast.parse(source)):
        node = block[number]
        if is_behind and not isinstance(node, ast.FunctionDef):
            continue  # what is put behind the last line may lie outside its statement
        if node.lineno <= first and last <= (node.end_lineno or 0):
            found = f"{patch.module}:{node.lineno}" if _is_watchable(node, found) else EVERYWHERE
    return found


def _is_watchable(node: ast.stmt, around: str) -> bool:
    """Whether a note before the statement says that what is inside it runs; definitions give way to more."""
    if isinstance(node, ast.FunctionDef):
        return not any("cache" in ast.unparse(one) for one in node.decorator_list)
    return around != EVERYWHERE and not isinstance(node, ast.ClassDef)


def statements(tree: ast.Module) -> Iterator[tuple[list[ast.stmt], int]]:
    """Yield the statements of a module by their blocks, outer ones first."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield from ((block, number) for number in range(len(block)))


def instrumented(places: Iterable[str]) -> dict[str, ast.Module]:
    """Parse the modules that hold these places; each place puts its name into `__reached__` when it runs."""
    by_module: dict[str, set[str]] = {}
    for one in places:
        by_module.setdefault(one.partition(":")[0], set()).add(one)
    trees: dict[str, ast.Module] = {}
    for module, wanted in by_module.items():
        trees[module] = tree = ast.parse(source_of(module))
        for block, number in reversed(list(statements(tree))):
            node = block[number]
            if (name := f"{module}:{node.lineno}") in wanted:
                note = ast.parse(f"__reached__.add({name!r})").body[0]
                into, at = (node.body, 0) if isinstance(node, ast.FunctionDef) else (block, number)
                into.insert(at, ast.fix_missing_locations(ast.copy_location(note, node)))
    return trees


def read_patches(path: Path) -> list[Patch]:
    """Return the rows of a table."""
    return msgspec.toml.decode(path.read_bytes(), type=_Table).plant


def read_plants(path: Path = TABLE) -> list[Plant]:
    """Return every plant of a table: those in one engine, and those that are in both alike."""
    rows = read_patches(path)
    plants: list[Plant] = []
    for id_, group in groupby(sorted(rows, key=lambda row: row.id), key=lambda row: row.id):
        by_engine: Mapping[str, list[Patch]] = {}
        by_engine = {name: [] for name in ("production", "reference")}
        for row in group:
            by_engine[row.engine].append(row)
        plants += [Plant(id_, name, tuple(some)) for name, some in by_engine.items() if some]  # type: ignore[arg-type]  # its keys are two of the names
        if all(by_engine.values()):
            plants.append(Plant(id_, "both", tuple(row for some in by_engine.values() for row in some)))
    return plants
