"""Each engine stands alone: everything that it loads of ours lies in its own folder."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

LOAD_EVERYTHING = """
import importlib, pkgutil, sys
from importlib import import_module
from pathlib import Path

package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
repository = Path(sys.argv[2])
for module in list(sys.modules.values()):
    file = getattr(module, "__file__", None)
    if file and Path(file).is_relative_to(repository) and ".venv" not in Path(file).parts:
        print(Path(file).relative_to(repository).parts[0])
"""

FORBIDDEN_TO_ENGINES = {"ipaddress", "importlib", "pickle"}


def loaded_folders(package: str) -> set[str]:
    """The top-level folders of the checkout from which a fresh interpreter loads files to import `package`."""
    run = subprocess.run(
        [sys.executable, "-c", LOAD_EVERYTHING, package, str(REPOSITORY)],
        capture_output=True,
        text=True,
        check=True,
        cwd=REPOSITORY,
    )
    return set(run.stdout.split())


@pytest.mark.parametrize("package", ["reference", "production", "generators"])
def test_a_package_loads_nothing_of_ours_from_elsewhere(package: str) -> None:
    assert loaded_folders(package) == {package}


def test_the_check_sees_a_package_that_loads_another() -> None:
    assert {"drt", "reference"} <= loaded_folders("drt.engines")


@pytest.mark.parametrize("engine", ["reference", "production"])
def test_an_engine_takes_no_shortcut_that_accepts_more_than_cedar(engine: str) -> None:
    taken = {
        f"{path.relative_to(REPOSITORY)}: {name}"
        for path in (REPOSITORY / engine).rglob("*.py")
        for line in path.read_text().splitlines()
        for name in FORBIDDEN_TO_ENGINES
        if line.split("#")[0].strip().startswith((f"import {name}", f"from {name}"))
        or "fromisoformat" in line
        or "strptime" in line
    }

    assert taken == set()


@pytest.mark.parametrize("package", ["reference", "production", "generators", "drt"])
def test_no_public_name_is_also_a_module(package: str) -> None:
    """Else the name would mean the module as soon as anybody imports it."""
    public = getattr(import_module(package), "__all__", [])
    modules = {path.stem for path in (REPOSITORY / package).iterdir()}

    assert modules.isdisjoint(public)
