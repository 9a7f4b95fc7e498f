"""The rooms of `drt`, the arrows between them, and the home of every third-party library.

Draw them: `python -m tests.architecture.rooms` prints a Mermaid graph, one row per floor.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import grimp

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("reference", "production", "generators", "drt")

HOMES = {
    "casbin": ("drt.bench",),
    "cedarpy": (
        "drt.engines.cedarpy_engine",
        "drt.engines.cedarpy_expressions",
        "drt.bench.contestants.cedarpy",
    ),
    "click": ("drt.cli",),
    "cvc5": ("drt.proofs.second",),
    "distributed": ("drt.run.cluster",),
    "hypothesis": ("generators", "drt.pytest_drt.strategies"),
    "jinja2": ("drt.report.page",),
    "lark": ("reference", "drt.symbolic.filters"),
    "markupsafe": ("drt.report.page", "drt.report.charts"),
    "oso": ("drt.bench",),
    "psutil": ("drt.engines.orphaned_workers", "drt.bench"),
    "pytest": ("drt.pytest_drt.plugin", "drt.pytest_drt.items", "drt.pytest_drt.policy_tests"),
    "rich": ("drt.report.terminal",),
    "sqlalchemy": (
        "production.filters",
        "drt.bench.contestants.sql_filter",
        "drt.engines.filter_database",
        "drt.assess.planted.filter_rules",
        "drt.symbolic.filters.issue",
    ),
    "z3": ("drt.proofs", "drt.symbolic"),
}
"""The only modules, or packages, that import a library."""

Arrows = Mapping[str, frozenset[str]]


@cache
def imports() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


def room_of(module: str) -> str:
    """The room: `drt.run` of `drt.run.worker`; a top-level module is a room of its own."""
    return ".".join(module.split(".")[:2])


def arrows() -> dict[str, frozenset[str]]:
    """Which rooms of `drt` each room imports."""
    graph = imports()
    found: dict[str, set[str]] = {}
    for module in sorted(one for one in graph.modules if one.startswith("drt.")):
        room = room_of(module)
        imported = {room_of(one) for one in graph.find_modules_directly_imported_by(module)}
        found.setdefault(room, set()).update(
            one for one in imported if one.startswith("drt.") and one != room
        )
    return {room: frozenset(below) for room, below in found.items()}


def floors() -> list[frozenset[str]]:
    """The floors of the import contract, top first."""
    contracts = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    [layers] = [one["layers"] for one in contracts if one.get("containers") == ["drt"]]
    return [frozenset(f"drt.{room.strip()}" for room in layer.split("|")) for layer in layers]


def upward(found: Arrows, levels: list[frozenset[str]]) -> set[tuple[str, str]]:
    """The arrows that do not point to a lower floor."""
    floor = {room: number for number, rooms in enumerate(levels) for room in rooms}
    return {(room, other) for room, below in found.items() for other in below if floor[other] <= floor[room]}


def strangers(library: str, homes: tuple[str, ...]) -> set[str]:
    """The modules that import a library and lie outside its homes."""
    graph = imports()
    if library not in graph.modules:
        return set()
    return {
        module
        for module in graph.find_modules_that_directly_import(library)
        if not any(module == home or module.startswith(f"{home}.") for home in homes)
    }


def mermaid() -> Iterator[str]:
    """The graph as lines of Mermaid."""
    yield "flowchart TB"
    for number, rooms in enumerate(floors(), 1):
        yield f"  subgraph floor{number} [ ]"
        yield from (f"    {room.removeprefix('drt.')}" for room in sorted(rooms))
        yield "  end"
    for room, below in arrows().items():
        yield from (
            f"  {room.removeprefix('drt.')} --> {other.removeprefix('drt.')}" for other in sorted(below)
        )


if __name__ == "__main__":
    print("\n".join(mermaid()))
