"""The engine by itself: built from a checkout, installed without anything else, used as its README says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "packaging" / "engine"
ALONE = """
import sys
sys.path = [sys.argv[1], *(path for path in sys.path if "site-packages" not in path)]
exec(sys.argv[2])
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the distribution and install it into a folder of its own."""
    folder = tmp_path_factory.mktemp("engine")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-build-isolation",
        "--no-index",
        "--target",
    ]
    subprocess.run([*pip, folder, PACKAGE], check=True, timeout=120, capture_output=True, cwd=folder)
    return folder


def alone(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code that can import what is in the folder and the standard library."""
    command = [sys.executable, "-I", "-c", ALONE, folder, code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=folder)


@pytest.mark.slow
def test_its_readme_runs_without_any_other_package(installed: Path) -> None:
    [code] = re.findall(
        r"```python\n(.*?)```", (PACKAGE / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    done = alone(installed, code)
    assert (done.returncode, done.stderr) == (0, "")
    assert alone(installed, "import click").returncode == 1


@pytest.mark.slow
def test_it_is_typed_and_holds_every_module_of_the_engine(installed: Path) -> None:
    ours = {path.relative_to(REPOSITORY / "production") for path in (REPOSITORY / "production").rglob("*.py")}
    theirs = {
        path.relative_to(installed / "cedar_engine") for path in (installed / "cedar_engine").rglob("*.py")
    }
    assert ours == theirs
    assert (installed / "cedar_engine" / "py.typed").is_file()
    assert {path.name for path in installed.iterdir() if "dist-info" not in path.name} == {"cedar_engine"}
