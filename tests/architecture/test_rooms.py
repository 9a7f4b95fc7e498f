"""The house can be drawn from memory: few rooms, few floors, arrows that point down, one home per library."""

from __future__ import annotations

import sys
import tomllib

import pytest

from tests.architecture.rooms import HOMES, REPOSITORY, arrows, floors, imports, mermaid, strangers, upward

MOST_ROOMS = 20
MOST_FLOORS = 9
MOST_CONTRACTS = 12

ANYWHERE = {"msgspec"}
"""Libraries without a home: records at the joints."""


def test_the_house_is_small() -> None:
    contracts = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]

    rooms = [room for room in arrows() if (REPOSITORY / room.replace(".", "/")).is_dir()]

    assert len(rooms) <= MOST_ROOMS
    assert len(floors()) <= MOST_FLOORS
    assert len(contracts) <= MOST_CONTRACTS


def test_arrows_point_down() -> None:
    assert upward(arrows(), floors()) == set()


def test_an_arrow_that_points_up_is_seen() -> None:
    planted = {**arrows(), "drt.model": frozenset(["drt.run"])}

    assert upward(planted, floors()) == {("drt.model", "drt.run")}


@pytest.mark.parametrize("library", sorted(HOMES))
def test_a_library_has_one_home(library: str) -> None:
    assert strangers(library, HOMES[library]) == set()


def test_a_library_away_from_home_is_seen() -> None:
    assert "drt.cli.main" in strangers("click", ("drt.report",))


def test_every_library_is_in_the_table_and_production_needs_none_but_for_filters() -> None:
    graph = imports()
    libraries = {one for one in graph.modules if graph.is_module_squashed(one)} - sys.stdlib_module_names

    assert libraries <= set(HOMES) | ANYWHERE
    rooms = ("reference", "generators", "drt", "production.filters")
    assert {one for one in libraries if strangers(one, rooms)} == set()


def test_few_modules_import_filters() -> None:
    graph = imports()
    inside = graph.find_descendants("production.filters") | {"production.filters"}
    importers = {one for each in inside for one in graph.find_modules_that_directly_import(each)}

    assert importers <= inside | {
        "drt.bench.contestants.sql_filter",
        "drt.engines.filter_database",
        "drt.assess.planted.filter_rules",
        "drt.symbolic.filters.issue",
    }


def test_the_drawing_names_every_room() -> None:
    drawn = "\n".join(mermaid())

    assert all(room.removeprefix("drt.") in drawn for room in arrows())
